//! Leases between two kinds of locks: the peer's belong to its process, ours to the open file.
//!
//! The two keep each other out even on one descriptor. So the lock is let down to a read lock first,
//! the other kind is taken beside it, and goes up when the first one is gone: at no moment can anybody
//! take the file exclusively. Somebody who wants to share it can in that moment; then the way up is
//! barred until they go.

use std::io;
use std::os::fd::AsFd;
use vir_base::sys::{LockKind, LockOwner, lock_first_byte, unlock_first_byte};

/// How often the way up is tried: whoever is in it may be gone the next time.
const TRIES: u32 = 50;

/// What became of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// It is as strong as it was.
    Whole,
    /// Somebody shares the file who should not: nobody can take it exclusively, and that is all.
    Weaker,
    /// Somebody else had the file locked before: it is not held.
    Lost,
}

/// Passes a lease's lock from one kind to the other.
///
/// # Errors
/// Those of the file system; the lock is then of either kind.
pub fn pass(fd: impl AsFd, from: LockOwner, to: LockOwner, shared: bool) -> io::Result<Passed> {
    if !lock_first_byte(&fd, from, LockKind::Read)? || !lock_first_byte(&fd, to, LockKind::Read)? {
        return Ok(Passed::Lost);
    }
    unlock_first_byte(&fd, from)?;
    if shared {
        return Ok(Passed::Whole);
    }
    for _ in 0..TRIES {
        if lock_first_byte(&fd, to, LockKind::Write)? {
            return Ok(Passed::Whole);
        }
    }
    Ok(Passed::Weaker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use vir_base::sys::first_byte_holder;

    fn open(dir: &tempfile::TempDir) -> File {
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.path().join("f"))
            .unwrap()
    }

    #[test]
    fn there_and_back() {
        let dir = tempfile::tempdir().unwrap();
        let (file, other) = (open(&dir), open(&dir));
        let holder = || first_byte_holder(&other, LockOwner::Description, LockKind::Read).unwrap();
        assert!(lock_first_byte(&file, LockOwner::Table, LockKind::Write).unwrap());
        assert_eq!(pass(&file, LockOwner::Table, LockOwner::Description, false).unwrap(), Passed::Whole);
        assert_eq!(holder().map(|holder| (holder.kind, holder.pid)), Some((LockKind::Write, None)));
        assert_eq!(pass(&file, LockOwner::Description, LockOwner::Table, false).unwrap(), Passed::Whole);
        let pid = std::process::id() as i32;
        assert_eq!(holder().map(|holder| (holder.kind, holder.pid)), Some((LockKind::Write, Some(pid))));
    }

    #[test]
    fn those_who_share_are_kept_from_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let (file, other) = (open(&dir), open(&dir));
        assert!(lock_first_byte(&file, LockOwner::Description, LockKind::Read).unwrap());
        assert!(lock_first_byte(&other, LockOwner::Description, LockKind::Read).unwrap());
        assert_eq!(pass(&file, LockOwner::Description, LockOwner::Table, true).unwrap(), Passed::Whole);
        assert_eq!(pass(&file, LockOwner::Table, LockOwner::Description, false).unwrap(), Passed::Weaker);
        unlock_first_byte(&file, LockOwner::Description).unwrap();
        assert!(lock_first_byte(&other, LockOwner::Description, LockKind::Write).unwrap());
        assert_eq!(pass(&file, LockOwner::Table, LockOwner::Description, false).unwrap(), Passed::Lost);
    }
}
