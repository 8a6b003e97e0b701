//! Where daemons of this host listen, which of them is meant, and which program is started if none does.

use crate::params::Mode;
use std::path::{Path, PathBuf};
use vir_base::paths::Paths;
use vir_base::uri::Uri;
use vir_base::{Result, bail};

/// The one daemon for everything: its program, and what its sockets are named after.
const LEGACY: (&str, &str) = ("libvirtd", "libvirt");

/// Where clients look for the system's sockets, as their messages show; hosts have it as another name
/// of `/run`.
const OLD_RUN: &str = "/var/run";

/// Drivers whose own daemons are looked for if no URI names one: the system's, and a user's.
const SYSTEM: [&str; 6] = ["xen", "qemu", "lxc", "vbox", "bhyve", "vz"];
const SESSION: [&str; 2] = ["qemu", "vbox"];

/// What a user can know only by reading.
const NOTHING_THERE: &str = "No URI is provided and cannot identify any listening daemon socket path to attempt to connect to. Please ensure the expected daemon sockets are active and/or provide an explicit URI. For more information see https://libvirt.org/kbase/failed_connection_after_install.html";

/// The sockets of one instance.
pub(crate) struct Sockets {
    dir: PathBuf,
    /// They are the user's own.
    pub(crate) user: bool,
    suffix: &'static str,
}

/// A socket, and the program that listens there.
pub(crate) struct Chosen {
    pub(crate) path: PathBuf,
    pub(crate) daemon: String,
}

impl Sockets {
    /// Those that `uri` means. A user's own daemon also serves the test driver, where a daemon is to.
    pub(crate) fn of(uri: Option<&Uri>, read_only: bool) -> Result<Self> {
        let own = uri.is_none_or(|uri| {
            uri.path.as_deref() == Some("/session")
                || uri.scheme.as_deref().is_some_and(|scheme| scheme.starts_with("test+"))
        });
        let user = own && !rustix::process::geteuid().is_root();
        let dir = match user {
            true => Paths::session()?.state,
            false if Path::new(OLD_RUN).is_dir() => Path::new(OLD_RUN).join("libvirt"),
            false => Paths::system().state,
        };
        // in a user's own daemon there is nothing that others may only read
        Ok(Self { dir, user, suffix: if read_only && !user { "sock-ro" } else { "sock" } })
    }

    fn socket(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}-{}", self.suffix))
    }

    /// The socket of `driver`'s daemon, on this host.
    pub(crate) fn here(&self, driver: Option<&str>, mode: Mode) -> Result<Chosen> {
        self.choose(driver, mode, &|daemon| program(daemon).exists())
    }

    fn choose(&self, driver: Option<&str>, mode: Mode, installed: &dyn Fn(&str) -> bool) -> Result<Chosen> {
        let own = |driver: &str| format!("virt{driver}d");
        let direct = match driver {
            Some(driver) => Some(own(driver)),
            None if mode == Mode::Legacy => None,
            None => self.probe(installed).map(own),
        };
        let direct = direct.map(|daemon| Chosen { path: self.socket(&daemon), daemon });
        let legacy = Chosen { path: self.socket(LEGACY.1), daemon: LEGACY.0.to_owned() };
        match (mode, direct) {
            (Mode::Direct, Some(direct)) => Ok(direct),
            (Mode::Direct, None) => bail!(Remote, OperationUnsupported, "{NOTHING_THERE}"),
            (Mode::Auto, Some(direct)) if direct.path.exists() => Ok(direct),
            // where nothing listens, what can be started is
            (Mode::Auto, Some(direct))
                if !legacy.path.exists() && !installed(&legacy.daemon) && installed(&direct.daemon) =>
            {
                Ok(direct)
            }
            (Mode::Auto | Mode::Legacy, _) => Ok(legacy),
        }
    }

    /// The driver whose daemon is there: it listens or, as a user's own, could be started.
    fn probe(&self, installed: &dyn Fn(&str) -> bool) -> Option<&'static str> {
        let drivers = if self.user { &SESSION[..] } else { &SYSTEM[..] };
        let listens = |driver: &&&str| self.socket(&format!("virt{driver}d")).exists();
        let can_start =
            |driver: &&&str| self.user && !installed(LEGACY.0) && installed(&format!("virt{driver}d"));
        let found = drivers.iter().find(listens).or_else(|| drivers.iter().find(can_start));
        found.copied()
    }

    /// The socket on another host, of which nothing is known.
    pub(crate) fn elsewhere(&self, mode: Mode, transport: &str) -> Result<PathBuf> {
        if mode == Mode::Direct {
            bail!(Remote, OperationUnsupported, "Cannot use direct socket mode for {transport} transport");
        }
        Ok(match self.user {
            true => self.socket(LEGACY.1),
            false => Path::new(OLD_RUN).join("libvirt").join(format!("{}-{}", LEGACY.1, self.suffix)),
        })
    }
}

