//! Files that are whole or absent, also after a crash: what is written here is on disk, under its
//! name, when the call returns.
//!
//! A replaced file is written beside the old one, under a name of its own that ends in `.new`, and
//! renamed over it, then the directory is synced. Of two that write the same name at once one wins
//! whole. What a crash leaves behind goes with [`sweep`].

use crate::{Error, ErrorDomain, Result};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Who the new file belongs to and who may do what with it.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// Permission bits; the umask does not touch them.
    pub mode: u32,
    /// User and group; `None` is the process's own.
    pub owner: Option<(u32, u32)>,
}

impl Access {
    /// Own user and group, with these permission bits.
    pub const fn mode(mode: u32) -> Self {
        Self { mode, owner: None }
    }
}

/// Readable and writable for the owner only: what definitions and state are kept with.
pub const PRIVATE: Access = Access::mode(0o600);

/// Replaces the file `path`, or makes it, so that a reader sees the old content or the new one.
///
/// # Errors
/// System errors naming the file; the old content is then untouched.
pub fn replace(path: impl AsRef<Path>, data: &[u8], access: Access) -> Result<()> {
    let path = path.as_ref();
    let temporary = temporary_name(path);
    let result = write_new(&temporary, data, access).and_then(|()| {
        fs::rename(&temporary, path).map_err(|e| {
            let what = format!("cannot rename file '{}' as '{}'", temporary.display(), path.display());
            system(&e, what)
        })
    });
    match result {
        Ok(()) => sync_parent(path),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

/// Makes the file `path`, which must not exist.
///
/// # Errors
/// `Ok(false)` when it exists already, whoever made it; system errors for all else. The content is
/// whole as soon as the name exists.
pub fn create_new(path: impl AsRef<Path>, data: &[u8], access: Access) -> Result<bool> {
    let path = path.as_ref();
    let temporary = temporary_name(path);
    let linked = write_new(&temporary, data, access).map(|()| fs::hard_link(&temporary, path));
    let _ = fs::remove_file(&temporary);
    match linked? {
        Ok(()) => sync_parent(path).map(|()| true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(system(&e, format!("Failed to create file '{}'", path.display()))),
    }
}

/// Removes a file; one that does not exist is removed already.
pub fn remove(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    match fs::remove_file(path) {
        Ok(()) => sync_parent(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(system(&e, format!("cannot remove file '{}'", path.display()))),
    }
}

/// Makes the symbolic link `link` point to `target`, whatever it pointed to before.
pub fn symlink(target: impl AsRef<Path>, link: impl AsRef<Path>) -> Result<()> {
    let (target, link) = (target.as_ref(), link.as_ref());
    let temporary = temporary_name(link);
    std::os::unix::fs::symlink(target, &temporary).and_then(|()| fs::rename(&temporary, link)).map_err(
        |e| {
            let _ = fs::remove_file(&temporary);
            let what = format!("Failed to create symlink '{}' to '{}'", link.display(), target.display());
            system(&e, what)
        },
    )?;
    sync_parent(link)
}

/// Removes what a crash left behind in a directory: files half written. For the start of a program
/// that has the directory to itself; one that does not exist is clean.
pub fn sweep(dir: impl AsRef<Path>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().ends_with(SUFFIX.as_bytes()) {
            // one that stays does no harm
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes what was done to the names in a directory durable.
pub fn sync_dir(dir: impl AsRef<Path>) -> Result<()> {
    let dir = dir.as_ref();
    let synced = File::open(dir).and_then(|d| d.sync_all());
    match synced {
        // not every file system lets directories be synced; there is no more that one can do
        Err(e) if e.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => Ok(()),
        other => other.map_err(|e| system(&e, format!("cannot sync directory '{}'", dir.display()))),
    }
}

fn sync_parent(path: &Path) -> Result<()> {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => sync_dir(dir),
        _ => sync_dir("."),
    }
}

/// A file made here and now, with all of `data` on disk.
fn write_new(path: &Path, data: &[u8], access: Access) -> Result<()> {
    let name = path.display();
    let create = |e: io::Error| system(&e, format!("Failed to create file '{name}'"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(access.mode & 0o700)
        .open(path)
        .map_err(create)?;
    if let Some((uid, gid)) = access.owner {
        let owner = (rustix::fs::Uid::from_raw(uid), rustix::fs::Gid::from_raw(gid));
        rustix::fs::fchown(&file, Some(owner.0), Some(owner.1)).map_err(|e| create(e.into()))?;
    }
    let mode = rustix::fs::Mode::from_raw_mode(access.mode);
    rustix::fs::fchmod(&file, mode).map_err(|e| create(e.into()))?;
    file.write_all(data).map_err(|e| system(&e, format!("cannot write data to file '{name}'")))?;
    file.sync_all().map_err(|e| system(&e, format!("cannot sync file '{name}'")))
}

const SUFFIX: &str = ".new";

/// A name beside `path` that nobody uses. Should somebody lay a trap there in between, the file is
/// not made.
fn temporary_name(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(path);
        name.push(format!(".{}-{number}{SUFFIX}", std::process::id()));
        // a process of the same number may have left one behind
        if fs::symlink_metadata(&name).is_err() {
            return name.into();
        }
    }
}

fn system(error: &io::Error, what: String) -> Error {
    Error::io(ErrorDomain::None, error, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn replace_leaves_the_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.xml");
        fs::write(dir.path().join("a.xml.77-1.new"), "left by a crash").unwrap();
        sweep(dir.path());
        sweep(dir.path().join("none"));
        replace(&path, b"one", PRIVATE).unwrap();
        replace(&path, b"two", Access::mode(0o644)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(names(dir.path()), ["a.xml"]);
    }

    #[test]
    fn of_two_at_once_one_wins_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::thread::scope(|scope| {
            for byte in [b'a', b'b', b'c', b'd'] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        replace(path, &[byte; 10_000], PRIVATE).unwrap();
                        let seen = fs::read(path).unwrap();
                        assert!(seen.len() == 10_000 && seen.iter().all(|b| *b == seen[0]));
                    }
                });
            }
        });
        assert_eq!(names(dir.path()), ["a"]);
    }

    #[test]
    fn a_failed_replace_keeps_the_old_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("is-a-directory");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("x"), "").unwrap();
        let error = replace(&path, b"one", PRIVATE).unwrap_err();
        assert!(error.message().contains("cannot rename file"), "{error}");
        assert_eq!(names(dir.path()), ["is-a-directory"]);
        let error = replace(dir.path().join("none/a"), b"", PRIVATE).unwrap_err();
        assert!(error.message().contains("Failed to create file"), "{error}");
    }

    #[test]
    fn only_the_first_creates() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        assert!(create_new(&path, b"one", PRIVATE).unwrap());
        assert!(!create_new(&path, b"two", PRIVATE).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(names(dir.path()), ["a"]);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn a_link_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("l");
        symlink("one", &link).unwrap();
        symlink("two", &link).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("two"));
        assert_eq!(names(dir.path()), ["l"]);
    }
}
