//! The client's end of a stream.

use super::engine::Engine;
use super::state::decode_error;
use crate::frame::{Header, MessageType, STREAM_PAYLOAD_MAX, Status, StreamHole};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::{Error, Result, err};

/// How much may wait to be sent before [`ClientStream::send`] waits.
pub(super) const UNSENT_HIGH: usize = 2 * STREAM_PAYLOAD_MAX;

/// How long who waits to write may miss what came in.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Called when something came in; must not wait.
pub(crate) type Waker = Arc<dyn Fn() + Send + Sync>;

/// What arrived on a stream and nobody has read yet.
#[derive(Default)]
pub(crate) struct StreamState {
    sparse: bool,
    incoming: VecDeque<Packet>,
    /// How much of the first packet is read.
    read: usize,
    eof: bool,
    /// The server confirmed finish or abort.
    confirmed: bool,
    error: Option<Error>,
    waker: Option<Waker>,
    wake: bool,
}

enum Packet {
    Data(Vec<u8>),
    Hole(i64),
}

/// What reading a stream gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamRead {
    /// So many bytes; 0 is the end.
    Data(usize),
    /// A hole of so many bytes comes next; it is passed by [`ClientStream::recv_hole`].
    Hole(i64),
    /// Nothing is here yet.
    WouldBlock,
}

impl StreamState {
    pub(crate) fn new(sparse: bool) -> Self {
        Self { sparse, ..Self::default() }
    }

    pub(crate) fn packet(&mut self, header: &Header, payload: &[u8]) {
        self.wake = true;
        match (header.kind, header.status) {
            (MessageType::STREAM_HOLE, _) => match StreamHole::from_bytes(payload) {
                Some(hole) if self.sparse => self.incoming.push_back(Packet::Hole(hole.length)),
                Some(_) => self.broke(&err!(Rpc, Rpc, "Unexpected stream hole")),
                None => self.broke(&err!(Rpc, InternalError, "Malformed stream hole packet")),
            },
            (_, Status::CONTINUE) if payload.is_empty() => self.eof = true,
            (_, Status::CONTINUE) => self.incoming.push_back(Packet::Data(payload.to_vec())),
            (_, Status::OK) => self.confirmed = true,
            (_, Status::ERROR) => self.error = Some(decode_error(payload)),
            (_, Status(other)) => self.broke(&err!(Rpc, Rpc, "Unexpected message status {other}")),
        }
    }

    pub(crate) fn broke(&mut self, error: &Error) {
        self.wake = true;
        self.error.get_or_insert_with(|| error.clone());
    }

    pub(crate) fn take_wake(&mut self) -> Option<Waker> {
        if std::mem::take(&mut self.wake) { self.waker.clone() } else { None }
    }

    fn has_data(&self) -> bool {
        !self.incoming.is_empty() || self.eof
    }

    fn is_over(&self) -> bool {
        self.error.is_some() || self.confirmed
    }

    fn take(&mut self, buffer: &mut [u8]) -> StreamRead {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.incoming.front() {
                Some(Packet::Data(data)) => {
                    let rest = &data[self.read..];
                    let len = rest.len().min(buffer.len() - filled);
                    buffer[filled..filled + len].copy_from_slice(&rest[..len]);
                    filled += len;
                    self.read += len;
                    if self.read == data.len() {
                        self.read = 0;
                        self.incoming.pop_front();
                    }
                }
                Some(Packet::Hole(length)) if filled == 0 => return StreamRead::Hole(*length),
                _ => break,
            }
        }
        if filled == 0 && !buffer.is_empty() && !self.eof {
            StreamRead::WouldBlock
        } else {
            StreamRead::Data(filled)
        }
    }
}

/// A stream that a call opened. Dropped before its end, it is aborted.
pub struct ClientStream {
    engine: Arc<Engine>,
    header: Header,
    ended: bool,
}

impl ClientStream {
    pub(crate) fn new(engine: Arc<Engine>, header: Header) -> Self {
        Self { engine, header, ended: false }
    }

    /// Calls `waker` when something came in, from whichever thread read it: it must not wait.
    pub fn set_waker(&self, waker: impl Fn() + Send + Sync + 'static) {
        if let Some(stream) = self.engine.lock().stream(self.header.serial) {
            stream.waker = Some(Arc::new(waker));
        }
    }

    /// Sends data; waits while much of it waits to be sent.
    ///
    /// # Errors
    /// What broke the stream or the connection.
    pub fn send(&self, data: &[u8]) -> Result<()> {
        for part in data.chunks(STREAM_PAYLOAD_MAX) {
            self.engine.wait(None, &mut |state| state.unsent() <= UNSENT_HIGH)?;
            self.put(MessageType::STREAM, Status::CONTINUE, part)?;
        }
        Ok(())
    }

    /// As [`ClientStream::send`] without waiting; returns how much was taken.
    ///
    /// # Errors
    /// As for [`ClientStream::send`].
    pub fn try_send(&self, data: &[u8]) -> Result<usize> {
        if self.engine.lock().unsent() > UNSENT_HIGH {
            return Ok(0);
        }
        let part = &data[..data.len().min(STREAM_PAYLOAD_MAX)];
        self.put(MessageType::STREAM, Status::CONTINUE, part)?;
        Ok(part.len())
    }

