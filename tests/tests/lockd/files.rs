//! What is a disk: files by whatever name, directories of lockspaces.

use ferrovirt_tests::lockd;
use ferrovirt_tests::lockd::{SHARED, lock_on};
use std::fs;
use vir_base::sys::LockKind;

/// The C daemon gives the disk to both, and the release of one leaves the other without a lock.
#[test]
fn a_hard_link_is_the_same_disk() {
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let link = format!("{disk}-link");
    fs::hard_link(&disk, &link).unwrap();
    let [one, other] = [daemon.connect(), daemon.connect()];
    one.register(1, std::process::id(), "one").unwrap();
    other.register(2, 1, "other").unwrap();
    one.acquire("", &disk, 0).unwrap();
    let refused = other.acquire("", &link, 0);
    if daemon.is_peer() {
        assert_eq!(refused, Ok(()), "both have it");
        other.release("", &link).unwrap();
        assert_eq!(lock_on(&disk), None, "and then nobody, though the other one has not released it");
        // it would end us for it
        one.release("", &disk).unwrap();
        return;
    }
    assert_eq!(lock_on(&disk), Some(LockKind::Write), "and whoever holds it is still alone");
    assert_eq!(refused, Err(format!("87 51 resource busy: Lockspace resource '{link}' is locked")));
    one.release("", &disk).unwrap();
    assert_eq!(lock_on(&disk), None);
}

/// The C daemon says yes, and has no lockspace.
#[test]
fn a_lockspace_is_a_directory() {
    let daemon = lockd!();
    let file = daemon.disk("file");
    let client = daemon.connect();
    client.register(1, std::process::id(), "vm").unwrap();
    if daemon.is_peer() {
        assert_eq!(client.new_space(&file), Ok(()));
        return;
    }
    let expected = format!("1 51 internal error: Lockspace location {file} exists, but is not a directory");
    assert_eq!(client.space(&file), Err(expected.clone()));
    assert_eq!(client.new_space(&file), Err(expected));
}

/// What others see of leases is what the kernel tells them.
#[test]
fn leases_are_locks() {
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let client = daemon.connect();
    client.register(1, std::process::id(), "vm").unwrap();
    client.acquire("", &disk, 0).unwrap();
    assert_eq!(lock_on(&disk), Some(LockKind::Write));
    client.release("", &disk).unwrap();
    assert_eq!(lock_on(&disk), None);
    client.acquire("", &disk, SHARED).unwrap();
    assert_eq!(lock_on(&disk), Some(LockKind::Read));
    client.release("", &disk).unwrap();

    let space = daemon.root().join("disks/space").display().to_string();
    client.space(&space).unwrap();
    client.acquire(&space, "made", 2).unwrap();
    assert_eq!(lock_on(&format!("{space}/made")), Some(LockKind::Write));
    client.release(&space, "made").unwrap();
    assert!(!fs::exists(format!("{space}/made")).unwrap());
}
