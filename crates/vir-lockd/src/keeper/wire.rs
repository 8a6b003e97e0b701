//! What the keeper and a daemon say to each other: packets on unix sockets, descriptors beside them.

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg, sockopt,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;
use vir_base::sys::peer_credentials;

/// Descriptors in one packet. The kernel takes 253, and counts those on their way against a limit of
/// the user's: hence each packet is acknowledged before the next one.
pub(super) const BATCH: usize = 250;

/// How long one waits for the other, who never has much to do.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long a daemon that has clients waits for a keeper that it can do without. It may have been stopped.
pub(super) const SOON: Duration = Duration::from_secs(5);

/// Descriptors of leases, from one number to another each: two numbers a row.
pub(super) const KEEP: u8 = b'K';
/// The daemon that shares its table asks it to leave, with these and nothing else.
pub(super) const LEAVE: u8 = b'L';
/// The same asks it to end, with nothing left to hold.
pub(super) const END: u8 = b'E';
/// A daemon wants all descriptors.
pub(super) const TAKE: u8 = b'T';
/// It has them and a keeper of its own.
pub(super) const DONE: u8 = b'D';
/// Somebody wants all leases released.
pub(super) const RELEASE: u8 = b'R';
/// Heard, or done; a number follows where there is one to tell.
pub(super) const YES: u8 = b'Y';
/// Descriptors; the numbers of their leases follow.
pub(super) const LEASES: u8 = b'F';

/// A packet.
pub(super) struct Packet {
    pub(super) kind: u8,
    pub(super) numbers: Vec<u64>,
    pub(super) fds: Vec<OwnedFd>,
}

/// Sends one packet.
pub(super) fn send(socket: impl AsFd, kind: u8, numbers: &[u64], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut bytes = vec![kind];
    bytes.extend(numbers.iter().flat_map(|number| number.to_ne_bytes()));
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(BATCH))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let flags = SendFlags::NOSIGNAL;
    rustix::io::retry_on_intr(|| sendmsg(&socket, &[IoSlice::new(&bytes)], &mut control, flags))?;
    Ok(())
}

/// Waits for a packet.
///
/// # Errors
/// `UnexpectedEof`: the other end is gone. `TimedOut`: it says nothing. `InvalidData`: what it says
/// is no packet.
pub(super) fn receive(socket: impl AsFd) -> io::Result<Packet> {
    let mut bytes = [0; 1 + 8 * BATCH];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(BATCH))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = rustix::io::retry_on_intr(|| {
        recvmsg(&socket, &mut [IoSliceMut::new(&mut bytes)], &mut control, RecvFlags::CMSG_CLOEXEC)
    });
    let message = message.map_err(|errno| match errno {
        rustix::io::Errno::AGAIN => io::Error::new(io::ErrorKind::TimedOut, "it does not answer"),
        other => other.into(),
    })?;
    let mut fds = vec![];
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(came) = part {
            fds.extend(came);
        }
    }
    let [kind, numbers @ ..] = &bytes[..message.bytes] else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let (numbers, rest) = numbers.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let numbers = numbers.iter().map(|bytes| u64::from_ne_bytes(*bytes)).collect();
    Ok(Packet { kind: *kind, numbers, fds })
}

/// Waits for a packet of this kind.
pub(super) fn expect(socket: impl AsFd, kind: u8) -> io::Result<Packet> {
    let packet = receive(socket)?;
    if packet.kind == kind { Ok(packet) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Waits no longer than [`PATIENCE`] for anything on this socket.
pub(super) fn limit(socket: impl AsFd) -> io::Result<()> {
    limit_to(socket, PATIENCE)
}

/// Waits no longer than this.
pub(super) fn limit_to(socket: impl AsFd, time: Duration) -> io::Result<()> {
    for way in [sockopt::Timeout::Recv, sockopt::Timeout::Send] {
        sockopt::set_socket_timeout(&socket, way, Some(time))?;
    }
    Ok(())
}

/// Whether the other end may do with leases what it likes: root, and the user whose they are.
pub(super) fn is_trusted(socket: impl AsFd) -> bool {
    let own = rustix::process::geteuid().as_raw();
    peer_credentials(socket).is_ok_and(|peer| peer.uid == 0 || peer.uid == own)
}
