//! The small Linux guest: where `cargo xtask setup` puts it, and how it is booted.

use std::path::PathBuf;

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