    /// Tells the server to skip bytes.
    ///
    /// # Errors
    /// As for [`ClientStream::send`].
    pub fn send_hole(&self, length: i64) -> Result<()> {
        let hole = StreamHole { length, flags: 0 }.to_bytes();
        self.put(MessageType::STREAM_HOLE, Status::CONTINUE, &hole)
    }

    fn put(&self, kind: MessageType, status: Status, payload: &[u8]) -> Result<()> {
        let mut state = self.engine.lock();
        match state.stream(self.header.serial) {
            Some(stream) => stream.error.clone().map_or(Ok(()), Err)?,
            None => return Err(closed()),
        }
        state.queue(&self.header.answer(kind, status), payload)?;
        self.engine.flush(state);
        Ok(())
    }

    /// Reads; waits until there is something.
    ///
    /// # Errors
    /// What broke the stream or the connection.
    pub fn recv(&self, buffer: &mut [u8]) -> Result<StreamRead> {
        let mut got = Ok(StreamRead::WouldBlock);
        self.engine.wait(None, &mut |state| {
            got = self.take(state.stream(self.header.serial), buffer);
            got != Ok(StreamRead::WouldBlock)
        })?;
        got
    }

    /// Reads what is here.
    ///
    /// # Errors
    /// As for [`ClientStream::recv`].
    pub fn try_recv(&self, buffer: &mut [u8]) -> Result<StreamRead> {
        let mut state = self.engine.lock();
        self.take(state.stream(self.header.serial), buffer)
    }

    fn take(&self, stream: Option<&mut StreamState>, buffer: &mut [u8]) -> Result<StreamRead> {
        let stream = stream.ok_or_else(closed)?;
        match &stream.error {
            Some(error) => Err(error.clone()),
            None => Ok(stream.take(buffer)),
        }
    }

    /// What a thread can wait on while others use the stream.
    pub fn waiter(&self) -> StreamWaiter {
        StreamWaiter { engine: Arc::clone(&self.engine), serial: self.header.serial }
    }

    /// Whether reading, and whether writing, would go on now.
    pub fn ready(&self) -> (bool, bool) {
        let mut state = self.engine.lock();
        let writable = state.unsent() <= UNSENT_HIGH;
        let readable = state.stream(self.header.serial).is_none_or(|s| s.is_over() || s.has_data());
        (readable, writable)
    }

    /// Passes the hole that comes next; `None` if none does.
    pub fn recv_hole(&self) -> Option<i64> {
        let mut state = self.engine.lock();
        let stream = state.stream(self.header.serial)?;
        match stream.incoming.front() {
            Some(Packet::Hole(length)) => {
                let length = *length;
                stream.incoming.pop_front();
                Some(length)
            }
            _ => None,
        }
    }

    /// What comes next without taking it: whether data (or the end), and how much of it, or of the
    /// hole, is known. `None` if nothing is here.
    pub fn peek(&self) -> Option<(bool, i64)> {
        let mut state = self.engine.lock();
        let stream = state.stream(self.header.serial)?;
        match stream.incoming.front() {
            Some(Packet::Hole(length)) => Some((false, *length)),
            Some(Packet::Data(data)) => Some((true, (data.len() - stream.read) as i64)),
            None if stream.eof => Some((false, 0)),
            None => None,
        }
    }

    /// Says that all is sent (or read) and waits for the server to confirm.
    ///
    /// # Errors
    /// The server could not take all, or what broke the connection.
    pub fn finish(mut self) -> Result<()> {
        self.end(Status::OK)
    }

    /// Gives up and waits for the server to confirm.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn abort(mut self) -> Result<()> {
        self.end(Status::ERROR)
    }

    fn end(&mut self, status: Status) -> Result<()> {
        self.ended = true;
        let serial = self.header.serial;
        let mut result = self.put(MessageType::STREAM, status, &[]);
        if result.is_ok() {
            let waited = self.engine.wait(None, &mut |state| match state.stream(serial) {
                Some(stream) => {
                    if let Some(error) = &stream.error {
                        result = Err(error.clone());
                    }
                    stream.confirmed || result.is_err()
                }
                None => true,
            });
            result = result.and(waited);
        }
        self.engine.lock().close_stream(serial);
        result
    }
}

/// Waits for news of a stream.
pub struct StreamWaiter {
    engine: Arc<Engine>,
    serial: u32,
}

impl StreamWaiter {
    /// Waits until reading gives something or, if so much is unsent that writing took nothing, until
    /// writing may go on; at the latest until `timeout` has passed.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<()> {
        let full = self.engine.lock().unsent() > UNSENT_HIGH;
        // who could not write has not read what is here, and may miss what comes
        let timeout = if full { Some(timeout.unwrap_or(LOOK_AGAIN)) } else { timeout };
        self.engine.wait(timeout.map(|timeout| Instant::now() + timeout), &mut |state| {
            let drained = full && state.unsent() <= UNSENT_HIGH;
            drained || state.stream(self.serial).is_none_or(|s| s.is_over() || !full && s.has_data())
        })
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        if !self.ended {
            // Nobody is left to be told.
            let _ = self.put(MessageType::STREAM, Status::ERROR, &[]);
            self.engine.lock().close_stream(self.header.serial);
        }
    }
}

fn closed() -> Error {
    err!(Rpc, OperationFailed, "stream is closed")
}
