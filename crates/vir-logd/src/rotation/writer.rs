//! The end of a log, to which bytes are appended.

use super::plan::{self, Portion};
use super::{Limits, Position, backup};
use rustix::fs::{Mode, OFlags, SeekFrom};
use rustix::io::Errno;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result};

/// Who may read the files.
const MODE: Mode = Mode::RUSR.union(Mode::WUSR);

/// Writes one log.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    limits: Limits,
    newest: File,
    /// The files have been renamed, and a new one could not be made yet.
    moved: bool,
}

#[derive(Debug)]
struct File {
    fd: OwnedFd,
    position: Position,
}

impl Writer {
    /// Goes on at the end of what is there, or anew if `truncate` says that what is there is to go.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn open(path: &Path, limits: Limits, truncate: bool) -> Result<Self> {
        limits.check()?;
        if truncate {
            remove(path).map_err(|error| failed(&error, "Unable to delete file", path))?;
            for age in 0..limits.backups {
                let path = backup(path, age);
                remove(&path).map_err(|error| failed(&error, "Unable to delete file", &path))?;
            }
        }
        Ok(Self { path: path.to_owned(), limits, newest: File::open(path)?, moved: false })
    }

    /// The path of the newest file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next byte goes.
    pub fn position(&self) -> Position {
        self.newest.position
    }

    /// Appends all of it, in as many files as that takes.
    ///
    /// # Errors
    /// In the peer's words. What was written stays written; the rest may be tried again.
    pub fn append(&mut self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            if self.moved {
                self.begin_file()?;
            }
            let Portion { bytes, full } = plan::portion(self.limits.size, self.newest.position.offset, data);
            let (now, later) = data.split_at(bytes);
            self.newest.write(now).map_err(|error| failed(&error, "Unable to write to file", &self.path))?;
            if full {
                self.set_aside()?;
            }
            data = later;
        }
        Ok(())
    }

    /// Renames the files, and begins a new one.
    fn set_aside(&mut self) -> Result<()> {
        log::debug!("Rollover {}", self.path.display());
        if self.limits.backups == 0 {
            remove(&self.path).map_err(|error| failed(&error, "Unable to remove", &self.path))?;
        }
        for plan::Move { from, to } in plan::moves(self.limits.backups) {
            let from = from.map_or_else(|| self.path.clone(), |age| backup(&self.path, age));
            let to = backup(&self.path, to);
            match fs::rename(&from, &to) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    let what = format!("Unable to rename {} to {}", from.display(), to.display());
                    return Err(Error::io(ErrorDomain::None, &error, what));
                }
                _ => {}
            }
        }
        self.moved = true;
        self.begin_file()
    }

    fn begin_file(&mut self) -> Result<()> {
        self.newest = File::open(&self.path)?;
        self.moved = false;
        Ok(())
    }
}

impl File {
    fn open(path: &Path) -> Result<Self> {
        let system = |errno: Errno, what: &str| failed(&errno.into(), what, path);
        let flags = OFlags::CREATE | OFlags::APPEND | OFlags::WRONLY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, MODE)
            .map_err(|errno| failed(&errno.into(), "Unable to open file:", path))?;
        let offset = rustix::fs::seek(&fd, SeekFrom::End(0))
            .map_err(|errno| system(errno, "Unable to determine current file offset:"))?;
        let stat = rustix::fs::fstat(&fd)
            .map_err(|errno| system(errno, "Unable to determine current file inode:"))?;
        Ok(Self { fd, position: Position { inode: stat.st_ino, offset } })
    }

    fn write(&mut self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match rustix::io::write(&self.fd, data) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.position.offset += written as u64;
                    data = &data[written..];
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// Removes what need not be there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn failed(error: &io::Error, what: &str, path: &Path) -> Error {
    Error::io(ErrorDomain::None, error, format_args!("{what} {}", path.display()))
}
