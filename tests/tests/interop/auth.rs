//! Who is let in: SASL and polkit, with libvirt's shell beside ours on the one end, and libvirt's daemon beside
//! ours on the other.
//!
//! The daemon, its clients and the services that it asks are run by a script in mounts and on a network of their
//! own, so that the host's are neither needed nor seen. What libvirt's say of a case is what is expected of ours.

use ferrovirt_tests::stage::built;
use ferrovirt_tests::{paths, skip};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What happens in the private place: `before` prepares it, `clients` talk to the daemon.
const SCRIPT: &str = r#"
mount -t tmpfs tmpfs /run
mkdir -p /run/libvirt /run/lock /run/dbus
for place in etc/libvirt var/lib/libvirt var/log/libvirt var/cache/libvirt etc/sasl2 etc/polkit-1/rules.d usr/share/polkit-1/actions; do
    mkdir -p "$DIR/$place"
    if [ -d "/$place" ]; then mount --bind "$DIR/$place" "/$place"; fi
done
ip link set lo up
wait_for() { for try in $(seq 1000); do if eval "$1"; then return; fi; sleep 0.02; done; echo "no $1"; }
started=
start() { "$@" >>"$DIR/log" 2>&1 & started="$started $!"; }
eval "$BEFORE"
start "$DAEMON" --listen -f "$DIR/libvirtd.conf"
wait_for '! "$CLIENT" -c "$SYSTEM" uri 2>&1 | grep -q "connect socket"'
eval "$CLIENTS"
for pid in $started; do kill $pid; done
wait
"#;

/// One daemon, and what talks to it.
struct Place {
    dir: tempfile::TempDir,
    daemon: PathBuf,
    client: PathBuf,
}

impl Place {
    /// Of these two programs; or why they cannot be had.
    fn new(our_daemon: bool, our_client: bool, settings: &str) -> Result<Place, &'static str> {
        if !rustix::process::geteuid().is_root() {
            return Err("root");
        }
        if !["unshare", "mount", "ip", "seq"].iter().all(|name| paths::program(name).is_some()) {
            return Err("unshare, mount, ip and seq");
        }
        let daemon = match our_daemon {
            true => built().join("libvirtd"),
            false => paths::program("libvirtd").ok_or("libvirt's own daemon")?,
        };
        let virsh = match our_client {
            true => built().join("virsh"),
            false => {
                Some(PathBuf::from("/usr/bin/virsh")).filter(|p| p.is_file()).ok_or("libvirt's own virsh")?
            }
        };
        let dir = tempfile::tempdir().unwrap();
        // other users run it, too
        let client = dir.path().join("virsh");
        fs::copy(virsh, &client).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(dir.path().join("libvirtd.conf"), format!("listen_tls = 0\n{settings}")).unwrap();
        Ok(Place { dir, daemon, client })
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What the clients say, line by line.
    fn said(&self, before: &str, clients: &str) -> Vec<String> {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "--pid", "--fork", "--mount-proc", "--propagation", "private"]);
        command.args(["sh", "-c", SCRIPT]).stdin(Stdio::null()).stderr(Stdio::inherit());
        command.env("DIR", self.path()).env("DAEMON", &self.daemon).env("CLIENT", &self.client);
        // of users other than root only this way is the system's daemon meant, whatever the driver
        command.env("SYSTEM", "test+unix:///default?socket=/run/libvirt/libvirt-sock").env("HOME", "/");
        command.env("BEFORE", before).env("CLIENTS", clients).env("LC_ALL", "C").current_dir("/");
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let log = fs::read_to_string(self.path().join("log")).unwrap_or_default();
        println!("{text}\n{log}");
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

macro_rules! place {
    ($daemon:expr, $client:expr, $settings:expr) => {
        match Place::new($daemon, $client, $settings) {
            Ok(place) => place,
            Err(what) => skip!("needs {what}"),
        }
    };
}

/// Users of libvirt's daemon: `fred`, whose password is `pencil`.
const SASL_USERS: &str = "printf pencil | saslpasswd2 -p -c -a libvirt -f /etc/libvirt/passwd.db fred";
const SASL: &str =
    "listen_tcp = 1\nlisten_addr = \"127.0.0.1\"\nauth_tcp = \"sasl\"\nauth_unix_rw = \"sasl\"\n";

/// Whether libvirt's daemon can have users and mechanisms, wherever distributions have these.
fn has_sasl() -> bool {
    let below = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut places = below.chain(["/usr/lib", "/usr/lib64"].map(PathBuf::from));
    paths::program("saslpasswd2").is_some() && places.any(|place| place.join("sasl2/libscram.so").exists())
}

/// The clients of libvirt's daemon with these mechanisms; what they say.
fn with_sasl(place: &Place, mechanisms: &str, clients: &str) -> Vec<String> {
    place.write(
        "etc/sasl2/libvirt.conf",
        &format!("mech_list: {mechanisms}\nsasldb_path: /etc/libvirt/passwd.db\n"),
    );
    for (name, password) in [("good", "pencil"), ("bad", "pen")] {
        place.write(
            &format!("{name}.conf"),
            &format!(
                "[credentials-it]\nauthname=fred\npassword={password}\n[auth-libvirt-default]\ncredentials=it\n"
            ),
        );
    }
    place.said(SASL_USERS, clients)
}

