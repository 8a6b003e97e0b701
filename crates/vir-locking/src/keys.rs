//! What names a disk whatever path it is found by.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::Duration;
use vir_base::Result;
use vir_base::command::{Command, Exit};

/// Longer than these programs ever take; a disk that hangs must not hang whoever asks.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks up the keys of disks.
pub(crate) trait Keys {
    /// The UUID of a logical volume; `None` where it is none.
    fn lvm(&self, path: &str) -> Result<Option<String>>;
    /// The serial number of a SCSI disk; `None` where it has none.
    fn scsi(&self, path: &str) -> Result<Option<String>>;
    /// A name that can be a file's, made from a path.
    fn of_path(&self, path: &str) -> String {
        let mut text = String::new();
        for byte in Sha256::digest(path.as_bytes()) {
            // writing to a string cannot fail
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// By the programs that know.
pub(crate) struct Tools;

impl Keys for Tools {
    fn lvm(&self, path: &str) -> Result<Option<String>> {
        ask("lvs", &["--noheadings", "--unbuffered", "--nosuffix", "--options", "uuid", path])
    }

    fn scsi(&self, path: &str) -> Result<Option<String>> {
        ask("/lib/udev/scsi_id", &["--replace-whitespace", "--whitelisted", "--device", path])
    }
}

/// The first line that a program prints; `None` where it fails.
fn ask(program: &str, args: &[&str]) -> Result<Option<String>> {
    let mut command = Command::new(program);
    command.args(args.iter().copied()).env_common();
    let output = command.output(PATIENCE)?;
    if output.exit != Exit::Code(0) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.trim_start().lines().next().unwrap_or_default();
    Ok((!line.is_empty()).then(|| line.to_owned()))
}
