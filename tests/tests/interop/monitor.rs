//! QEMU's own monitor, passed through.

use ferrovirt_tests::stage;

#[test]
fn commands_reach_qemu_in_both_languages() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "--paused", "guest"]);
    let answer = stage.ok(&["qemu-monitor-command", "guest", r#"{"execute":"query-status"}"#]);
    assert!(answer.starts_with(r#"{"return":{"#) && answer.contains(r#""running":false"#), "{answer}");
    let status = stage.ok(&["qemu-monitor-command", "--hmp", "guest", "info status"]);
    assert!(status.starts_with("VM status: paused"), "{status}");
    let answer = stage.ok(&["qemu-monitor-command", "guest", r#"{"execute":"no-such-command"}"#]);
    assert!(answer.contains(r#""error":{"class":"CommandNotFound""#), "{answer}");
    let info = stage.ok(&["dominfo", "guest"]);
    assert!(info.contains("tainted: custom monitor control commands issued"), "{info}");
}
