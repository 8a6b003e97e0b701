//! What every lock daemon and every libvirtd must do together; run with ours and with the C ones.

mod daemon;

pub use daemon::LockDaemon;

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::daemon::{Kind, copy_program};
use crate::stage::{Stage, built, tested};

/// How long what is told of soon may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Adds lines to a file of the daemon's configuration.
fn configure(stage: &Stage, file: &str, lines: &str) {
    let path = stage.daemon.directory().join("etc/libvirt").join(file);
    let old = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, old + lines).expect("the daemon's configuration can be written");
}

/// A guest that has `disk` and boots no further than its firmware.
fn guest(name: &str, disk: &str, more: &str) -> String {
    format!(
        "<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='pc'>hvm</type></os>\
         <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>\
         <disk type='file'><driver name='qemu' type='raw'/><source file='{disk}'/>\
         <target dev='vda' bus='virtio'/>{more}</disk></devices></domain>"
    )
}

/// Whether a process holds a lock on the first byte of `file`: the kernel's word.
fn is_locked(file: &Path) -> bool {
    let Ok(file) = File::options().read(true).write(true).open(file) else { return false };
    let inode = rustix::fs::fstat(&file).expect("an open file has a status");
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    locks.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "->").collect();
        let place = words.iter().find(|word| word.matches(':').count() == 2);
        let of_file = place.and_then(|place| place.rsplit(':').next()).and_then(|n| n.parse::<u64>().ok());
        of_file == Some(inode.st_ino) && words.last() == Some(&"0") && words.contains(&"WRITE")
    })
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The life of a lease with a guest, in `stage`, whose lock daemon is of this kind.
///
/// # Panics
/// When something is not as it must be.
pub fn life_of_a_lease(mut stage: Stage, kind: &Kind) {
    let root = stage.daemon.directory().to_owned();
    let space = root.join("leases");
    stage.daemon.kill().expect("the daemon can be killed");
    configure(&stage, "qemu.conf", "lock_manager = \"lockd\"\n");
    configure(&stage, "qemu-lockd.conf", &format!("file_lockspace_dir = \"{}\"\n", space.display()));
    let mut lockd = LockDaemon::start(kind, &root).expect("the lock daemon starts");
    stage.daemon.start_again().expect("the daemon starts again");
    let disk = root.join("disk.img");
    fs::write(&disk, vec![0; 1 << 20]).expect("a disk can be made");
    let file = stage.file("g.xml", &guest("g", &disk.display().to_string(), ""));
    stage.ok(&["define", &file]);

    stage.ok(&["start", "g"]);
    let leases = || -> Vec<_> {
        let entries = fs::read_dir(&space).expect("the lockspace was made").flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let held = leases();
    assert_eq!(held.len(), 1, "{held:?}");
    let lease = &held[0];
    assert_eq!(lease.file_name().map(|name| name.len()), Some(64), "named by a hash of the path");
    assert!(is_locked(lease), "a running guest has its lease");

    stage.ok(&["suspend", "g"]);
    until("a paused guest has no lease", || !is_locked(lease));
    stage.ok(&["resume", "g"]);
    assert!(is_locked(lease));
    // the C daemon's guests are lost to it here: it is started again in other mounts
    if tested() != Kind::Peer {
        stage.daemon.kill().expect("the daemon can be killed");
        assert!(is_locked(lease), "the daemon's end is not the guest's");
        stage.daemon.start_again().expect("the daemon starts again");
        assert!(is_locked(lease));
    }
    stage.ok(&["destroy", "g"]);
    until("a guest that ended has no lease", || leases().is_empty());

    // another host's guest has it: here, another process
    let lease = space.join(lease.file_name().expect("it has a name"));
    let other = File::create(&lease).expect("a lease's file can be made");
    rustix::fs::fcntl_lock(&other, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .expect("nobody has the lease");
    let said = stage.fails(&["start", "g"]);
    let name = lease.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    assert!(said.contains(&format!("Lockspace resource '{name}' is locked")), "{said}");
    assert_eq!(stage.ok(&["domstate", "g"]), "shut off");
    // it is there and waits until it may run
    stage.ok(&["start", "--paused", "g"]);
    let said = stage.fails(&["resume", "g"]);
    assert!(said.contains("is locked"), "{said}");
    assert_eq!(stage.ok(&["domstate", "g"]), "paused");
    drop(other);
    stage.ok(&["resume", "g"]);
    assert!(is_locked(&lease));
    stage.ok(&["destroy", "g"]);

    lockd.kill();
    let said = stage.fails(&["start", "g"]);
    assert!(said.contains("virtlockd-sock': No such file or directory"), "{said}");
    assert_eq!(stage.ok(&["domstate", "g"]), "shut off", "no guest runs without its lease");
}

/// Disks that several guests write to, that none writes to, and that must have leases of their own.
///
/// # Panics
/// When something is not as it must be.
pub fn shared_and_missing_leases(mut stage: Stage, kind: &Kind) {
    let root = stage.daemon.directory().to_owned();
    stage.daemon.kill().expect("the daemon can be killed");
    configure(&stage, "qemu.conf", "lock_manager = \"lockd\"\n");
    let _lockd = LockDaemon::start(kind, &root).expect("the lock daemon starts");
    stage.daemon.start_again().expect("the daemon starts again");
    let disk = root.join("disk.img");
    fs::write(&disk, vec![0; 1 << 20]).expect("a disk can be made");
    let path = disk.display().to_string();
    for name in ["a", "b"] {
        let file = stage.file(&format!("{name}.xml"), &guest(name, &path, "<shareable/>"));
        stage.ok(&["define", &file]);
        stage.ok(&["start", name]);
    }
    stage.ok(&["destroy", "a"]);
    stage.ok(&["destroy", "b"]);
    let file = stage.file("r.xml", &guest("r", &path, "<readonly/>"));
    stage.ok(&["define", &file]);
    stage.ok(&["start", "r"]);
    assert!(!is_locked(&disk));
    stage.ok(&["destroy", "r"]);

    stage.daemon.kill().expect("the daemon can be killed");
    configure(&stage, "qemu-lockd.conf", "auto_disk_leases = 0\n");
    stage.daemon.start_again().expect("the daemon starts again");
    let file = stage.file("e.xml", &guest("e", &path, ""));
    stage.ok(&["define", &file]);
    let said = stage.fails(&["start", "e"]);
    let words = "Read/write, exclusive access, disks were present, but no leases specified";
    assert!(said.contains(words), "{said}");
    stage.ok(&["start", "a"]);
    stage.ok(&["destroy", "a"]);

    // a lease of its own, in a space that is there only when somebody has made it
    let space = root.join("space/one");
    let own = format!(
        "<lease><lockspace>one</lockspace><key>k</key><target path='{}'/></lease></devices>",
        root.join("space").display()
    );
    let xml = guest("f", &path, "").replace("</devices>", &own);
    stage.ok(&["define", &stage.file("f.xml", &xml)]);
    let shown = stage.ok(&["dumpxml", "f"]);
    assert!(shown.contains("<lockspace>one</lockspace>"), "{shown}");
    let said = stage.fails(&["start", "f"]);
    assert!(said.contains("Lockspace for path") && said.contains("does not exist"), "{said}");
    stage.daemon.kill().expect("the daemon can be killed");
    let conf = format!("file_lockspace_dir = \"{}\"\n", space.display());
    fs::write(root.join("etc/libvirt/qemu-lockd.conf"), conf).expect("the file can be written");
    stage.daemon.start_again().expect("the daemon starts again");
    // it answers once the driver has started
    stage.ok(&["list"]);
    fs::write(space.join("k"), "").expect("the lockspace was made");
    stage.ok(&["start", "f"]);
    assert!(is_locked(&space.join("k")));
    stage.ok(&["destroy", "f"]);
    until("a guest that ended has no lease", || !is_locked(&space.join("k")));
}

/// Disks that running guests are given and let go of: whoever has one has its lease.
///
/// # Panics
/// When something is not as it must be.
pub fn leases_of_plugged_disks(mut stage: Stage, kind: &Kind) {
    let root = stage.daemon.directory().to_owned();
    stage.daemon.kill().expect("the daemon can be killed");
    configure(&stage, "qemu.conf", "lock_manager = \"lockd\"\n");
    let _lockd = LockDaemon::start(kind, &root).expect("the lock daemon starts");
    stage.daemon.start_again().expect("the daemon starts again");
    let disk = root.join("disk.img");
    fs::write(&disk, vec![0; 1 << 20]).expect("a disk can be made");
    let path = disk.display().to_string();
    for name in ["a", "b"] {
        let xml = format!(
            "<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>\
             <os><type arch='x86_64' machine='pc'>hvm</type></os>\
             <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>\
             <controller type='usb' model='qemu-xhci'/></devices></domain>"
        );
        stage.ok(&["define", &stage.file(&format!("{name}.xml"), &xml)]);
        stage.ok(&["start", name]);
    }
    let attach = |guest| {
        ["attach-disk", guest, &path, "sda", "--targetbus", "usb", "--driver", "qemu", "--subdriver", "raw"]
    };
    stage.ok(&attach("a"));
    assert!(is_locked(&disk), "a disk that is given comes with its lease");
    let said = stage.fails(&attach("b"));
    assert!(said.contains(&format!("Lockspace resource '{path}' is locked")), "{said}");
    assert!(!stage.ok(&["dumpxml", "b"]).contains("<disk"), "nothing is left of it");
    stage.ok(&["suspend", "a"]);
    until("a paused guest has no lease", || !is_locked(&disk));
    stage.ok(&["resume", "a"]);
    assert!(is_locked(&disk), "it counts among the guest's disks");

    stage.ok(&["detach-disk", "a", "sda"]);
    until("a disk that is gone has no lease", || !is_locked(&disk));
    stage.ok(&attach("b"));
    assert!(is_locked(&disk));
    let said = stage.fails(&attach("a"));
    assert!(said.contains("is locked"), "{said}");
    stage.ok(&["destroy", "b"]);
    until("a guest that ended has no lease", || !is_locked(&disk));
    stage.ok(&attach("a"));
    stage.ok(&["destroy", "a"]);
}

/// A user's own lock daemon is started by whoever needs it first.
///
/// # Panics
/// When something is not as it must be.
pub fn a_session_starts_its_lock_daemon(mut stage: Stage) {
    let root = stage.daemon.directory().to_owned();
    stage.daemon.kill().expect("the daemon can be killed");
    configure(&stage, "qemu.conf", "lock_manager = \"lockd\"\n");
    let program = root.join("virtlockd");
    copy_program(&built().join("virtlockd"), &program).expect("the program can be copied");
    stage.daemon.start_again().expect("the daemon starts again");
    let disk = root.join("disk.img");
    fs::write(&disk, vec![0; 1 << 20]).expect("a disk can be made");
    let owner = fs::metadata(root.join("etc")).expect("it is there");
    std::os::unix::fs::chown(&disk, Some(owner.uid()), Some(owner.gid())).expect("a disk can be given away");
    stage.ok(&["define", &stage.file("g.xml", &guest("g", &disk.display().to_string(), ""))]);
    stage.ok(&["start", "g"]);
    let locked = is_locked(&disk);
    stage.ok(&["destroy", "g"]);
    let pid = fs::read_to_string(root.join("run/libvirt/virtlockd.pid")).unwrap_or_default();
    let pid: i32 = pid.trim().parse().expect("the lock daemon has a pid file");
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    if String::from_utf8_lossy(&line).contains("virtlockd")
        && let Some(pid) = rustix::process::Pid::from_raw(pid)
    {
        // it may just have ended
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    until("the lock daemon ends", || !Path::new(&format!("/proc/{pid}")).exists());
    assert!(locked, "a running guest has its lease");
}
