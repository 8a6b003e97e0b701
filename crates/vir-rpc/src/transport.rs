//! The byte pipe under a connection, with descriptors where it can carry them.
//!
//! Plain sockets are here; an encrypting transport implements [`Transport`] as well, in a crate of its
//! own, so that only programs that talk over networks carry it. Nothing in this module knows messages.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::{self, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage};
use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use vir_base::Result;

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
    /// Goes on with what both ends have to agree on before anything is received or sent; `true` once
    /// that is done. To be called again when the socket is ready.
    ///
    /// # Errors
    /// The other end is not to be talked to, or has left.
    fn open(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    /// Reads what is there, at most `buffer`; descriptors that came along are appended to `fds`.
    /// 0 is the end of the connection.
    fn recv(&mut self, buffer: &mut [u8], fds: &mut VecDeque<OwnedFd>) -> io::Result<usize>;

    /// Writes a part of `parts`; returns how many bytes.
    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Goes on with what [`Transport::send`] has taken and the socket has not; `true` if nothing is left.
    fn flush(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    /// Whether something waits for the socket to be writable, though all has been taken.
    fn has_unsent(&self) -> bool {
        false
    }

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

    /// How strong its encryption is, in bits of the key; `None` without any.
    fn key_bits(&self) -> Option<u32> {
        None
    }

    /// The distinguished name that the other end's certificate has, if it has shown a good one.
    fn peer_name(&self) -> Option<String> {
        None
    }

    /// What the way to the other end has said before the connection ended, if it can say anything. To be
    /// asked once.
    fn last_words(&mut self) -> Option<String> {
        None
    }
}

/// What encrypts the connections that come in by a listening socket.
pub trait Encryption: Send + Sync {
    /// Puts the server's end over a socket; nothing is read or written yet.
    ///
    /// # Errors
    /// No end can be made.
    fn accept(&self, socket: Socket) -> Result<Box<dyn Transport>>;

    /// Reads its keys and certificates again, for those who connect from now on.
    ///
    /// # Errors
    /// They are not usable; what held before goes on to hold.
    fn reload(&self) -> Result<()>;
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
