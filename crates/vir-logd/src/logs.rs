//! The logs that are open: a pipe from a guest, and the files that its bytes go to.
//!
//! It reads and writes when it is told to, and knows neither clients nor the loop.

use crate::rotation::{Limits, Position, Writer, reader};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result, Uuid, bail, err};

/// Bytes read at a time: as much as a pipe holds.
const CHUNK: usize = 64 * 1024;

/// Whose log it is: for whoever looks at the state document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guest {
    /// The driver that runs it.
    pub driver: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
}

/// An open log by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogId(u64);

/// An open log.
#[derive(Debug)]
pub struct Log {
    /// Whose it is.
    pub guest: Guest,
    pipe: OwnedFd,
    writer: Writer,
    /// Bytes could not be written, and it has been said.
    troubled: bool,
}

/// All open logs.
#[derive(Debug)]
pub struct Logs {
    limits: Limits,
    open: BTreeMap<LogId, Log>,
    next: u64,
    chunk: Vec<u8>,
}

impl Logs {
    /// None yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, open: BTreeMap::new(), next: 0, chunk: Vec::new() }
    }

    /// Those that are open.
    pub fn iter(&self) -> impl Iterator<Item = &Log> {
        self.open.values()
    }

    /// Their numbers.
    pub fn ids(&self) -> Vec<LogId> {
        self.open.keys().copied().collect()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Opens a log: its number, the descriptor for the guest to write to, and where its first byte goes.
    ///
    /// # Errors
    /// In the peer's words: it is open already, or cannot be.
    pub fn open(&mut self, guest: Guest, path: &Path, truncate: bool) -> Result<(LogId, OwnedFd, Position)> {
        if self.find(path).is_some() {
            let what = format_args!("Cannot open log file: '{}'", path.display());
            return Err(Error::system(ErrorDomain::Logging, Errno::BUSY.raw_os_error(), what));
        }
        let (pipe, end) = pipe_with(PipeFlags::CLOEXEC)
            .map_err(|errno| Error::io(ErrorDomain::None, &errno.into(), "Unable to create pipe"))?;
        wait_on(&pipe, false)?;
        let writer = Writer::open(path, self.limits, truncate)?;
        let position = writer.position();
        Ok((self.insert(guest, pipe, writer), end, position))
    }

    /// Goes on with a log that another program has opened.
    ///
    /// # Errors
    /// It cannot be written, or is open already; the pipe is given back.
    pub fn adopt(&mut self, guest: Guest, path: &Path, pipe: OwnedFd) -> Result<LogId, (Error, OwnedFd)> {
        let writer = match self.find(path) {
            Some(_) => Err(err!(Logging, InternalError, "two logs are called {}", path.display())),
            None => wait_on(&pipe, false).and_then(|()| Writer::open(path, self.limits, false)),
        };
        match writer {
            Ok(writer) => Ok(self.insert(guest, pipe, writer)),
            Err(error) => Err((error, pipe)),
        }
    }

    fn insert(&mut self, guest: Guest, pipe: OwnedFd, writer: Writer) -> LogId {
        let id = LogId(self.next);
        self.next += 1;
        self.open.insert(id, Log { guest, pipe, writer, troubled: false });
        id
    }

    /// What can be read when the guest has written.
    pub fn pipe(&self, id: LogId) -> Option<BorrowedFd<'_>> {
        self.open.get(&id).map(|log| log.pipe.as_fd())
    }

    /// Takes what has come, once; whether the log is still open.
    pub fn ready(&mut self, id: LogId) -> bool {
        let Some(log) = self.open.get_mut(&id) else { return false };
        self.chunk.resize(CHUNK, 0);
        let open = match rustix::io::read(&log.pipe, &mut self.chunk) {
            Ok(0) => false,
            Ok(count) => {
                log.write(&self.chunk[..count]);
                true
            }
            Err(Errno::INTR | Errno::AGAIN) => true,
            Err(errno) => {
                log::error!(
                    "Unable to read from log pipe: {}",
                    vir_base::error::errno_text(errno.raw_os_error())
                );
                false
            }
        };
        if !open {
            self.close(id);
        }
        open
    }

    /// Forgets a log: the guest's end leads nowhere from now on.
    pub fn close(&mut self, id: LogId) {
        self.open.remove(&id);
        if self.open.is_empty() {
            self.chunk = Vec::new();
        }
    }

    /// Where the next byte goes of an open log, behind all that its guest has written so far.
    ///
    /// # Errors
    /// It is not open.
    pub fn position(&mut self, path: &Path) -> Result<Position> {
        let Some(id) = self.find(path) else {
            bail!(Logging, InternalError, "No open log file {}", path.display());
        };
        self.drain(id);
        let Some(log) = self.open.get(&id) else {
            return Err(err!(Logging, InternalError, "No open log file {}", path.display()));
        };
        Ok(log.writer.position())
    }

    /// Takes what is in all pipes: they are about to be closed.
    pub fn drain_all(&mut self) {
        self.ids().into_iter().for_each(|id| self.drain(id));
    }

    /// Takes what is in the pipe now. What a guest goes on to write meanwhile can wait.
    fn drain(&mut self, id: LogId) {
        let Some(log) = self.open.get_mut(&id) else { return };
        let Ok(mut left) = rustix::io::ioctl_fionread(&log.pipe) else { return };
        self.chunk.resize(CHUNK, 0);
        while left > 0 {
            let part = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            match rustix::io::read(&log.pipe, &mut self.chunk[..part]) {
                Ok(count) if count > 0 => {
                    log.write(&self.chunk[..count]);
                    left -= count as u64;
                }
                Err(Errno::INTR) => {}
                _ => return,
            }
        }
    }

    /// At most `max` bytes of a log, open or not.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn read(&self, path: &Path, position: Position, max: usize) -> Result<Vec<u8>> {
        reader::read(path, self.limits.backups, position, max)
    }

    /// Appends to a log, open or not.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn append(&mut self, path: &Path, message: &[u8]) -> Result<()> {
        match self.find(path).and_then(|id| self.open.get_mut(&id)) {
            Some(log) => log.writer.append(message),
            None => Writer::open(path, self.limits, false)?.append(message),
        }
    }

    fn find(&self, path: &Path) -> Option<LogId> {
        // bytes, not components: that is how the peer compares them
        let same = |log: &Log| log.path().as_os_str() == path.as_os_str();
        self.open.iter().find(|(_, log)| same(log)).map(|(id, _)| *id)
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.drain_all();
    }
}

