//! Connections over TLS, ours and libvirt's on either end: who is let in, and what is said to who is not.
//!
//! Every test runs for each pair of a client and a daemon, and both of libvirt's are one of them: what it
//! says of a case is what is expected of ours.

use ferrovirt_tests::authority::Authority;
use ferrovirt_tests::client::{Said, Virsh, run};
use ferrovirt_tests::daemon::{Daemon, Kind};
use ferrovirt_tests::lockd::until;
use ferrovirt_tests::stage::built;
use ferrovirt_tests::{paths, skip};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// Who talks to whom.
struct Pair {
    virsh: PathBuf,
    daemon: Kind,
}

/// What a test needs, or why it cannot be had.
fn pair(ours: (bool, bool)) -> Result<Pair, &'static str> {
    if !rustix::process::geteuid().is_root() {
        return Err("root");
    }
    if paths::program("nsenter").is_none() {
        return Err("nsenter");
    }
    let theirs = PathBuf::from("/usr/bin/virsh");
    if !ours.0 && !theirs.is_file() {
        return Err("libvirt's own virsh");
    }
    if !ours.1 && paths::program("libvirtd").is_none() {
        return Err("libvirt's own daemon");
    }
    let virsh = if ours.0 { built().join("virsh") } else { theirs };
    let daemon = if ours.1 { Kind::Ours(built()) } else { Kind::Peer };
    Ok(Pair { virsh, daemon })
}

macro_rules! each_pair {
    ($($case:ident),* $(,)?) => {
        each_pair!(@ our_virsh_our_libvirtd (true, true) $($case)*);
        each_pair!(@ our_virsh_their_libvirtd (true, false) $($case)*);
        each_pair!(@ their_virsh_our_libvirtd (false, true) $($case)*);
        each_pair!(@ their_virsh_their_libvirtd (false, false) $($case)*);
    };
    (@ $pair:ident $ours:tt $($case:ident)*) => {
        mod $pair {
            $(#[test]
            fn $case() {
                match super::pair($ours) {
                    Ok(pair) => super::$case(&pair),
                    Err(what) => super::skip!("needs {what}"),
                }
            })*
        }
    };
}

each_pair! {
    everything_goes_through,
    rsa_keys,
    a_server_that_is_somebody_else,
    a_client_that_is_nobody,
    names_that_are_let_in,
    our_own_certificate_is_looked_at_first,
    a_daemon_without_good_certificates_does_not_start,
    priorities,
    the_administration_sees_who_is_there,
}

impl Pair {
    /// A daemon with what the authority has signed, which answers; or what it says before it ends.
    fn daemon(&self, authority: &Authority, settings: &str) -> Result<Daemon, String> {
        let dir = authority.path().display();
        let files = format!(
            "ca_file = \"{dir}/cacert.pem\"\ncert_file = \"{dir}/servercert.pem\"\n\
             key_file = \"{dir}/serverkey.pem\"\ncrl_file = \"{dir}/cacrl.pem\"\n"
        );
        let mut daemon = Daemon::listening(&self.daemon, &(files + settings))?;
        // its own socket is there first; when it answers there, the others listen
        match Virsh::new(&self.virsh, &daemon.uri("test")).run(&["uri"]) {
            Ok(_) => Ok(daemon),
            Err(_) => Err(daemon.ends().unwrap_or_else(|error| panic!("{error}"))),
        }
    }

    fn start(&self, authority: &Authority, settings: &str) -> Daemon {
        self.daemon(authority, settings).unwrap_or_else(|said| panic!("{said}"))
    }

    /// What a daemon says that does not start.
    fn failure(&self, authority: &Authority, settings: &str) -> String {
        let said = self.daemon(authority, settings).expect_err("the daemon should not start");
        said.replace(&authority.path().display().to_string(), "PKI")
    }

