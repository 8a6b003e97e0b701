//! Waiting for the other end, without any lock: the socket, and a bell by which other threads interrupt.

use crate::transport::Transport;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::Shutdown;
use std::io;
use std::time::Duration;
use vir_base::error::ErrorDomain;
use vir_base::{Error, Result};

/// Where one thread of a connection waits for the other end.
pub(crate) trait Port: Send + Sync {
    /// Waits until there may be something to read (or room to write, if `write`), the bell has rung or
    /// `timeout` is over.
    fn wait(&self, write: bool, timeout: Option<Duration>);

    /// Ends the wait that is under way or, if there is none, the next one.
    fn ring(&self);

    /// The other end sees the end at once, though threads may still hold the socket.
    fn shut_down(&self);

    /// The socket, for a program that polls it by itself.
    fn fd(&self) -> BorrowedFd<'_>;
}

/// The port of a descriptor.
pub(crate) struct Polled {
    fd: OwnedFd,
    bell: OwnedFd,
}

impl Polled {
    pub(crate) fn new(transport: &dyn Transport) -> Result<Self> {
        let failed =
            |error: io::Error| Error::io(ErrorDomain::Rpc, &error, "Unable to copy socket file handle");
        let fd = transport.fd().try_clone_to_owned().map_err(failed)?;
        let bell =
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|e| failed(e.into()))?;
        Ok(Self { fd, bell })
    }
}

impl Port for Polled {
    fn wait(&self, write: bool, timeout: Option<Duration>) {
        let mut flags = PollFlags::IN;
        flags.set(PollFlags::OUT, write);
        let timeout = timeout.and_then(|left| Timespec::try_from(left).ok());
        let mut fds = [PollFd::new(&self.fd, flags), PollFd::new(&self.bell, PollFlags::IN)];
        // Interrupted or not: whatever there is is looked at.
        let _ = poll(&mut fds, timeout.as_ref());
        if fds[1].revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&self.bell, &mut [0; 8]);
        }
    }

    fn ring(&self) {
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
    }

    fn shut_down(&self) {
        let _ = rustix::net::shutdown(&self.fd, Shutdown::Both);
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
