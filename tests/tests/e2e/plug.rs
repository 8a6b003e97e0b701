//! Devices of running guests, with our virsh.

use ferrovirt_tests::{plug, stage};

#[test]
fn commands_that_change_devices() {
    plug::commands_that_change_devices(&stage!(System, Ours, "qemu"));
}

#[test]
fn a_guest_sees_its_disk() {
    plug::a_guest_sees_its_disk(&stage!(System, Ours, "qemu"));
}
