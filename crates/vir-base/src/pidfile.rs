//! Pid files: a number in a file that its process keeps locked for as long as it lives.
//!
//! The lock is what counts; a number in a file without a lock is left over from a dead process.

use crate::process::Process;
use crate::sys::{LockKind, LockOwner, first_byte_holder};
use crate::{Error, ErrorDomain, Result};
use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a dead process may keep its lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// A pid file that this process holds.
///
/// Dropping it gives up the lock but leaves the file: [`PidFile::release`] removes it. Locks of
/// this kind belong to the process: they do not pass to a forked one, and closing any other
/// descriptor of the same file gives them up too.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    locked: File,
}

impl PidFile {
    /// Locks the file, making it if need be, and writes `pid` into it.
    ///
    /// # Errors
    /// System errors naming the file; `EAGAIN` where another process holds it.
    pub fn acquire(path: impl Into<PathBuf>, pid: u32) -> Result<Self> {
        let path = path.into();
        let failed = |what: &str, error: io::Error| {
            Error::io(ErrorDomain::None, &error, format!("{what} '{}'", path.display()))
        };
        loop {
            let mut open = OpenOptions::new();
            open.write(true).create(true).truncate(false).mode(0o644);
            let mut file = open.open(&path).map_err(|e| failed("Failed to open pid file", e))?;
            let held = file.metadata().map_err(|e| failed("Unable to check status of pid file", e))?;
            lock(&file).map_err(|e| failed("Failed to acquire pid file", e))?;
            // whoever held it before may have removed it while we waited for nothing
            match fs::metadata(&path) {
                Ok(now) if now.ino() == held.ino() && now.dev() == held.dev() => {}
                _ => continue,
            }
            file.set_len(0).map_err(|e| failed("Failed to truncate pid file", e))?;
            file.write_all(pid.to_string().as_bytes())
                .map_err(|e| failed("Failed to write to pid file", e))?;
            return Ok(Self { path, locked: file });
        }
    }

    /// Goes on with one that this process has locked already, before another program took it over.
    pub fn adopt(path: impl Into<PathBuf>, locked: OwnedFd) -> Self {
        Self { path: path.into(), locked: locked.into() }
    }

    /// Its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, then gives up the lock.
    pub fn release(self) -> Result<()> {
        remove(&self.path)
    }
}

/// Locks it. The lock of a process that is dead lives on for a moment where another one has shared its
/// descriptors, which then lets go of it: that is waited for.
fn lock(file: &File) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::AGAIN | Errno::ACCESS) if Instant::now() < deadline && holder_is_dead(file) => {
                std::thread::sleep(Duration::from_millis(1));
            }
            result => return Ok(result?),
        }
    }
}

fn holder_is_dead(file: &File) -> bool {
    match first_byte_holder(file, LockOwner::Table, LockKind::Write) {
        Ok(Some(holder)) => {
            holder.pid.is_some_and(|pid| Process::open(pid).ok().is_none_or(|process| !process.is_alive()))
        }
        // it has just been given up
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Removes a pid file, whoever it belongs to.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(Error::io(ErrorDomain::None, &e, format!("Failed to remove pid file '{}'", path.display())))
        }
        _ => Ok(()),
    }
}

/// The number in a pid file, be it that of a living process or not.
///
/// # Errors
/// `EINVAL` where there is no number in it.
pub fn read(path: impl AsRef<Path>) -> io::Result<i32> {
    let text = fs::read_to_string(path)?;
    text.split_ascii_whitespace().next().and_then(|word| word.parse().ok()).ok_or(Errno::INVAL.into())
}

/// The number of the process that holds a pid file, or `None` if nobody does.
///
/// Not for files that this process holds itself: looking would give them up.
pub fn holder(path: impl AsRef<Path>) -> io::Result<Option<i32>> {
    let path = path.as_ref();
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(None),
        Err(Errno::AGAIN | Errno::ACCESS) => read(path).map(Some),
        Err(e) => Err(e.into()),
    }
}

impl AsRawFd for PidFile {
    fn as_raw_fd(&self) -> RawFd {
        self.locked.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_its_process_and_goes_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.pid");
        fs::write(&path, "123456789 left over").unwrap();
        assert_eq!(read(&path).unwrap(), 123456789);
        assert_eq!(holder(&path).unwrap(), None);
        let held = PidFile::acquire(&path, 42).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "42");
        held.release().unwrap();
        assert!(!path.exists());
        assert_eq!(holder(&path).unwrap(), None);
        fs::write(&path, "x").unwrap();
        assert!(read(&path).is_err());
    }

    #[test]
    fn another_process_is_kept_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("d.pid");
        // locks do not count within one process, hence a helper that takes the same kind of lock
        let script = "import fcntl,sys\nf=open(sys.argv[1],'w')\nf.write('77')\nf.flush()\n\
                      fcntl.lockf(f,fcntl.LOCK_EX,1,0)\nprint('ok',flush=True)\nsys.stdin.read()";
        let child = std::process::Command::new("python3")
            .args(["-c", script])
            .arg(&path)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            skip::skip!("needs python3 to hold a lock");
        };
        let mut byte = [0u8; 1];
        io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut byte).unwrap();
        assert_eq!(holder(&path).unwrap(), Some(77));
        let error = PidFile::acquire(&path, 1).unwrap_err();
        assert!(error.message().contains("Failed to acquire pid file"), "{error}");
        drop(child.stdin.take());
        child.wait().unwrap();
        PidFile::acquire(&path, 1).unwrap().release().unwrap();
    }
}
