//! What the C daemon loses leases by when its program is replaced, and ours does not. With the C daemon in
//! the place of ours (`FERROVIRT_TESTED=peer`) each test shows the loss; the rest of the faults are in the files
//! beside this one.

use crate::raw::Raw;
use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::{Holder, Lockd, lock_on, ours, until};
use ferrovirt_tests::stage::{NoStage, tested};
use rustix::process::Signal;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use vir_proto::frame::Status;

/// A daemon whose program can be replaced.
fn replaceable() -> Result<Lockd, NoStage> {
    match tested() {
        Kind::Peer => Lockd::exchangeable(Kind::Peer),
        Kind::Ours(_) => Lockd::replaceable().map_err(NoStage::Failed),
    }
}

/// The same; where the host lacks something the test is skipped.
macro_rules! replaceable {
    () => {
        match replaceable() {
            Ok(daemon) => daemon,
            Err(NoStage::Missing(what)) => ferrovirt_tests::skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

/// A guest with this disk.
fn guest(daemon: &Lockd, disk: &str) -> Holder {
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    guest
}

/// The C daemon has ended with this status; the guest goes on, and anybody can have its disk.
fn is_lost(daemon: &mut Lockd, guest: &mut Holder, disk: &str, status: Option<i32>) {
    assert_eq!(daemon.wait().code(), status);
    assert_eq!(lock_on(disk), None, "nobody has it");
    assert_eq!(guest.ended(), None, "but it is used");
}

/// A plain connect.
#[test]
fn a_client_that_has_not_registered() {
    let mut daemon = replaceable!();
    let disk = daemon.disk("disk");
    let mut guest = guest(&daemon, &disk);
    let mute = UnixStream::connect(daemon.socket()).unwrap();
    // it has been accepted when one that came later has been answered
    assert!(daemon.connect().register(9, 1, "later").is_ok());
    if daemon.is_peer() {
        daemon.signal(Signal::USR1);
        return is_lost(&mut daemon, &mut guest, &disk, Some(9));
    }
    daemon.replace_by(&ours());
    assert!(lock_on(&disk).is_some());
    drop(mute);
}

/// Missing, not executable, a directory, cut off.
#[test]
fn a_program_that_is_none() {
    type Spoil = fn(&Lockd);
    let spoilt: [(&str, i32, Spoil); 4] = [
        ("missing", 9, |daemon| fs::remove_file(daemon.program()).unwrap()),
        ("not executable", 9, |daemon| {
            fs::set_permissions(daemon.program(), Permissions::from_mode(0o644)).unwrap();
        }),
        ("a directory", 9, |daemon| {
            fs::remove_file(daemon.program()).unwrap();
            fs::create_dir(daemon.program()).unwrap();
        }),
        // the C daemon has a shell run it
        ("rubbish", 127, |daemon| daemon.install_bytes(b"rubbish").unwrap()),
    ];
    for (what, status, spoil) in spoilt {
        let mut daemon = replaceable!();
        let disk = daemon.disk("disk");
        let mut guest = guest(&daemon, &disk);
        spoil(&daemon);
        if daemon.is_peer() {
            daemon.signal(Signal::USR1);
            is_lost(&mut daemon, &mut guest, &disk, Some(status));
            continue;
        }
        assert!(!daemon.refuses().is_empty(), "{what}");
        assert!(lock_on(&disk).is_some(), "{what}");
        assert_eq!(guest.ask(&format!("release - {disk}")), "ok", "{what}");
    }
}

/// One that ends at once: as far as the C daemon knows, all has gone well.
#[test]
fn a_program_that_ends_at_once() {
    let mut daemon = replaceable!();
    let disk = daemon.disk("disk");
    let mut guest = guest(&daemon, &disk);
    daemon.install_bytes(&fs::read("/bin/false").unwrap()).unwrap();
    if daemon.is_peer() {
        daemon.signal(Signal::USR1);
        return is_lost(&mut daemon, &mut guest, &disk, Some(1));
    }
    assert!(!daemon.refuses().is_empty());
    assert!(lock_on(&disk).is_some());
}

/// Spoilt between the program that has written it and the one that reads it. The C daemon hands over to
/// whatever lies there, here one that spoils it and then is the C daemon; ours hands over to no such program,
/// and what it makes of the documents themselves is shown in `documents`.
#[test]
fn a_document_that_is_spoilt() {
    for spoil in ["truncate -s 200", "sed -i s/defaultLockspace/lostLockspace/", "sed -i s/lockHeld/held/"] {
        let mut daemon = replaceable!();
        let disk = daemon.disk("disk");
        let mut guest = guest(&daemon, &disk);
        let program = daemon.program();
        let real = program.with_extension("real");
        fs::copy(&program, &real).unwrap();
        let script =
            format!("#!/bin/sh\n{spoil} /run/virtlockd-restart-exec.json\nexec {} \"$@\"\n", real.display());
        daemon.install_bytes(script.as_bytes()).unwrap();
        if daemon.is_peer() {
            daemon.signal(Signal::USR1);
            is_lost(&mut daemon, &mut guest, &disk, Some(3));
            continue;
        }
        assert!(daemon.refuses().contains("it is no ELF program"), "{spoil}");
        assert!(lock_on(&disk).is_some(), "{spoil}");
    }
}

/// The first half of a request has come when the program is replaced. To the C daemon that comes the other half
/// is the beginning of a request, of a strange length.
#[test]
fn half_of_a_request() {
    let mut daemon = replaceable!();
    let mut half = Raw::connect(&daemon);
    // the C daemon ends if one goes along that has not registered
    let whole = half.register();
    half.stream.write_all(&whole).unwrap();
    assert_eq!(half.answer(), (1, Status::OK));
    let bytes = half.register();
    half.stream.write_all(&bytes[..30]).unwrap();
    // it has been read when those have been answered who came later
    for _ in 0..3 {
        assert!(daemon.connect().register(9, 1, "later").is_ok());
    }
    let kind = tested();
    daemon.replace_by(&kind);
    half.stream.write_all(&bytes[30..]).unwrap();
    if daemon.is_peer() {
        assert_eq!(half.stream.read(&mut [0; 4]).unwrap_or(0), 0, "the connection has ended");
        return;
    }
    assert_eq!(half.answer(), (2, Status::OK));
}

/// More than 10 MB of leases: written by the C daemon, and not read by it.
#[test]
fn a_document_that_is_too_large() {
    let mut daemon = replaceable!();
    let disk = daemon.disk("disk");
    let mut guest = guest(&daemon, &disk);
    let mut dir = daemon.root().join("disks");
    while dir.as_os_str().len() < 3000 {
        dir.push("d".repeat(200));
    }
    let space = dir.display().to_string();
    assert_eq!(guest.ask(&format!("space {space}")), "ok");
    for number in 0..3500 {
        assert_eq!(guest.ask(&format!("acquire {space} {number} 2")), "ok");
    }
    if daemon.is_peer() {
        daemon.signal(Signal::USR1);
        return is_lost(&mut daemon, &mut guest, &disk, Some(3));
    }
    daemon.replace_by(&ours());
    assert!(lock_on(&disk).is_some() && lock_on(&format!("{space}/3499")).is_some());
    guest.kill();
    until("the dead lose their leases", || lock_on(&disk).is_none().then_some(()));
}
