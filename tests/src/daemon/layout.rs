//! The private directories of a daemon, and the configuration that they start with.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Mode;

/// The account that session daemons run as when the tests run as root: nobody.
pub(super) const NOBODY: u32 = 65534;

/// What every daemon here is told: no account but its own, no security labels, no cgroups, and
/// none of the host's services.
const LIBVIRTD_CONF: &str = "auth_unix_rw = \"none\"\nauth_unix_ro = \"none\"\n";
const QEMU_CONF: &str = "user = \"root\"\ngroup = \"root\"\ndynamic_ownership = 0\n\
     security_driver = \"none\"\nnamespaces = [ ]\ncgroup_controllers = [ ]\nstdio_handler = \"file\"\n";

/// A directory with `etc`, `run` and `var` below it.
#[derive(Debug)]
pub(super) struct Layout {
    root: PathBuf,
    given_away: bool,
}

impl Layout {
    pub(super) fn new(mode: Mode, settings: &str) -> io::Result<Layout> {
        // Short, since the path of a socket must fit into 107 bytes; and other accounts may look
        // in, since QEMU may run as another.
        let root = tempfile::Builder::new().prefix("ferrovirt-").tempdir()?.keep();
        let given_away = mode == Mode::Session && rustix::process::geteuid().is_root();
        let layout = Layout { root, given_away };
        if let Err(error) = layout.fill(mode, settings) {
            // The first error is what counts.
            let _ = layout.remove();
            return Err(error);
        }
        Ok(layout)
    }

    fn fill(&self, mode: Mode, settings: &str) -> io::Result<()> {
        fs::set_permissions(&self.root, Permissions::from_mode(0o755))?;
        let etc = self.root.join("etc/libvirt");
        let others = ["run/libvirt", "var/lib/libvirt", "var/log/libvirt", "var/cache/libvirt"];
        fs::create_dir_all(&etc)?;
        for directory in others {
            fs::create_dir_all(self.root.join(directory))?;
        }
        fs::write(etc.join("libvirtd.conf"), format!("{LIBVIRTD_CONF}{settings}"))?;
        match mode {
            Mode::System => fs::write(etc.join("qemu.conf"), QEMU_CONF)?,
            Mode::Session => fs::set_permissions(self.run(), Permissions::from_mode(0o700))?,
        }
        if self.given_away {
            give(&self.root)?;
        }
        Ok(())
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether root made this for a daemon without privileges.
    pub(super) fn is_given_away(&self) -> bool {
        self.given_away
    }

    /// Where its sockets, pid files and the status of its guests are.
    pub(super) fn run(&self) -> PathBuf {
        self.root.join("run/libvirt")
    }

    /// What it writes to its standard output and error.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("daemon.log")
    }

    /// How long the way to the daemon's program took, as noted by what leads there: two times in
    /// seconds since 1970.
    pub(super) fn time_before_program(&self) -> Duration {
        let noted = fs::read_to_string(self.root.join("way")).unwrap_or_default();
        let mut times = noted.lines().filter_map(|line| line.parse::<f64>().ok());
        match (times.next(), times.next()) {
            (Some(from), Some(to)) if to > from => Duration::from_secs_f64(to - from),
            _ => Duration::ZERO,
        }
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Gives a directory and all below it to nobody.
fn give(directory: &Path) -> io::Result<()> {
    chown(directory, Some(NOBODY), Some(NOBODY))?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give(&entry.path())?;
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY))?;
        }
    }
    Ok(())
}
