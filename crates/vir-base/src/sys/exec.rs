//! Another program in this process, and the descriptors that go along.

use super::check;
use super::signal;
use rustix::fs::{FileType, fstat};
use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::net::{SocketAddrUnix, sockopt};
use std::ffi::{CString, OsStr};
use std::fs;
use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr;

/// What a descriptor leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FdKind {
    /// A stream socket that listens.
    Listening,
    /// A stream socket that is connected.
    Connected,
    /// A file.
    File,
    /// A block device.
    BlockDevice,
    /// A pipe.
    Pipe,
    /// Anything else.
    Other,
}

impl FdKind {
    /// In words, with an article.
    pub fn words(self) -> &'static str {
        match self {
            Self::Listening => "a listening socket",
            Self::Connected => "a connected socket",
            Self::File => "a regular file",
            Self::BlockDevice => "a block device",
            Self::Pipe => "a pipe",
            Self::Other => "something else",
        }
    }
}

/// A descriptor of this process, looked at by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdFacts {
    /// What it leads to.
    pub kind: FdKind,
    /// The device and inode of a file.
    pub file: (u64, u64),
    /// It stays behind when the program is replaced.
    pub close_on_exec: bool,
}

/// What is at this number.
///
/// # Errors
/// `EBADF`: nothing.
pub fn fd_facts(raw: RawFd) -> io::Result<FdFacts> {
    if raw < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: looked at during this call only; each system call says EBADF if there is nothing
    let fd = unsafe { BorrowedFd::borrow_raw(raw) };
    let close_on_exec = fcntl_getfd(fd)?.contains(FdFlags::CLOEXEC);
    let stat = fstat(fd)?;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => FdKind::File,
        FileType::BlockDevice => FdKind::BlockDevice,
        FileType::Fifo => FdKind::Pipe,
        FileType::Socket => socket_kind(fd),
        _ => FdKind::Other,
    };
    Ok(FdFacts { kind, file: (stat.st_dev, stat.st_ino), close_on_exec })
}

fn socket_kind(fd: BorrowedFd<'_>) -> FdKind {
    match (sockopt::socket_type(fd), sockopt::socket_acceptconn(fd)) {
        (Ok(rustix::net::SocketType::STREAM), Ok(true)) => FdKind::Listening,
        // one whose other end has gone is none the less
        (Ok(rustix::net::SocketType::STREAM), Ok(false)) => FdKind::Connected,
        _ => FdKind::Other,
    }
}

/// The file that the unix socket at this number is bound to, if it is one in the file system.
pub fn bound_path(raw: RawFd) -> Option<PathBuf> {
    fd_facts(raw).ok()?;
    // SAFETY: open, as was just seen, and looked at during this call only
    let address = rustix::net::getsockname(unsafe { BorrowedFd::borrow_raw(raw) }).ok()?;
    let address = SocketAddrUnix::try_from(address).ok()?;
    Some(PathBuf::from(OsStr::from_bytes(address.path()?.to_bytes())))
}

/// The numbers, above those of the standard three, of all descriptors that came through `exec` and
/// that nobody has taken, in their order.
pub fn inherited_fds() -> Vec<RawFd> {
    let names = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let numbers = names.filter_map(|entry| entry.file_name().to_str()?.parse::<RawFd>().ok());
    // that of the directory itself is gone by the time it is looked at
    let numbers: Vec<_> = numbers.filter(|raw| *raw > 2).collect();
    let inherited = |raw: &RawFd| fd_facts(*raw).is_ok_and(|facts| !facts.close_on_exec);
    let mut found: Vec<_> = numbers.into_iter().filter(inherited).collect();
    found.sort_unstable();
    found
}

/// The program that takes over a process.
#[derive(Debug)]
pub struct NextProgram {
    /// Its file.
    pub program: CString,
    /// Its arguments, its name first.
    pub argv: Vec<CString>,
    /// Its environment, `NAME=value` each.
    pub env: Vec<CString>,
    /// The descriptors that it gets besides the standard three, under the numbers they have. Here each
    /// is close-on-exec, as everything is that this program has opened or taken over.
    pub keep: Vec<RawFd>,
    /// Signals that are blocked here are blocked there too: it knows, and loses none that come
    /// meanwhile. Else none is, and those in `ignored` are ignored until it says what it does.
    pub knows_signals: bool,
    /// Signals that would end a program which has not said yet what it does with them.
    pub ignored: Vec<i32>,
}

