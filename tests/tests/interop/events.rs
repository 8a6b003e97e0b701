//! Events, as `virsh event` shows them.

use std::time::Duration;

use ferrovirt_tests::console::Terminal;
use ferrovirt_tests::stage;

#[test]
fn each_change_is_told_to_who_listens() {
    let stage = stage!(System, Peer, "qemu");
    let mut watch = stage.virsh.command(&["event", "--all", "--loop", "--timeout", "60"]);
    let mut watch = Terminal::start(&mut watch).unwrap();
    // There is no word that it listens: give it time.
    std::thread::sleep(Duration::from_millis(700));
    stage.define_linux("guest");
    let mut see = |what: &str| {
        let seen = watch.read_until(what, Duration::from_secs(20), &stage.virsh.interrupted, |_| {});
        seen.unwrap_or_else(|error| panic!("{error}"));
    };
    see("event 'lifecycle' for domain 'guest': Defined Added");
    stage.ok(&["start", "guest"]);
    see("event 'lifecycle' for domain 'guest': Started Booted");
    stage.ok(&["suspend", "guest"]);
    see("event 'lifecycle' for domain 'guest': Suspended Paused");
    stage.ok(&["resume", "guest"]);
    see("event 'lifecycle' for domain 'guest': Resumed Unpaused");
    stage.ok(&["reset", "guest"]);
    see("event 'reboot' for domain 'guest'");
    stage.ok(&["destroy", "guest"]);
    see("event 'lifecycle' for domain 'guest': Stopped Destroyed");
    stage.ok(&["undefine", "guest"]);
    see("event 'lifecycle' for domain 'guest': Undefined Removed");
}
