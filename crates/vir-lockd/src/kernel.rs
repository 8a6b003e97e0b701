//! The files behind the leases, and the kernel's locks on them.
//!
//! A lease is a lock of the open file description (OFD) on the first byte. It keeps out the POSIX
//! locks of other programs, as theirs keep it out, and it lives while any duplicate of the descriptor
//! is open in any process: through an exec, and through the death of this one while another has it.
//!
//! Nothing here knows who holds what, and nothing waits for a lock.

use crate::record::{AUTOCREATE, FileId, SHARED};
use crate::table::Handle;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fstat, open, stat, unlink};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use vir_base::sys::{LockKind, LockOwner, lock_first_byte, unlock_first_byte};
use vir_base::{Error, ErrorDomain, Result, bail, err};

/// Descriptors that are left for other things: clients, the watch of owners, files that are read for a
/// moment.
const RESERVE: u64 = 64;

/// How often a file may vanish while it is being locked: each time somebody else has let go of it.
const TRIES: u32 = 1000;

/// Why a file cannot be locked.
#[derive(Debug)]
pub enum LockFailure {
    /// Another program has locked it.
    Busy,
    /// Something else.
    Failed(Error),
}

/// What is asked of the kernel.
pub trait Kernel: Send {
    /// An open, locked file.
    type File: Handle + Send;

    /// Opens and locks a file; [`AUTOCREATE`] makes it.
    ///
    /// # Errors
    /// [`LockFailure::Busy`]; system errors in the peer's words.
    fn lock(&self, path: &str, flags: u32) -> std::result::Result<(Self::File, FileId), LockFailure>;

    /// The file at that path.
    fn identify(&self, path: &str) -> Option<FileId>;

    /// Lets go of a file that was locked. One that was made for its lease is removed first, unless
    /// somebody else still has it locked or the path has become another file's.
    fn unlock(&self, file: Self::File, id: FileId, path: &str, flags: u32);

    /// Makes an empty file, if there is none.
    ///
    /// # Errors
    /// System errors.
    fn create(&self, path: &str) -> Result<()>;

    /// Removes a file, if there is one.
    ///
    /// # Errors
    /// System errors.
    fn delete(&self, path: &str) -> Result<()>;

    /// Makes a lockspace's directory, if there is none.
    ///
    /// # Errors
    /// System errors; something else is there.
    fn make_space(&self, dir: &str) -> Result<()>;
}

/// This host's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostFiles;

impl Handle for OwnedFd {
    fn number(&self) -> i32 {
        self.as_raw_fd()
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.as_fd())
    }
}

/// The file that is open there.
///
/// # Errors
/// System errors, which a local file has none of.
pub fn file_id(fd: impl AsFd) -> rustix::io::Result<FileId> {
    fstat(fd).map(|stat| FileId { dev: stat.st_dev, ino: stat.st_ino })
}

fn system(error: Errno, what: String) -> LockFailure {
    let error = Error::system(ErrorDomain::Lockspace, error.raw_os_error(), what);
    LockFailure::Failed(match is_out_of_descriptors(&error) {
        true => error.with_hint("the lock daemon has no descriptors left: raise its LimitNOFILE="),
        false => error,
    })
}

fn is_out_of_descriptors(error: &Error) -> bool {
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| error.data().int1 == errno.raw_os_error())
}

/// Whether a descriptor of this number leaves enough for other things.
fn is_within_limit(number: i32) -> bool {
    // the limit as it was last looked at, less what is left for other things
    static MOST: AtomicU64 = AtomicU64::new(0);
    let number = u64::from(number.unsigned_abs());
    if number < MOST.load(Ordering::Relaxed) {
        return true;
    }
    let most = getrlimit(Resource::Nofile).current.map_or(u64::MAX, |most| most - RESERVE.min(most / 4));
    MOST.store(most, Ordering::Relaxed);
    number < most
}

