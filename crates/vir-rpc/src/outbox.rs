//! Bytes and descriptors on their way out of a connection.
//!
//! Small messages gather in one buffer and leave in one write; a large one keeps its own buffer.
//! Nothing here waits, and nothing here limits: whoever queues looks at [`Outbox::len`].

use crate::transport::Transport;
use rustix::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::collections::VecDeque;
use std::io::{self, IoSlice};

/// A buffer above this size is closed and a new one begun, so that what was sent can be freed.
const SEAL: usize = 64 * 1024;
/// A message up to this size is copied behind the others rather than kept in its own buffer.
const COPY: usize = 8 * 1024;
/// How many buffers one write takes.
const PARTS: usize = 16;

/// The queue of one connection.
#[derive(Default)]
pub struct Outbox {
    /// Closed buffers, in order, before `tail`.
    sealed: VecDeque<Segment>,
    tail: Vec<u8>,
    /// How much of the first buffer is sent.
    sent: usize,
    /// Bytes in `sealed`.
    sealed_len: usize,
    /// Bytes that have left, ever.
    written: u64,
}

struct Segment {
    bytes: Vec<u8>,
    /// Sent after the bytes.
    fds: VecDeque<OwnedFd>,
}

impl Outbox {
    /// Bytes waiting.
    pub fn len(&self) -> usize {
        self.sealed_len + self.tail.len() - self.sent
    }

