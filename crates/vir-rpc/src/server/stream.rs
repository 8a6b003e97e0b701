//! The ends of streams that programs hold: a descriptor, or a handle for a thread of their own.
//!
//! The loop's side of a stream is in `stream_loop`. Here is what flows between the two, bounded in
//! both directions: a handle that is not read makes the client wait, a client that does not read
//! makes the handle wait.

use super::mailbox::{Letter, Mailbox, Token};
use super::stream_file;
use crate::frame::{Header, PREFIX_SIZE, STREAM_PAYLOAD_MAX};
use rustix::fd::OwnedFd;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use vir_base::{Error, Result, err};

/// How much a handle's unread data may be before the client's connection is no longer read.
pub(crate) const IN_HIGH: usize = 1024 * 1024;
/// How much a handle may have waiting before [`StreamHandle::send`] waits.
const OUT_HIGH: usize = 2 * STREAM_PAYLOAD_MAX;

/// The far end of a stream, given to the client with [`super::Reply::open_stream`].
pub struct StreamEnd(pub(crate) Backend);

pub(crate) enum Backend {
    Fd { read: Option<OwnedFd>, write: Option<OwnedFd> },
    Handle(Near),
}

/// The client's side of a handle; when it goes, for whatever reason, the handle learns of it.
pub(crate) struct Near(Arc<Shared>);

impl std::ops::Deref for Near {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A stream that a reply opens.
pub(crate) struct NewStream {
    pub(crate) header: Header,
    pub(crate) end: StreamEnd,
}

/// Which way the data of a descriptor goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamDirection {
    /// The client reads what the descriptor gives.
    ToClient,
    /// The client writes.
    FromClient,
    /// Both, as on a console.
    Both,
}

impl StreamEnd {
    /// Connects the client with a descriptor: a pipe, a socket or a terminal is polled by the loop;
    /// a file on a disk gets a thread, which goes on from where the file stands.
    ///
    /// # Errors
    /// The descriptor cannot be duplicated or made non-blocking, or no thread can be had.
    pub fn from_fd(fd: OwnedFd, direction: StreamDirection) -> io::Result<Self> {
        if stream_file::is_file(&fd)? {
            return Self::from_file(fd, direction, false);
        }
        rustix::io::ioctl_fionbio(&fd, true)?;
        let (read, write) = match direction {
            StreamDirection::ToClient => (Some(fd), None),
            StreamDirection::FromClient => (None, Some(fd)),
            StreamDirection::Both => (Some(fd.try_clone()?), Some(fd)),
        };
        Ok(Self(Backend::Fd { read, write }))
    }

    /// Connects the client with a file; `sparse` if it asked for holes.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn from_file(fd: OwnedFd, direction: StreamDirection, sparse: bool) -> io::Result<Self> {
        let (end, handle) = Self::pair(sparse);
        stream_file::start(fd, handle, direction, sparse)?;
        Ok(end)
    }

    /// Connects the client with a handle. `sparse` if the client asked for holes.
    pub fn pair(sparse: bool) -> (Self, StreamHandle) {
        let shared = Arc::new(Shared { sparse, ..Shared::default() });
        (Self(Backend::Handle(Near(Arc::clone(&shared)))), StreamHandle { shared, ended: false })
    }
}

/// What a client sends on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamItem {
    /// Data.
    Data(Vec<u8>),
    /// Bytes to skip. Only on a sparse stream.
    Hole(i64),
    /// All is sent: answer with [`StreamHandle::finish`] or [`StreamHandle::fail`].
    Finish,
    /// The client gave up, or is gone. Nothing that is sent from now on arrives.
    Abort,
}

/// What a handle sends, before the loop has taken it.
pub(crate) enum OutItem {
    /// A packet, with room for its length and header in front.
    Packet(Vec<u8>),
    Hole(i64),
    Finished,
    Failed(Error),
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) sparse: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    incoming: VecDeque<StreamItem>,
    incoming_bytes: usize,
    outgoing: VecDeque<OutItem>,
    outgoing_bytes: usize,
    link: Option<(Arc<Mailbox>, Token, u32)>,
    /// The loop has been told and has not looked yet.
    told: bool,
    /// Nothing can be sent any more.
    closed: bool,
    waker: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// A stream as a program's thread sees it. Dropped before its end, the client is told that the
/// stream broke off.
pub struct StreamHandle {
    shared: Arc<Shared>,
    ended: bool,
}

