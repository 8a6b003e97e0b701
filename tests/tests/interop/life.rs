//! The life of a guest, from start to its end, and who ended it.

use std::time::Duration;

use ferrovirt_tests::stage::Stage;
use ferrovirt_tests::{boot, stage};

fn state(stage: &Stage) -> String {
    stage.ok(&["domstate", "--reason", "guest"])
}

#[test]
fn start_suspend_resume_destroy() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    assert_eq!(state(&stage), "shut off (unknown)");
    assert_eq!(stage.ok(&["start", "guest"]), "Domain 'guest' started");
    assert_eq!(state(&stage), "running (booted)");
    assert_eq!(stage.ok(&["domid", "guest"]), "1");
    assert_eq!(stage.daemon.guests().len(), 1);
    let error = stage.fails(&["start", "guest"]);
    assert_eq!(error, "error: Domain is already active");
    assert_eq!(stage.ok(&["domcontrol", "guest"]), "ok");
    assert!(stage.ok(&["domjobinfo", "guest"]).contains("Job type:         None"));
    assert_eq!(stage.ok(&["suspend", "guest"]), "Domain 'guest' suspended");
    assert_eq!(state(&stage), "paused (user)");
    assert_eq!(stage.ok(&["resume", "guest"]), "Domain 'guest' resumed");
    assert_eq!(state(&stage), "running (unpaused)");
    assert_eq!(stage.ok(&["destroy", "guest"]), "Domain 'guest' destroyed");
    assert_eq!(state(&stage), "shut off (destroyed)");
    assert!(stage.daemon.guests().is_empty());
    let error = stage.fails(&["destroy", "guest"]);
    assert!(error.ends_with("Requested operation is not valid: domain is not running"), "{error}");
}

#[test]
fn a_transient_domain_is_gone_when_it_ends() {
    let stage = stage!(System, Peer, "qemu");
    let file = stage.file("passing.xml", &stage.linux("passing"));
    assert_eq!(stage.ok(&["create", &file]), format!("Domain 'passing' created from {file}"));
    assert!(stage.ok(&["dominfo", "passing"]).contains("Persistent:     no"));
    stage.ok(&["destroy", "passing"]);
    assert_eq!(stage.ok(&["list", "--all", "--name"]), "");
}

#[test]
fn shutdown_presses_the_power_button_and_the_guest_obeys() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    boot(&stage, "guest").leave().unwrap();
    assert_eq!(stage.ok(&["shutdown", "guest"]), "Domain 'guest' is being shutdown");
    let wait = ["domstate", "--reason", "guest"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    assert_eq!(end.trim(), "shut off (shutdown)");
}

#[test]
fn reboot_and_reset_boot_the_guest_anew_in_the_same_process() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    let mut console = boot(&stage, "guest");
    let before = stage.daemon.guests();
    let patience = Duration::from_secs(60);
    assert_eq!(stage.ok(&["reboot", "guest"]), "Domain 'guest' is being rebooted");
    let up = |console: &mut ferrovirt_tests::console::Terminal| {
        console.read_until("guest is up", patience, &stage.virsh.interrupted, |_| {}).unwrap();
    };
    up(&mut console);
    assert_eq!(stage.ok(&["reset", "guest"]), "Domain 'guest' was reset");
    up(&mut console);
    assert_eq!(stage.daemon.guests(), before);
    assert!(state(&stage).starts_with("running"));
}

#[test]
fn a_guest_that_dies_is_seen_as_crashed_or_shut_off() {
    let stage = stage!(System, Peer, "qemu");
    stage.define_linux("guest");
    stage.ok(&["start", "--paused", "guest"]);
    stage.daemon.guests()[0].end().unwrap();
    let wait = ["domstate", "--reason", "guest"];
    let end = stage.virsh.wait_for(&wait, |state| state.starts_with("shut off")).unwrap();
    // QEMU was asked to end by SIGTERM, and said so before it did.
    assert_eq!(end.trim(), "shut off (shutdown)");
}

#[test]
fn keys_and_pictures() {
    let stage = stage!(System, Peer, "qemu");
    let video = "<video>\n      <model type='vga'/>\n    </video>\n    <memballoon";
    let xml = stage.linux("guest").replace("<memballoon", video);
    let file = stage.file("guest.xml", &xml);
    stage.ok(&["create", "--paused", &file]);
    stage.ok(&["send-key", "guest", "KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE"]);
    assert!(stage.fails(&["send-key", "guest", "no-such-key"]).contains("invalid keycode: 'no-such-key'"));
    let picture = stage.daemon.directory().join("picture");
    let said = stage.ok(&["screenshot", "guest", picture.to_str().unwrap()]);
    assert!(said.starts_with(&format!("Screenshot saved to {}", picture.display())), "{said}");
    let bytes = std::fs::read(picture).unwrap();
    assert!(bytes.starts_with(b"P6") || bytes.starts_with(b"\x89PNG"), "{:?}", &bytes[..bytes.len().min(16)]);
}