fn sasl_lets_in(our_client: bool) {
    let place = place!(false, our_client, SASL);
    if !has_sasl() {
        skip!("needs saslpasswd2, and SCRAM for libvirt's daemon");
    }
    let said = with_sasl(
        &place,
        "scram-sha-512 scram-sha-256 scram-sha-1 digest-md5 plain",
        r#"
        for mechanism in SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 PLAIN; do
            "$CLIENT" -c "test+unix:///default?auth=sasl.$mechanism&authfile=$DIR/good.conf" "echo $mechanism; list --name" 2>&1
        done
        export LIBVIRT_AUTH_FILE="$DIR/good.conf"
        "$CLIENT" -c test+unix:///default "echo any; list --name" 2>&1
        "$CLIENT" -c test+tcp://127.0.0.1/default "echo tcp; list --name; hostname; $(for n in $(seq 50); do echo "capabilities;"; done) echo end" 2>&1 |
            sed '/<capabilities>/,/<\/capabilities>/{/<\/capabilities>/!d;s/.*/document/}' | grep . | uniq -c | sed 's/^ *\(1 \)*//'
        "#,
    );
    let host = said.iter().position(|line| line == "tcp").map(|at| said[at + 2].clone()).unwrap_or_default();
    let wanted = [
        "SCRAM-SHA-512",
        "test",
        "SCRAM-SHA-256",
        "test",
        "SCRAM-SHA-1",
        "test",
        "DIGEST-MD5",
        "test",
        "PLAIN",
        "test",
        "any",
        "test",
        "tcp",
        "test",
        &host,
        "50 document",
        "end",
    ];
    assert_eq!(said, wanted);
}

fn sasl_refuses(our_client: bool) {
    let place = place!(false, our_client, SASL);
    if !has_sasl() {
        skip!("needs saslpasswd2, and SCRAM for libvirt's daemon");
    }
    let said = with_sasl(
        &place,
        "scram-sha-256 plain",
        r#"
        try() { "$CLIENT" -c "$1" uri 2>&1 | grep -v "failed to connect to the hypervisor"; }
        for auth in sasl.SCRAM-SHA-256 sasl.PLAIN sasl.GSSAPI polkit magic; do
            try "test+unix:///default?auth=$auth&authfile=$DIR/bad.conf"
        done
        try "test+tcp://127.0.0.1/default?authfile=$DIR/good.conf"
        "#,
    );
    let failed = "error: authentication failed: authentication failed";
    let wanted = [
        failed.to_owned(),
        failed.to_owned(),
        "error: authentication failed: SASL mechanism GSSAPI not supported by server".to_owned(),
        "error: authentication failed: requested authentication type polkit rejected".to_owned(),
        "error: authentication failed: unknown authentication type magic".to_owned(),
        failed.to_owned(),
    ];
    assert_eq!(said, wanted);
}

#[test]
fn our_client_is_let_in_by_each_mechanism() {
    sasl_lets_in(true);
}

#[test]
fn their_client_is_let_in_by_each_mechanism() {
    sasl_lets_in(false);
}

#[test]
fn our_client_is_told_why_it_is_not_let_in() {
    sasl_refuses(true);
}

#[test]
fn their_client_is_told_why_it_is_not_let_in() {
    sasl_refuses(false);
}

/// What a binding of a library gets, on the way to libvirt's daemon.
const PYTHON: &str = r#"
import libvirt, sys
libvirt.registerErrorHandler(lambda *rest: None, None)
def answer(credentials, password):
    for credential in credentials: print(*credential[:4], sep=", ")
    for credential in credentials: credential[4] = {1: "", 2: "fred", 5: password, 8: ""}[credential[0]]
    return 0 if password else -1
def go(uri, kinds, password="pencil"):
    print(uri, kinds, password)
    try:
        connection = libvirt.openAuth(uri, [kinds, answer, password]) if kinds else libvirt.open(uri)
        print(connection.listAllDomains()[0].name(), connection.isSecure(), connection.isEncrypted())
    except libvirt.libvirtError as error:
        print(error, error.get_error_code(), error.get_error_domain())
name, password, everything = 2, 5, list(range(1, 10))
for mechanism in "SCRAM-SHA-256", "DIGEST-MD5", "PLAIN":
    for kinds in [name, password], everything, [name], [password], None:
        go(f"test+unix:///default?auth=sasl.{mechanism}", kinds)
go("test+unix:///default", [name, password], "")
go("test+unix:///default", [name, password], "pen")
go("test+tcp://127.0.0.1/default", [name, password])
go("test+tcp://127.0.0.1/default?auth=sasl.PLAIN", [name, password])
go(f"test+unix:///default?authfile={sys.argv[1]}/good.conf", None)
go(f"test+unix:///default?authfile={sys.argv[1]}/good.conf", [name, password])
"#;

