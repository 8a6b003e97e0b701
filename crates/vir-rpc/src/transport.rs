//! The byte pipe under a connection, with descriptors where it can carry them.
//!
//! Plain sockets are here; an encrypting transport implements [`Transport`] as well. Nothing in
//! this module knows messages.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::{self, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage};
use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;

/// Which kind of pipe it is, as clients are listed (`virClientTransport`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// A unix socket: knows who is there, carries descriptors.
    Unix,
    /// Plain TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// A connection's bytes. Every call returns [`io::ErrorKind::WouldBlock`] rather than wait.
pub trait Transport: Send {
    /// Reads what is there, at most `buffer`; descriptors that came along are appended to `fds`.
    /// 0 is the end of the connection.
    fn recv(&mut self, buffer: &mut [u8], fds: &mut VecDeque<OwnedFd>) -> io::Result<usize>;

    /// Writes a part of `parts`; returns how many bytes.
    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Sends one descriptor, with one byte of its own.
    fn send_fd(&mut self, fd: BorrowedFd<'_>) -> io::Result<()>;

    /// What to poll.
    fn fd(&self) -> BorrowedFd<'_>;

    /// Which kind it is.
    fn kind(&self) -> TransportKind;

    /// Whether bytes are held here already, so that polling would not tell of them.
    fn has_buffered(&self) -> bool {
        false
    }

    /// What the way to the other end has said before the connection ended, if it can say anything. To be
    /// asked once.
    fn last_words(&mut self) -> Option<String> {
        None
    }
}

/// A unix or TCP socket without encryption.
pub struct Socket {
    fd: OwnedFd,
    kind: TransportKind,
}

impl Socket {
    /// Adopts a connected stream socket; makes it non-blocking. TCP gets its segments out at once.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        let kind = kind_of(&fd)?;
        Self::with_kind(fd, kind)
    }

    /// As [`Socket::new`], for one that is non-blocking already and whose kind is known.
    pub(crate) fn with_kind(fd: OwnedFd, kind: TransportKind) -> io::Result<Self> {
        if kind == TransportKind::Tcp {
            net::sockopt::set_tcp_nodelay(&fd, true)?;
        }
        Ok(Self { fd, kind })
    }
}

/// Which kind of socket it is.
pub(crate) fn kind_of(fd: &OwnedFd) -> io::Result<TransportKind> {
    Ok(match net::sockopt::socket_domain(fd)? {
        net::AddressFamily::UNIX => TransportKind::Unix,
        _ => TransportKind::Tcp,
    })
}

impl Transport for Socket {
    fn recv(&mut self, buffer: &mut [u8], fds: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        if self.kind != TransportKind::Unix {
            return Ok(net::recv(&self.fd, buffer, RecvFlags::DONTWAIT)?.0);
        }
        // Plain read() would throw away descriptors that came along.
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(253))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
        let got = net::recvmsg(&self.fd, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(received) = message {
                fds.extend(received);
            }
        }
        Ok(got.bytes)
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        match parts {
            [part] => Ok(net::send(&self.fd, part, flags)?),
            _ => Ok(net::sendmsg(&self.fd, parts, &mut SendAncillaryBuffer::default(), flags)?),
        }
    }

    fn send_fd(&mut self, fd: BorrowedFd<'_>) -> io::Result<()> {
        let fds = [fd];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if self.kind != TransportKind::Unix || !control.push(SendAncillaryMessage::ScmRights(&fds)) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        net::sendmsg(&self.fd, &[IoSlice::new(&[0])], &mut control, flags)?;
        Ok(())
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn kind(&self) -> TransportKind {
        self.kind
    }
}
