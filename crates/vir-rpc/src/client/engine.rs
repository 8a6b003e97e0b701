//! What all threads share of one connection: its state, and whose turn it is to poll.
//!
//! Rules: the socket is read and written only under the lock and never waits there; sinks and
//! wakers are called without the lock; one thread at a time polls, the others sleep until it has
//! read their answer or leaves. `models.rs` has these rules run in every order of threads.

use super::port::{Polled, Port};
use super::state::{CloseSink, Inbox, State};
use super::sync::{Condvar, Mutex, MutexGuard};
use super::{Answer, CloseReason, Event, Target};
use crate::keepalive::Keepalive;
use crate::session::Session;
use crate::transport::Transport;
use rustix::fd::BorrowedFd;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::{Error, Result, err};

/// Bytes read at a time.
const SCRATCH: usize = 64 * 1024;

type EventSink = Arc<dyn Fn(Event) + Send + Sync>;
type UnsentSink = Arc<dyn Fn() + Send + Sync>;

pub(crate) struct Engine {
    state: Mutex<State>,
    /// Answers came, or polling is free.
    changed: Condvar,
    /// Where the thread waits that polls.
    port: Box<dyn Port>,
    event_sink: Mutex<Option<EventSink>>,
    unsent_sink: Mutex<Option<UnsentSink>>,
    started: Instant,
}

impl Engine {
    pub(crate) fn new(transport: Box<dyn Transport>) -> Result<Self> {
        let port = Polled::new(&*transport)?;
        Ok(Self::with_port(transport, Box::new(port)))
    }

    pub(crate) fn with_port(transport: Box<dyn Transport>, port: Box<dyn Port>) -> Self {
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
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            port,
            event_sink: Mutex::new(None),
            unsent_sink: Mutex::new(None),
            started: Instant::now(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Queues a call under a new serial and sends what the socket takes.
    pub(crate) fn send(
        &self,
        target: Target,
        queue: &mut dyn FnMut(&mut State, u32) -> Result<()>,
    ) -> Result<u32> {
        let mut state = self.lock();
        state.check()?;
        let serial = state.next_serial;
        state.next_serial = serial.wrapping_add(1);
        if let Err(error) = queue(&mut state, serial) {
            state.inbox.streams.remove(&serial);
            return Err(error);
        }
        state.inbox.expect(serial, target);
        self.flush(state);
        Ok(serial)
    }

    /// Sends what the socket takes; the thread that polls sees to the rest or, if there is none, the
    /// program's loop.
    pub(crate) fn flush(&self, mut state: MutexGuard<'_, State>) {
        let result = state.flush();
        self.announce(&mut state, false);
        let unsent = state.wants_write();
        match result {
            Err(error) => {
                // who does not listen any more may have answered before
                let _ = state.read(self.clock());
                let state = self.deliver(state);
                self.fail(state, CloseReason::Error, error);
            }
            Ok(()) if unsent && state.polling => {
                drop(state);
                self.port.ring();
            }
            Ok(()) => {
                drop(state);
                if unsent {
                    self.tell_unsent();
                }
            }
        }
    }

    /// Waits for the answer to a call; who waits no longer leaves a mark that it may still come.
    pub(crate) fn wait_reply(&self, serial: u32, deadline: Option<Instant>) -> Result<Answer> {
        let mut result = None;
        let waited = self.wait(deadline, &mut |state| {
            result = state.inbox.take_reply(serial);
            result.is_some()
        });
        let mut state = self.lock();
        if !matches!(result, Some(Ok(_))) {
            state.inbox.streams.remove(&serial);
        }
        if result.is_none() {
            state.inbox.abandon(serial);
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
        done: &mut dyn FnMut(&mut State) -> bool,
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
            let timeout = [left, self.keepalive_left(&state)].into_iter().flatten().min();
            let write = state.wants_write();
            drop(state);
            self.port.wait(write, timeout);
            self.read(self.lock(), our_turn);
            state = self.lock();
        };
        if our_turn {
            state.polling = false;
        }
        if !state.polling && state.sleepers > 0 {
            self.changed.notify_one();
        } else if our_turn && state.wants_write() {
            drop(state);
            self.tell_unsent();
        }
        result
    }

    /// Reads and writes without waiting, then tells those it is for.
    fn read<'a>(&'a self, mut state: MutexGuard<'a, State>, our_turn: bool) {
        let now = self.clock();
        let result = state.read(now).and_then(|()| {
            state.keepalive(now)?;
            state.flush().map_err(|error| (CloseReason::Error, error))
        });
        self.announce(&mut state, our_turn);
        let wakers = state.inbox.wakers();
        let state = self.deliver(state);
        match result {
            Ok(()) => drop(state),
            Err((reason, error)) => self.fail(state, reason, error),
        }
        wakers.iter().for_each(|waker| waker());
    }

    /// Wakes the threads that may wait for what has happened.
    fn announce(&self, state: &mut State, our_turn: bool) {
        if mem::take(&mut state.inbox.news) {
            if state.sleepers > 0 {
                self.changed.notify_all();
            }
            if state.polling && !our_turn {
                self.port.ring();
            }
        }
    }

    /// Hands out events, in order: one thread does it at a time.
    fn deliver<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if state.delivering || state.inbox.events.is_empty() {
            return state;
        }
        state.delivering = true;
        while let Some(event) = state.inbox.events.pop_front() {
            drop(state);
            let sink = self.event_sink.lock().unwrap_or_else(|e| e.into_inner()).clone();
            if let Some(sink) = sink {
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
        self.wait(Some(deadline), &mut |_| false)
    }

    fn fail(&self, mut state: MutexGuard<'_, State>, reason: CloseReason, error: Error) {
        if state.closed.is_some() {
            return;
        }
        for slot in state.inbox.replies.values_mut() {
            slot.broke(&error);
        }
        state.inbox.streams.values_mut().for_each(|stream| stream.broke(&error));
        state.closed = Some(error);
        let sink = state.close_sink.take();
        let wakers = state.inbox.wakers();
        self.port.shut_down();
        drop(state);
        self.changed.notify_all();
        self.port.ring();
        wakers.iter().for_each(|waker| waker());
        if let Some(sink) = sink {
            sink(reason);
        }
    }

    pub(crate) fn close(&self, reason: CloseReason, error: Error) {
        self.fail(self.lock(), reason, error);
    }

    fn tell_unsent(&self) {
        let sink = self.unsent_sink.lock().unwrap_or_else(|e| e.into_inner()).clone();
        if let Some(sink) = sink {
            sink();
        }
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
        self.port.ring();
    }

    pub(crate) fn set_event_sink(&self, sink: EventSink) {
        *self.event_sink.lock().unwrap_or_else(|e| e.into_inner()) = Some(sink);
    }

    pub(crate) fn set_unsent_sink(&self, sink: UnsentSink) {
        *self.unsent_sink.lock().unwrap_or_else(|e| e.into_inner()) = Some(sink);
    }

    pub(crate) fn set_close_sink(&self, sink: CloseSink) {
        self.lock().close_sink = Some(sink);
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.port.fd()
    }

    pub(crate) fn wants_write(&self) -> bool {
        self.lock().wants_write()
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.lock().closed.is_none()
    }
}
