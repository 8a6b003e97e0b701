//! One client as the loop sees it: its socket, its protocol state, its streams.
//!
//! Only the loop's thread touches it. What a program decides about a call is in `dispatch`.

use super::handle::{ClientHandle, EVENT_BACKLOG};
use super::mailbox::{Mailbox, Outgoing, Token};
use super::poller::Poller;
use super::stream::NewStream;
use super::stream_loop::{Fate, Stream};
use super::{Server, dispatch};
use crate::frame::{FrameError, Header, MessageType};
use crate::keepalive::KeepaliveAction;
use crate::session::{Incoming, Session};
use crate::transport::{Transport, TransportKind};
use crate::{frame, frame::keepalive};
use rustix::event::epoll::EventFlags;
use rustix::fd::BorrowedFd;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How often one client is read before others get their turn.
const READS_PER_TURN: usize = 4;

/// How often one client's queue is filled and emptied before others get their turn.
const TURNS: usize = 16;

pub(crate) struct Conn {
    pub(crate) session: Session,
    pub(crate) link: Link,
    armed: EventFlags,
}

/// A connection without its protocol state.
pub(crate) struct Link {
    transport: Box<dyn Transport>,
    pub(crate) handle: ClientHandle,
    pub(crate) server: Arc<Server>,
    streams: Vec<Stream>,
    /// Both ends have still to agree on how to talk.
    opening: bool,
    /// No more calls are taken.
    draining: bool,
    /// Nothing is read but what completes a message of which a part has come.
    completing: bool,
    close_when_sent: bool,
    /// The client broke the rules, or must go.
    broken: bool,
    /// Bytes of events queued since nothing was left to send.
    events: usize,
    /// A timer looks after the keepalive.
    timed: bool,
    /// It was said that the client makes more calls at a time than it may.
    warned: bool,
}

/// What the loop lends a connection while it works on it.
pub(crate) struct Tools<'a> {
    pub(crate) poller: &'a mut Poller,
    pub(crate) mailbox: &'a Arc<Mailbox>,
    /// For reading into.
    pub(crate) scratch: &'a mut [u8],
    /// A buffer for what goes out.
    pub(crate) spare: &'a mut Vec<u8>,
    pub(crate) now: u64,
}

/// Whether a connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    Over,
}

impl Conn {
    pub(crate) fn new(
        transport: Box<dyn Transport>,
        session: Session,
        handle: ClientHandle,
        server: Arc<Server>,
        poller: &Poller,
    ) -> io::Result<Self> {
        let armed = EventFlags::IN;
        poller.arm(transport.fd(), handle.0.token, armed)?;
        let link = Link {
            transport,
            handle,
            server,
            streams: vec![],
            opening: true,
            draining: false,
            completing: false,
            close_when_sent: false,
            broken: false,
            events: 0,
            timed: false,
            warned: false,
        };
        Ok(Self { session, link, armed })
    }

    /// The socket is ready; [`Conn::settle`] must follow.
    pub(crate) fn ready(&mut self, flags: EventFlags, tools: &mut Tools<'_>) -> Life {
        self.session.out.lend(tools.spare);
        if self.link.opening {
            match self.link.open() {
                Ok(true) => {}
                Ok(false) => return Life::Alive,
                Err(error) => {
                    log::error!("client {}: {error}", self.link.handle.id());
                    return Life::Over;
                }
            }
        }
        let mut life = Life::Alive;
        let input = flags.intersects(EventFlags::IN) || self.link.transport.has_buffered();
        if input && self.wants_input() {
            life = self.read(tools);
        } else if flags.intersects(EventFlags::HUP | EventFlags::ERR) {
            life = Life::Over;
        }
        if life == Life::Over {
            // What was asked is answered as far as the socket still takes it.
            let _ = self.session.out.flush(&mut *self.link.transport);
        }
        life
    }

    fn read(&mut self, tools: &mut Tools<'_>) -> Life {
        for _ in 0..READS_PER_TURN {
            let most = match self.link.completing {
                true => self.session.missing().min(tools.scratch.len()),
                false => tools.scratch.len(),
            };
            let got = self.link.transport.recv(&mut tools.scratch[..most], self.session.loose_fds());
            let len = match got {
                Ok(0) => return Life::Over,
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Life::Over,
            };
            let full = len == most || self.link.transport.has_buffered();
            let Self { session, link, .. } = self;
            let (poller, mailbox) = (&mut *tools.poller, tools.mailbox);
            let result = session.receive(&tools.scratch[..len], tools.now, &mut |session, message| {
                link.message(session, message, poller, mailbox);
            });
            if link.after(result) == Life::Over {
                return Life::Over;
            }
            if !full || !self.wants_input() {
                break;
            }
        }
        Life::Alive
    }

    /// Whether reading the socket makes sense now.
    fn wants_input(&self) -> bool {
        match self.link.completing {
            true => self.session.missing() > 0,
            false => self.session.wants_input(),
        }
    }

