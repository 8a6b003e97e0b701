//! The guest's initramfs: busybox, the modules it needs, and `init.sh`.

use std::fs;
use std::path::Path;

use super::cpio::Archive;
use super::modules::Module;
use crate::outcome::{Context as _, Outcome};

const INIT: &str = include_str!("init.sh");

/// acpid keeps its log and its pid in the last two, and ends if it cannot.
const DIRECTORIES: &[&str] = &[
    "bin",
    "dev",
    "etc",
    "etc/acpi",
    "etc/acpi/PWRF",
    "modules",
    "proc",
    "sys",
    "tmp",
    "var",
    "var/log",
    "var/run",
];

const POWER_BUTTON: &str = "#!/bin/sh\npoweroff -f\n";

const ADDRESS: &str = "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\n\
     ip addr add \"$ip/${mask:-24}\" dev \"$interface\"\n\
     [ -z \"$router\" ] || ip route add default via \"${router%% *}\"\n";

/// Writes the initramfs to `to`, whole or not at all.
pub(super) fn write(to: &Path, busybox: &Path, modules: &[Module]) -> Outcome {
    let busybox = fs::read(busybox).context(format_args!("reading {}", busybox.display()))?;
    let archive = archive(&busybox, modules).context("making the initramfs")?;
    let unfinished = to.with_extension("new");
    fs::write(&unfinished, archive).context(format_args!("writing {}", unfinished.display()))?;
    fs::rename(&unfinished, to).context(format_args!("writing {}", to.display()))
}

fn archive(busybox: &[u8], modules: &[Module]) -> std::io::Result<Vec<u8>> {
    let mut archive = Archive::new(Vec::new());
    for directory in DIRECTORIES {
        archive.directory(directory)?;
    }
    // Without this node the kernel gives init no standard input and output.
    archive.character_device("dev/console", (5, 1))?;
    archive.file("bin/busybox", 0o755, busybox)?;
    archive.symlink("bin/sh", "busybox")?;
    archive.file("init", 0o755, INIT.as_bytes())?;
    archive.file("etc/acpi/PWRF/00000080", 0o755, POWER_BUTTON.as_bytes())?;
    archive.file("etc/udhcpc", 0o755, ADDRESS.as_bytes())?;
    let mut order = String::new();
    for module in modules {
        archive.file(&format!("modules/{}.ko", module.name), 0o644, &module.content)?;
        order.push_str(&module.name);
        order.push_str(".ko\n");
    }
    archive.file("modules/order", 0o644, order.as_bytes())?;
    archive.finish()
}
