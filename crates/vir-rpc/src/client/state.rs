//! The state of one connection at the caller's end, and what has been read by whom it is for.
//!
//! Only to be touched under the engine's lock; nothing here waits.

use super::stream::{StreamState, UNSENT_HIGH, Waker};
use super::{Answer, CloseReason, Encode, Event, Target};
use crate::frame::{self, Header, MessageType, Status, begin, finish};
use crate::keepalive::KeepaliveAction;
use crate::session::{Incoming, Session};
use crate::transport::{Transport, TransportKind};
use crate::wire;
use rustix::fd::OwnedFd;
use std::collections::btree_map::Entry;
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
    pub(super) replies: BTreeMap<u32, Slot>,
    pub(crate) streams: BTreeMap<u32, StreamState>,
    pub(super) events: VecDeque<Event>,
    /// Something came that another thread may wait for.
    pub(super) news: bool,
    /// The server has said what it may not say; what it says after that is not looked at.
    fault: Option<Error>,
}

/// A call that has not been forgotten.
pub(super) struct Slot {
    target: Target,
    answer: Wanted,
}

enum Wanted {
    Waiting,
    Answered(Result<Answer>),
    /// Nobody waits any more, but the answer may still come.
    Abandoned,
}

impl Slot {
    /// There will be no answer.
    pub(super) fn broke(&mut self, error: &Error) {
        if matches!(self.answer, Wanted::Waiting) {
            self.answer = Wanted::Answered(Err(error.clone()));
        }
    }
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

    /// Whether something waits for the socket to be writable.
    pub(super) fn wants_write(&self) -> bool {
        !self.session.out.is_empty() || self.transport.has_unsent()
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

    pub(crate) fn queue_call(&mut self, header: &Header, fds: Vec<OwnedFd>, args: Encode<'_>) -> Result<()> {
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
        let full = self.unsent() > UNSENT_HIGH;
        let flushed = self.session.out.flush(&mut *self.transport);
        // who waits for room has it
        self.inbox.news |= full && self.unsent() <= UNSENT_HIGH;
        flushed.map(drop).map_err(|error| Error::io(ErrorDomain::Rpc, &error, "Cannot write data"))
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
            if let Some(fault) = inbox.fault.take() {
                return Err((CloseReason::Error, fault));
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
    /// Puts a message where the one it is for looks for it. A packet of a stream that nobody has any
    /// more is dropped; an answer that nobody has asked for is the end.
    fn sort(&mut self, message: Incoming<'_>) {
        if self.fault.is_some() {
            return;
        }
        let Incoming { header, payload, fds } = message;
        let Header { program, version, procedure, serial, .. } = header;
        match header.kind {
            MessageType::REPLY | MessageType::REPLY_WITH_FDS => {
                if !self.answer(&header, payload, fds) {
                    self.fault = Some(err!(
                        Rpc,
                        Rpc,
                        "no call waiting for reply with prog {program} vers {version} serial {serial}"
                    ));
                }
            }
            MessageType::MESSAGE => {
                self.events.push_back(Event { program, version, procedure, payload: payload.to_vec() });
            }
            MessageType::STREAM | MessageType::STREAM_HOLE => {
                if let Some(stream) = self.streams.get_mut(&header.serial) {
                    stream.packet(&header, payload);
                    self.news = true;
                }
            }
            MessageType(kind) => {
                self.fault = Some(err!(
                    Rpc,
                    Rpc,
                    "got unexpected RPC call prog {program} vers {version} proc {procedure} type {kind}"
                ));
            }
        }
    }

    /// Whether it answers a call that has no answer yet.
    fn answer(&mut self, header: &Header, payload: &[u8], fds: Vec<OwnedFd>) -> bool {
        let Entry::Occupied(mut slot) = self.replies.entry(header.serial) else { return false };
        let Target { program, version, procedure } = slot.get().target;
        if (header.program, header.version) != (program, version) {
            return false;
        }
        match slot.get().answer {
            Wanted::Waiting => {}
            Wanted::Answered(_) => return false,
            Wanted::Abandoned => {
                slot.remove();
                return true;
            }
        }
        slot.get_mut().answer = Wanted::Answered(match header.status {
            _ if header.procedure != procedure => {
                Err(err!(Rpc, Rpc, "Unexpected message proc {} != {procedure}", header.procedure))
            }
            Status::OK => Ok(Answer { payload: payload.to_vec(), fds }),
            Status::ERROR => Err(decode_error(payload)),
            Status(other) => Err(err!(Rpc, Rpc, "Unexpected message status {other}")),
        });
        self.news = true;
        true
    }

    /// A call has been sent.
    pub(super) fn expect(&mut self, serial: u32, target: Target) {
        self.replies.insert(serial, Slot { target, answer: Wanted::Waiting });
    }

    /// The answer to a call, once.
    pub(super) fn take_reply(&mut self, serial: u32) -> Option<Result<Answer>> {
        let Entry::Occupied(slot) = self.replies.entry(serial) else { return None };
        match &slot.get().answer {
            Wanted::Answered(_) => match slot.remove().answer {
                Wanted::Answered(answer) => Some(answer),
                _ => None,
            },
            _ => None,
        }
    }

    /// Nobody waits for the answer any more.
    pub(super) fn abandon(&mut self, serial: u32) {
        if let Some(slot) = self.replies.get_mut(&serial) {
            slot.answer = Wanted::Abandoned;
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
    let of_the_server = [ErrorDomain::Remote as i32, ErrorDomain::Rpc as i32].contains(&data.domain);
    let old = of_the_server && data.code == ErrorCode::Rpc as i32 && data.level == ErrorLevel::Error as i32;
    if old && error.message().starts_with("unknown procedure") {
        let mut data = data.clone();
        data.code = ErrorCode::NoSupport as i32;
        return Error::from_data(data);
    }
    error
}
