//! Sockets in the file system.

use rustix::fd::OwnedFd;
use rustix::fs::{Gid, chown};
use rustix::io::Errno;
use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result};
use vir_rpc::server::listen_unix;

/// The longest path that fits a socket's address, less the NUL.
const PATH_MAX: usize = 107;

/// A socket's file; removed when dropped, unless something else stands in its place by then.
#[derive(Debug)]
pub struct BoundPath {
    path: PathBuf,
    inode: Option<u64>,
}

impl BoundPath {
    /// Of a socket that is this process's to remove.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), inode: inode(path) }
    }

    /// Its name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for BoundPath {
    fn drop(&mut self) {
        if self.inode.is_some() && inode(&self.path) == self.inode {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn inode(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().map(|file| file.ino())
}

/// Listens at `path`; replaces what a dead process left there.
///
/// # Errors
/// System errors; `EADDRINUSE` while a process listens there.
pub(super) fn listen(
    table: &Table,
    path: &Path,
    mode: u32,
    group: Option<u32>,
    backlog: u32,
) -> Result<(OwnedFd, BoundPath)> {
    let failed = |error: std::io::Error| {
        Error::io(ErrorDomain::Rpc, &error, format!("Failed to bind socket to '{}'", path.display()))
    };
    if path.as_os_str().len() > PATH_MAX {
        let text = format!("Path {} too long for unix socket", path.display());
        return Err(Error::system(ErrorDomain::Rpc, Errno::NAMETOOLONG.raw_os_error(), text));
    }
    if path.exists() {
        // clients of a living daemon are not to be taken away from it
        if table.in_use(path) && answers(path) {
            return Err(failed(Errno::ADDRINUSE.into()));
        }
        let _ = fs::remove_file(path);
    }
    let fd = listen_unix(path, mode, backlog).map_err(failed)?;
    let bound = BoundPath::new(path);
    if let Some(gid) = group.filter(|gid| *gid != 0) {
        chown(path, None, Some(Gid::from_raw(gid))).map_err(|error| {
            let text = format!("Failed to change ownership of '{}' to 0:{gid}", path.display());
            Error::system(ErrorDomain::Rpc, error.raw_os_error(), text)
        })?;
    }
    Ok((fd, bound))
}

/// The kernel's table of sockets, read when it is first asked for.
///
/// It is asked rather than the sockets themselves: connecting would wake a daemon that systemd
/// starts on demand.
#[derive(Default)]
pub(super) struct Table(OnceCell<Vec<u8>>);

impl Table {
    /// Whether a process listens at `path`.
    pub(super) fn in_use(&self, path: &Path) -> bool {
        // most often nothing is there
        if !path.exists() {
            return false;
        }
        let table = self.0.get_or_init(|| fs::read("/proc/net/unix").unwrap_or_default());
        let wanted = fs::canonicalize(path).ok();
        table.split(|byte| *byte == b'\n').filter_map(listening).any(|bound| {
            bound == path || (bound.file_name() == path.file_name() && fs::canonicalize(bound).ok() == wanted)
        })
    }
}

/// Whether somebody listens at the file itself: the table may speak of a file of the same name that
/// another container has, and does not say which file it is.
fn answers(path: &Path) -> bool {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let connected = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
        .and_then(|socket| connect(&socket, &SocketAddrUnix::new(path)?));
    // one whose queue is full listens all the same
    !matches!(connected, Err(Errno::CONNREFUSED | Errno::NOENT))
}

/// The path in a line of the table, if the socket listens.
fn listening(line: &[u8]) -> Option<&Path> {
    const LISTENS: &[u8] = b"00010000";
    let flags = line.split(|byte| *byte == b' ').filter(|field| !field.is_empty()).nth(3)?;
    let path = line.windows(2).position(|two| two == b" /")? + 1;
    (flags == LISTENS).then(|| Path::new(OsStr::from_bytes(&line[path..])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    fn listen(path: &Path, mode: u32) -> Result<(OwnedFd, BoundPath)> {
        super::listen(&Table::default(), path, mode, None, 5)
    }

    fn in_use(path: &Path) -> bool {
        Table::default().in_use(path)
    }

    #[test]
    fn what_the_dead_left_is_replaced_and_the_living_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sock");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists() && !in_use(&path));
        let (fd, bound) = listen(&path, 0o640).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(UnixStream::connect(&path).is_ok());

        assert!(in_use(&path));
        let error = listen(&path, 0o640).unwrap_err();
        let expected = format!("Failed to bind socket to '{}': Address already in use", path.display());
        assert_eq!(error.message(), expected);
        assert!(UnixStream::connect(&path).is_ok());

        drop((fd, bound));
        assert!(!path.exists());
    }

    /// As in two containers with one network: the table has the name, but it is another file.
    #[test]
    fn a_socket_of_the_same_name_elsewhere_is_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sock");
        let elsewhere = UnixListener::bind(&path).unwrap();
        fs::remove_file(&path).unwrap();
        drop(UnixListener::bind(&path).unwrap());
        assert!(in_use(&path), "as far as the table tells");
        let _ours = listen(&path, 0o700).unwrap();
        assert!(UnixStream::connect(&path).is_ok());
        drop(elsewhere);
    }

    #[test]
    fn the_file_of_a_successor_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sock");
        let (_fd, bound) = listen(&path, 0o700).unwrap();
        fs::write(dir.path().join("new"), "").unwrap();
        fs::rename(dir.path().join("new"), &path).unwrap();
        drop(bound);
        assert!(path.exists());
    }

    #[test]
    fn failures_name_the_path() {
        let error = listen(Path::new("/nonexistent/sock"), 0o700).unwrap_err();
        let expected = "Failed to bind socket to '/nonexistent/sock': No such file or directory";
        assert_eq!(error.message(), expected);
        let long = format!("/{}", "x".repeat(PATH_MAX));
        let error = listen(Path::new(&long), 0o700).unwrap_err();
        assert!(error.message().ends_with("too long for unix socket: File name too long"));
    }
}
