//! A guest moves between two of libvirt's own daemons that share our virtlockd: its lease is dropped on one side and
//! acquired on the other, and never held by nobody while the guest runs.

use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use ferrovirt_tests::stage::{built, tested};
use ferrovirt_tests::{daemon::Kind, skip};
use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// Sees only its own directory where libvirt's are fixed; the last argument is the program.
const ENTER: &str = "set -e; ip link set lo up 2>/dev/null || true\n\
    for pair in etc:/etc/libvirt run:/run lib:/var/lib/libvirt log:/var/log/libvirt cache:/var/cache/libvirt; do\n\
        mkdir -p \"${pair#*:}\"; mount --rbind \"$1/${pair%%:*}\" \"${pair#*:}\"\n\
    done\n\
    exec \"$2\"\n";

/// A daemon in a directory of its own. Ended with all that it started.
struct Site {
    child: Child,
    directory: PathBuf,
}

impl Site {
    fn prepare(directory: &Path) {
        for part in ["etc", "run/libvirt", "lib", "log", "cache"] {
            fs::create_dir_all(directory.join(part)).unwrap();
        }
    }

    /// Starts `program`, whose `before` is run in its mount namespace first, and waits for its socket.
    fn start(directory: &Path, program: &Path, before: &str, socket: &str) -> Site {
        let log = File::create(directory.join("said")).unwrap();
        let mut command = Command::new("unshare");
        command.args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            &format!("{before}\n{ENTER}"),
            "sh",
        ]);
        command.arg(directory).arg(program).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log).process_group(0);
        let site = Site { child: command.spawn().unwrap(), directory: directory.to_owned() };
        let deadline = Instant::now() + PATIENCE;
        while UnixStream::connect(directory.join("run/libvirt").join(socket)).is_err() {
            assert!(Instant::now() < deadline, "{socket} does not come: {}", site.said());
            std::thread::sleep(Duration::from_millis(20));
        }
        site
    }

    fn said(&self) -> String {
        fs::read_to_string(self.directory.join("said")).unwrap_or_default()
    }

    fn uri(&self) -> String {
        let socket = self.directory.join("run/libvirt/libvirt-sock");
        format!("qemu+unix:///system?socket={}", socket.display())
    }

    fn virsh(&self, arguments: &[&str]) -> Output {
        Command::new("/usr/bin/virsh").args(["-q", "-c", &self.uri()]).args(arguments).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.virsh(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "virsh {arguments:?}: {errors}\nThe daemon says: {}", self.said());
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Nothing of it is needed any more; it may be gone by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// Whether another process could lock the file for writing now.
fn is_free(disk: &Path) -> bool {
    use rustix::fs::{FlockOperation, fcntl_lock};
    let file = File::options().read(true).write(true).open(disk).unwrap();
    let locked = fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive);
    locked.is_ok()
}

fn settings(directory: &Path, number: u32) {
    let qemu = format!(
        "lock_manager = \"lockd\"\nuser = \"root\"\ngroup = \"root\"\nremember_owner = 0\n\
         security_driver = \"none\"\nstdio_handler = \"file\"\n\
         migration_port_min = {}\nmigration_port_max = {}\n",
        49000 + number * 100,
        49050 + number * 100
    );
    let libvirtd =
        format!("host_uuid = \"0000000{number}-1111-2222-3333-444444444444\"\nauth_unix_rw = \"none\"\n");
    fs::write(directory.join("etc/qemu.conf"), qemu).unwrap();
    fs::write(directory.join("etc/libvirtd.conf"), libvirtd).unwrap();
}

/// A machine type by its full name: both sides must have the same.
fn machine(site: &Site) -> String {
    let xml = site.ok(&["domcapabilities", "--machine", "pc"]);
    let (_, rest) = xml.split_once("<machine>").unwrap();
    rest.split_once("</machine>").unwrap().0.to_owned()
}

#[test]
fn a_lease_moves_with_its_guest_between_two_daemons() {
    if !geteuid().is_root() {
        skip!("needs root");
    }
    for needed in ["/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/bin/qemu-system-x86_64", "/usr/bin/unshare"]
    {
        if !Path::new(needed).is_file() {
            skip!("needs {needed}");
        }
    }
    if !Path::new("/usr/lib/x86_64-linux-gnu/libvirt/lock-driver/lockd.so").is_file() {
        skip!("needs the C daemon's lockd plugin");
    }
    let virtlockd = match tested() {
        Kind::Peer => PathBuf::from("/usr/sbin/virtlockd"),
        Kind::Ours(_) => built().join("virtlockd"),
    };
    let root: TempDir = tempfile::Builder::new().prefix("move-").tempdir().unwrap();
    let [leases, from, to] = ["leases", "from", "to"].map(|name| root.path().join(name));
    for (number, directory) in [(0, &leases), (1, &from), (2, &to)] {
        Site::prepare(directory);
        settings(directory, number);
    }
    let _leases = Site::start(&leases, &virtlockd, "", "virtlockd-sock");
    let shared = leases.join("run/libvirt/virtlockd-sock");
    let daemons = [&from, &to].map(|directory| {
        let mine = directory.join("run/libvirt/virtlockd-sock");
        fs::write(&mine, "").unwrap();
        let share = format!("mount --bind {} {}", shared.display(), mine.display());
        Site::start(directory, Path::new("/usr/sbin/libvirtd"), &share, "libvirt-sock")
    });
    let [from, to] = &daemons;

    let disk = root.path().join("disk");
    File::create(&disk).unwrap().set_len(16 << 20).unwrap();
    let xml = format!(
        "<domain type='qemu'><name>mover</name><memory unit='MiB'>32</memory>\
         <os><type arch='x86_64' machine='{}'>hvm</type></os>\
         <cpu mode='custom'><model>qemu64</model></cpu><devices>\
         <emulator>/usr/bin/qemu-system-x86_64</emulator><disk type='file'>\
         <driver name='qemu' type='raw' cache='none'/><source file='{}'/><target dev='vda' bus='virtio'/>\
         </disk></devices></domain>",
        machine(from),
        disk.display()
    );
    let document = root.path().join("mover.xml");
    fs::write(&document, xml).unwrap();
    from.ok(&["define", document.to_str().unwrap()]);
    assert!(is_free(&disk));
    from.ok(&["start", "mover"]);
    assert!(!is_free(&disk), "the guest runs without its lease");

    let move_it = [
        "migrate",
        "--live",
        "--unsafe",
        "--persistent",
        "--undefinesource",
        "mover",
        &to.uri(),
        "tcp://127.0.0.1",
    ];
    from.ok(&move_it);
    assert_eq!(to.ok(&["domstate", "mover"]), "running");
    assert_eq!(from.ok(&["list", "--all", "--name"]), "");
    assert!(!is_free(&disk), "the guest has come without its lease");
    // Paused it needs none, but keeps it from others as soon as it goes on.
    to.ok(&["suspend", "mover"]);
    to.ok(&["resume", "mover"]);
    assert!(!is_free(&disk));
    to.ok(&["destroy", "mover"]);
    assert!(is_free(&disk));
}
