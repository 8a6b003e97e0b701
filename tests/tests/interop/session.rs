//! `qemu:///session`: an account without privileges.

use ferrovirt_tests::{boot, stage};

#[test]
fn a_guest_lives_without_privileges() {
    let stage = stage!(Session, Peer, "qemu");
    stage.define_linux("guest");
    boot(&stage, "guest").leave().unwrap();
    assert_eq!(stage.ok(&["domstate", "guest"]), "running");
    stage.ok(&["shutdown", "guest"]);
    let wait = ["domstate", "--reason", "guest"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    assert_eq!(end.trim(), "shut off (shutdown)");
    stage.ok(&["undefine", "guest"]);
}
