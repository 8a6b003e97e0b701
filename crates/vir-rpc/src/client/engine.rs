//! What all threads share of one connection: its state, and whose turn it is to poll.
//!
//! Rules: the socket is read and written only under the lock and never waits there; sinks and
//! wakers are called without the lock; one thread at a time polls, the others sleep until it has
//! read their answer or leaves.

use super::state::{CloseSink, Inbox, State};
use super::{Answer, CloseReason, Event};
use crate::keepalive::Keepalive;
use crate::session::Session;
use crate::transport::Transport;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{io, mem};
use vir_base::error::ErrorDomain;
use vir_base::{Error, Result, err};

/// Bytes read at a time.
const SCRATCH: usize = 64 * 1024;

type EventSink = Box<dyn Fn(Event) + Send + Sync>;

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
