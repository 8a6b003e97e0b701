//! The journal: what survives the daemon's death about leases, beside the locks themselves.
//!
//! A file in the run state directory to which lines are added. A change is in it before its answer goes
//! out. It is not synced: it has to survive the process, and not the machine, whose start it names; so it
//! is written as memory, without a system call for each line, and has zeros behind the last one. When
//! lines that no longer count outweigh those that do, it is replaced by a shorter one, whole.
//!
//! It holds no descriptor of a lease and decides nothing.

pub mod line;
pub mod read;

use crate::record::{Change, LeaseRecord};
use line::{Entry, Head, VERSION};
use read::Contents;
use std::borrow::Borrow;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use vir_base::sys::AppendedFile;
use vir_base::{Error, ErrorDomain, Result};

/// Its name in the run state directory.
pub const NAME: &str = "virtlockd.journal";

/// Bytes of dead lines that are not worth a replacement.
const SLACK: u64 = 256 * 1024;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: AppendedFile,
    /// It is due to be written anew when it is longer than this.
    due: u64,
    /// The line that is being written; kept for its memory.
    line: String,
}

impl Journal {
    /// Starts a journal in this directory with what is known now, in place of any that is there.
    ///
    /// # Errors
    /// System errors naming the file; what was there is then untouched.
    pub fn create(
        dir: &Path,
        spaces: impl IntoIterator<Item = impl AsRef<str>>,
        leases: impl IntoIterator<Item = impl Borrow<LeaseRecord>>,
        next_id: u64,
    ) -> Result<Self> {
        let path = dir.join(NAME);
        let mut new = New::start(&path)?;
        new.add(&line::encode(&Entry::Head(Head { version: VERSION, boot: boot_id(), next_id })))?;
        for space in spaces {
            let space = Change::Space(space.as_ref().to_owned());
            new.put(|text| line::put(text, &space))?;
        }
        for lease in leases {
            new.put(|text| line::put_lease_line(text, lease.borrow()))?;
        }
        let (file, length) = new.finish(&path)?;
        Ok(Self::behind(path, file, length))
    }

    fn behind(path: PathBuf, file: File, length: u64) -> Self {
        let file = AppendedFile::new(file, length);
        Self { path, file, due: 2 * length + SLACK, line: String::new() }
    }

    /// Goes on with the journal in this directory, where this process has left it: it is so long.
    /// `None` if it is not, or is not there: whatever happened to it, it must be started again.
    pub fn go_on(dir: &Path, length: u64) -> Option<Self> {
        let path = dir.join(NAME);
        let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
        (end_of(&file).ok()? == length).then(|| Self::behind(path, file, length))
    }

    /// Writes a change down. To be called before anyone is told of it.
    ///
    /// # Errors
    /// It could not be written, and the journal is as it was before.
    pub fn append(&mut self, change: &Change) -> Result<()> {
        self.line.clear();
        line::put(&mut self.line, change);
        let added = self.file.append(self.line.as_bytes());
        added.map_err(|error| failed("cannot write to journal", &self.path, &error))
    }

    /// Whether it is so long that it should be created anew: of many changes only the last ones count.
    pub fn is_due(&self) -> bool {
        self.length() > self.due
    }

    /// After an attempt to create it anew that has failed: the next one is due later.
    pub fn put_off(&mut self) {
        self.due = self.due.saturating_add(SLACK);
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A journal that is not yet in its place.
struct New {
    path: PathBuf,
    file: File,
    text: String,
    length: u64,
}

impl New {
    /// Written so much at a time.
    const PART: usize = 64 * 1024;

    fn start(place: &Path) -> Result<Self> {
        let path = place.with_extension("journal.new");
        // what a crash left there is nobody's
        let _ = std::fs::remove_file(&path);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| failed("cannot write journal", place, &error))?;
        Ok(Self { path, file, text: String::new(), length: 0 })
    }

    fn put(&mut self, put: impl FnOnce(&mut String)) -> Result<()> {
        put(&mut self.text);
        if self.text.len() >= Self::PART { self.write() } else { Ok(()) }
    }

    fn add(&mut self, line: &str) -> Result<()> {
        self.put(|text| text.push_str(line))
    }

    fn write(&mut self) -> Result<()> {
        let written = self.file.write_all(self.text.as_bytes());
        self.length += self.text.len() as u64;
        self.text.clear();
        written.map_err(|error| failed("cannot write journal", &self.path, &error))
    }

    fn finish(mut self, place: &Path) -> Result<(File, u64)> {
        self.write()?;
        let renamed = std::fs::rename(&self.path, place);
        renamed.map_err(|error| failed("cannot write journal", place, &error))?;
        Ok((self.file, self.length))
    }
}

/// Adds one change to a journal that somebody else has written and left behind.
///
/// # Errors
/// System errors.
pub fn append_to(dir: &Path, change: &Change) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(dir.join(NAME))?;
    let (mut last, end) = ([b'\n'], end_of(&file)?);
    if let Some(at) = end.checked_sub(1) {
        file.read_exact_at(&mut last, at)?;
    }
    // what its writer left torn must not tear this one
    let start = if last == *b"\n" { "" } else { "\n" };
    let line = format!("{start}{}", line::encode(&Entry::Change(change.clone())));
    file.write_all_at(line.as_bytes(), end)
}

/// Where the zeros behind the last line begin.
fn end_of(file: &File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    let mut part = [0; 4096];
    while end > 0 {
        let start = end.saturating_sub(part.len() as u64);
        let part = &mut part[..(end - start) as usize];
        file.read_exact_at(part, start)?;
        if let Some(at) = part.iter().rposition(|byte| *byte != 0) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
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
    static ID: OnceLock<String> = OnceLock::new();
    let read = || {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        text.unwrap_or_default().trim().to_owned()
    };
    ID.get_or_init(read).clone()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::io(ErrorDomain::Locking, error, format!("{what} '{}'", path.display()))
}

#[cfg(test)]
mod tests;
