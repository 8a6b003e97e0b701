//! Who is at the other end of a unix socket.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// The process that connected, as the kernel noted it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerCredentials {
    /// Process; 0 if it lives in a process namespace that cannot be seen from here.
    pub pid: i32,
    /// Effective user.
    pub uid: u32,
    /// Effective group.
    pub gid: u32,
}

/// Asks the kernel. (rustix has this too, but its process ids cannot be 0.)
///
/// # Errors
/// It is no unix socket.
pub fn peer_credentials(socket: impl AsFd) -> io::Result<PeerCredentials> {
    let mut credentials = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
    let mut size = size_of::<libc::ucred>() as libc::socklen_t;
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: the kernel writes at most `size` bytes, which is what `credentials` has.
    super::check(unsafe {
        libc::getsockopt(
            socket,
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut credentials).cast(),
            &raw mut size,
        )
    })?;
    let libc::ucred { pid, uid, gid } = credentials;
    // What is no unix socket has no process, and this user is nobody.
    if uid == u32::MAX {
        return Err(io::ErrorKind::Unsupported.into());
    }
    Ok(PeerCredentials { pid, uid, gid })
}

/// A descriptor of the process that connected (`SO_PEERPIDFD`, Linux 6.5). It is that process and no
/// other, however late one asks and whoever has its number by then.
///
/// # Errors
/// `ENOPROTOOPT`: the kernel cannot do this. `ENODATA`: nobody connected it. Kernels before 6.16 say
/// `EINVAL` or `ESRCH` of a process that has ended and been collected.
pub fn peer_pidfd(socket: impl AsFd) -> io::Result<OwnedFd> {
    let mut raw: libc::c_int = -1;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: the kernel writes at most `size` bytes, which is what `raw` has.
    super::check(unsafe {
        libc::getsockopt(socket, libc::SOL_SOCKET, libc::SO_PEERPIDFD, (&raw mut raw).cast(), &raw mut size)
    })?;
    if raw < 0 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // SAFETY: the kernel has just made it for us; nobody else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_at_both_ends() {
        let (ours, _theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let peer = peer_credentials(&ours).unwrap();
        assert_eq!(peer.pid, std::process::id() as i32);
        assert_eq!(peer.uid, rustix::process::geteuid().as_raw());
        let (reader, _writer) = std::io::pipe().unwrap();
        assert!(peer_credentials(&reader).is_err());
        match peer_pidfd(&ours) {
            Ok(fd) => assert!(crate::process::Process::from_fd(peer.pid, fd).is_alive()),
            // Linux before 6.5
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::ENOPROTOOPT)),
        }
    }
}
