//! The small Linux guest: where `cargo xtask setup` puts it, and how it is booted.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::paths;

/// What the guest prints on its first serial console when it is up.
pub const UP: &str = "guest is up";

/// The guest's kernel command line: everything that it says goes to the first serial console.
pub const COMMAND_LINE: &str = "console=ttyS0 panic=-1";

/// A kernel and an initramfs that boot into a shell in a few seconds, even without KVM.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The Linux kernel.
    pub kernel: PathBuf,
    /// Its initramfs: busybox, a few modules, and an init that obeys the power button.
    pub initramfs: PathBuf,
}

impl Guest {
    /// Where the guest is or will be.
    #[must_use]
    pub fn expected() -> Guest {
        let directory = paths::target().join("guest");
        Guest { kernel: directory.join("vmlinuz"), initramfs: directory.join("initramfs") }
    }

    /// The guest, if `cargo xtask setup` has made it.
    #[must_use]
    pub fn find() -> Option<Guest> {
        let guest = Guest::expected();
        (guest.kernel.is_file() && guest.initramfs.is_file()).then_some(guest)
    }
}

impl Guest {
    /// A copy of the guest in `directory`, for a daemon that may not look where this one is.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copied_to(&self, directory: &Path) -> io::Result<Guest> {
        let copy = Guest { kernel: directory.join("vmlinuz"), initramfs: directory.join("initramfs") };
        fs::copy(&self.kernel, &copy.kernel)?;
        fs::copy(&self.initramfs, &copy.initramfs)?;
        Ok(copy)
    }

    /// The XML of a domain called `name` that boots this guest: one processor, a serial console,
    /// a network of its own behind user mode, a balloon, random numbers. `domain_type` is `qemu`
    /// (emulation) or `kvm`.
    #[must_use]
    pub fn domain_xml(&self, name: &str, domain_type: &str) -> String {
        let kernel = self.kernel.display();
        let initramfs = self.initramfs.display();
        format!(
            "<domain type='{domain_type}'>
  <name>{name}</name>
  <title>A small Linux guest</title>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{kernel}</kernel>
    <initrd>{initramfs}</initrd>
    <cmdline>{COMMAND_LINE}</cmdline>
  </os>
  <features>
    <acpi/>
  </features>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <serial type='pty'/>
    <console type='pty'>
      <target type='serial'/>
    </console>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <model type='virtio'/>
    </interface>
    <memballoon model='virtio'/>
    <rng model='virtio'>
      <backend model='random'>/dev/urandom</backend>
    </rng>
  </devices>
</domain>
"
        )
    }
}