/// Replaces this program. Returns only if that fails; then all is as it was before: the flags of
/// descriptors, the signals.
///
/// Descriptors that are not to be kept and lack close-on-exec go along as well: they came that way.
pub fn replace_program(successor: &NextProgram) -> io::Error {
    let pointers = |list: &[CString]| -> Vec<*const libc::c_char> {
        list.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
    };
    let (argv, env) = (pointers(&successor.argv), pointers(&successor.env));
    let mut marked = Vec::with_capacity(successor.keep.len());
    let result = mark(&successor.keep, &mut marked).and_then(|()| {
        let signals = (!successor.knows_signals).then(|| signal::Released::now(&successor.ignored));
        // SAFETY: the strings and the arrays that point to them outlive the call
        let failed = check(unsafe { libc::execve(successor.program.as_ptr(), argv.as_ptr(), env.as_ptr()) });
        drop(signals);
        failed.map(drop)
    });
    for raw in marked {
        // SAFETY: a number that was open when it was marked, and nothing was closed since
        let _ = fcntl_setfd(unsafe { BorrowedFd::borrow_raw(raw) }, FdFlags::CLOEXEC);
    }
    match result {
        Err(error) => error,
        // it does not return with success
        Ok(()) => io::Error::from_raw_os_error(libc::EINVAL),
    }
}

/// Takes close-on-exec off; `marked` are those that had it.
fn mark(keep: &[RawFd], marked: &mut Vec<RawFd>) -> io::Result<()> {
    for &raw in keep.iter().filter(|raw| **raw >= 0) {
        // SAFETY: used for fcntl only, which says EBADF if there is nothing. That the flag is off
        // lets nobody else take the descriptor: no code of ours runs before it is on again
        let fd = unsafe { BorrowedFd::borrow_raw(raw) };
        fcntl_setfd(fd, FdFlags::empty())?;
        marked.push(raw);
    }
    Ok(())
}

/// Gives memory that is free back to the system: after work that took much of it for a moment.
pub fn give_back_memory() {
    // SAFETY: changes nothing that anybody can see
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

    fn kind(fd: &impl AsRawFd) -> FdKind {
        fd_facts(fd.as_raw_fd()).unwrap().kind
    }

    #[test]
    fn descriptors_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("s")).unwrap();
        assert_eq!(kind(&listener), FdKind::Listening);
        let (one, other) = UnixStream::pair().unwrap();
        assert_eq!(kind(&one), FdKind::Connected);
        drop(other);
        assert_eq!(kind(&one), FdKind::Connected);
        assert_eq!(kind(&UnixDatagram::unbound().unwrap()), FdKind::Other);
        assert_eq!(kind(&std::fs::File::create(dir.path().join("f")).unwrap()), FdKind::File);
        assert_eq!(kind(&std::io::pipe().unwrap().0), FdKind::Pipe);
        assert_eq!(kind(&std::fs::File::open("/dev/null").unwrap()), FdKind::Other);
        assert!(fd_facts(1_000_000).is_err() && fd_facts(-1).is_err());
    }

    #[test]
    fn a_failed_replacement_changes_nothing() {
        let file = std::fs::File::open("/dev/null").unwrap();
        let raw = file.as_raw_fd();
        let successor = NextProgram {
            program: c"/nonexistent/program".into(),
            argv: vec![c"program".into()],
            env: vec![],
            keep: vec![raw],
            knows_signals: true,
            ignored: vec![],
        };
        assert_eq!(replace_program(&successor).raw_os_error(), Some(libc::ENOENT));
        assert!(fd_facts(raw).unwrap().close_on_exec);
        assert!(!inherited_fds().contains(&raw));
        let gone = NextProgram { keep: vec![raw, 1_000_000], ..successor };
        assert_eq!(replace_program(&gone).raw_os_error(), Some(libc::EBADF));
        assert!(fd_facts(raw).unwrap().close_on_exec);
    }
}
