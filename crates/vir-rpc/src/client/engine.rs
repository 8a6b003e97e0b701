//! What all threads share of one connection: its state, and whose turn it is to poll.
//!
//! Rules: the socket is read and written only under the lock and never waits there; sinks and
//! wakers are called without the lock; one thread at a time polls, the others sleep until it has
//! read their answer or leaves.

use super::stream::StreamState;
use super::{Answer, CloseReason, Event};
use crate::frame::{Header, MessageType, Status, begin, finish};
use crate::keepalive::{Keepalive, KeepaliveAction};
use crate::session::{Incoming, Session};
use crate::transport::Transport;
use crate::{frame, wire};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{io, mem};
use vir_base::error::{ErrorCode, ErrorDomain, ErrorLevel};
use vir_base::{Error, Result, err};

/// Bytes read at a time.
const SCRATCH: usize = 64 * 1024;

type EventSink = Box<dyn Fn(Event) + Send + Sync>;
type CloseSink = Box<dyn FnOnce(CloseReason) + Send>;

pub(crate) struct Engine {
    state: Mutex<State>,
    /// Answers came, or polling is free.
    changed: Condvar,
    /// Interrupts the thread that polls.
    bell: OwnedFd,
    /// The socket, to poll it without the lock.
    fd: OwnedFd,
    event_sink: Mutex<Option<EventSink>>,
    started: Instant,
}

pub(crate) struct State {
    transport: Box<dyn Transport>,
    session: Session,
    inbox: Inbox,
    scratch: Vec<u8>,
    next_serial: u32,
    /// A thread polls.
    polling: bool,
    /// Threads that sleep in [`Engine::changed`].
    sleepers: usize,
    /// A thread hands out events.
    delivering: bool,
    closed: Option<Error>,
    close_sink: Option<CloseSink>,
}

/// What has been read, by whom it is for.
#[derive(Default)]
pub(crate) struct Inbox {
    /// Calls that wait; `Some` when answered.
    replies: BTreeMap<u32, Option<Result<Answer>>>,
    pub(crate) streams: BTreeMap<u32, StreamState>,
    events: VecDeque<Event>,
    /// Something came that another thread may wait for.
    news: bool,
}

