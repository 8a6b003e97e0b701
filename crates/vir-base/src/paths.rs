//! Where things lie: the directories, sockets, pid files and configuration files of the system
//! instance, of a user's session, and of private instances under a root of their own.
//!
//! It only computes names; it makes no directory and reads no file.

use crate::{Result, bail};
use std::path::{Path, PathBuf};

/// The directories of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The system instance, as opposed to a user's session.
    pub system: bool,
    /// Configuration and definitions: `/etc/libvirt`, `~/.config/libvirt`.
    pub config: PathBuf,
    /// What lives as long as the host is up: `/run/libvirt`, `$XDG_RUNTIME_DIR/libvirt`.
    pub state: PathBuf,
    /// Where pid files of the daemons are: `/run`, `$XDG_RUNTIME_DIR/libvirt`.
    pub run: PathBuf,
    /// Images and other data: `/var/lib/libvirt`, `~/.local/share/libvirt`.
    pub lib: PathBuf,
    /// What can be computed again: `/var/cache/libvirt`, `~/.cache/libvirt`.
    pub cache: PathBuf,
    /// Logs: `/var/log/libvirt`, `~/.cache/libvirt`.
    pub log: PathBuf,
}

/// One of the sockets of a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Socket {
    /// `NAME-sock`: everything.
    Main,
    /// `NAME-sock-ro`: what changes nothing.
    ReadOnly,
    /// `NAME-admin-sock`: the daemon's own administration.
    Admin,
}

/// The directories of one driver (`qemu`, `lxc`, `storage`, …) in an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverPaths {
    /// Definitions: `/etc/libvirt/qemu`, `~/.config/libvirt/qemu`.
    pub config: PathBuf,
    /// Links to the definitions that start by themselves.
    pub autostart: PathBuf,
    /// State of what runs: `/run/libvirt/qemu`, `$XDG_RUNTIME_DIR/libvirt/qemu/run`.
    pub state: PathBuf,
    /// Data: `/var/lib/libvirt/qemu`, `~/.config/libvirt/qemu/lib`.
    pub lib: PathBuf,
    /// `/var/cache/libvirt/qemu`, `~/.cache/libvirt/qemu/cache`.
    pub cache: PathBuf,
    /// `/var/log/libvirt/qemu`, `~/.cache/libvirt/qemu/log`.
    pub log: PathBuf,
}

impl Paths {
    /// The system instance.
    pub fn system() -> Self {
        Self::system_under("/")
    }

    /// A system instance with everything below `root`: for trials and tests.
    pub fn system_under(root: impl AsRef<Path>) -> Self {
        let root = root.as_ref();
        Self {
            system: true,
            config: root.join("etc/libvirt"),
            state: root.join("run/libvirt"),
            run: root.join("run"),
            lib: root.join("var/lib/libvirt"),
            cache: root.join("var/cache/libvirt"),
            log: root.join("var/log/libvirt"),
        }
    }

    /// The session of the user who runs this process, from the environment.
    ///
    /// # Errors
    /// There is no home directory.
    pub fn session() -> Result<Self> {
        // the standard library falls back to the user database, as the peer does
        #[allow(deprecated)]
        let home = std::env::home_dir();
        Self::session_from(home, |name| std::env::var_os(name).map(PathBuf::from))
    }

    /// As [`Paths::session`], from a given environment.
    ///
    /// # Errors
    /// A directory is neither given nor below a home directory.
    pub fn session_from(home: Option<PathBuf>, env: impl Fn(&str) -> Option<PathBuf>) -> Result<Self> {
        let base = |name: &str, below_home: &str| {
            // relative paths in these variables are to be ignored, says their specification
            if let Some(path) = env(name).filter(|p| p.is_absolute()) {
                return Ok(path.join("libvirt"));
            }
            match &home {
                Some(home) => Ok(home.join(below_home).join("libvirt")),
                None => bail!(None, InternalError, "no home directory and {name} is not set"),
            }
        };
        let cache = base("XDG_CACHE_HOME", ".cache")?;
        let state = match env("XDG_RUNTIME_DIR").filter(|p| p.is_absolute()) {
            Some(path) => path.join("libvirt"),
            None => cache.clone(),
        };
        Ok(Self {
            system: false,
            config: base("XDG_CONFIG_HOME", ".config")?,
            run: state.clone(),
            state,
            lib: base("XDG_DATA_HOME", ".local/share")?,
            log: cache.clone(),
            cache,
        })
    }