    /// Sends what is queued, goes on with what was held back, and watches what is to be watched.
    pub(crate) fn settle(&mut self, tools: &mut Tools<'_>) -> Life {
        let Self { session, link, armed } = self;
        let mut turns = 0;
        let more_to_do = loop {
            turns += 1;
            if turns > TURNS {
                break true;
            }
            let all_sent = match session.out.flush(&mut *link.transport) {
                Ok(all_sent) => all_sent,
                Err(_) => return Life::Over,
            };
            let before = session.out.end();
            link.settle_streams(session, tools.poller);
            if all_sent && session.out.end() != before {
                continue;
            }
            if session.can_resume() {
                let (poller, mailbox) = (&mut *tools.poller, tools.mailbox);
                let result = session.resume(&mut |session, message| {
                    link.message(session, message, poller, mailbox);
                });
                if link.after(result) == Life::Over {
                    return Life::Over;
                }
                continue;
            }
            break false;
        };
        let all_out = session.out.is_empty() && !link.transport.has_unsent();
        if all_out && !more_to_do {
            link.events = 0;
            session.out.take_spare(tools.spare);
            if link.close_when_sent {
                return Life::Over;
            }
        }
        let mut wanted = EventFlags::empty();
        let wants_input = match link.completing {
            true => session.missing() > 0,
            false => session.wants_input(),
        };
        wanted.set(EventFlags::IN, wants_input && !link.close_when_sent);
        // Being writable brings it back after the others had their turn.
        let unread = wants_input && link.transport.has_buffered();
        wanted.set(EventFlags::OUT, !all_out || more_to_do || unread);
        if wanted != *armed {
            if tools.poller.change(link.transport.fd(), link.handle.0.token, wanted).is_err() {
                return Life::Over;
            }
            *armed = wanted;
        }
        Life::Alive
    }

    /// Queues a message from another thread; [`Conn::settle`] must follow.
    pub(crate) fn send(&mut self, outgoing: Outgoing, tools: &mut Tools<'_>) -> Life {
        let len = outgoing.bytes.len();
        if outgoing.event {
            self.link.handle.0.posted.fetch_sub(len, Ordering::AcqRel);
            self.link.events += len;
            if self.link.events > EVENT_BACKLOG && self.session.out.len() > EVENT_BACKLOG {
                log::warn!("client {} does not read its events; closing", self.link.handle.id());
                return Life::Over;
            }
        }
        self.session.out.lend(tools.spare);
        if len > 0 {
            self.session.out.push(outgoing.bytes, outgoing.fds);
        }
        if outgoing.finishes {
            self.session.call_finished();
        }
        if let Some(stream) = outgoing.stream {
            self.link.open_stream(stream, tools.poller, tools.mailbox);
        }
        Life::Alive
    }

    /// Closes now, or when all that is queued is sent; [`Conn::settle`] must follow.
    pub(crate) fn end(&mut self, when_sent: bool) -> Life {
        self.link.close_when_sent = true;
        if when_sent { Life::Alive } else { Life::Over }
    }

    /// Takes no more calls.
    pub(crate) fn drain(&mut self) {
        self.link.draining = true;
        self.session.hold(true);
    }

    /// Takes no more calls (or completes what has come in part, and nothing else) until
    /// [`Conn::thaw`]; [`Conn::settle`] must follow either.
    pub(crate) fn freeze(&mut self, completing: bool) {
        if completing {
            self.link.completing = true;
        } else {
            self.drain();
        }
    }

    /// Goes on as before.
    pub(crate) fn thaw(&mut self) {
        (self.link.draining, self.link.completing) = (false, false);
        self.link.update_hold(&mut self.session);
    }

    /// Whether it is closed as soon as all that is queued is sent.
    pub(crate) fn ends(&self) -> bool {
        self.link.close_when_sent
    }