impl HostFiles {
    /// One attempt; `None` if the file was replaced meanwhile.
    fn try_lock(path: &str, flags: u32) -> std::result::Result<Option<(OwnedFd, FileId)>, LockFailure> {
        let create = flags & AUTOCREATE != 0;
        let what = || format!("Unable to open{} resource {path}", if create { "/create" } else { "" });
        let mut open_flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
        open_flags.set(OFlags::CREATE, create);
        let file = open(path, open_flags, Mode::RUSR | Mode::WUSR).map_err(|error| system(error, what()))?;
        if !is_within_limit(file.as_raw_fd()) {
            return Err(system(Errno::MFILE, what()));
        }
        let kind = if flags & SHARED != 0 { LockKind::Read } else { LockKind::Write };
        match lock_first_byte(&file, LockOwner::Description, kind) {
            Ok(true) => {}
            Ok(false) => return Err(LockFailure::Busy),
            Err(error) => {
                let what = format!("Unable to acquire lock on '{path}'");
                return Err(LockFailure::Failed(Error::io(ErrorDomain::Lockspace, &error, what)));
            }
        }
        let unknown = |error| system(error, format!("Unable to check status of pid file '{path}'"));
        let id = file_id(&file).map_err(unknown)?;
        // whoever had it before may have removed it between our opening and our locking it
        let still = !create || Self.identify(path) == Some(id);
        Ok(still.then_some((file, id)))
    }
}

impl HostFiles {
    /// Removes a file that was made for its lease, unless others have it.
    fn remove(&self, file: &OwnedFd, id: FileId, path: &str, flags: u32) {
        let alone = flags & SHARED == 0
            || matches!(lock_first_byte(file, LockOwner::Description, LockKind::Write), Ok(true));
        if !alone {
            return log::debug!("{path}: others share it, it is left");
        }
        if self.identify(path) != Some(id) {
            return log::debug!("{path}: is another file by now, it is left");
        }
        if let Err(error) = unlink(path)
            && error != Errno::NOENT
        {
            log::warn!("Failed to unlink resource {path}: {error}");
        }
    }
}

impl Kernel for HostFiles {
    type File = OwnedFd;

    fn lock(&self, path: &str, flags: u32) -> std::result::Result<(OwnedFd, FileId), LockFailure> {
        for _ in 0..TRIES {
            if let Some(locked) = Self::try_lock(path, flags)? {
                return Ok(locked);
            }
        }
        Err(LockFailure::Busy)
    }

    fn identify(&self, path: &str) -> Option<FileId> {
        stat(path).ok().map(|stat| FileId { dev: stat.st_dev, ino: stat.st_ino })
    }

    fn unlock(&self, file: OwnedFd, id: FileId, path: &str, flags: u32) {
        if flags & AUTOCREATE != 0 {
            self.remove(&file, id, path, flags);
        }
        // by word, since a duplicate may be open elsewhere: in the service manager, on its way
        if let Err(error) = unlock_first_byte(&file, LockOwner::Description) {
            log::warn!("{path}: cannot be unlocked: {error}");
        }
    }

    fn create(&self, path: &str) -> Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY;
        match open(path, flags, Mode::RUSR | Mode::WUSR) {
            Ok(_) => Ok(()),
            Err(error) => {
                let what = format!("cannot create file '{path}'");
                Err(Error::system(ErrorDomain::None, error.raw_os_error(), what))
            }
        }
    }

    fn delete(&self, path: &str) -> Result<()> {
        match unlink(path) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => {
                let what = format!("Unable to delete lockspace resource {path}");
                Err(Error::system(ErrorDomain::Lockspace, error.raw_os_error(), what))
            }
        }
    }

    fn make_space(&self, dir: &str) -> Result<()> {
        let path = Path::new(dir);
        if path.is_dir() {
            return Ok(());
        }
        if path.exists() {
            bail!(Lockspace, InternalError, "Lockspace location {dir} exists, but is not a directory");
        }
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
            Error::io(ErrorDomain::Lockspace, &error, format!("Unable to create lockspace {dir}"))
        })
    }
}

/// What a client is told whose resource is locked.
pub(crate) fn busy(name: &str) -> Error {
    err!(Lockspace, ResourceBusy, "Lockspace resource '{name}' is locked")
}
