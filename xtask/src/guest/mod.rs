//! The small Linux guest that is run, tested with and probed with: Debian's cloud kernel and a
//! busybox initramfs, kept in `target/guest`.
//!
//! Its parts are downloaded as packages and unpacked there; nothing is installed on the host.

mod cpio;
mod initramfs;
mod modules;
pub(crate) mod probe;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ferrovirt_tests::guest::Guest;

use crate::outcome::{Context as _, Outcome};
use crate::setup::apt;
use crate::{paths, process};

const KERNEL: &str = "linux-image-cloud-amd64";
const BUSYBOX: &str = "busybox-static";

/// `cargo xtask guest`
pub(crate) fn chore(_: &[String]) -> Outcome {
    let guest = ensure()?;
    println!("kernel:    {}\ninitramfs: {}", guest.kernel.display(), guest.initramfs.display());
    println!("runs with: {}", probe::accelerator(&guest)?);
    Ok(())
}

/// What the guest is made of; when this differs from what the kept one was made of, it is made anew.
const RECIPE: &str =
    concat!(include_str!("init.sh"), include_str!("initramfs.rs"), include_str!("modules.rs"));

/// The guest, made now if it is not there or made by another recipe.
pub(crate) fn ensure() -> Outcome<Guest> {
    let directory = paths::target().join("guest");
    let note = directory.join("recipe");
    if let Some(guest) = Guest::find()
        && fs::read_to_string(&note).is_ok_and(|made| made == RECIPE)
    {
        return Ok(guest);
    }
    println!("guest: downloading {KERNEL} and {BUSYBOX} (kept in target/guest, not installed)");
    let scratch = directory.join("unpacked");
    // A scratch directory may be there from an attempt that was ended.
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).context(format_args!("making {}", scratch.display()))?;
    let guest = make(&scratch)?;
    fs::write(&note, RECIPE).context(format_args!("writing {}", note.display()))?;
    fs::remove_dir_all(&scratch).context(format_args!("removing {}", scratch.display()))?;
    Ok(guest)
}

fn make(scratch: &Path) -> Outcome<Guest> {
    let guest = Guest::expected();
    unpack(scratch, &apt::real_package(KERNEL)?)?;
    unpack(scratch, BUSYBOX)?;
    let versions = scratch.join("lib/modules");
    let versions = if versions.is_dir() { versions } else { scratch.join("usr/lib/modules") };
    let modules = modules::collect(&only_entry(&versions, "")?)?;
    let busybox = ["bin/busybox", "usr/bin/busybox"].map(|path| scratch.join(path));
    let busybox =
        busybox.iter().find(|path| path.is_file()).ok_or("the busybox package has no bin/busybox")?;
    initramfs::write(&guest.initramfs, busybox, &modules)?;
    let kernel = only_entry(&scratch.join("boot"), "vmlinuz")?;
    fs::rename(&kernel, &guest.kernel).context(format_args!("moving {}", kernel.display()))?;
    Ok(guest)
}

/// Downloads a package and unpacks it into `scratch`.
fn unpack(scratch: &Path, package: &str) -> Outcome {
    let download = scratch.join("download");
    fs::create_dir_all(&download).context(format_args!("making {}", download.display()))?;
    apt::download(package, &download)?;
    let archive = only_entry(&download, package)?;
    process::run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(scratch))?;
    fs::remove_file(&archive).context(format_args!("removing {}", archive.display()))
}

/// The entry of `directory` whose name starts with `prefix`.
fn only_entry(directory: &Path, prefix: &str) -> Outcome<PathBuf> {
    let entries = fs::read_dir(directory).context(format_args!("reading {}", directory.display()))?;
    entries
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .ok_or_else(|| format!("nothing in {} is called {prefix}…", directory.display()))
}