    /// Why it ends with this program, if it does.
    pub(crate) fn bound_to_program(&self) -> Option<&'static str> {
        match self.link.transport.kind() {
            TransportKind::Tls => Some("its connection is encrypted"),
            _ if !self.link.streams.is_empty() => Some("it has an open stream"),
            _ => None,
        }
    }

    /// The time is over in which both ends had to agree on how to talk.
    pub(crate) fn open_in_time(&self) -> Life {
        if self.link.opening {
            log::warn!("client {}: its handshake takes too long; closing", self.link.handle.id());
            return Life::Over;
        }
        Life::Alive
    }

    /// Its socket.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.link.transport.fd()
    }

    /// Whether calls wait for their answer, or answers for being read.
    pub(crate) fn is_busy(&self) -> bool {
        self.session.in_flight() > 0 || !self.session.out.is_empty()
    }

    /// Starts the keepalive; false if a timer looks after it already.
    pub(crate) fn start_keepalive(&mut self, now: u64) -> bool {
        self.session.keepalive.start(now);
        !std::mem::replace(&mut self.link.timed, true)
    }

    /// Looks after the keepalive; the next time to do so is returned.
    pub(crate) fn keepalive(&mut self, now: u64) -> (Life, Option<u64>) {
        match self.session.keepalive.poll(now) {
            KeepaliveAction::Dead => {
                log::warn!("client {}: connection closed due to keepalive timeout", self.link.handle.id());
                return (Life::Over, None);
            }
            KeepaliveAction::Ping => {
                self.session.queue(&keepalive::header(keepalive::PING), &[]);
            }
            KeepaliveAction::Wait => {}
        }
        (Life::Alive, self.session.keepalive.deadline())
    }

    /// A descriptor of one of the streams is ready; [`Conn::settle`] must follow.
    pub(crate) fn stream_ready(
        &mut self,
        serial: u32,
        token: Token,
        scratch: &mut [u8],
        poller: &mut Poller,
    ) {
        let Self { session, link, .. } = self;
        let found = link.streams.iter_mut().position(|stream| stream.serial() == serial);
        if let Some(index) = found {
            let fate = link.streams[index].ready(token, session, scratch);
            link.apply(fate, index, poller);
            link.update_hold(session);
        }
    }

    /// A stream's handle wants to be looked at; [`Conn::settle`] must follow.
    pub(crate) fn stream_told(&mut self, serial: u32) -> Life {
        let Self { session, link, .. } = self;
        link.streams.iter().filter(|stream| stream.serial() == serial).for_each(Stream::seen);
        link.update_hold(session);
        Life::Alive
    }

    /// Lets go of everything.
    pub(crate) fn close(self, poller: &mut Poller) {
        poller.disarm(self.link.transport.fd());
        for stream in self.link.streams {
            stream.close(poller);
        }
        self.link.server.client_gone(&self.link.handle);
    }
}

impl Link {
    /// Goes on with agreeing on how to talk; who the client has proved to be is known before its first
    /// message is looked at.
    fn open(&mut self) -> io::Result<bool> {
        if !self.transport.open()? {
            return Ok(false);
        }
        self.opening = false;
        if let Some(name) = self.transport.peer_name() {
            self.handle.identify(|identity| identity.x509_name = Some(name));
        }
        Ok(true)
    }

    fn message(
        &mut self,
        session: &mut Session,
        message: Incoming<'_>,
        poller: &mut Poller,
        mailbox: &Arc<Mailbox>,
    ) {
        match message.header.kind {
            kind if kind.is_call() => {
                if let Some(stream) =
                    dispatch::call(&self.server, &self.handle, session, message, self.transport.fd())
                {
                    self.open_stream(stream, poller, mailbox);
                }
                if session.is_at_limit() && !self.warned {
                    self.warned = true;
                    log::warn!(
                        "Client hit max requests limit {}. This may result in keep-alive timeouts. \
                         Consider tuning the max_client_requests server parameter",
                        session.in_flight()
                    );
                }
            }
            MessageType::STREAM | MessageType::STREAM_HOLE => {
                self.stream_packet(session, &message.header, message.payload, poller);
            }
            // Nobody waits for an answer to anything else.
            _ => {}
        }
    }

    fn stream_packet(&mut self, session: &mut Session, header: &Header, payload: &[u8], poller: &mut Poller) {
        // Data may still come for a stream that has ended: it was under way.
        let Some(index) = self.streams.iter().position(|stream| stream.matches(header)) else { return };
        let fate = self.streams[index].packet(session, header, payload);
        self.apply(fate, index, poller);
        self.update_hold(session);
    }

    /// Whether the connection goes on after messages were processed.
    fn after(&self, result: Result<(), FrameError>) -> Life {
        match result {
            Ok(()) if !self.broken => Life::Alive,
            Ok(()) => Life::Over,
            Err(error) => {
                log::error!("client {}: {error}", self.handle.id());
                Life::Over
            }
        }
    }

    fn open_stream(&mut self, stream: NewStream, poller: &mut Poller, mailbox: &Arc<Mailbox>) {
        let token = self.handle.0.token;
        self.streams.push(Stream::open(stream, token, mailbox, poller));
    }

    fn apply(&mut self, fate: Fate, index: usize, poller: &mut Poller) {
        match fate {
            Fate::Open => {}
            Fate::Ended => self.streams.swap_remove(index).close(poller),
            Fate::Violation => {
                log::error!("client {}: Unexpected stream hole", self.handle.id());
                self.broken = true;
            }
        }
    }

    fn update_hold(&self, session: &mut Session) {
        session.hold(self.draining || !self.streams.iter().all(Stream::has_room));
    }

    fn settle_streams(&mut self, session: &mut Session, poller: &mut Poller) {
        if self.streams.is_empty() {
            return;
        }
        for index in (0..self.streams.len()).rev() {
            let fate = self.streams[index].settle(session, poller);
            self.apply(fate, index, poller);
        }
        self.update_hold(session);
    }
}

/// So that nobody changes the wire's limits without seeing that a handle's packets rely on them.
const _: () = assert!(frame::STREAM_PAYLOAD_MAX <= frame::PAYLOAD_MAX);
