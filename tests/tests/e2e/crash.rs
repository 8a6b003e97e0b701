//! The daemon is killed while guests run.

use ferrovirt_tests::{boot, stage};

#[test]
fn guests_outlive_the_daemon_and_are_found_again() {
    let mut stage = stage!(System, Ours, "qemu");
    stage.define_linux("runs");
    stage.define_linux("waits");
    boot(&stage, "runs").leave().unwrap();
    stage.ok(&["start", "--paused", "waits"]);
    let before = stage.daemon.guests();
    assert_eq!(before.len(), 2);
    stage.daemon.kill().unwrap();
    assert_eq!(stage.daemon.guests(), before);

    stage.daemon.start_again().unwrap();
    assert_eq!(stage.daemon.guests(), before);
    assert_eq!(stage.ok(&["list", "--name"]).lines().count(), 2);
    assert_eq!(stage.ok(&["domstate", "runs"]), "running");
    assert_eq!(stage.ok(&["domstate", "waits"]), "paused");
    assert_eq!(stage.ok(&["domid", "runs"]), "1");
    // They obey as before.
    stage.ok(&["resume", "waits"]);
    assert_eq!(stage.ok(&["domstate", "waits"]), "running");
    stage.ok(&["shutdown", "runs"]);
    let wait = ["domstate", "--reason", "runs"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    assert_eq!(end.trim(), "shut off (shutdown)");
    stage.ok(&["destroy", "waits"]);
    assert!(stage.daemon.guests().is_empty());
}

#[test]
fn a_guest_that_ended_meanwhile_is_seen_as_shut_off() {
    let mut stage = stage!(System, Ours, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "--paused", "guest"]);
    let guests = stage.daemon.guests();
    stage.daemon.kill().unwrap();
    guests[0].end().unwrap();
    stage.daemon.start_again().unwrap();
    let wait = ["domstate", "guest"];
    stage.virsh.wait_for(&wait, |state| state.trim() == "shut off").unwrap();
    stage.ok(&["start", "--paused", "guest"]);
}

#[test]
fn what_was_defined_is_there_after_a_kill() {
    let mut stage = stage!(System, Ours, "qemu");
    for turn in 0..5 {
        let name = format!("guest{turn}");
        stage.define_linux(&name);
        stage.daemon.kill().unwrap();
        stage.daemon.start_again().unwrap();
        assert_eq!(stage.ok(&["list", "--all", "--name"]).lines().count(), turn + 1);
    }
    stage.ok(&["undefine", "guest0"]);
    stage.daemon.kill().unwrap();
    stage.daemon.start_again().unwrap();
    assert!(!stage.ok(&["list", "--all", "--name"]).contains("guest0"));
}