impl StreamHandle {
    /// Calls `waker` when something arrived or room was made, from the loop's thread: it must not
    /// wait. For those who do not want to wait in [`StreamHandle::recv`].
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        self.shared.lock().waker = Some(Arc::new(waker));
    }

    /// Sends data; waits while the client is slow. An empty slice tells the end of the data.
    ///
    /// # Errors
    /// The client is gone or gave up.
    pub fn send(&self, data: &[u8]) -> Result<()> {
        let mut rest = data;
        loop {
            let mut state = self.shared.lock();
            while state.outgoing_bytes >= OUT_HIGH && !state.closed {
                state = self.shared.wait(state);
            }
            let taken = self.put(state, rest)?;
            rest = &rest[taken..];
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// As [`StreamHandle::send`], but takes only what needs no waiting; returns how much.
    ///
    /// # Errors
    /// As for [`StreamHandle::send`].
    pub fn try_send(&self, data: &[u8]) -> Result<usize> {
        let state = self.shared.lock();
        if state.outgoing_bytes >= OUT_HIGH && !state.closed {
            return Ok(0);
        }
        self.put(state, data)
    }

    fn put(&self, mut state: MutexGuard<'_, State>, data: &[u8]) -> Result<usize> {
        if state.closed {
            return Err(err!(Streams, OperationFailed, "stream is not open"));
        }
        let part = &data[..data.len().min(STREAM_PAYLOAD_MAX)];
        let mut packet = Vec::with_capacity(PREFIX_SIZE + part.len());
        packet.resize(PREFIX_SIZE, 0);
        packet.extend_from_slice(part);
        state.outgoing_bytes += packet.len();
        state.outgoing.push_back(OutItem::Packet(packet));
        state.tell();
        Ok(part.len())
    }

    /// Tells the client to skip `length` bytes. Only on a sparse stream.
    ///
    /// # Errors
    /// As for [`StreamHandle::send`].
    pub fn send_hole(&self, length: i64) -> Result<()> {
        let mut state = self.shared.lock();
        if state.closed {
            return Err(err!(Streams, OperationFailed, "stream is not open"));
        }
        state.outgoing.push_back(OutItem::Hole(length));
        state.tell();
        Ok(())
    }

    /// The next thing the client sends; waits for it.
    pub fn recv(&self) -> StreamItem {
        let mut state = self.shared.lock();
        loop {
            if let Some(item) = state.take() {
                return item;
            }
            if state.closed {
                return StreamItem::Abort;
            }
            state = self.shared.wait(state);
        }
    }

    /// The next thing the client sends, if it is here.
    pub fn try_recv(&self) -> Option<StreamItem> {
        let mut state = self.shared.lock();
        let item = state.take();
        if item.is_none() && state.closed { Some(StreamItem::Abort) } else { item }
    }

    /// All went well: confirms the client's [`StreamItem::Finish`]. Ends the stream.
    pub fn finish(mut self) {
        self.end(OutItem::Finished);
    }

    /// Ends the stream with an error.
    pub fn fail(mut self, error: Error) {
        self.end(OutItem::Failed(error));
    }

    fn end(&mut self, item: OutItem) {
        self.ended = true;
        let mut state = self.shared.lock();
        state.waker = None;
        if !state.closed {
            state.outgoing.push_back(item);
            state.tell();
        }
    }
}

impl Drop for StreamHandle {
    fn drop(&mut self) {
        if !self.ended {
            self.end(OutItem::Failed(err!(Rpc, Rpc, "stream had unexpected termination")));
        }
    }
}

impl State {
    fn take(&mut self) -> Option<StreamItem> {
        let item = self.incoming.pop_front()?;
        if let StreamItem::Data(data) = &item {
            let before = self.incoming_bytes;
            self.incoming_bytes -= data.len();
            if before > IN_HIGH && self.incoming_bytes <= IN_HIGH {
                self.tell();
            }
        }
        Some(item)
    }

    fn tell(&mut self) {
        if let Some((mailbox, token, serial)) = &self.link
            && !self.told
        {
            mailbox.post(Letter::Stream(*token, *serial));
            self.told = true;
        }
    }
}

/// What the loop does with a handle's side.
impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn wake(&self, state: MutexGuard<'_, State>) {
        let waker = state.waker.clone();
        drop(state);
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker();
        }
    }

    /// The stream is open; what the handle sent before goes out now.
    pub(crate) fn link(&self, mailbox: &Arc<Mailbox>, token: Token, serial: u32) {
        self.lock().link = Some((Arc::clone(mailbox), token, serial));
    }

    /// Hands over something from the client; returns whether there is room for more.
    pub(crate) fn deliver(&self, item: StreamItem) -> bool {
        let mut state = self.lock();
        if let StreamItem::Data(data) = &item {
            state.incoming_bytes += data.len();
        }
        state.incoming.push_back(item);
        let room = state.incoming_bytes <= IN_HIGH;
        self.wake(state);
        room
    }

    /// The next thing to send to the client.
    pub(crate) fn collect(&self) -> Option<OutItem> {
        let mut state = self.lock();
        let item = state.outgoing.pop_front()?;
        if let OutItem::Packet(packet) = &item {
            let before = state.outgoing_bytes;
            state.outgoing_bytes -= packet.len();
            if before >= OUT_HIGH && state.outgoing_bytes < OUT_HIGH {
                self.wake(state);
            }
        }
        Some(item)
    }

    /// The loop has been told and looks now.
    pub(crate) fn seen(&self) {
        self.lock().told = false;
    }

    /// Whether the client may send more.
    pub(crate) fn has_room(&self) -> bool {
        self.lock().incoming_bytes <= IN_HIGH
    }

    /// Nothing goes through any more; the handle sees an abort behind what has arrived.
    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.link = None;
        state.outgoing.clear();
        self.wake(state);
    }
}
