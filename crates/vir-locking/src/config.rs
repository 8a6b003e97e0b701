//! `qemu-lockd.conf`, `libxl-lockd.conf`: which leases guests get.

use std::path::Path;
use vir_base::conf::{Conf, Format};
use vir_base::{Error, ErrorDomain::Locking, Result};

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockdConfig {
    /// `auto_disk_leases`: every disk that is written to gets a lease.
    pub auto_disk_leases: bool,
    /// `require_lease_for_disks`: a guest with such disks and without any lease is refused.
    pub require_lease_for_disks: bool,
    /// `file_lockspace_dir`: leases are on files in here, not on the disks' own.
    pub file_lockspace_dir: Option<String>,
    /// `lvm_lockspace_dir`: those of logical volumes, by their UUID.
    pub lvm_lockspace_dir: Option<String>,
    /// `scsi_lockspace_dir`: those of SCSI disks, by their serial number.
    pub scsi_lockspace_dir: Option<String>,
}

impl Default for LockdConfig {
    fn default() -> Self {
        Self {
            auto_disk_leases: true,
            require_lease_for_disks: true,
            file_lockspace_dir: None,
            lvm_lockspace_dir: None,
            scsi_lockspace_dir: None,
        }
    }
}

impl LockdConfig {
    /// Reads a file; one that does not exist is an empty one.
    ///
    /// # Errors
    /// It cannot be read, or values are none.
    pub fn load(path: &Path) -> Result<Self> {
        match rustix::fs::access(path, rustix::fs::Access::READ_OK) {
            Ok(()) => Self::of(&Conf::read(path, Format::Plain)?),
            Err(rustix::io::Errno::NOENT) => Ok(Self::default()),
            Err(errno) => {
                let what = format!("Unable to access config file {}", path.display());
                Err(Error::system(Locking, errno.raw_os_error(), what))
            }
        }
    }

    fn of(conf: &Conf) -> Result<Self> {
        let auto = conf.bool("auto_disk_leases")?.unwrap_or(true);
        let dir = |key| Ok(conf.string(key)?.map(str::to_owned));
        Ok(Self {
            auto_disk_leases: auto,
            require_lease_for_disks: conf.bool("require_lease_for_disks")?.unwrap_or(!auto),
            file_lockspace_dir: dir("file_lockspace_dir")?,
            lvm_lockspace_dir: dir("lvm_lockspace_dir")?,
            scsi_lockspace_dir: dir("scsi_lockspace_dir")?,
        })
    }

    /// The lockspaces that must be there before leases are asked for in them.
    pub fn lockspaces(&self) -> impl Iterator<Item = &str> {
        let all = [&self.file_lockspace_dir, &self.lvm_lockspace_dir, &self.scsi_lockspace_dir];
        all.into_iter().flatten().map(String::as_str).filter(|_| self.auto_disk_leases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LockdConfig> {
        LockdConfig::of(&Conf::parse("c", text.as_bytes(), Format::Plain)?)
    }

    #[test]
    fn what_must_have_leases_follows_what_gets_them() {
        assert!(LockdConfig::default().require_lease_for_disks, "without a file");
        assert!(!read("").unwrap().require_lease_for_disks, "with an empty one");
        let config = read("auto_disk_leases = 0\nfile_lockspace_dir = \"/l\"").unwrap();
        assert!(config.require_lease_for_disks);
        assert_eq!(config.lockspaces().count(), 0);
        let config = read("file_lockspace_dir = \"/l\"\nscsi_lockspace_dir = \"/s\"").unwrap();
        assert_eq!(config.lockspaces().collect::<Vec<_>>(), ["/l", "/s"]);
        let error = read("auto_disk_leases = \"no\"").unwrap_err();
        assert_eq!(error.message(), "internal error: c: expected a bool for 'auto_disk_leases' parameter");
    }
}
