//! Record locks on the first byte of a file: the only range that the project ever locks.

use super::check;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// What a lock belongs to, hence what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOwner {
    /// The open file description (`F_OFD_SETLK`): it lives while any duplicate of the descriptor is
    /// open anywhere, in whatever process.
    Description,
    /// The descriptor table (`F_SETLK`, POSIX): it ends with the table, with an exec while the table
    /// is shared, and as soon as its table closes *any* descriptor of the same file.
    Table,
}

/// Whom a lock keeps out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// Writers only.
    Read,
    /// Everybody.
    Write,
}

/// Who stands in the way of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// What kind of lock it has.
    pub kind: LockKind,
    /// Its process; `None` for the lock of a description, which belongs to none.
    pub pid: Option<i32>,
}

/// Takes the lock, or turns the one that the same owner has into this kind, without ever letting go
/// in between. Never waits: false if somebody else stands in the way.
///
/// # Errors
/// `EBADF`: not open for reading (read lock) or for writing (write lock). `ENOLCK` and others of the
/// file system.
pub fn lock_first_byte(fd: impl AsFd, owner: LockOwner, kind: LockKind) -> io::Result<bool> {
    match set(fd, owner, raw_kind(kind)) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives the lock up, through any duplicate of the descriptor. One that is not held is no error.
///
/// # Errors
/// Those of the file system.
pub fn unlock_first_byte(fd: impl AsFd, owner: LockOwner) -> io::Result<()> {
    set(fd, owner, libc::F_UNLCK)
}

/// Who would keep this owner from taking such a lock.
///
/// # Errors
/// `EBADF`; those of the file system.
pub fn first_byte_holder(fd: impl AsFd, owner: LockOwner, kind: LockKind) -> io::Result<Option<LockHolder>> {
    let mut range = first_byte(raw_kind(kind));
    let command = match owner {
        LockOwner::Description => libc::F_OFD_GETLK,
        LockOwner::Table => libc::F_GETLK,
    };
    // SAFETY: the kernel reads and writes the structure, which lives here
    check(unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), command, &raw mut range) })?;
    let kind = match libc::c_int::from(range.l_type) {
        libc::F_UNLCK => return Ok(None),
        libc::F_RDLCK => LockKind::Read,
        _ => LockKind::Write,
    };
    Ok(Some(LockHolder { kind, pid: Some(range.l_pid).filter(|pid| *pid > 0) }))
}

fn set(fd: impl AsFd, owner: LockOwner, kind: libc::c_int) -> io::Result<()> {
    let range = first_byte(kind);
    let command = match owner {
        LockOwner::Description => libc::F_OFD_SETLK,
        LockOwner::Table => libc::F_SETLK,
    };
    // SAFETY: the kernel reads the structure, which lives here
    check(unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), command, &raw const range) }).map(drop)
}

fn raw_kind(kind: LockKind) -> libc::c_int {
    match kind {
        LockKind::Read => libc::F_RDLCK,
        LockKind::Write => libc::F_WRLCK,
    }
}

fn first_byte(kind: libc::c_int) -> libc::flock {
    // SAFETY: integers only (some systems have padding of theirs); the kernel wants l_pid to be 0
    let mut range: libc::flock = unsafe { std::mem::zeroed() };
    range.l_type = kind as libc::c_short;
    range.l_whence = libc::SEEK_SET as libc::c_short;
    range.l_len = 1;
    range
}

#[cfg(test)]
mod tests {
    use super::*;
    use LockKind::{Read, Write};
    use LockOwner::{Description, Table};
    use std::fs::File;

    fn open(path: &std::path::Path) -> File {
        File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap()
    }

    #[test]
    fn descriptions_keep_each_other_out_within_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("disk");
        let (one, other) = (open(&path), open(&path));
        assert!(lock_first_byte(&one, Description, Write).unwrap());
        assert!(!lock_first_byte(&other, Description, Read).unwrap());
        let holder = first_byte_holder(&other, Description, Read).unwrap();
        assert_eq!(holder, Some(LockHolder { kind: Write, pid: None }));
        // down to a read lock and up again, without a gap
        assert!(lock_first_byte(&one, Description, Read).unwrap());
        assert!(lock_first_byte(&other, Description, Read).unwrap());
        assert!(!lock_first_byte(&one, Description, Write).unwrap());
        unlock_first_byte(&other, Description).unwrap();
        assert!(lock_first_byte(&one, Description, Write).unwrap());
        unlock_first_byte(&one, Description).unwrap();
        unlock_first_byte(&one, Description).unwrap();
        assert_eq!(first_byte_holder(&other, Description, Write).unwrap(), None);
    }

    #[test]
    fn the_two_kinds_of_owners_conflict_even_on_one_descriptor() {
        let dir = tempfile::tempdir().unwrap();
        let file = open(&dir.path().join("disk"));
        assert!(lock_first_byte(&file, Table, Write).unwrap());
        assert!(!lock_first_byte(&file, Description, Write).unwrap());
        assert!(!lock_first_byte(&file, Description, Read).unwrap());
        // hence the order of a conversion: a moment of two read locks
        assert!(lock_first_byte(&file, Table, Read).unwrap());
        assert!(lock_first_byte(&file, Description, Read).unwrap());
        assert!(!lock_first_byte(&file, Description, Write).unwrap());
        unlock_first_byte(&file, Table).unwrap();
        assert!(lock_first_byte(&file, Description, Write).unwrap());
    }

    #[test]
    fn a_read_lock_needs_reading_and_a_write_lock_writing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("disk");
        drop(open(&path));
        let reader = File::open(&path).unwrap();
        assert!(lock_first_byte(&reader, Description, Read).unwrap());
        let error = lock_first_byte(&reader, Description, Write).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    }
}