#[test]
fn the_c_librarys_callback_is_asked_as_libvirts_is() {
    let place = place!(false, false, SASL);
    let library = paths::target().join("debug/lib");
    if !library.join("libvirt.so.0").exists() {
        skip!("needs libvirt.so.0, which `cargo xtask test` links");
    }
    if !has_sasl() {
        skip!("needs saslpasswd2, and SCRAM for libvirt's daemon");
    }
    let has_binding = Command::new("/usr/bin/python3").args(["-c", "import libvirt"]).status();
    if !has_binding.is_ok_and(|status| status.success()) {
        skip!("needs libvirt's Python binding");
    }
    place.write("ask.py", PYTHON);
    let clients = format!(
        r#"/usr/bin/python3 "$DIR/ask.py" "$DIR"; echo ours; LD_LIBRARY_PATH={} /usr/bin/python3 "$DIR/ask.py" "$DIR""#,
        library.display()
    );
    let said = with_sasl(&place, "scram-sha-256 digest-md5 plain", &clients);
    let (theirs, ours) = said.split_at(said.iter().position(|line| line == "ours").unwrap());
    assert!(theirs.iter().filter(|line| line.starts_with("test 1")).count() >= 8, "{theirs:?}");
    assert_eq!(
        ours[1..].join(
            "
"
        ),
        theirs.join(
            "
"
        )
    );
}

/// A policy by which `nobody` may, `daemon` may not, and everybody else has to ask.
const RULES: &str = r#"polkit.addRule(function(action, subject) {
    if (action.id == "org.libvirt.unix.manage" && subject.user == "nobody") return polkit.Result.YES;
    if (action.id == "org.libvirt.unix.manage" && subject.user == "daemon") return polkit.Result.NO;
});"#;

/// What holds where no rule says more.
const DEFAULTS: &str = include_str!("../../../etc/polkit/org.libvirt.unix.policy");

fn policy(our_daemon: bool, our_client: bool) {
    let place = place!(our_daemon, our_client, "auth_unix_rw = \"polkit\"\nauth_unix_ro = \"polkit\"\n");
    let polkitd =
        ["/usr/lib/polkit-1/polkitd", "/usr/libexec/polkitd"].into_iter().find(|p| Path::new(p).exists());
    let Some(polkitd) = polkitd else {
        skip!("needs polkitd");
    };
    if !["dbus-daemon", "dbus-send", "setpriv"].iter().all(|name| paths::program(name).is_some()) {
        skip!("needs dbus-daemon, dbus-send and setpriv");
    }
    place.write("etc/polkit-1/rules.d/1.rules", RULES);
    place.write("usr/share/polkit-1/actions/org.libvirt.unix.policy", DEFAULTS);
    let before = format!(
        "start dbus-daemon --system --nofork --nopidfile
         wait_for '[ -S /run/dbus/system_bus_socket ]'
         start {polkitd} --no-debug
         wait_for 'dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 | grep -q true'"
    );
    let clients = r#"
        try() {
            setpriv --reuid "$1" --regid "$1" --clear-groups "$CLIENT" $2 -c "$SYSTEM" list --name 2>&1 |
                grep -v "failed to connect to the hypervisor"
        }
        "$CLIENT" -c test+unix:///default list --name
        for user in nobody daemon bin; do try $(id -u $user); done
        SYSTEM="${SYSTEM}-ro"
        try $(id -u daemon) -r
    "#;
    assert_eq!(
        place.said(&before, clients),
        [
            "test",
            "test",
            "error: authentication failed: access denied by policy",
            "error: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
            "test",
        ]
    );
}

fn no_policy(our_daemon: bool, our_client: bool) {
    let place = place!(our_daemon, our_client, "auth_unix_rw = \"polkit\"\n");
    if paths::program("setpriv").is_none() {
        skip!("needs setpriv");
    }
    let clients = r#"
        "$CLIENT" -c test+unix:///default list --name
        setpriv --reuid 65534 --regid 65534 --clear-groups "$CLIENT" -c "$SYSTEM" uri 2>&1
    "#;
    assert_eq!(
        place.said("", clients),
        [
            "test",
            "error: failed to connect to the hypervisor",
            "error: internal error: Unable to get system bus connection: Could not connect: No such file or directory",
        ]
    );
}

macro_rules! pairs {
    ($($pair:ident $daemon:literal $client:literal)*) => {
        $(mod $pair {
            #[test]
            fn the_hosts_policy_is_asked() {
                super::policy($daemon, $client);
            }

            #[test]
            fn nobody_but_root_gets_in_where_there_is_no_policy() {
                super::no_policy($daemon, $client);
            }
        })*
    };
}

pairs! {
    our_virsh_our_libvirtd true true
    our_virsh_their_libvirtd false true
    their_virsh_our_libvirtd true false
    their_virsh_their_libvirtd false false
}