    /// Whether nothing waits, no descriptor either.
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty() && self.tail.len() == self.sent
    }

    /// The position after the last byte queued so far, counted from the connection's start.
    pub fn end(&self) -> u64 {
        self.written + self.len() as u64
    }

    /// The position up to which bytes have left.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Where to append the next message.
    pub fn writer(&mut self) -> &mut Vec<u8> {
        if self.tail.len() > SEAL {
            self.seal(VecDeque::new());
        }
        &mut self.tail
    }

    /// Queues `fds` behind what has been appended.
    pub fn attach(&mut self, fds: impl IntoIterator<Item = OwnedFd>) {
        let fds: VecDeque<_> = fds.into_iter().collect();
        if !fds.is_empty() {
            self.seal(fds);
        }
    }

    /// Queues a finished message; the buffer comes back if it was small enough to be copied.
    pub(crate) fn push_from(&mut self, message: Vec<u8>) -> Vec<u8> {
        if message.len() > COPY {
            self.push(message, vec![]);
            return vec![];
        }
        self.writer().extend_from_slice(&message);
        message
    }

    /// Queues a finished message with its descriptors.
    pub fn push(&mut self, message: Vec<u8>, fds: Vec<OwnedFd>) {
        if message.len() <= COPY {
            self.writer().extend_from_slice(&message);
            return self.attach(fds);
        }
        if self.tail.is_empty() {
            self.tail = message;
        } else {
            self.seal(VecDeque::new());
            self.tail = message;
        }
        self.seal(fds.into());
    }

    fn seal(&mut self, fds: VecDeque<OwnedFd>) {
        let bytes = std::mem::take(&mut self.tail);
        self.sealed_len += bytes.len();
        self.sealed.push_back(Segment { bytes, fds });
    }

    /// Lends a buffer that has memory already; [`Outbox::take_spare`] takes it back.
    pub(crate) fn lend(&mut self, spare: &mut Vec<u8>) {
        if self.tail.capacity() == 0 {
            std::mem::swap(&mut self.tail, spare);
        }
    }

    /// Frees what an empty queue holds, into `spare` if that has none.
    pub(crate) fn take_spare(&mut self, spare: &mut Vec<u8>) {
        if self.is_empty() {
            self.sent = 0;
            let mut buffer = std::mem::take(&mut self.tail);
            if buffer.capacity() > spare.capacity() && buffer.capacity() <= 4 * SEAL {
                buffer.clear();
                *spare = buffer;
            }
        }
    }

    /// Writes as much as the transport takes; `Ok(true)` if all is out.
    ///
    /// # Errors
    /// The connection is broken. That it would block is no error.
    pub fn flush(&mut self, transport: &mut dyn Transport) -> io::Result<bool> {
        while !self.is_empty() {
            let result = self.write_some(transport);
            match result {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match transport.flush() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            result => result,
        }
    }

    fn write_some(&mut self, transport: &mut dyn Transport) -> io::Result<()> {
        let first = self.sealed.front().map_or(&self.tail, |segment| &segment.bytes);
        if self.sent < first.len() {
            let mut parts = [IoSlice::new(&[]); PARTS];
            let mut used = 0;
            let mut fds_follow = false;
            for segment in self.sealed.iter().take(PARTS) {
                parts[used] = IoSlice::new(&segment.bytes[if used == 0 { self.sent } else { 0 }..]);
                used += 1;
                fds_follow = !segment.fds.is_empty();
                if fds_follow {
                    break;
                }
            }
            if !fds_follow && used < PARTS {
                parts[used] = IoSlice::new(&self.tail[if used == 0 { self.sent } else { 0 }..]);
                used += 1;
            }
            let sent = transport.send(&parts[..used])?;
            self.advance(sent);
        }
        while let Some(segment) = self.sealed.front_mut() {
            if self.sent < segment.bytes.len() {
                return Ok(());
            }
            while let Some(fd) = segment.fds.front() {
                transport.send_fd(fd.as_fd())?;
                segment.fds.pop_front();
            }
            self.sent = 0;
            self.sealed_len -= segment.bytes.len();
            self.sealed.pop_front();
        }
        if self.sent == self.tail.len() {
            self.tail.clear();
            self.sent = 0;
        }
        Ok(())
    }

    /// Counts `sent` bytes; finished buffers without descriptors are dropped.
    fn advance(&mut self, sent: usize) {
        self.written += sent as u64;
        self.sent += sent;
        while let Some(segment) = self.sealed.front() {
            if self.sent < segment.bytes.len() || !segment.fds.is_empty() {
                return;
            }
            self.sent -= segment.bytes.len();
            self.sealed_len -= segment.bytes.len();
            self.sealed.pop_front();
        }
    }

    /// All that is still to be sent, in order: bytes, and the numbers of descriptors behind them.
    pub fn unsent(&self) -> Vec<(Vec<u8>, Vec<RawFd>)> {
        let sealed = self.sealed.iter().map(|segment| (&segment.bytes, segment.fds.iter().collect()));
        let all = sealed.chain([(&self.tail, vec![])]).enumerate();
        let parts = all.map(|(index, (bytes, fds)): (usize, (_, Vec<&OwnedFd>))| {
            let from = if index == 0 { self.sent } else { 0 };
            (bytes[from..].to_vec(), fds.into_iter().map(AsRawFd::as_raw_fd).collect())
        });
        parts.filter(|(bytes, fds): &(Vec<u8>, Vec<RawFd>)| !bytes.is_empty() || !fds.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportKind;
    use proptest::prelude::*;
    use rustix::fd::BorrowedFd;

    /// Takes a few bytes at a time, and notes where descriptors came.
    struct Trickle {
        takes: usize,
        blocked: bool,
        bytes: Vec<u8>,
        fds: Vec<usize>,
        fd: OwnedFd,
    }

    impl Trickle {
        fn new(takes: usize) -> Self {
            let fd = std::io::pipe().unwrap().0.into();
            Self { takes, blocked: false, bytes: vec![], fds: vec![], fd }
        }

        /// Every second call finds no room.
        fn block(&mut self) -> io::Result<()> {
            self.blocked = !self.blocked;
            if self.blocked { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        }
    }

    impl Transport for Trickle {
        fn recv(&mut self, _: &mut [u8], _: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
            Ok(0)
        }

        fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
            self.block()?;
            let all: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
            assert!(!all.is_empty());
            let taken = all.len().min(self.takes);
            self.bytes.extend_from_slice(&all[..taken]);
            Ok(taken)
        }

        fn send_fd(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
            self.block()?;
            self.fds.push(self.bytes.len());
            Ok(())
        }

        fn fd(&self) -> BorrowedFd<'_> {
            self.fd.as_fd()
        }

        fn kind(&self) -> TransportKind {
            TransportKind::Unix
        }
    }

    proptest! {
        #[test]
        fn all_leaves_in_order(
            messages in prop::collection::vec((0usize..3, 1usize..20_000, 0usize..3), 1..40),
            takes in 1usize..100_000,
        ) {
            let (mut outbox, mut transport) = (Outbox::default(), Trickle::new(takes.max(500)));
            let (mut bytes, mut fds) = (vec![], vec![]);
            for (number, (way, len, fd_count)) in messages.into_iter().enumerate() {
                let message = vec![number as u8; len];
                bytes.extend_from_slice(&message);
                let pass: Vec<OwnedFd> =
                    (0..fd_count).map(|_| std::io::pipe().unwrap().0.into()).collect();
                fds.extend(vec![bytes.len(); fd_count]);
                match way {
                    0 => {
                        outbox.writer().extend_from_slice(&message);
                        outbox.attach(pass);
                    }
                    1 => outbox.push(message, pass),
                    _ => {
                        prop_assert!(len <= COPY || outbox.push_from(vec![]).is_empty());
                        outbox.push_from(message);
                        outbox.attach(pass);
                    }
                }
                prop_assert_eq!(outbox.end(), bytes.len() as u64);
                let unsent: Vec<u8> = outbox.unsent().into_iter().flat_map(|(bytes, _)| bytes).collect();
                prop_assert_eq!(unsent, &bytes[outbox.written() as usize..]);
                outbox.flush(&mut transport).unwrap();
                prop_assert_eq!(outbox.written(), transport.bytes.len() as u64);
            }
            while !outbox.flush(&mut transport).unwrap() {}
            prop_assert!(outbox.is_empty());
            prop_assert_eq!(outbox.len(), 0);
            prop_assert!(transport.bytes == bytes);
            prop_assert_eq!(transport.fds, fds);
        }
    }
}
