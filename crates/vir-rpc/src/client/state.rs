//! The state of one connection at the caller's end, and what has been read by whom it is for.
//!
//! Only to be touched under the engine's lock; nothing here waits.

use super::stream::{StreamState, Waker};
use super::{Answer, CloseReason, Event};
use crate::frame::{self, Header, MessageType, Status, begin, finish};
use crate::keepalive::KeepaliveAction;
use crate::session::{Incoming, Session};
use crate::transport::{Transport, TransportKind};
use crate::wire;
use rustix::fd::OwnedFd;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use vir_base::error::{ErrorCode, ErrorDomain, ErrorLevel};
use vir_base::{Error, Result, err};

/// Told once why the connection ended.
pub(crate) type CloseSink = Box<dyn FnOnce(CloseReason) + Send>;

pub(crate) struct State {
    pub(super) transport: Box<dyn Transport>,
    pub(super) session: Session,
    pub(super) inbox: Inbox,
    pub(super) scratch: Vec<u8>,
    pub(super) next_serial: u32,
    /// A thread polls.
    pub(super) polling: bool,
    /// Threads that sleep until something changes.
    pub(super) sleepers: usize,
    /// A thread hands out events.
    pub(super) delivering: bool,
    pub(super) closed: Option<Error>,
    pub(super) close_sink: Option<CloseSink>,
}

/// What has been read, by whom it is for.
#[derive(Default)]
pub(crate) struct Inbox {
    /// Calls that wait; `Some` when answered.
    pub(super) replies: BTreeMap<u32, Option<Result<Answer>>>,
    pub(crate) streams: BTreeMap<u32, StreamState>,
    pub(super) events: VecDeque<Event>,
    /// Something came that another thread may wait for.
    pub(super) news: bool,
}

impl State {
    pub(super) fn check(&self) -> Result<()> {
        if self.closed.is_some() { Err(self.closed_error()) } else { Ok(()) }
    }

    pub(super) fn closed_error(&self) -> Error {
        err!(Rpc, InternalError, "client socket is closed")
    }

    pub(crate) fn open_stream(&mut self, serial: u32, sparse: bool) {
        self.inbox.streams.insert(serial, StreamState::new(sparse));
    }

    pub(crate) fn stream(&mut self, serial: u32) -> Option<&mut StreamState> {
        self.inbox.streams.get_mut(&serial)
    }

    pub(crate) fn close_stream(&mut self, serial: u32) {
        self.inbox.streams.remove(&serial);
    }

    pub(super) fn transport_kind(&self) -> TransportKind {
        self.transport.kind()
    }

    /// Bytes that wait to be sent.
    pub(crate) fn unsent(&self) -> usize {
        self.session.out.len()
    }

    /// Queues a message with a payload that is encoded already.
    pub(crate) fn queue(&mut self, header: &Header, payload: &[u8]) -> Result<()> {
        self.check()?;
        frame::append(self.session.out.writer(), header, payload).map_err(|error| err!(Rpc, Rpc, "{error}"))
    }

    pub(crate) fn queue_call(
        &mut self,
        header: &Header,
        fds: Vec<OwnedFd>,
        args: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let out = self.session.out.writer();
        let start = begin(out, header);
        if !fds.is_empty() {
            out.extend_from_slice(&(fds.len() as u32).to_be_bytes());
        }
        let result = args(out).and_then(|()| {
            finish(out, start).map_err(|_| err!(Rpc, Rpc, "Unable to encode message payload"))
        });
        match result {
            Ok(()) => self.session.out.attach(fds),
            Err(_) => out.truncate(start),
        }
        result
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        match self.session.out.flush(&mut *self.transport) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::io(ErrorDomain::Rpc, &error, "Cannot write data")),
        }
    }

    pub(super) fn keepalive(&mut self, now: u64) -> Result<(), (CloseReason, Error)> {
        match self.session.keepalive.poll(now) {
            KeepaliveAction::Wait => {}
            KeepaliveAction::Ping => {
                self.session.queue(&frame::keepalive::header(frame::keepalive::PING), &[]);
            }
            KeepaliveAction::Dead => {
                let error = err!(Rpc, InternalError, "connection closed due to keepalive timeout");
                return Err((CloseReason::Keepalive, error));
            }
        }
        Ok(())
    }

    pub(super) fn read(&mut self, now: u64) -> Result<(), (CloseReason, Error)> {
        if self.closed.is_some() {
            return Ok(());
        }
        let Self { transport, session, inbox, scratch, .. } = self;
        loop {
            let len = match transport.recv(scratch, session.loose_fds()) {
                Ok(0) => {
                    let error = io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error());
                    let what = with_last_words("End of file while reading data", &mut **transport);
                    let error = Error::io(ErrorDomain::Rpc, &error, what);
                    return Err((CloseReason::Eof, error));
                }
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let what = with_last_words("Cannot recv data", &mut **transport);
                    let error = Error::io(ErrorDomain::Rpc, &error, what);
                    return Err((CloseReason::Error, error));
                }
            };
            let full = len == scratch.len() || transport.has_buffered();
            let mut sort = |_: &mut Session, message: Incoming<'_>| inbox.sort(message);
            if let Err(error) = session.receive(&scratch[..len], now, &mut sort) {
                return Err((CloseReason::Error, err!(Rpc, Rpc, "{error}")));
            }
            if !full {
                return Ok(());
            }
        }
    }
}

fn with_last_words(what: &str, transport: &mut dyn Transport) -> String {
    match transport.last_words() {
        Some(words) => format!("{what}: {words}"),
        None => what.to_owned(),
    }
}

impl Inbox {
    /// Puts a message where the one it is for looks for it. One that nobody waits for (any more)
    /// is dropped.
    fn sort(&mut self, message: Incoming<'_>) {
        let Incoming { header, payload, fds } = message;
        match header.kind {
            MessageType::REPLY | MessageType::REPLY_WITH_FDS => {
                if let Some(slot) = self.replies.get_mut(&header.serial) {
                    *slot = Some(match header.status {
                        Status::OK => Ok(Answer { payload: payload.to_vec(), fds }),
                        Status::ERROR => Err(decode_error(payload)),
                        Status(other) => Err(err!(Rpc, Rpc, "Unexpected message status {other}")),
                    });
                    self.news = true;
                }
            }
            MessageType::MESSAGE => {
                let Header { program, version, procedure, .. } = header;
                self.events.push_back(Event { program, version, procedure, payload: payload.to_vec() });
            }
            MessageType::STREAM | MessageType::STREAM_HOLE => {
                if let Some(stream) = self.streams.get_mut(&header.serial) {
                    stream.packet(&header, payload);
                    self.news = true;
                }
            }
            _ => {}
        }
    }

    pub(super) fn wakers(&mut self) -> Vec<Waker> {
        self.streams.values_mut().filter_map(StreamState::take_wake).collect()
    }
}

/// The error in a reply or a stream packet. An old server's word for a procedure that it does not
/// know becomes ours.
pub(crate) fn decode_error(payload: &[u8]) -> Error {
    let error: Error = match wire::decode(payload) {
        Ok(error) | Err(error) => error,
    };
    let data = error.data();
    let old = data.domain == ErrorDomain::Remote as i32
        && data.code == ErrorCode::Rpc as i32
        && data.level == ErrorLevel::Error as i32;
    if old && error.message().starts_with("unknown procedure") {
        let mut data = data.clone();
        data.code = ErrorCode::NoSupport as i32;
        return Error::from_data(data);
    }
    error
}