impl Engine {
    pub(crate) fn new(transport: Box<dyn Transport>) -> Result<Self> {
        let failed =
            |error: io::Error| Error::io(ErrorDomain::Rpc, &error, "Unable to copy socket file handle");
        let fd = transport.fd().try_clone_to_owned().map_err(failed)?;
        let bell =
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|e| failed(e.into()))?;
        let state = State {
            transport,
            session: Session::for_caller(),
            inbox: Inbox::default(),
            scratch: vec![0; SCRATCH],
            next_serial: 0,
            polling: false,
            sleepers: 0,
            delivering: false,
            closed: None,
            close_sink: None,
        };
        Ok(Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            bell,
            fd,
            event_sink: Mutex::default(),
            started: Instant::now(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Queues a call under a new serial and sends what the socket takes.
    pub(crate) fn send(&self, queue: impl FnOnce(&mut State, u32) -> Result<()>) -> Result<u32> {
        let mut state = self.lock();
        state.check()?;
        let serial = state.next_serial;
        state.next_serial = serial.wrapping_add(1);
        if let Err(error) = queue(&mut state, serial) {
            state.inbox.streams.remove(&serial);
            return Err(error);
        }
        state.inbox.replies.insert(serial, None);
        self.flush(state);
        Ok(serial)
    }

    /// Sends what the socket takes; the thread that polls sees to the rest.
    pub(crate) fn flush(&self, mut state: MutexGuard<'_, State>) {
        let result = state.flush();
        if !state.session.out.is_empty() && state.polling {
            self.ring();
        }
        if let Err(error) = result {
            self.fail(state, CloseReason::Error, error);
        }
    }

    pub(crate) fn wait_reply(&self, serial: u32, deadline: Option<Instant>) -> Result<Answer> {
        let mut result = None;
        let waited = self.wait(deadline, |state| {
            result = match state.inbox.replies.get_mut(&serial) {
                Some(slot) => slot.take(),
                None => Some(Err(state.closed_error())),
            };
            result.is_some()
        });
        let mut state = self.lock();
        state.inbox.replies.remove(&serial);
        if !matches!(result, Some(Ok(_))) {
            state.inbox.streams.remove(&serial);
        }
        drop(state);
        match (result, waited) {
            (Some(result), _) => result,
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(err!(Rpc, OperationTimeout, "no answer in time")),
        }
    }

    /// Waits until `done`, polling or sleeping while another thread polls. `Ok` also when the
    /// deadline has passed; an error when the connection is gone.
    pub(crate) fn wait(
        &self,
        deadline: Option<Instant>,
        mut done: impl FnMut(&mut State) -> bool,
    ) -> Result<()> {
        let mut state = self.lock();
        let mut our_turn = false;
        let result = loop {
            if done(&mut state) {
                break Ok(());
            }
            if let Err(error) = state.check() {
                break Err(error);
            }
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                break Ok(());
            }
            if state.polling && !our_turn {
                state.sleepers += 1;
                state = match left {
                    Some(left) => match self.changed.wait_timeout(state, left) {
                        Ok((state, _)) => state,
                        Err(poisoned) => poisoned.into_inner().0,
                    },
                    None => self.changed.wait(state).unwrap_or_else(|e| e.into_inner()),
                };
                state.sleepers -= 1;
                continue;
            }
            our_turn = true;
            state.polling = true;
            state = self.poll_once(state, left);
            self.read(state, our_turn);
            state = self.lock();
        };
        if our_turn {
            state.polling = false;
        }
        if !state.polling && state.sleepers > 0 {
            self.changed.notify_one();
        }
        result
    }

    /// Sleeps in poll, without the lock.
    fn poll_once<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        let mut flags = PollFlags::IN;
        flags.set(PollFlags::OUT, !state.session.out.is_empty());
        let timeout = [left, self.keepalive_left(&state)].into_iter().flatten().min();
        drop(state);
        let timeout = timeout.and_then(|left| Timespec::try_from(left).ok());
        let mut fds = [PollFd::new(&self.fd, flags), PollFd::new(&self.bell, PollFlags::IN)];
        // Interrupted or not: whatever there is is looked at.
        let _ = poll(&mut fds, timeout.as_ref());
        if fds[1].revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&self.bell, &mut [0; 8]);
        }
        self.lock()
    }

    /// Reads and writes without waiting, then tells those it is for.
    fn read<'a>(&'a self, mut state: MutexGuard<'a, State>, our_turn: bool) {
        let now = self.clock();
        let result = state.read(now).and_then(|()| {
            state.keepalive(now)?;
            state.flush().map_err(|error| (CloseReason::Error, error))
        });
        if mem::take(&mut state.inbox.news) {
            if state.sleepers > 0 {
                self.changed.notify_all();
            }
            if state.polling && !our_turn {
                self.ring();
            }
        }
        let wakers = state.inbox.wakers();
        let state = self.deliver(state);
        match result {
            Ok(()) => drop(state),
            Err((reason, error)) => self.fail(state, reason, error),
        }
        wakers.iter().for_each(|waker| waker());
    }

    /// Hands out events, in order: one thread does it at a time.
    fn deliver<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if state.delivering || state.inbox.events.is_empty() {
            return state;
        }
        state.delivering = true;
        while let Some(event) = state.inbox.events.pop_front() {
            drop(state);
            if let Some(sink) = &*self.event_sink.lock().unwrap_or_else(|e| e.into_inner()) {
                sink(event);
            }
            state = self.lock();
        }
        state.delivering = false;
        state
    }

    pub(crate) fn dispatch(&self) -> Result<()> {
        self.read(self.lock(), false);
        self.lock().check()
    }

    pub(crate) fn process_until(&self, deadline: Instant) -> Result<()> {
        self.wait(Some(deadline), |_| false)
    }

    fn fail(&self, mut state: MutexGuard<'_, State>, reason: CloseReason, error: Error) {
        if state.closed.is_some() {
            return;
        }
        for slot in state.inbox.replies.values_mut().filter(|slot| slot.is_none()) {
            *slot = Some(Err(error.clone()));
        }
        state.inbox.streams.values_mut().for_each(|stream| stream.broke(&error));
        state.closed = Some(error);
        let sink = state.close_sink.take();
        let wakers = state.inbox.wakers();
        // The other end sees it at once, though threads may still hold the socket.
        let _ = rustix::net::shutdown(&self.fd, rustix::net::Shutdown::Both);
        drop(state);
        self.changed.notify_all();
        self.ring();
        wakers.iter().for_each(|waker| waker());
        if let Some(sink) = sink {
            sink(reason);
        }
    }

    pub(crate) fn close(&self, reason: CloseReason, error: Error) {
        self.fail(self.lock(), reason, error);
    }

    fn ring(&self) {
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
    }

    fn clock(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn keepalive_left(&self, state: &State) -> Option<Duration> {
        let at = state.session.keepalive.deadline()?;
        Some(Duration::from_millis(at.saturating_sub(self.clock())))
    }

    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.keepalive_left(&self.lock())
    }

    pub(crate) fn set_keepalive(&self, interval: Duration, count: u32) {
        let mut state = self.lock();
        state.session.keepalive = Keepalive::new(interval, count);
        state.session.keepalive.start(self.clock());
        drop(state);
        self.ring();
    }

    pub(crate) fn set_event_sink(&self, sink: EventSink) {
        *self.event_sink.lock().unwrap_or_else(|e| e.into_inner()) = Some(sink);
    }

    pub(crate) fn set_close_sink(&self, sink: CloseSink) {
        self.lock().close_sink = Some(sink);
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(crate) fn wants_write(&self) -> bool {
        !self.lock().session.out.is_empty()
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.lock().closed.is_none()
    }
}

impl State {
    fn check(&self) -> Result<()> {
        if self.closed.is_some() { Err(self.closed_error()) } else { Ok(()) }
    }

    fn closed_error(&self) -> Error {
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

    fn flush(&mut self) -> Result<()> {
        match self.session.out.flush(&mut *self.transport) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::io(ErrorDomain::Rpc, &error, "Cannot write data")),
        }
    }

    fn keepalive(&mut self, now: u64) -> Result<(), (CloseReason, Error)> {
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

    fn read(&mut self, now: u64) -> Result<(), (CloseReason, Error)> {
        if self.closed.is_some() {
            return Ok(());
        }
        let Self { transport, session, inbox, scratch, .. } = self;
        loop {
            let len = match transport.recv(scratch, session.loose_fds()) {
                Ok(0) => {
                    let error = io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error());
                    let error = Error::io(ErrorDomain::Rpc, &error, "End of file while reading data");
                    return Err((CloseReason::Eof, error));
                }
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let error = Error::io(ErrorDomain::Rpc, &error, "Cannot recv data");
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

    fn wakers(&mut self) -> Vec<super::stream::Waker> {
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