impl Log {
    /// The path of its newest file.
    pub fn path(&self) -> &Path {
        self.writer.path()
    }

    /// The end from which the guest's bytes come.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }

    /// Whether whoever reads from it waits until there is something. The peer expects that of pipes it
    /// takes over; in ours nothing waits.
    ///
    /// # Errors
    /// It is no pipe.
    pub fn set_waiting(&self, waits: bool) -> Result<()> {
        wait_on(&self.pipe, waits)
    }

    /// Writes what the guest wrote. When that fails it is lost, but the guest goes on, and so does its
    /// log as soon as there is room again.
    fn write(&mut self, bytes: &[u8]) {
        match self.writer.append(bytes) {
            Ok(()) => self.troubled = false,
            Err(error) if !self.troubled => {
                let Guest { driver, name, .. } = &self.guest;
                log::error!(
                    "{error} (guest {name} of driver {driver}); what it writes is lost until that is over"
                );
                self.troubled = true;
            }
            Err(_) => {}
        }
    }
}

fn wait_on(pipe: &OwnedFd, waits: bool) -> Result<()> {
    let set = || -> io::Result<()> {
        let mut flags = fcntl_getfl(pipe)?;
        flags.set(OFlags::NONBLOCK, !waits);
        Ok(fcntl_setfl(pipe, flags)?)
    };
    set().map_err(|error| Error::io(ErrorDomain::Logging, &error, "Unable to set non-blocking flag"))
}