    /// The system instance for root, else the session.
    pub fn of_this_user() -> Result<Self> {
        match rustix::process::geteuid().is_root() {
            true => Ok(Self::system()),
            false => Self::session(),
        }
    }

    /// A socket of a daemon; `prefix` is `libvirt` for the monolithic one, `virtqemud`, ….
    pub fn socket(&self, prefix: &str, socket: Socket) -> PathBuf {
        let suffix = match socket {
            Socket::Main => "sock",
            Socket::ReadOnly => "sock-ro",
            Socket::Admin => "admin-sock",
        };
        self.state.join(format!("{prefix}-{suffix}"))
    }

    /// The pid file of a daemon.
    pub fn pid_file(&self, daemon: &str) -> PathBuf {
        self.run.join(format!("{daemon}.pid"))
    }

    /// The configuration file of a daemon or a driver (`libvirtd`, `qemu`, …).
    pub fn config_file(&self, name: &str) -> PathBuf {
        self.config.join(format!("{name}.conf"))
    }

    /// The log of a daemon that runs in the background without a journal.
    pub fn log_file(&self, daemon: &str) -> PathBuf {
        self.log.join(format!("{daemon}.log"))
    }

    /// The directories of a driver.
    pub fn driver(&self, name: &str) -> DriverPaths {
        let config = self.config.join(name);
        let below = |base: &Path, session: &str| match self.system {
            true => base.join(name),
            false => base.join(name).join(session),
        };
        DriverPaths {
            autostart: config.join("autostart"),
            state: below(&self.state, "run"),
            lib: if self.system { self.lib.join(name) } else { config.join("lib") },
            cache: below(&self.cache, "cache"),
            log: below(&self.log, "log"),
            config,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_layout() {
        let paths = Paths::system();
        assert_eq!(paths.socket("libvirt", Socket::ReadOnly), Path::new("/run/libvirt/libvirt-sock-ro"));
        assert_eq!(paths.socket("virtqemud", Socket::Admin), Path::new("/run/libvirt/virtqemud-admin-sock"));
        assert_eq!(paths.pid_file("libvirtd"), Path::new("/run/libvirtd.pid"));
        assert_eq!(paths.config_file("qemu"), Path::new("/etc/libvirt/qemu.conf"));
        let qemu = paths.driver("qemu");
        assert_eq!(qemu.autostart, Path::new("/etc/libvirt/qemu/autostart"));
        assert_eq!(qemu.state, Path::new("/run/libvirt/qemu"));
        assert_eq!(qemu.log, Path::new("/var/log/libvirt/qemu"));
    }

    #[test]
    fn session_layout_follows_the_environment() {
        let home = || Some(PathBuf::from("/home/u"));
        let paths = Paths::session_from(home(), |name| match name {
            "XDG_RUNTIME_DIR" => Some("/run/user/7".into()),
            "XDG_CONFIG_HOME" => Some("relative".into()),
            _ => None,
        })
        .unwrap();
        assert_eq!(paths.config, Path::new("/home/u/.config/libvirt"));
        assert_eq!(paths.socket("libvirt", Socket::Main), Path::new("/run/user/7/libvirt/libvirt-sock"));
        assert_eq!(paths.pid_file("libvirtd"), Path::new("/run/user/7/libvirt/libvirtd.pid"));
        let qemu = paths.driver("qemu");
        assert_eq!(qemu.state, Path::new("/run/user/7/libvirt/qemu/run"));
        assert_eq!(qemu.lib, Path::new("/home/u/.config/libvirt/qemu/lib"));
        assert_eq!(qemu.log, Path::new("/home/u/.cache/libvirt/qemu/log"));

        let paths = Paths::session_from(home(), |_| None).unwrap();
        assert_eq!(paths.state, Path::new("/home/u/.cache/libvirt"));
        assert!(Paths::session_from(None, |_| None).is_err());
    }
}
