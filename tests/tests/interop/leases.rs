//! Guests with leases on their disks, which the C virtlockd holds.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::leases::LockDaemon;
use ferrovirt_tests::{leases, skip, stage};

#[test]
fn life_of_a_lease() {
    if LockDaemon::program(&Kind::Peer).is_none() {
        skip!("needs libvirt's own virtlockd");
    }
    leases::life_of_a_lease(stage!(System, Peer, "qemu"), &Kind::Peer);
}

#[test]
fn shared_and_missing_leases() {
    if LockDaemon::program(&Kind::Peer).is_none() {
        skip!("needs libvirt's own virtlockd");
    }
    leases::shared_and_missing_leases(stage!(System, Peer, "qemu"), &Kind::Peer);
}

#[test]
fn leases_of_plugged_disks() {
    if LockDaemon::program(&Kind::Peer).is_none() {
        skip!("needs libvirt's own virtlockd");
    }
    leases::leases_of_plugged_disks(stage!(System, Peer, "qemu"), &Kind::Peer);
}
