//! Under a real service manager, with the units as they are installed.

use ferrovirt_tests::lockd::{Watched, lock_on, until};
use ferrovirt_tests::manager;
use ferrovirt_tests::manager::Manager;

const UNIT: &str = "virtlockd.service";
const SOCKET: &str = "/run/libvirt/virtlockd-sock";

/// The daemon's number once it is another one than this.
fn next(manager: &Manager, before: &str) -> String {
    until("the daemon runs", || {
        let active = manager.property(UNIT, "ActiveState") == "active";
        let pid = manager.property(UNIT, "MainPID");
        (active && pid != before && pid != "0").then_some(pid)
    })
}

/// Somebody else asks for the disk: refused, by the daemon that runs then.
fn is_refused(manager: &Manager, disk: &str) {
    let mut other = manager.holder(SOCKET);
    assert_eq!(other.ask("register 9 self other"), "ok");
    let said = other.ask(&format!("acquire - {disk} 0"));
    assert!(said.contains(&format!("Lockspace resource '{disk}' is locked")), "{said}");
}

#[test]
fn a_lease_outlives_whatever_happens_to_the_service() {
    let manager = manager!();
    manager.systemctl(&["start", "virtlockd.socket", "virtlockd-admin.socket"]);
    let (disk, seen) = manager.disk("disk");
    let (more, _) = manager.disk("more");
    let mut guest = manager.holder(SOCKET);
    assert_eq!(guest.ask("register 1 self guest"), "ok");
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    let first = next(&manager, "0");
    let stored = |count: &str| {
        until("systemd has the leases", || {
            (manager.property(UNIT, "NFileDescriptorStore") == count).then_some(())
        });
    };
    stored("1");
    let seen = seen.to_str().unwrap().to_owned();
    let watched = Watched::start(std::slice::from_ref(&seen));

    // systemctl reload replaces the program: same process, same connections
    manager.systemctl(&["reload", UNIT]);
    assert_eq!(guest.ask(&format!("acquire - {more} 0")), "ok");
    assert_eq!(manager.property(UNIT, "MainPID"), first);
    stored("2");

    // killed: it is started again, and knows what was held
    manager.systemctl(&["kill", "--kill-whom=main", "--signal=KILL", UNIT]);
    let second = next(&manager, &first);
    is_refused(&manager, &disk);

    // killed with everything that belongs to it, the keeper too: systemd has the leases
    manager.systemctl(&["kill", "--kill-whom=all", "--signal=KILL", UNIT]);
    let third = next(&manager, &second);
    is_refused(&manager, &disk);

    // stopped, and started again
    manager.systemctl(&["stop", UNIT]);
    assert_eq!(manager.property(UNIT, "ActiveState"), "inactive");
    stored("2");
    manager.systemctl(&["start", UNIT]);
    is_refused(&manager, &disk);
    let fourth = next(&manager, &third);

    // stopped, and what is left of it killed
    manager.systemctl(&["stop", UNIT]);
    manager.systemctl(&["kill", "--kill-whom=all", "--signal=KILL", UNIT]);
    let keeps =
        || manager.enter(&["pgrep", "-x", "lockd-keeper"]).status().is_ok_and(|found| found.success());
    until("the keeper is dead", || (!keeps()).then_some(()));
    manager.systemctl(&["start", UNIT]);
    is_refused(&manager, &disk);
    next(&manager, &fourth);
    assert!(watched.stop() > 0);

    // and when the guest ends all is free
    drop(guest);
    until("the disk is free", || lock_on(&seen).is_none().then_some(()));
    stored("0");
}
