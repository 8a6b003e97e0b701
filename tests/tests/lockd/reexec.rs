//! SIGUSR1: another program goes on with the leases.

use crate::raw::Raw;
use ferrovirt_tests::lockd::{Lockd, SHARED, Watched, lock_on, ours};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use vir_base::sys::LockKind;
use vir_proto::frame::Status;

fn daemon() -> Lockd {
    Lockd::replaceable().unwrap_or_else(|error| panic!("{error}"))
}

/// Leases by the thousand, clients of all kinds, and at no moment a disk that anybody could have.
#[test]
fn everything_goes_on() {
    let mut daemon = daemon();
    let space = daemon.root().join("disks/space").display().to_string();
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("space {space}")), "ok");
    for number in 0..2000 {
        assert_eq!(guest.ask(&format!("acquire {space} d{number} 2")), "ok");
    }
    let disk = daemon.disk("disk");
    let shared = daemon.disk("shared");
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    assert_eq!(guest.ask(&format!("acquire - {shared} 1")), "ok");
    assert_eq!(guest.ask(&format!("acquire - {shared} 1")), "ok");
    let mut restricted = daemon.holder();
    assert_eq!(restricted.ask(&format!("acquire - {shared} 1")), "ok");
    assert_eq!(restricted.ask("restrict"), "ok");
    // one that has not registered, and one that has not said a word
    let unregistered = daemon.connect();
    let mute = UnixStream::connect(daemon.socket()).unwrap();
    let disks = [disk.clone(), format!("{space}/d0"), format!("{space}/d1999")];
    let watched = Watched::start(&disks);
    for _ in 0..3 {
        daemon.replace_by(&ours());
        assert_eq!(lock_on(&shared), Some(LockKind::Read));
        let busy = Err(format!("87 51 resource busy: Lockspace resource '{disk}' is locked"));
        let other = daemon.connect();
        other.register(3, std::process::id(), "other").unwrap();
        assert_eq!(other.acquire("", &disk, 0), busy);
        let forbidden = "29 7 operation forbidden: lock manager connection has been restricted";
        assert_eq!(restricted.ask(&format!("acquire - {disk} 0")), forbidden);
        assert!(unregistered.acquire("", &disk, 0).unwrap_err().contains("have not been registered"));
    }
    assert!(watched.stop() > 0);
    drop(mute);
    // what was acquired before is released after: as often as it was acquired
    for number in 0..2000 {
        assert_eq!(guest.ask(&format!("release {space} d{number}")), "ok");
    }
    assert!(!Path::new(&disks[1]).exists());
    assert_eq!(guest.ask(&format!("release - {shared}")), "ok");
    assert_eq!(guest.ask(&format!("release - {shared}")), "ok");
    assert!(guest.ask(&format!("release - {shared}")).contains("does not hold the resource lock"));
    assert_eq!(guest.ask(&format!("release - {disk}")), "ok");
    assert_eq!(lock_on(&disk), None);
    // and who leaves has to end before its leases go
    restricted.kill();
    ferrovirt_tests::lockd::until("the dead lose their leases", || lock_on(&shared).is_none().then_some(()));
}

/// The C daemon leaves up to all of them unanswered.
#[test]
fn calls_in_flight_are_answered_once() {
    let mut daemon = daemon();
    let mut half = Raw::connect(&daemon);
    let bytes = half.register();
    half.stream.write_all(&bytes[..20]).unwrap();
    let mut many = Raw::connect(&daemon);
    let mut asked = 0;
    for round in 0..5 {
        // more than the daemon takes up at once: it serves one call of a client at a time
        for _ in 0..99 {
            let bytes = many.register();
            many.stream.write_all(&bytes).unwrap();
        }
        daemon.replace_by(&ours());
        for _ in 0..99 {
            asked += 1;
            assert_eq!(many.answer(), (asked, Status::OK), "round {round}");
        }
        assert!(many.is_quiet());
    }
    half.stream.write_all(&bytes[20..]).unwrap();
    assert_eq!(half.answer(), (1, Status::OK));
    assert!(half.is_quiet());
}

/// The C daemon ends, and its leases with it.
#[test]
fn no_lease_is_lost_to_a_bad_program() {
    let mut daemon = daemon();
    let disk = daemon.disk("disk");
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    let watched = Watched::start(std::slice::from_ref(&disk));
    let program = daemon.program();

    fs::remove_file(&program).unwrap();
    assert!(daemon.refuses().contains("No such file or directory"));
    fs::create_dir(&program).unwrap();
    assert!(daemon.refuses().ends_with("is a directory"));
    fs::remove_dir(&program).unwrap();
    daemon.install(&ours()).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o644)).unwrap();
    assert!(daemon.refuses().ends_with("is not executable"));
    let whole = fs::read(&program).unwrap();
    let mut foreign = whole.clone();
    foreign[18] ^= 0xff;
    daemon.install_bytes(&foreign).unwrap();
    assert!(daemon.refuses().contains("it is for another machine"));
    daemon.install_bytes(&whole[..20_000]).unwrap();
    let why = daemon.refuses();
    assert!(why.contains("ended with") || why.contains("cannot be run"), "{why}");
    daemon
        .install_bytes(b"#!/bin/sh\necho 'virtlockd (libvirt) 11.3.0'\n: as a script it is refused\n")
        .unwrap();
    assert!(daemon.refuses().contains("it is no ELF program"));

    assert_eq!(guest.ask(&format!("release - {disk}-other")).split(' ').next(), Some("87"));
    assert!(watched.stop() > 0);
    let watched = Watched::start(std::slice::from_ref(&disk));
    daemon.install_bytes(&whole).unwrap();
    daemon.replace_by(&ours());
    assert!(watched.stop() > 0);
    assert_eq!(guest.ask(&format!("release - {disk}")), "ok");
}

/// Leases that the C daemon could not hand over: their document is too large for it to be read back.
#[test]
fn nine_thousand_leases_with_long_names() {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    if most.is_some_and(|most| most < 9_500) {
        ferrovirt_tests::skip!("needs 9500 descriptors");
    }
    let mut daemon = daemon();
    let mut dir = daemon.root().join("disks");
    while dir.as_os_str().len() < 950 - 1 {
        let left = 950 - 1 - dir.as_os_str().len();
        dir.push("d".repeat(left.min(200)));
    }
    let space = dir.display().to_string();
    let client = daemon.connect();
    client.register(1, std::process::id(), "guest").unwrap();
    client.space(&space).unwrap();
    for number in 0..9000 {
        client.acquire(&space, &number.to_string(), 2 | SHARED).unwrap();
    }
    let watched = Watched::start(&[format!("{space}/0"), format!("{space}/8999")]);
    daemon.replace_by(&ours());
    assert!(watched.stop() > 0);
    for number in 0..9000 {
        client.release(&space, &number.to_string()).unwrap();
    }
    assert_eq!(fs::read_dir(&space).unwrap().count(), 0);
}
