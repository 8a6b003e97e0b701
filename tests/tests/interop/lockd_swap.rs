//! The C lock daemon and ours in each other's place, under one process, with leases held throughout.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::{Lockd, Watched, lock_on, ours, until};
use ferrovirt_tests::stage::NoStage;
use std::fs;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use vir_base::sys::LockKind;

macro_rules! exchangeable {
    ($kind:expr) => {
        match Lockd::exchangeable($kind) {
            Ok(daemon) => daemon,
            Err(NoStage::Missing(what)) => ferrovirt_tests::skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

/// From the C daemon to ours, back, and over again: a disk for one guest, one that two share, and files
/// that go with their leases.
#[test]
fn a_host_moves_from_one_to_the_other_and_back() {
    let mut daemon = exchangeable!(Kind::Peer);
    let (disk, shared) = (daemon.disk("disk"), daemon.disk("shared"));
    let space = daemon.root().join("disks/space").display().to_string();
    let (mut guest, mut other) = (daemon.holder(), daemon.holder());
    assert_eq!(guest.ask(&format!("space {space}")), "ok");
    for words in [format!("- {disk} 0"), format!("{space} made 2"), format!("- {shared} 1")] {
        assert_eq!(guest.ask(&format!("acquire {words}")), "ok");
    }
    assert_eq!(other.ask(&format!("acquire - {shared} 1")), "ok");
    assert_eq!(other.ask("restrict"), "ok");
    let made = format!("{space}/made");
    let watched = Watched::start(&[disk.clone(), made.clone(), shared.clone()]);
    let mut unregistered = None;
    for next in [ours(), Kind::Peer, ours(), ours(), Kind::Peer] {
        daemon.replace_by(&next);
        assert_eq!(lock_on(&disk), Some(LockKind::Write));
        assert_eq!(lock_on(&made), Some(LockKind::Write));
        assert_eq!(lock_on(&shared), Some(LockKind::Read));
        assert!(guest.ask(&format!("acquire - {disk} 0")).starts_with("87 51 resource busy"));
        assert!(other.ask(&format!("release - {shared}")).starts_with("29 7 operation forbidden"));
        // ours hands over those, too, who have not registered; the C daemon would end
        unregistered = (next != Kind::Peer).then(|| UnixStream::connect(daemon.socket()).unwrap());
        // by the time that it has answered it knows who has left
        for _ in 0..3 {
            guest.ask(&format!("acquire - {disk} 0"));
        }
    }
    drop(unregistered);
    daemon.replace_by(&ours());
    assert!(watched.stop() > 0);
    assert_eq!(guest.ask(&format!("release {space} made")), "ok");
    until("its file is gone", || (!fs::exists(&made).unwrap()).then_some(()));
    assert_eq!(guest.ask(&format!("release - {disk}")), "ok");
    assert_eq!(lock_on(&disk), None);
    guest.kill();
    assert_eq!(lock_on(&shared), Some(LockKind::Read));
    other.kill();
    until("the dead lose their leases", || lock_on(&shared).is_none().then_some(()));
}

/// The C daemon knows nothing of halves: who has sent one and does not go on is named.
#[test]
fn half_a_request_keeps_the_peer_out() {
    let mut daemon = exchangeable!(ours());
    let disk = daemon.disk("disk");
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    let watched = Watched::start(std::slice::from_ref(&disk));
    let mut half = UnixStream::connect(daemon.socket()).unwrap();
    half.write_all(&[0, 0, 0, 100, 1, 2, 3]).unwrap();
    // it has been read, since others that came later have been answered
    guest.ask(&format!("release - {disk}-other"));
    daemon.install(&Kind::Peer).unwrap();
    let why = daemon.refuses();
    assert!(why.contains("stands in the way: it has sent a part of a request"), "{why}");
    assert!(guest.ask(&format!("acquire - {disk} 0")).starts_with("87"), "it is served again");
    drop(half);
    daemon.replace_by(&Kind::Peer);
    assert!(watched.stop() > 0);
    guest.kill();
    until("the dead lose their leases", || lock_on(&disk).is_none().then_some(()));
}

/// A program that is nobody's, and leases that the C daemon could not read back.
#[test]
fn what_the_peer_could_not_do_is_not_begun() {
    let mut daemon = exchangeable!(ours());
    let disk = daemon.disk("disk");
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    let watched = Watched::start(std::slice::from_ref(&disk));
    for (program, why) in [
        ("/bin/true", "not 'virtlockd (libvirt) ...'"),
        ("/bin/false", "ended with status 1"),
        ("/bin/cat", "not 'virtlockd (libvirt) ...'"),
    ] {
        daemon.install_bytes(&fs::read(program).unwrap()).unwrap();
        let refusal = daemon.refuses();
        assert!(refusal.contains(why), "{program}: {refusal}");
    }
    // a name that fills a document
    let mut dir = daemon.root().join("disks");
    while dir.as_os_str().len() < 3000 {
        dir.push("d".repeat(200));
    }
    let space = dir.display().to_string();
    assert_eq!(guest.ask(&format!("space {space}")), "ok");
    for number in 0..3500 {
        assert_eq!(guest.ask(&format!("acquire {space} {number} 2")), "ok");
    }
    daemon.install(&Kind::Peer).unwrap();
    let refusal = daemon.refuses();
    assert!(refusal.contains("the peer's program reads no more than"), "{refusal}");
    assert_eq!(guest.ask(&format!("release {space} 0")), "ok");
    assert!(watched.stop() > 0);
}
