//! Those who hold leases: what becomes of them, and of their leases, when they leave.

use ferrovirt_tests::lockd;
use ferrovirt_tests::lockd::{Holder, PATIENCE, SHARED, lock_on, until};
use ferrovirt_tests::skip;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};
use vir_base::sys::LockKind;

/// Waits until nobody holds a lock on the disk.
fn until_free(disk: &str) {
    until("the disk is free", || lock_on(disk).is_none().then_some(()));
}

/// The C daemon takes one of the two, and keeps the other for ever.
#[test]
fn a_shared_lease_held_twice_goes_wholly() {
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let mut holder = daemon.holder();
    for _ in 0..2 {
        assert_eq!(holder.ask(&format!("acquire - {disk} {SHARED}")), "ok");
    }
    // released once it is still held once
    assert_eq!(holder.ask(&format!("release - {disk}")), "ok");
    assert_eq!(lock_on(&disk), Some(LockKind::Read));
    assert_eq!(holder.ask(&format!("acquire - {disk} {SHARED}")), "ok");
    // it may be ended before it can say so
    holder.ask("leave");
    assert_eq!(holder.wait().signal(), Some(15));
    if daemon.is_peer() {
        // it has answered somebody since, and so it has done what it does when one leaves
        daemon.connect().register(2, 1, "later").unwrap();
        assert_eq!(lock_on(&disk), Some(LockKind::Read), "nobody has it, and nobody can have it");
        return;
    }
    until_free(&disk);
}

/// The C daemon answers nobody for three seconds.
#[test]
fn others_are_served_while_an_owner_is_being_ended() {
    let daemon = lockd!();
    let (disk, other_disk) = (daemon.disk("disk"), daemon.disk("other"));
    let other = daemon.connect();
    other.register(2, std::process::id(), "other").unwrap();
    let mut holder = daemon.holder();
    assert_eq!(holder.ask("stubborn"), "ok");
    assert_eq!(holder.ask(&format!("acquire - {disk} 0")), "ok");
    // it may be asked before it can say that it has left
    let mut said = [holder.ask("leave"), holder.hear()];
    said.sort();
    assert_eq!(said, ["ok", "term"], "it is asked to end");
    let asked = Instant::now();

    other.acquire("", &other_disk, 0).unwrap();
    let still_held = other.acquire("", &disk, 0).is_err();
    let (ended, lock) = (holder.ended(), lock_on(&disk));
    if daemon.is_peer() {
        // it would end us for what we hold
        other.release("", &other_disk).unwrap();
        assert_eq!(other.release("", &disk).is_ok(), !still_held);
        assert!(ended.is_some(), "nobody was answered before it had ended");
        return;
    }
    if asked.elapsed() > Duration::from_secs(1) {
        skip!("needs a host that is less busy: the owner's time was over before others could ask");
    }
    assert!(still_held, "not free before its holder is dead");
    assert_eq!(ended, None, "others are answered before it has ended");
    assert_eq!(lock, Some(LockKind::Write));

    assert_eq!(holder.wait().signal(), Some(9), "then it is made to");
    until_free(&disk);
    other.acquire("", &disk, 0).unwrap();
    other.release("", &disk).unwrap();
    other.release("", &other_disk).unwrap();
}

/// A guest that ends by itself, or is killed by somebody else.
#[test]
fn a_dead_owners_leases_are_free() {
    let daemon = lockd!();
    let (disk, plugged) = (daemon.disk("disk"), daemon.disk("plugged"));
    let mut holder = daemon.holder();
    assert_eq!(holder.ask(&format!("acquire - {disk} 0")), "ok");
    assert_eq!(holder.ask("restrict"), "ok");
    // another one adds a disk for it
    let proxy = daemon.connect();
    proxy.register(1, holder.pid(), "vm").unwrap();
    proxy.acquire("", &plugged, 0).unwrap();
    drop(proxy);
    assert_eq!(lock_on(&plugged), Some(LockKind::Write), "it is not the proxy's");
    holder.kill();
    until_free(&disk);
    until_free(&plugged);
}

/// Nobody is signalled who holds nothing.
#[test]
fn who_holds_nothing_may_leave() {
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let mut holder = daemon.holder();
    assert_eq!(holder.ask(&format!("acquire - {disk} 0")), "ok");
    assert_eq!(holder.ask(&format!("release - {disk}")), "ok");
    assert_eq!(holder.ask("leave"), "ok");
    // the daemon has noticed when it has answered somebody who came later
    let later = daemon.connect();
    later.register(2, 1, "later").unwrap();
    later.acquire("", &disk, 0).unwrap();
    later.release("", &disk).unwrap();
    assert_eq!(holder.ended(), None);
}

/// The C daemon signals whoever has the number by then.
#[test]
fn a_number_that_is_another_processs_by_now_is_not_signalled() {
    const LAST: &str = "/proc/sys/kernel/ns_last_pid";
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let mut holder = daemon.holder();
    assert_eq!(holder.ask(&format!("acquire - {disk} 0")), "ok");
    // its connection lives on in another process, so nobody hears of its end by that
    let heir = holder.lend();
    let pid = holder.pid();
    holder.kill();
    let mut stranger = None;
    for _ in 0..1000 {
        if std::fs::write(LAST, (pid - 1).to_string()).is_err() {
            ferrovirt_tests::skip!("needs the right to choose the numbers of processes");
        }
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        if child.id() == pid {
            stranger = Some(child);
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let Some(mut stranger) = stranger else {
        ferrovirt_tests::skip!("needs a quieter host: the number was always taken");
    };
    assert!(heir.end(PATIENCE).unwrap());
    if daemon.is_peer() {
        let status = until("a stranger is killed", || stranger.try_wait().unwrap());
        assert_eq!(status.signal(), Some(15));
        return;
    }
    until_free(&disk);
    // the daemon has acted on the end of the connection before it answers this
    let later = daemon.connect();
    later.register(2, 1, "later").unwrap();
    later.acquire("", &disk, 0).unwrap();
    later.release("", &disk).unwrap();
    assert_eq!(stranger.try_wait().unwrap(), None, "a stranger was killed");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// Registered for another, and never acquired: nothing happens to either.
#[test]
fn who_is_only_named_is_left_alone() {
    let daemon = lockd!();
    let disk = daemon.disk("disk");
    let mut named = Holder::start(&daemon.socket());
    let proxy = daemon.connect();
    proxy.register(1, named.pid(), "vm").unwrap();
    proxy.acquire("", &disk, 0).unwrap();
    drop(proxy);
    assert_eq!(named.ask("leave"), "ok");
    assert_eq!(lock_on(&disk), Some(LockKind::Write));
    assert_eq!(named.ended(), None);
}