/// What a path on the wire says.
pub fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    struct Bench {
        dir: tempfile::TempDir,
        logs: Logs,
    }

    impl Bench {
        fn new(size: u64, backups: usize) -> Self {
            Self { dir: tempfile::tempdir().unwrap(), logs: Logs::new(Limits { size, backups }) }
        }

        fn path(&self) -> PathBuf {
            self.dir.path().join("a.log")
        }

        fn open(&mut self, truncate: bool) -> (LogId, fs::File, Position) {
            let path = self.path();
            let (id, end, position) = self.logs.open(Guest::default(), &path, truncate).unwrap();
            (id, end.into(), position)
        }
    }

    #[test]
    fn what_a_guest_writes_is_in_the_file_until_it_ends() {
        let mut bench = Bench::new(0, 3);
        let (id, mut end, position) = bench.open(false);
        assert_eq!(position.offset, 0);
        assert!(bench.logs.ready(id), "nothing there yet, and nobody waits for it");
        end.write_all(b"one\n").unwrap();
        assert!(bench.logs.ready(id));
        end.write_all(b"two\n").unwrap();
        drop(end);
        assert!(bench.logs.ready(id));
        assert!(!bench.logs.ready(id) && bench.logs.is_empty());
        assert_eq!(fs::read(bench.path()).unwrap(), b"one\ntwo\n");
        let (_, _, position) = bench.open(false);
        assert_eq!(position.offset, 8);
    }

    #[test]
    fn a_position_is_behind_what_was_written_before_it_was_asked_for() {
        let mut bench = Bench::new(0, 3);
        let (id, mut end, first) = bench.open(false);
        end.write_all(b"hello").unwrap();
        let path = bench.path();
        let second = bench.logs.position(&path).unwrap();
        assert_eq!((second.inode, second.offset), (first.inode, 5));
        assert!(bench.logs.ready(id), "the pipe is empty now");
        assert_eq!(bench.logs.read(&path, first, 100).unwrap(), b"hello");
        assert_eq!(bench.logs.read(&path, first, 2).unwrap(), b"he");
        bench.logs.append(&path, b" again").unwrap();
        assert_eq!(bench.logs.read(&path, second, 100).unwrap(), b" again");
        let error = bench.logs.position(Path::new("/x")).unwrap_err();
        assert_eq!(error.message(), "internal error: No open log file /x");
    }

    #[test]
    fn one_log_is_opened_once_and_anew_if_asked() {
        let mut bench = Bench::new(0, 3);
        fs::write(bench.path(), "old").unwrap();
        fs::write(bench.dir.path().join("a.log.0"), "older").unwrap();
        let (id, end, position) = bench.open(true);
        assert_eq!(position.offset, 0);
        assert!(!bench.dir.path().join("a.log.0").exists());
        let path = bench.path();
        let error = bench.logs.open(Guest::default(), &path, false).unwrap_err();
        let wanted = format!("Cannot open log file: '{}': Device or resource busy", path.display());
        assert_eq!(error.message(), wanted);
        drop(end);
        assert!(!bench.logs.ready(id));
        bench.open(false);
    }

    #[test]
    fn what_is_left_in_the_pipe_at_the_end_is_written() {
        let mut bench = Bench::new(0, 3);
        let (_, mut end, _) = bench.open(false);
        end.write_all(b"last words").unwrap();
        let Bench { dir, logs } = bench;
        drop(logs);
        assert_eq!(fs::read(dir.path().join("a.log")).unwrap(), b"last words");
    }

    #[test]
    fn a_log_that_cannot_be_set_aside_goes_on_when_it_can() {
        let mut bench = Bench::new(8, 1);
        let (id, mut end, _) = bench.open(false);
        // a directory where the file should go that is set aside
        let blocked = bench.dir.path().join("a.log.0");
        fs::create_dir(&blocked).unwrap();
        end.write_all(b"12345678lost").unwrap();
        assert!(bench.logs.ready(id), "the guest can still write");
        fs::remove_dir(&blocked).unwrap();
        end.write_all(b"new").unwrap();
        assert!(bench.logs.ready(id));
        assert_eq!(fs::read(bench.path()).unwrap(), b"new");
        assert_eq!(fs::read(blocked).unwrap(), b"12345678");
    }
}
