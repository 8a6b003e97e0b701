//! Who is at the other end of a unix socket.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

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
    }
}
