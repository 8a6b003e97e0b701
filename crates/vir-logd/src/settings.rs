//! The log daemon's own part of its configuration: how large logs may grow, and how old.

use crate::rotation::Limits;
use std::path::{Path, PathBuf};
use vir_base::Result;
use vir_base::conf::Conf;

/// What the configuration says besides what the shell reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `max_size` and `max_backups`.
    pub limits: Limits,
    /// `max_age_days`: files that were not written for so long go; 0 keeps them.
    pub max_age_days: u64,
    /// `log_root`: where files are looked for that are too old.
    pub log_root: PathBuf,
}

impl Settings {
    /// What holds without a file, where logs are in `log_root`.
    pub fn new(log_root: &Path) -> Self {
        let limits = Limits { size: 2 * 1024 * 1024, backups: 3 };
        Self { limits, max_age_days: 0, log_root: log_root.to_owned() }
    }

    /// What the file says. `log_root` is where logs are unless the file says so.
    ///
    /// # Errors
    /// A value of the wrong type, in the peer's words.
    pub fn read(conf: &Conf, log_root: &Path) -> Result<Self> {
        let mut settings = Self::new(log_root);
        if let Some(size) = conf.u64("max_size")? {
            settings.limits.size = size;
        }
        if let Some(backups) = conf.u64("max_backups")? {
            settings.limits.backups = usize::try_from(backups).unwrap_or(usize::MAX);
        }
        if let Some(days) = conf.u64("max_age_days")? {
            settings.max_age_days = days;
        }
        if let Some(root) = conf.string("log_root")? {
            settings.log_root = root.into();
        }
        Ok(settings)
    }

    /// Whether a file can be understood.
    ///
    /// # Errors
    /// As [`Settings::read`].
    pub fn check(conf: &Conf) -> Result<()> {
        Self::read(conf, Path::new("")).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_base::conf::Format;

    fn read(text: &str) -> Result<Settings> {
        let conf = Conf::parse("c", text.as_bytes(), Format::Plain)?;
        Settings::read(&conf, Path::new("/var/log/libvirt"))
    }

    #[test]
    fn what_holds_without_a_file() {
        let settings = read("").unwrap();
        assert_eq!(settings.limits, Limits { size: 2_097_152, backups: 3 });
        assert_eq!((settings.max_age_days, settings.log_root.as_path()), (0, Path::new("/var/log/libvirt")));
    }

    #[test]
    fn what_a_file_says() {
        let settings = read("max_size = 5\nmax_backups = 0\nmax_age_days = 9\nlog_root = '/x'\n").unwrap();
        assert_eq!(settings.limits, Limits { size: 5, backups: 0 });
        assert_eq!((settings.max_age_days, settings.log_root.as_path()), (9, Path::new("/x")));
        assert_eq!(
            read("max_backups = 'x'").unwrap_err().message(),
            "internal error: c: expected an unsigned integer for 'max_backups' parameter"
        );
    }
}
