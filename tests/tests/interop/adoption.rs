//! The C daemon and ours in each other's place while guests run: each finds the other's, and goes on with them.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::stage::{NoStage, Stage, built};

macro_rules! exchangeable {
    ($kind:expr) => {
        match Stage::exchangeable($kind) {
            Ok(stage) => stage,
            Err(NoStage::Missing(what)) => ferrovirt_tests::skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

/// The other daemon takes over; it must know the guest as this one did.
fn hand_over(stage: &mut Stage, to: &Kind) {
    let before = stage.ok(&["dumpxml", "guest"]);
    let state = stage.ok(&["domstate", "--reason", "guest"]);
    stage.daemon.replace_by(to).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), state);
    assert_eq!(stage.ok(&["dumpxml", "guest"]), before);
    assert_eq!(stage.ok(&["list", "--name"]), "guest");
}

/// A guest that one daemon started, another one pauses, a third one saves.
fn adopted_by_one_and_the_other(first: &Kind, second: &Kind) {
    let mut stage = exchangeable!(first);
    stage.define_linux("guest");
    stage.ok(&["start", "guest"]);
    hand_over(&mut stage, second);
    assert!(stage.ok(&["domblklist", "guest"]).contains("Target"));
    stage.ok(&["suspend", "guest"]);
    hand_over(&mut stage, first);
    stage.ok(&["resume", "guest"]);
    hand_over(&mut stage, second);
    let image = stage.daemon.directory().join("saved").display().to_string();
    stage.ok(&["save", "guest", &image]);
    stage.daemon.replace_by(first).unwrap_or_else(|error| panic!("{error}"));
    stage.ok(&["restore", &image]);
    hand_over(&mut stage, second);
    stage.ok(&["destroy", "guest"]);
    assert_eq!(stage.ok(&["domstate", "--reason", "guest"]), "shut off (destroyed)");
    let left = stage.daemon.directory().join("run/libvirt/qemu/guest.xml");
    assert!(!left.exists(), "its state is still there");
}

#[test]
fn ours_leaves_guests_that_the_c_daemon_finds() {
    adopted_by_one_and_the_other(&Kind::Ours(built()), &Kind::Peer);
}

#[test]
fn the_c_daemon_leaves_guests_that_ours_finds() {
    adopted_by_one_and_the_other(&Kind::Peer, &Kind::Ours(built()));
}