/// The program of a daemon: in the directory that `VIRTD_PATH` (or `LIBVIRTD_PATH`) names, else beside
/// ours, else where packages put it.
pub(crate) fn program(daemon: &str) -> PathBuf {
    let named = ["VIRTD_PATH", "LIBVIRTD_PATH"].into_iter().find_map(std::env::var_os);
    if let Some(named) = named.map(PathBuf::from) {
        // the program itself is understood as well
        return if named.is_file() { named } else { named.join(daemon) };
    }
    let beside = std::env::current_exe().ok().map(|exe| exe.with_file_name(daemon));
    beside.filter(|path| path.exists()).unwrap_or_else(|| Path::new("/usr/sbin").join(daemon))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which socket, of those that are there, and of programs that are.
    fn chosen(
        user: bool,
        there: &[&str],
        programs: &[&str],
        driver: Option<&str>,
        mode: Mode,
    ) -> Result<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        for name in there {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let sockets = Sockets { dir: dir.path().to_owned(), user, suffix: "sock" };
        let chosen = sockets.choose(driver, mode, &|daemon| programs.contains(&daemon))?;
        Ok((chosen.path.file_name().unwrap().to_string_lossy().into_owned(), chosen.daemon))
    }

    #[test]
    fn the_socket_that_is_there() {
        let both = ["libvirt-sock", "virtqemud-sock"];
        for (there, programs, driver, mode, socket) in [
            (&both[..], &[][..], Some("qemu"), Mode::Auto, "virtqemud-sock"),
            (&both, &[], Some("qemu"), Mode::Legacy, "libvirt-sock"),
            (&both, &[], Some("lxc"), Mode::Auto, "libvirt-sock"),
            (&both[..1], &[], Some("qemu"), Mode::Auto, "libvirt-sock"),
            (&both[..1], &[], Some("qemu"), Mode::Direct, "virtqemud-sock"),
            (&[], &["libvirtd", "virtqemud"], Some("qemu"), Mode::Auto, "libvirt-sock"),
            (&[], &["virtqemud"], Some("qemu"), Mode::Auto, "virtqemud-sock"),
            (&[], &[], Some("qemu"), Mode::Auto, "libvirt-sock"),
            (&both, &[], None, Mode::Auto, "virtqemud-sock"),
            (&["virtlxcd-sock", "virtvboxd-sock"], &[], None, Mode::Direct, "virtlxcd-sock"),
            (&[], &["virtqemud"], None, Mode::Auto, "libvirt-sock"),
        ] {
            let (found, _) = chosen(false, there, programs, driver, mode).unwrap();
            assert_eq!(found, socket, "{there:?} {programs:?} {driver:?} {mode:?}");
        }
        let error = chosen(false, &["libvirt-sock"], &[], None, Mode::Direct).unwrap_err();
        assert!(error.message().contains("No URI is provided"), "{error}");
    }

    #[test]
    fn a_user_without_a_uri_gets_what_can_be_started() {
        let of = |there, programs| chosen(true, there, programs, None, Mode::Auto).unwrap();
        assert_eq!(of(&[], &["virtvboxd", "virtqemud"]), ("virtqemud-sock".into(), "virtqemud".into()));
        assert_eq!(of(&[], &["virtqemud", "libvirtd"]), ("libvirt-sock".into(), "libvirtd".into()));
        // the system's containers are no user's
        assert_eq!(of(&["virtlxcd-sock"], &[]), ("libvirt-sock".into(), "libvirtd".into()));
    }

    #[test]
    fn on_another_host_there_is_one_daemon() {
        let sockets = Sockets { dir: "/nowhere".into(), user: false, suffix: "sock-ro" };
        let path = sockets.elsewhere(Mode::Auto, "ssh").unwrap();
        assert_eq!(path, Path::new("/var/run/libvirt/libvirt-sock-ro"));
        let error = sockets.elsewhere(Mode::Direct, "ssh").unwrap_err();
        assert!(error.message().ends_with("Cannot use direct socket mode for ssh transport"), "{error}");
    }
}
