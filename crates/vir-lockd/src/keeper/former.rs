//! The keeper that an earlier daemon left behind, as the next one sees it.

use super::wire::{self, DONE, LEASES, RELEASE, TAKE, YES};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

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
