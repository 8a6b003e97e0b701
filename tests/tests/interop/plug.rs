//! Devices of running guests, with libvirt's own virsh.

use ferrovirt_tests::{plug, stage};

#[test]
fn commands_that_change_devices() {
    plug::commands_that_change_devices(&stage!(System, Peer, "qemu"));
}

#[test]
fn a_guest_sees_its_disk() {
    plug::a_guest_sees_its_disk(&stage!(System, Peer, "qemu"));
}
