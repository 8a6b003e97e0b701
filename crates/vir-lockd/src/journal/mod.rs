//! The journal: what survives the daemon's death about leases, beside the locks themselves.
//!
//! An append-only file in the run state directory. A change is in it before its answer goes out. It
//! is not synced: it has to survive the process, and not the machine, whose start it names. When
//! lines that no longer count outweigh those that do, it is replaced by a shorter one, whole.
//!
//! It holds no descriptor of a lease and decides nothing.

pub mod line;
pub mod read;

use crate::record::{Change, LeaseRecord};
use line::{Entry, Head, VERSION};
use read::Contents;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result};

/// Its name in the run state directory.
pub const NAME: &str = "virtlockd.journal";

/// Bytes of dead lines that are not worth a replacement.
const SLACK: u64 = 64 * 1024;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Where each lease's line that counts is, and how long it is.
    lines: BTreeMap<u64, (u64, u32)>,
    spaces: Vec<String>,
    next_id: u64,
    length: u64,
    /// Bytes of lines that count.
    live: u64,
}

impl Journal {
    /// Starts a journal in this directory with what is known now, in place of any that is there.
    ///
    /// # Errors
    /// System errors naming the file; what was there is then untouched.
    pub fn create<'a>(
        dir: &Path,
        spaces: &[String],
        leases: impl IntoIterator<Item = &'a LeaseRecord>,
        next_id: u64,
    ) -> Result<Self> {
        let path = dir.join(NAME);
        let mut text = Vec::new();
        let mut lines = BTreeMap::new();
        head(&mut text, spaces, next_id);
        for lease in leases {
            let line = line::encode(&Entry::Change(Change::Put(lease.clone())));
            lines.insert(lease.id, (text.len() as u64, line.len() as u32));
            text.extend_from_slice(line.as_bytes());
        }
        let file = replace(&path, &text)?;
        let length = text.len() as u64;
        Ok(Self { path, file, lines, spaces: spaces.to_vec(), next_id, length, live: length })
    }

    /// Writes a change down. To be called before anyone is told of it.
    ///
    /// # Errors
    /// It could not be written, and the journal is as it was before.
    pub fn append(&mut self, change: &Change) -> Result<()> {
        if matches!(change, Change::Space(directory) if self.spaces.contains(directory)) {
            return Ok(());
        }
        let text = line::encode(&Entry::Change(change.clone()));
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            // half a line must not spoil the next one
            let _ = self.file.set_len(self.length);
            return Err(failed("cannot write to journal", &self.path, &error));
        }
        let (at, size) = (self.length, text.len() as u32);
        self.length += u64::from(size);
        match change {
            Change::Put(lease) => {
                self.next_id = self.next_id.max(lease.id.saturating_add(1));
                self.live += u64::from(size);
                let before = self.lines.insert(lease.id, (at, size));
                self.live -= before.map_or(0, |(_, size)| u64::from(size));
            }
            Change::Gone(id) => {
                self.next_id = self.next_id.max(id.saturating_add(1));
                self.live -= self.lines.remove(id).map_or(0, |(_, size)| u64::from(size));
            }
            Change::Space(directory) => {
                self.spaces.push(directory.clone());
                self.live += u64::from(size);
            }
        }
        if self.length - self.live > self.live + SLACK
            && let Err(error) = self.compact()
        {
            // it is only longer than it need be
            log::warn!("the journal stays as it is: {error}");
        }
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the file by one that has only what counts, line for line.
    fn compact(&mut self) -> Result<()> {
        let read_failed = |error: &io::Error| failed("cannot read journal", &self.path, error);
        let old = File::open(&self.path).map_err(|e| read_failed(&e))?;
        let mut text = Vec::with_capacity(self.live as usize + 256);
        head(&mut text, &self.spaces, self.next_id);
        let mut lines = BTreeMap::new();
        for (id, (at, size)) in &self.lines {
            let start = text.len();
            text.resize(start + *size as usize, 0);
            old.read_exact_at(&mut text[start..], *at).map_err(|e| read_failed(&e))?;
            lines.insert(*id, (start as u64, *size));
        }
        self.file = replace(&self.path, &text)?;
        self.lines = lines;
        self.length = text.len() as u64;
        self.live = self.length;
        Ok(())
    }
}

/// Adds one change to a journal that somebody else has written and left behind.
///
/// # Errors
/// System errors.
pub fn append_to(dir: &Path, change: &Change) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).open(dir.join(NAME))?;
    let (mut last, length) = ([b'\n'], file.metadata()?.len());
    if let Some(at) = length.checked_sub(1) {
        file.read_exact_at(&mut last, at)?;
    }
    // what its writer left torn must not tear this one
    let start = if last == *b"\n" { "" } else { "\n" };
    file.write_all(format!("{start}{}", line::encode(&Entry::Change(change.clone()))).as_bytes())
}

/// What the journal in a directory says; nothing where there is none.
///
/// # Errors
/// It is there and cannot be read.
pub fn load(dir: &Path) -> io::Result<Contents> {
    match std::fs::read(dir.join(NAME)) {
        Ok(bytes) => Ok(read::read(&bytes, &boot_id())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(read::read(&[], "")),
        Err(error) => Err(error),
    }
}

/// What this start of the machine is called.
fn boot_id() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    text.unwrap_or_default().trim().to_owned()
}

fn head(text: &mut Vec<u8>, spaces: &[String], next_id: u64) {
    let head = Entry::Head(Head { version: VERSION, boot: boot_id(), next_id });
    text.extend_from_slice(line::encode(&head).as_bytes());
    for directory in spaces {
        let space = Entry::Change(Change::Space(directory.clone()));
        text.extend_from_slice(line::encode(&space).as_bytes());
    }
}

/// Puts a new file in the place of the old one, and keeps it open for more.
fn replace(path: &Path, text: &[u8]) -> Result<File> {
    let new = path.with_extension("journal.new");
    let make = || {
        // what a crash left there is nobody's
        let _ = std::fs::remove_file(&new);
        let mut file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(text)?;
        std::fs::rename(&new, path)?;
        Ok(file)
    };
    make().map_err(|error: io::Error| failed("cannot write journal", path, &error))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::io(ErrorDomain::Locking, error, format!("{what} '{}'", path.display()))
}

#[cfg(test)]
mod tests;
