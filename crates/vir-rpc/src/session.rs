//! One connection's protocol without its socket: bytes in, messages out, answers queued.
//!
//! Owns the order and the limits of what arrives. It never reads, writes, waits or looks at a
//! clock, so it can be driven by a test, and [`Session::save`] gives all there is to know about it
//! when the program replaces itself.

use crate::frame::{self, Frame, FrameError, Header, frame_length, keepalive};
use crate::keepalive::Keepalive;
use crate::outbox::Outbox;
use rustix::fd::{AsRawFd, OwnedFd, RawFd};
use std::collections::VecDeque;

/// No more calls are taken while this many bytes wait to be read by the other end. It is more than
/// a stream may have waiting, so that a download does not shut calls out.
const OUT_HIGH: usize = 512 * 1024;
/// How much is read ahead while no calls are taken, to see keepalive messages behind them.
const READ_AHEAD: usize = 64 * 1024;
/// Descriptors held that no message has claimed yet (what one `sendmsg` can carry).
const LOOSE_FDS: usize = 253;

/// A message that has arrived.
pub struct Incoming<'a> {
    /// Its header.
    pub header: Header,
    /// Its payload, behind the number of descriptors.
    pub payload: &'a [u8],
    /// Its descriptors.
    pub fds: Vec<OwnedFd>,
}

/// The state of one connection.
#[derive(Default)]
pub struct Session {
    /// What has arrived and is not processed: part of a message, or calls held back.
    buffer: Vec<u8>,
    /// Calls in `buffer` were held back, it is not just part of a message.
    held_back: bool,
    /// How far into `buffer` keepalive messages have been answered ahead of their turn.
    scanned: usize,
    fds: VecDeque<OwnedFd>,
    /// Calls handed out whose answer is not queued yet.
    in_flight: usize,
    max_requests: usize,
    /// The other end only answers: nothing is ever held back.
    caller: bool,
    /// Whole messages that have arrived.
    taken: u64,
    held: bool,
    /// What waits to be sent.
    pub out: Outbox,
    /// When to ask whether the other end is there.
    pub keepalive: Keepalive,
}

/// All of a [`Session`] that must outlive the program, in bytes and numbers. Descriptors stand in it
/// by `F`: their number while they are open here, themselves when they have been taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSession<F = RawFd> {
    /// Received, not processed.
    pub received: Vec<u8>,
    /// How far into `received` keepalive messages have been answered ahead of their turn.
    pub scanned: usize,
    /// Descriptors that have arrived and no message has claimed yet.
    pub received_fds: Vec<F>,
    /// Queued, not sent: bytes, and descriptors that go out behind them.
    pub unsent: Vec<(Vec<u8>, Vec<F>)>,
    /// Calls without an answer so far.
    pub in_flight: usize,
    /// See [`Session::new`].
    pub max_requests: usize,
    /// Whether and how it asks.
    pub keepalive: Keepalive,
}

impl<F> SavedSession<F> {
    /// The same with other descriptors in it; `None` if one is not to be had.
    pub fn with_fds<G>(self, mut take: impl FnMut(F) -> Option<G>) -> Option<SavedSession<G>> {
        let mut take_all = |fds: Vec<F>| fds.into_iter().map(&mut take).collect::<Option<Vec<G>>>();
        let unsent = self.unsent.into_iter().map(|(bytes, fds)| Some((bytes, take_all(fds)?)));
        Some(SavedSession {
            unsent: unsent.collect::<Option<_>>()?,
            received_fds: take_all(self.received_fds)?,
            received: self.received,
            scanned: self.scanned,
            in_flight: self.in_flight,
            max_requests: self.max_requests,
            keepalive: self.keepalive,
        })
    }
}

impl Session {
    /// `max_requests` calls are handed out at a time; the next one waits until one is answered.
    pub fn new(max_requests: usize, keepalive: Keepalive) -> Self {
        Self { max_requests: max_requests.max(1), keepalive, ..Self::default() }
    }

