//! The keeper that an earlier daemon left behind, as the next one sees it.

use super::wire::{self, DONE, LEASES, RELEASE, TAKE, YES};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use vir_base::process::Process;
use vir_base::sys::{peer_credentials, peer_pidfd};

/// A connection to it. As long as it is open, nothing changes there.
#[derive(Debug)]
pub struct Former(OwnedFd);

impl Former {
    /// Looks for one that belongs to this run state directory.
    ///
    /// # Errors
    /// Something is there, but it cannot be reached, or is somebody else's.
    pub fn find(dir: &Path) -> io::Result<Option<Self>> {
        use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
        let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        match connect(&socket, &SocketAddrUnix::new(dir.join(super::SOCKET))?) {
            Ok(()) => {}
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::CONNREFUSED) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        if !wire::is_trusted(&socket) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        wire::limit(&socket)?;
        Ok(Some(Self(socket)))
    }

    /// The number of the daemon that made it, if that is another one than this process and still lives: then
    /// the leases are in use, and nothing can be taken. `None` where the kernel cannot tell.
    pub fn living_daemon(&self) -> Option<i32> {
        let maker = peer_credentials(&self.0).ok()?.pid;
        let process = Process::from_fd(maker, peer_pidfd(&self.0).ok()?);
        (maker > 0 && maker != std::process::id() as i32 && process.is_alive()).then_some(maker)
    }

    /// Gets all descriptors of leases, with the leases' numbers. It keeps its own.
    ///
    /// # Errors
    /// It does not answer, or has gone.
    pub fn take(&mut self) -> io::Result<Vec<(u64, OwnedFd)>> {
        let mut all = vec![];
        wire::send(&self.0, TAKE, &[], &[])?;
        loop {
            let packet = wire::expect(&self.0, LEASES)?;
            if packet.numbers.is_empty() {
                return Ok(all);
            }
            // fewer came if this process has no room for them
            if packet.numbers.len() != packet.fds.len() {
                return Err(rustix::io::Errno::MFILE.into());
            }
            all.extend(packet.numbers.into_iter().zip(packet.fds));
            wire::send(&self.0, YES, &[], &[])?;
        }
    }

    /// Lets it end: another keeper has everything.
    ///
    /// # Errors
    /// It does not answer.
    pub fn done(self) -> io::Result<()> {
        wire::limit_to(&self.0, wire::SOON)?;
        wire::send(&self.0, DONE, &[], &[])?;
        wire::expect(&self.0, YES).map(drop)
    }

    /// Has it release all leases, and end. Says how many there were.
    ///
    /// # Errors
    /// It does not answer.
    pub fn release_all(self) -> io::Result<u64> {
        wire::send(&self.0, RELEASE, &[], &[])?;
        let packet = wire::expect(&self.0, YES)?;
        packet.numbers.first().copied().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}
