//! Guests with leases on their disks, which our virtlockd holds.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::stage::built;
use ferrovirt_tests::{leases, stage};

#[test]
fn life_of_a_lease() {
    leases::life_of_a_lease(stage!(System, Ours, "qemu"), &Kind::Ours(built()));
}

#[test]
fn shared_and_missing_leases() {
    leases::shared_and_missing_leases(stage!(System, Ours, "qemu"), &Kind::Ours(built()));
}

#[test]
fn leases_of_plugged_disks() {
    leases::leases_of_plugged_disks(stage!(System, Ours, "qemu"), &Kind::Ours(built()));
}

#[test]
fn a_session_starts_its_lock_daemon() {
    leases::a_session_starts_its_lock_daemon(stage!(Session, Ours, "qemu"));
}
