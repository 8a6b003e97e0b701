//! virt-install, which asks for capabilities of every kind before it makes a guest.

use std::process::Command;

use ferrovirt_tests::{client, paths, skip, stage};

#[test]
fn a_guest_without_disk_and_network_is_made_from_a_kernel() {
    let Some(program) = paths::program("virt-install") else { skip!("needs virt-install") };
    let stage = stage!(System, Peer, "qemu");
    let guest = ferrovirt_tests::guest::Guest::find().unwrap();
    let guest = guest.copied_to(stage.daemon.directory()).unwrap();
    let mut command = Command::new(program);
    command.args(["--connect", &stage.virsh.uri, "--name", "installed", "--virt-type", "qemu"]);
    command.args(["--import", "--disk", "none", "--network", "none", "--osinfo", "generic"]);
    command.args(["--memory", "256", "--graphics", "none", "--noautoconsole", "--boot"]);
    command.arg(format!("kernel={},initrd={}", guest.kernel.display(), guest.initramfs.display()));
    command.env("HOME", stage.daemon.directory());
    let said = client::run(&mut command, &stage.virsh.interrupted).unwrap();
    let printed = said.succeeded().unwrap_or_else(|error| panic!("{error}\n{}", stage.daemon.log()));
    assert!(printed.contains("Domain creation completed"), "{printed}");
    assert_eq!(stage.ok(&["list", "--name"]), "installed");
    assert!(stage.ok(&["dominfo", "installed"]).contains("Persistent:     yes"));
}
