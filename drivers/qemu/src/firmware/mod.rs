//! Firmware that guests can boot with: the descriptors that packages, the administrator and the user have put into
//! place, and which of them fit.

mod descriptor;

pub use descriptor::{Feature, Firmware, FlashFile, FlashMode, Interface, Mapping, Target};

use crate::config::Config;
use crate::process::dirs::Dirs;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vir_base::Result;

/// A descriptor is some hundred bytes long.
const MAX_FILE: u64 = 1024 * 1024;

/// The directories of descriptors of one kind (`firmware`, `vhost-user`), the most important one first: the user's,
/// the administrator's, the packages'.
pub fn directories(kind: &str, user_config: Option<&Path>) -> Vec<PathBuf> {
    let system = [PathBuf::from("/etc/qemu").join(kind), PathBuf::from("/usr/share/qemu").join(kind)];
    user_config.map(|config| config.join("qemu").join(kind)).into_iter().chain(system).collect()
}

/// The descriptor files of `directories`, by name: of files of the same name the one in the most important directory
/// counts; if that is empty (or a link to `/dev/null`), none does.
pub fn descriptor_files(directories: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = BTreeMap::new();
    for directory in directories {
        // Most hosts lack most of them.
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let json = Path::new(&name).extension().is_some_and(|extension| extension == "json");
            if json && !name.as_encoded_bytes().starts_with(b".") {
                found.entry(name).or_insert_with(|| entry.path());
            }
        }
    }
    let empty = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.len() == 0);
    found.into_values().filter(|path| !empty(path)).collect()
}

/// All descriptors of `directories` that can be read, in the order in which they are tried.
pub fn descriptors(directories: &[PathBuf]) -> Vec<Firmware> {
    let read = |path: PathBuf| -> Result<Firmware> {
        let bytes = vir_base::file::read_all(&path, MAX_FILE)?;
        Firmware::parse(&String::from_utf8_lossy(&bytes), &path.to_string_lossy())
    };
    descriptor_files(directories)
        .into_iter()
        .filter_map(|path| read(path).inspect_err(|error| log::warn!("{error}")).ok())
        .collect()
}

/// The firmware that is installed on a host. Descriptors are read when one is looked for: packages come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Directories of descriptors, the most important one first.
    pub directories: Vec<PathBuf>,
    /// Images of which there may be no descriptor, each with the template of its variables.
    pub pairs: Vec<(String, String)>,
}

/// Pairs that there were before there were descriptors.
const OLD_PAIRS: &[(&str, &str)] = &[
    ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
    ("/usr/share/OVMF/OVMF_CODE.secboot.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
    ("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
    ("/usr/share/AAVMF/AAVMF32_CODE.fd", "/usr/share/AAVMF/AAVMF32_VARS.fd"),
];

impl Installed {
    /// On this host, as the driver is configured: `nvram` replaces the old pairs.
    pub fn of(config: &Config, dirs: &Dirs) -> Self {
        let owned = |(image, template): &(&str, &str)| ((*image).to_owned(), (*template).to_owned());
        let pairs = match &config.keys.nvram {
            None => OLD_PAIRS.iter().map(owned).collect(),
            Some(pairs) => {
                pairs.iter().filter_map(|pair| pair.split_once(':')).map(|pair| owned(&pair)).collect()
            }
        };
        Self { directories: directories("firmware", dirs.user_config()), pairs }
    }

    /// The descriptors that there are now, in the order in which they are tried.
    pub fn descriptors(&self) -> Vec<Firmware> {
        descriptors(&self.directories)
    }
}

/// What of `firmwares` there is for guests of one machine type.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Supported {
    /// Some are a BIOS.
    pub bios: bool,
    /// Some are UEFI.
    pub efi: bool,
    /// Some keep their variables safe from the guest's own operating system.
    pub secure: bool,
    /// Their images with the templates of their variables, in order, each once.
    pub images: Vec<(String, Option<String>)>,
}

/// What there is for guests of this architecture and machine type.
pub fn supported(firmwares: &[Firmware], architecture: &str, machine: &str) -> Supported {
    let mut all = Supported::default();
    for firmware in firmwares.iter().filter(|firmware| firmware.is_for(architecture, machine)) {
        all.bios |= firmware.interfaces.contains(&Interface::Bios);
        all.efi |= firmware.interfaces.contains(&Interface::Uefi);
        all.secure |= firmware.has(Feature::RequiresSmm);
        let image = match &firmware.mapping {
            Mapping::Flash { executable, nvram_template, .. } => {
                (executable.filename.clone(), nvram_template.as_ref().map(|file| file.filename.clone()))
            }
            Mapping::Memory { filename } => (filename.clone(), None),
            Mapping::Kernel { .. } => continue,
        };
        if !all.images.contains(&image) {
            all.images.push(image);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_important_file_of_a_name_counts() {
        let root = tempfile::tempdir().unwrap();
        let [user, etc, share] = ["user", "etc", "share"].map(|name| root.path().join(name));
        for (directory, name, text) in [
            (&share, "50-b.json", "{}"),
            (&share, "10-masked.json", "{}"),
            (&share, "30-both.json", "{}"),
            (&share, "notes.txt", "{}"),
            (&share, ".hidden.json", "{}"),
            (&etc, "30-both.json", "{}"),
            (&user, "10-masked.json", ""),
        ] {
            std::fs::create_dir_all(directory).unwrap();
            std::fs::write(directory.join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("/dev/null", etc.join("50-b.json")).unwrap();
        std::fs::write(etc.join("60-c.json"), "{}").unwrap();
        let files = descriptor_files(&[user, etc.clone(), share]);
        assert_eq!(files, [etc.join("30-both.json"), etc.join("60-c.json")]);
    }
}
