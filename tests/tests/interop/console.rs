//! The guest's serial console, as a person uses it.

use std::time::Duration;

use ferrovirt_tests::{boot, stage};

#[test]
fn what_is_typed_reaches_the_guest_and_its_answer_comes_back() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let mut console = boot(&stage, "guest");
    console.type_text("echo $((6 * 7)) is the answer\r").unwrap();
    let patience = Duration::from_secs(20);
    console.read_until("42 is the answer", patience, &stage.virsh.interrupted, |_| {}).unwrap();
    console.leave().unwrap();
    // It can be opened again, and refuses a second at the same time.
    let mut first = stage.virsh.command(&["console", "guest"]);
    let mut first = ferrovirt_tests::console::Terminal::start(&mut first).unwrap();
    first.read_until("Escape character is", patience, &stage.virsh.interrupted, |_| {}).unwrap();
    first.type_until("\r", "guest#", patience, &stage.virsh.interrupted).unwrap();
    let mut second = stage.virsh.command(&["console", "guest"]);
    let mut second = ferrovirt_tests::console::Terminal::start(&mut second).unwrap();
    let refusal = "operation failed: Active console session exists for this domain";
    second.read_until(refusal, patience, &stage.virsh.interrupted, |_| {}).unwrap();
    first.leave().unwrap();
}
