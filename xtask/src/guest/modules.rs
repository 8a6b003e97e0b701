//! Which of a kernel's modules the guest takes along, in an order in which they can be loaded.
//!
//! A module names what it needs in its `.modinfo` section, as `depends=NAME,NAME`; the package has
//! no `modules.dep`, which is made at installation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::{Context as _, Outcome};

/// What the guest uses: its devices, and what makes the power button reach acpid.
pub(super) const WANTED: &[&str] = &[
    "virtio_pci",
    "virtio_balloon",
    "virtio_net",
    "virtio_blk",
    "virtio_rng",
    "virtio_console",
    "button",
    "evdev",
];

/// A module's name (with `_`, never `-`) and its uncompressed content.
pub(super) struct Module {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// The wanted modules of the kernel below `directory` (`lib/modules/VERSION`), each after those
/// that it needs. What is built into the kernel is no module and is left out.
pub(super) fn collect(directory: &Path) -> Outcome<Vec<Module>> {
    let mut files = BTreeMap::new();
    find(&directory.join("kernel"), &mut files).context("looking for kernel modules")?;
    let mut collected = Vec::new();
    for name in WANTED {
        add(name, &files, &mut collected)?;
    }
    Ok(collected)
}

fn add(name: &str, files: &BTreeMap<String, PathBuf>, collected: &mut Vec<Module>) -> Outcome {
    if collected.iter().any(|module| module.name == name) {
        return Ok(());
    }
    let Some(file) = files.get(name) else { return Ok(()) };
    let content = read(file)?;
    for needed in dependencies(&content) {
        add(&needed, files, collected)?;
    }
    collected.push(Module { name: name.to_owned(), content });
    Ok(())
}

fn find(directory: &Path, files: &mut BTreeMap<String, PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if let Some((name, "ko" | "ko.xz")) =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once('.'))
        {
            files.insert(name.replace('-', "_"), path.clone());
        }
    }
    Ok(())
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    if file.extension().is_some_and(|extension| extension == "xz") {
        let unpacked = Command::new("xz").arg("-dc").arg(file).output().context("starting xz")?;
        if !unpacked.status.success() {
            return Err(format!("xz could not unpack {}", file.display()));
        }
        return Ok(unpacked.stdout);
    }
    fs::read(file).context(format_args!("reading {}", file.display()))
}

fn dependencies(content: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(start) = content.windows(KEY.len()).position(|window| window == KEY) else { return Vec::new() };
    let value = content[start + KEY.len()..].split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(value)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{collect, dependencies};

    #[test]
    fn dependencies_are_read_from_modinfo() {
        assert_eq!(
            dependencies(b"x\0license=GPL\0depends=virtio-ring,virtio\0retpoline=Y\0"),
            ["virtio_ring", "virtio"]
        );
        assert!(dependencies(b"\0depends=\0").is_empty());
        assert!(dependencies(b"nothing").is_empty());
    }

    #[test]
    fn what_is_needed_comes_first_and_once() {
        let directory = tempfile::tempdir().unwrap();
        let kernel = directory.path().join("kernel/drivers");
        fs::create_dir_all(&kernel).unwrap();
        fs::write(kernel.join("virtio_balloon.ko"), b"\0depends=virtio\0").unwrap();
        fs::write(kernel.join("virtio-rng.ko"), b"\0depends=virtio,rng-core\0").unwrap();
        fs::write(kernel.join("virtio.ko"), b"\0depends=\0").unwrap();
        fs::write(kernel.join("unrelated.ko"), b"\0depends=\0").unwrap();
        let names: Vec<_> = collect(directory.path()).unwrap().into_iter().map(|m| m.name).collect();
        assert_eq!(names, ["virtio", "virtio_balloon", "virtio_rng"]);
    }
}
