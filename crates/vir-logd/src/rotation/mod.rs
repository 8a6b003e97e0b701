//! Files that are set aside when they are full.
//!
//! - [`plan`]: how much fits, where to cut, what is renamed. No I/O.
//! - [`Writer`]: appends, and sets aside.
//! - [`reader`]: reads on from a position, through what has been set aside.
//!
//! The newest bytes are in `NAME`, those before in `NAME.0`, before them `NAME.1`, and so on.

pub mod plan;
pub mod reader;

mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use vir_base::{Result, bail};

pub use writer::Writer;

/// More files are not kept of one log.
pub const BACKUPS_MAX: usize = 32;

/// How large a log may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in one file; 0 for no limit.
    pub size: u64,
    /// Files besides the newest.
    pub backups: usize,
}

/// Where in a log somebody writes or reads: it stays true when the file is renamed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The file, by its number in the file system.
    pub inode: u64,
    /// Bytes from its beginning.
    pub offset: u64,
}

impl Limits {
    /// Refuses more files than may be kept.
    fn check(self) -> Result<()> {
        if self.backups > BACKUPS_MAX {
            let backups = self.backups;
            bail!(
                None,
                ConfigUnsupported,
                "Max backup {backups} must be less than or equal to {BACKUPS_MAX}"
            );
        }
        Ok(())
    }
}

/// The file that was set aside `age` times; the newest of those set aside has age 0.
fn backup(path: &Path, age: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    name.into()
}