    /// The caller's end: answers, events and stream packets are taken as they come.
    pub fn for_caller() -> Self {
        Self { caller: true, ..Self::new(usize::MAX, Keepalive::default()) }
    }

    /// Changes how many calls are handed out at a time.
    pub fn set_max_requests(&mut self, max_requests: usize) {
        self.max_requests = max_requests.max(1);
    }

    /// A call was handed to someone who answers later.
    pub fn call_started(&mut self) {
        self.in_flight += 1;
    }

    /// The answer to such a call is queued; [`Session::resume`] may find more to do.
    pub fn call_finished(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Calls without an answer so far.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Holds back (or no longer) whatever arrives: a stream has no room, or the end is near.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    fn takes_messages(&self) -> bool {
        let room = self.in_flight < self.max_requests && self.out.len() <= OUT_HIGH;
        self.caller || (room && !self.held)
    }

    /// Whether reading the socket makes sense now.
    pub fn wants_input(&self) -> bool {
        self.takes_messages() || self.buffer.len() < READ_AHEAD
    }

    /// Whether messages are held back that could be processed now.
    pub fn can_resume(&self) -> bool {
        self.held_back && self.takes_messages()
    }

    /// Whether as many calls are handed out as may be.
    pub fn is_at_limit(&self) -> bool {
        self.in_flight >= self.max_requests
    }

    /// Where the transport puts descriptors that arrive.
    pub fn loose_fds(&mut self) -> &mut VecDeque<OwnedFd> {
        &mut self.fds
    }

    /// Processes bytes that arrived at `now`: each complete message goes to `handle`, unless it is
    /// a keepalive message, which is answered here.
    ///
    /// # Errors
    /// The bytes are no messages; the connection must be closed.
    pub fn receive(
        &mut self,
        bytes: &[u8],
        now: u64,
        handle: &mut dyn FnMut(&mut Session, Incoming<'_>),
    ) -> Result<(), FrameError> {
        let before = self.taken;
        if self.fds.len() > LOOSE_FDS {
            return Err(FrameError::FdsUnexpected);
        }
        if self.buffer.is_empty() {
            let used = self.process(bytes, handle)?;
            self.buffer.extend_from_slice(&bytes[used..]);
        } else {
            self.buffer.extend_from_slice(bytes);
            self.resume(handle)?;
        }
        // a server that never comes to the end of a message is as good as gone
        if !self.caller || self.taken != before {
            self.keepalive.heard(now);
        }
        Ok(())
    }

    /// Goes on with what was held back.
    ///
    /// # Errors
    /// As [`Session::receive`].
    pub fn resume(&mut self, handle: &mut dyn FnMut(&mut Session, Incoming<'_>)) -> Result<(), FrameError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let used = self.process(&buffer, handle)?;
        if used < buffer.len() {
            buffer.drain(..used);
            self.buffer = buffer;
        }
        Ok(())
    }

    /// Returns how many bytes are done with.
    fn process(
        &mut self,
        bytes: &[u8],
        handle: &mut dyn FnMut(&mut Session, Incoming<'_>),
    ) -> Result<usize, FrameError> {
        let mut at = 0;
        while self.takes_messages() {
            let Some(frame) = next_unit(&bytes[at..])? else { break };
            let fds = self.claim_fds(frame.fds)?;
            if let Some(procedure) = keepalive::procedure(&frame.header) {
                if at >= self.scanned {
                    self.answer_keepalive(procedure);
                }
            } else {
                let payload = &bytes[at + frame.payload..at + frame.end];
                handle(self, Incoming { header: frame.header, payload, fds });
            }
            at += frame.end_with_fds();
            self.taken += 1;
        }
        if at == bytes.len() {
            // Whatever came without being announced is closed unseen.
            self.fds.clear();
        }
        self.held_back = at < bytes.len() && !self.takes_messages();
        self.scan_ahead(bytes, at)?;
        Ok(at)
    }

    /// Answers keepalive messages behind calls that must wait: a busy server is not a dead one.
    fn scan_ahead(&mut self, bytes: &[u8], used: usize) -> Result<(), FrameError> {
        let mut at = self.scanned.max(used);
        if !self.takes_messages() {
            while let Some(frame) = next_unit(&bytes[at..])? {
                if let Some(procedure) = keepalive::procedure(&frame.header) {
                    self.answer_keepalive(procedure);
                }
                at += frame.end_with_fds();
            }
        }
        self.scanned = at - used;
        Ok(())
    }

    fn answer_keepalive(&mut self, procedure: i32) {
        // A client that never reads gets no answers beyond what it may have waiting.
        if procedure == keepalive::PING && self.out.len() <= 2 * OUT_HIGH {
            self.queue(&keepalive::header(keepalive::PONG), &[]);
        }
    }

    fn claim_fds(&mut self, count: usize) -> Result<Vec<OwnedFd>, FrameError> {
        if count > self.fds.len() {
            return Err(FrameError::FdsMissing);
        }
        Ok(self.fds.drain(..count).collect())
    }

    /// Queues a message without descriptors; one that is too large for the wire is dropped, and
    /// `false` returned.
    pub fn queue(&mut self, header: &Header, payload: &[u8]) -> bool {
        frame::append(self.out.writer(), header, payload).is_ok()
    }

    /// How many bytes are missing until all that has arrived is whole messages; 0 if it is.
    pub fn missing(&self) -> usize {
        let mut at = 0;
        while at < self.buffer.len() {
            let rest = &self.buffer[at..];
            match frame_length(rest) {
                Ok(None) => return frame::LENGTH_SIZE - rest.len(),
                Ok(Some(length)) if length > rest.len() => return length - rest.len(),
                _ => {}
            }
            match next_unit(rest) {
                Ok(Some(frame)) => at += frame.end_with_fds(),
                // the bytes that carry descriptors come one by one
                Ok(None) => return 1,
                Err(_) => return 0,
            }
        }
        0
    }

    /// Whether nothing is under way: no part of a message, no call, no answer, no descriptor.
    pub fn is_idle(&self) -> bool {
        self.buffer.is_empty() && self.fds.is_empty() && self.in_flight == 0 && self.out.is_empty()
    }

    /// Whether something has arrived that is not processed.
    pub fn has_received(&self) -> bool {
        !self.buffer.is_empty() || !self.fds.is_empty()
    }

    /// All that must outlive the program.
    pub fn save(&self) -> SavedSession {
        SavedSession {
            received: self.buffer.clone(),
            scanned: self.scanned,
            received_fds: self.fds.iter().map(AsRawFd::as_raw_fd).collect(),
            unsent: self.out.unsent(),
            in_flight: self.in_flight,
            max_requests: self.max_requests,
            keepalive: self.keepalive.clone(),
        }
    }

    /// The reverse of [`Session::save`], with the descriptors taken over.
    pub fn restore(saved: SavedSession<OwnedFd>) -> Self {
        let mut session = Self::new(saved.max_requests, saved.keepalive);
        session.held_back = !saved.received.is_empty();
        session.scanned = saved.scanned.min(saved.received.len());
        session.buffer = saved.received;
        session.fds = saved.received_fds.into();
        session.in_flight = saved.in_flight;
        for (bytes, fds) in saved.unsent {
            session.out.push(bytes, fds);
        }
        session
    }
}

/// The message at the start of `bytes`, if it and the bytes of its descriptors are complete.
fn next_unit(bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
    // The common case while a large message arrives: not complete, nothing more to look at.
    if frame_length(bytes)?.is_none_or(|length| length > bytes.len()) {
        return Ok(None);
    }
    Ok(Frame::find(bytes)?.filter(|frame| frame.end_with_fds() <= bytes.len()))
}
