//! The daemon as a process: its sockets, its pid file, signals, and leaving nothing behind.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::stage::tested;
use ferrovirt_tests::{skip, stage};

/// The names under which clients look for the daemon: the whole one, and those for parts of it.
const SOCKETS: &[&str] = &[
    "libvirt-sock",
    "libvirt-sock-ro",
    "libvirt-admin-sock",
    "virtqemud-sock",
    "virtqemud-sock-ro",
    "virtqemud-admin-sock",
];

#[test]
fn every_socket_accepts() {
    let stage = stage!(System, Ours, "test");
    if tested() == Kind::Peer {
        skip!("needs our daemon: the C one has one name a process");
    }
    // they come one after the other, and the stage waits for the first
    let deadline = Instant::now() + Duration::from_secs(20);
    for name in SOCKETS {
        let path = stage.daemon.socket().with_file_name(name);
        while UnixStream::connect(&path).is_err() {
            assert!(Instant::now() < deadline, "{} does not accept", path.display());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_second_daemon_in_the_same_place_is_refused() {
    let stage = stage!(System, Ours, "test");
    if tested() == Kind::Peer {
        skip!("needs our daemon: each C one here sees a /run of its own");
    }
    assert!(!stage.ok(&["list", "--name"]).is_empty());
    let first = stage.daemon.pid();
    assert!(stage.daemon.try_second().is_err());
    assert_eq!(stage.daemon.pid(), first);
    assert!(!stage.ok(&["list", "--name"]).is_empty());
}

#[test]
fn sigterm_ends_it_with_success_and_takes_the_sockets_along() {
    let mut stage = stage!(System, Ours, "test");
    let socket = stage.daemon.socket();
    stage.daemon.stop().unwrap();
    assert!(UnixStream::connect(socket).is_err());
    let error = stage.fails(&["list"]);
    assert!(error.contains("failed to connect to the hypervisor"), "{error}");
    stage.daemon.start_again().unwrap();
    assert_eq!(stage.ok(&["list", "--name"]), "test");
}

#[test]
fn a_thousand_clients_that_say_nothing_hold_nobody_up() {
    let stage = stage!(System, Ours, "test");
    let mut silent = Vec::new();
    for _ in 0..1000 {
        match UnixStream::connect(stage.daemon.socket()) {
            Ok(stream) => silent.push(stream),
            // The daemon may refuse more than its limit.
            Err(_) => break,
        }
    }
    // As many as may be unauthenticated at once must not keep the others of this account out
    // for ever: when they leave, there is room.
    drop(silent);
    assert_eq!(stage.ok(&["list", "--name"]), "test");
}
