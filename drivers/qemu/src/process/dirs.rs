//! Where a guest's files are. Names only, but for [`Dirs::prepare`] and [`GuestDirs`]' making and
//! removing.

use super::owner::Owner;
use std::path::{Path, PathBuf};
use vir_base::paths::DriverPaths;
use vir_base::{Result, file};

/// The directories of the driver.
#[derive(Clone, Debug)]
pub struct Dirs {
    /// The driver's base directories.
    pub base: DriverPaths,
}

/// Longest part of a guest's name in a directory's name: sockets have short paths.
const SHORT_NAME: usize = 20;

impl Dirs {
    /// Over the driver's base directories.
    pub fn new(base: DriverPaths) -> Self {
        Self { base }
    }

    /// Makes those that hold more than one guest's files, and gives those that QEMU writes to or goes
    /// through to its user.
    pub fn prepare(&self, owner: Option<&Owner>) -> Result<()> {
        for open in [&self.base.state, &self.base.lib, &self.base.cache] {
            file::make_dirs(open, 0o755)?;
        }
        let below = ["save", "dump", "ram", "snapshot", "checkpoint", "nvram"].map(|d| self.kept().join(d));
        for closed in below.iter().chain([&self.base.config, &self.base.autostart, &self.base.log]) {
            file::make_dirs(closed, 0o700)?;
        }
        let channels = self.base.state.join("channel");
        file::make_dirs(&channels, 0o755)?;
        if let Some(owner) = owner {
            let bases = [&self.base.state, &self.base.lib, &self.base.cache, &channels];
            for directory in bases.into_iter().chain(&below) {
                owner.give_own(directory)?;
            }
        }
        Ok(())
    }

    /// What outlives guests: a session keeps it beside its definitions.
    fn kept(&self) -> &Path {
        match self.base.lib.parent() {
            Some(config) if config == self.base.config => config,
            _ => &self.base.lib,
        }
    }

    /// A user's own configuration, in a session.
    pub fn user_config(&self) -> Option<&Path> {
        let session = self.base.lib.parent() == Some(&self.base.config);
        self.base.config.parent().and_then(Path::parent).filter(|_| session)
    }

    /// Guests' firmware variables.
    pub fn nvram(&self) -> PathBuf {
        self.kept().join("nvram")
    }

    /// The definition of a guest.
    pub fn config(&self, name: &str) -> PathBuf {
        self.base.config.join(format!("{name}.xml"))
    }

    /// The link that makes a guest start by itself.
    pub fn autostart(&self, name: &str) -> PathBuf {
        self.base.autostart.join(format!("{name}.xml"))
    }

    /// The link that makes a guest start by itself once.
    pub fn autostart_once(&self, name: &str) -> PathBuf {
        self.base.autostart.join(format!("{name}.xml.once"))
    }

    /// The state of a running guest.
    pub fn status(&self, name: &str) -> PathBuf {
        self.base.state.join(format!("{name}.xml"))
    }

    /// The process number of a running guest.
    pub fn pid_file(&self, name: &str) -> PathBuf {
        self.base.state.join(format!("{name}.pid"))
    }

    /// A guest that was put aside.
    pub fn managed_save(&self, name: &str) -> PathBuf {
        self.kept().join("save").join(format!("{name}.save"))
    }

    /// What a guest's process says.
    pub fn log(&self, name: &str) -> PathBuf {
        self.base.log.join(format!("{name}.log"))
    }

    /// Capabilities of binaries.
    pub fn capabilities(&self) -> PathBuf {
        self.base.cache.join("capabilities")
    }

    /// Files that are the memory of one running instance.
    pub fn memory(&self, id: i32, name: &str) -> PathBuf {
        self.kept().join("ram").join(short_name(id, name))
    }

    /// The directories of one running instance.
    pub fn guest(&self, id: i32, name: &str) -> GuestDirs {
        let short = short_name(id, name);
        GuestDirs {
            lib: self.base.lib.join(format!("domain-{short}")),
            channels: self.base.state.join("channel").join(&short),
        }
    }
}

/// How the directories of an instance are called.
fn short_name(id: i32, name: &str) -> String {
    let short: String = name.chars().take(SHORT_NAME).collect();
    format!("{id}-{short}")
}

/// The directories of one running instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestDirs {
    /// Its monitor socket, and QEMU's home.
    pub lib: PathBuf,
    /// Sockets of its channels.
    pub channels: PathBuf,
}

impl GuestDirs {
    /// The socket of its monitor.
    pub fn monitor(&self) -> PathBuf {
        self.lib.join("monitor.sock")
    }

    /// Makes them, empty, and QEMU's own.
    pub fn make(&self, owner: Option<&Owner>) -> Result<()> {
        for directory in [&self.lib, &self.channels] {
            let _ = std::fs::remove_dir_all(directory);
            file::make_dirs(directory, 0o750)?;
            if let Some(owner) = owner {
                owner.give_own(directory)?;
            }
        }
        Ok(())
    }

    /// Removes them and all in them; what cannot be removed stays.
    pub fn remove(&self) {
        for directory in [&self.lib, &self.channels] {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// The file's name without `.xml`, if it has that.
pub(crate) fn stem_of_xml(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_known_ones() {
        let dirs = Dirs::new(vir_base::paths::Paths::system().driver("qemu"));
        let guest = dirs.guest(7, "a-guest-with-a-rather-long-name");
        assert_eq!(
            guest.monitor(),
            Path::new("/var/lib/libvirt/qemu/domain-7-a-guest-with-a-rathe/monitor.sock")
        );
        assert_eq!(guest.channels, Path::new("/run/libvirt/qemu/channel/7-a-guest-with-a-rathe"));
        assert_eq!(dirs.managed_save("x"), Path::new("/var/lib/libvirt/qemu/save/x.save"));
        let home = Some(PathBuf::from("/home/u"));
        let session = vir_base::paths::Paths::session_from(home, |_| None).unwrap();
        let session = Dirs::new(session.driver("qemu"));
        assert_eq!(session.user_config(), Some(Path::new("/home/u/.config")));
        assert_eq!(session.managed_save("x"), Path::new("/home/u/.config/libvirt/qemu/save/x.save"));
        assert_eq!(dirs.guest(1, "é".repeat(30).as_str()).lib.file_name().unwrap().len(), 9 + 40);
    }
}