    /// virsh, by TLS to a host with these parameters in the URI.
    fn virsh(&self, daemon: &Daemon, pki: &Path, host: &str, query: &str, commands: &str) -> Said {
        let uri = format!("test+tls://{host}/default?pkipath={}{query}", pki.display());
        let mut command = daemon.on_its_network(&self.virsh);
        command.args(["-c", &uri, commands]).env("LC_ALL", "C");
        run(&mut command, &Default::default()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn ok(&self, daemon: &Daemon, pki: &Path, query: &str, commands: &str) -> String {
        let said = self.virsh(daemon, pki, HOST, query, commands);
        assert!(said.status.success(), "{commands}: {}\nThe daemon says:\n{}", said.stderr, daemon.log());
        said.stdout.trim_end().to_owned()
    }

    /// What virsh says in the end when it is not let in.
    fn refusal(&self, daemon: &Daemon, pki: &Path, host: &str, query: &str) -> String {
        let said = self.virsh(daemon, pki, host, query, "list");
        assert!(!said.status.success(), "{host}{query}: {}", said.stdout);
        let text = said.stderr.replace(&pki.display().to_string(), "PKI");
        let last = text.lines().filter_map(|line| line.strip_prefix("error: ")).next_back();
        last.unwrap_or_else(|| panic!("{text}")).to_owned()
    }
}

/// Where the daemon is, on its own network.
const HOST: &str = "127.0.0.1";

/// What a client says that does not let the server be.
const UNVERIFIED: &str = "authentication failed: Failed to verify peer's certificate";
/// What a client says that the server has closed the door to.
const UNCONFIRMED: &str = "Unable to read TLS confirmation: Input/output error";

fn everything_goes_through(pair: &Pair) {
    let authority = Authority::new("one");
    let daemon = pair.start(&authority, "");
    let pki = authority.path();
    let list = " Id   Name   State\n----------------------\n 1    test   running";
    assert_eq!(pair.ok(&daemon, pki, "", "list"), list);
    // many small ones on one connection, and a document
    let many = "domstate test; ".repeat(200) + "uri; capabilities; dumpxml test";
    let said = pair.ok(&daemon, pki, "", &many);
    assert_eq!(said.matches("running").count(), 200, "{said}");
    assert!(said.contains("test+tls://127.0.0.1/default") && said.ends_with("</domain>"), "{said}");
    // a stream
    let picture = pki.join("picture");
    pair.ok(&daemon, pki, "", &format!("screenshot test {}", picture.display()));
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
}

fn rsa_keys(pair: &Pair) {
    let Some(openssl) = paths::program("openssl") else { skip!("needs openssl") };
    let authority = Authority::new("one");
    authority.sign_rsa("server", &openssl);
    authority.sign_rsa("client", &openssl);
    let daemon = pair.start(&authority, "");
    for query in ["", "&tls_priority=NORMAL:-VERS-TLS1.3"] {
        pair.ok(&daemon, authority.path(), query, "list");
    }
}

fn a_server_that_is_somebody_else(pair: &Pair) {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let daemon = pair.start(&authority, "");
    let pki = authority.path();
    assert_eq!(pair.refusal(&daemon, pki, "localhost", ""), UNVERIFIED);
    assert!(pair.virsh(&daemon, pki, "localhost", "&no_verify=1", "list").status.success());
    std::fs::copy(other.path().join("cacert.pem"), pki.join("cacert.pem")).unwrap();
    assert_eq!(pair.refusal(&daemon, pki, HOST, "&no_sanity=1"), UNVERIFIED);
    assert!(pair.virsh(&daemon, pki, HOST, "&no_sanity=1&no_verify=1", "list").status.success());
}

fn a_client_that_is_nobody(pair: &Pair) {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let daemon = pair.start(&authority, "");
    let refused = |daemon: &Daemon, authority: &Authority, query: &str, why: &str| {
        assert_eq!(pair.refusal(daemon, authority.path(), HOST, query), UNCONFIRMED, "{why}");
    };
    std::fs::copy(authority.path().join("cacert.pem"), other.path().join("cacert.pem")).unwrap();
    refused(&daemon, &other, "&no_sanity=1", "signed by somebody else");
    refused(&daemon, &other, "&no_sanity=1&tls_priority=NORMAL:-VERS-TLS1.3", "the same, by TLS 1.2");
    authority.sign_expired("client");
    refused(&daemon, &authority, "&no_sanity=1", "out of date");
    std::fs::remove_file(authority.path().join("clientcert.pem")).unwrap();
    refused(&daemon, &authority, "", "without a certificate");
    drop(daemon);
    authority.sign("client", |_| {});
    authority.revoke();
    let daemon = pair.start(&authority, "");
    // of the server's, which is revoked as well, the client thinks nothing
    refused(&daemon, &authority, "&no_verify=1", "revoked");
    drop(daemon);
    let daemon = pair.start(&authority, "tls_no_verify_certificate = 1\n");
    std::fs::remove_file(authority.path().join("cacrl.pem")).unwrap();
    std::fs::remove_file(authority.path().join("clientcert.pem")).unwrap();
    pair.ok(&daemon, authority.path(), "", "list");
    pair.ok(&daemon, other.path(), "&no_sanity=1", "list");
}

fn names_that_are_let_in(pair: &Pair) {
    let authority = Authority::new("one");
    let daemon = pair.start(&authority, "tls_allowed_dn_list = [ \"CN=nobody\", \"O=Ac*,CN=cl?ent\" ]\n");
    pair.ok(&daemon, authority.path(), "", "list");
    authority.sign_as("client", "stranger");
    assert_eq!(pair.refusal(&daemon, authority.path(), HOST, ""), UNCONFIRMED);
    let why = "Client's Distinguished Name is not on the list of allowed clients (tls_allowed_dn_list).  Use \
               'virt-pki-query-dn clientcert.pem' to view the Distinguished Name field in the client \
               certificate, or run this daemon with --verbose option.";
    assert!(daemon.log().contains(why), "{}", daemon.log());
}

fn our_own_certificate_is_looked_at_first(pair: &Pair) {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let daemon = pair.start(&authority, "");
    let pki = other.path();
    let told = || pair.refusal(&daemon, pki, HOST, "");
    let copy = |name: &str| std::fs::copy(authority.path().join(name), pki.join(name)).unwrap();
    other.sign_expired("client");
    assert_eq!(told(), "The client certificate PKI/clientcert.pem has expired");
    other.sign("client", |_| {});
    copy("cacert.pem");
    assert_eq!(
        told(),
        "Our own certificate PKI/clientcert.pem failed validation against PKI/cacert.pem: The certificate \
         hasn't got a known issuer."
    );
    copy("clientcert.pem");
    assert_eq!(
        told(),
        "Unable to set x509 key and certificate: PKI/clientkey.pem, PKI/clientcert.pem: The certificate and \
         the given key do not match."
    );
    std::fs::write(pki.join("cacert.pem"), "x").unwrap();
    assert_eq!(told(), "Unable to import CA certificate list PKI/cacert.pem");
    std::fs::remove_file(pki.join("cacert.pem")).unwrap();
    assert_eq!(told(), "Cannot read CA certificate 'PKI/cacert.pem': No such file or directory");
}

fn a_daemon_without_good_certificates_does_not_start(pair: &Pair) {
    let authority = Authority::new("one");
    authority.sign_expired("server");
    let said = pair.failure(&authority, "");
    assert!(said.contains("The server certificate PKI/servercert.pem has expired"), "{said}");
    let daemon = pair.start(&authority, "tls_no_sanity_certificate = 1\n");
    assert_eq!(pair.refusal(&daemon, authority.path(), HOST, ""), UNVERIFIED);
    drop(daemon);
    std::fs::remove_file(authority.path().join("servercert.pem")).unwrap();
    let said = pair.failure(&authority, "");
    assert!(
        said.contains("Cannot read certificate 'PKI/servercert.pem': No such file or directory"),
        "{said}"
    );
}

fn priorities(pair: &Pair) {
    let authority = Authority::new("one");
    let daemon = pair.start(&authority, "tls_priority = \"NORMAL:-VERS-TLS1.3\"\n");
    for query in ["", "&tls_priority=NORMAL", "&tls_priority=SECURE128", "&tls_priority=NORMAL:-VERS-TLS1.3"]
    {
        pair.ok(&daemon, authority.path(), query, "list");
    }
    let refusal = |query| pair.refusal(&daemon, authority.path(), HOST, query);
    assert_eq!(
        refusal("&tls_priority=x"),
        "Failed to set TLS session priority to x: The request is invalid."
    );
    let nothing_in_common = refusal("&tls_priority=NORMAL:-VERS-ALL:%2bVERS-TLS1.3");
    assert!(
        nothing_in_common.starts_with("authentication failed: TLS handshake failed "),
        "{nothing_in_common}"
    );
}

/// An administrator of the daemon, and one client that stays.
struct Held {
    admin: Virsh,
    client: Child,
}

impl Held {
    fn new(pair: &Pair, daemon: &Daemon, pki: &Path, program: &Path) -> Self {
        let socket = daemon.socket().with_file_name("libvirt-admin-sock");
        let admin = Virsh::new(program, &format!("libvirtd:///system?socket={}", socket.display()));
        let uri = format!("test+tls://{HOST}/default?pkipath={}", pki.display());
        let mut command = daemon.on_its_network(&pair.virsh);
        // it waits for commands, and ends with its input
        command.args(["-c", &uri]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { admin, client: command.spawn().unwrap() }
    }

    /// The number of the client that has come by TLS.
    fn number(&self) -> String {
        until("a client is there", || {
            let list = self.admin.run(&["client-list", "libvirtd"]).ok()?;
            let row = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            row.filter(|row| row.get(1) == Some(&"tls")).map(|row| row[0].to_owned()).next()
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.client.stdin.take());
        // it may be gone with its daemon
        let _ = self.client.wait();
    }
}

fn the_administration_sees_who_is_there(pair: &Pair) {
    let Some(program) = paths::program("virt-admin") else { skip!("needs libvirt's own virt-admin") };
    let authority = Authority::new("one");
    let daemon = pair.start(&authority, "");
    let held = Held::new(pair, &daemon, authority.path(), &program);
    let info = until("its name is known", || {
        let info = held.admin.run(&["client-info", "libvirtd", &held.number()]).unwrap();
        info.contains("x509").then_some(info)
    });
    let value = |key: &str| {
        let rows = info.lines().filter_map(|line| line.split_once(':'));
        rows.filter(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_owned()).next()
    };
    assert_eq!(value("transport").as_deref(), Some("tls"), "{info}");
    assert_eq!(value("tls_x509_dname").as_deref(), Some("O=Acme,CN=client"), "{info}");
    assert!(value("sock_addr").is_some_and(|address| address.starts_with("127.0.0.1:")), "{info}");
}

/// Files named in the configuration are read again, which libvirt's daemon does not do: it goes over to
/// those in the usual places.
#[test]
fn certificates_are_exchanged_while_the_daemon_runs() {
    let Some(program) = paths::program("virt-admin") else { skip!("needs libvirt's own virt-admin") };
    let pair = match pair((true, true)) {
        Ok(pair) => pair,
        Err(what) => skip!("needs {what}"),
    };
    let authority = Authority::new("one");
    let daemon = pair.start(&authority, "");
    let held = Held::new(&pair, &daemon, authority.path(), &program);
    let number = held.number();
    let update = || held.admin.try_run(&["server-update-tls", "libvirtd"]).unwrap();
    authority.sign_expired("server");
    let said = update();
    assert!(!said.status.success() && said.stderr.contains("servercert.pem has expired"), "{}", said.stderr);
    pair.ok(&daemon, authority.path(), "", "list");
    authority.sign("server", |params| params.subject_alt_names.clear());
    let said = update();
    assert!(said.status.success(), "{}", said.stderr);
    assert_eq!(pair.refusal(&daemon, authority.path(), HOST, ""), UNVERIFIED);
    // who was there is there
    assert_eq!(held.number(), number);
}
