//! The loop: one thread, one epoll set; every socket of every server is read and written here.
//!
//! It never waits for anything but epoll. What may wait is on workers, which come back through the
//! mailbox.

use super::Server;
use super::conn::{Conn, Life, Tools};
use super::handle::ClientHandle;
use super::listener::{Accepted, Listener, ListenerOptions};
use super::mailbox::{Letter, Mailbox, Token};
use super::poller::{Poller, Source};
use crate::transport::{Encryption, TransportKind};
use rustix::event::Timespec;
use rustix::event::epoll::{self, Event, EventFlags};
use rustix::fd::{BorrowedFd, OwnedFd};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes read at a time.
const SCRATCH: usize = 64 * 1024;
/// Clients accepted before others get their turn.
const ACCEPTS_PER_TURN: usize = 64;
/// Clients whose calls are read before any of them is answered.
const TOGETHER: usize = 64;
/// How long nobody is accepted when descriptors have run out, in milliseconds.
const ACCEPT_PAUSE: u64 = 5000;
/// How long a client may take to agree on how to talk, in milliseconds.
const OPEN_LIMIT: u64 = 30_000;

/// A descriptor that somebody else wants to hear of.
pub(crate) struct Watch {
    fd: OwnedFd,
    ready: Box<dyn FnMut(&mut EventLoop) -> bool + Send>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Keepalive(u64),
    Open(u64),
    Accept,
    GiveUp,
}

/// The loop and all that it drives.
pub struct EventLoop {
    poller: Poller,
    mailbox: Arc<Mailbox>,
    scratch: Vec<u8>,
    spare: Vec<u8>,
    letters: Vec<Letter>,
    touched: Vec<Token>,
    timers: BinaryHeap<Reverse<(u64, Timer)>>,
    started: Instant,
    now: u64,
    /// Nobody is accepted until then.
    accept_paused: bool,
    /// Nobody is accepted and no call taken: the program may be about to be replaced.
    frozen: bool,
    stopping: bool,
    stopped: bool,
}

/// Reaches the loop from any thread.
#[derive(Clone)]
pub struct LoopHandle(Arc<Mailbox>);

impl LoopHandle {
    /// Runs `job` on the loop, soon; it must not wait.
    pub fn run(&self, job: impl FnOnce(&mut EventLoop) + Send + 'static) {
        self.0.post(Letter::Run(Box::new(job)));
    }

    /// Ends the loop: nobody is accepted and no call taken any more; calls being served are
    /// answered, but not later than after `grace`.
    pub fn shut_down(&self, grace: Duration) {
        self.run(move |event_loop| event_loop.shut_down(grace));
    }
}

impl EventLoop {
    /// A loop with nothing in it.
    ///
    /// # Errors
    /// No descriptors are left.
    pub fn new() -> io::Result<Self> {
        let mailbox = Arc::new(Mailbox::new()?);
        let mut poller = Poller::new()?;
        let bell = poller.insert(Source::Bell);
        poller.arm(&mailbox.bell, bell, EventFlags::IN | EventFlags::ET)?;
        Ok(Self {
            poller,
            mailbox,
            scratch: vec![0; SCRATCH],
            spare: vec![],
            letters: vec![],
            touched: vec![],
            timers: BinaryHeap::new(),
            started: Instant::now(),
            now: 0,
            accept_paused: false,
            frozen: false,
            stopping: false,
            stopped: false,
        })
    }

    /// Reaches this loop from any thread.
    pub fn handle(&self) -> LoopHandle {
        LoopHandle(self.mailbox())
    }

    pub(crate) fn mailbox(&self) -> Arc<Mailbox> {
        Arc::clone(&self.mailbox)
    }

    /// Accepts clients for `server` on a listening socket.
    ///
    /// # Errors
    /// It is no socket.
    pub fn listen(&mut self, server: &Arc<Server>, fd: OwnedFd, options: ListenerOptions) -> io::Result<()> {
        self.add_listener(Listener::new(fd, Arc::clone(server), options, None)?);
        Ok(())
    }

    /// As [`EventLoop::listen`], for clients whose connections are encrypted.
    ///
    /// # Errors
    /// As [`EventLoop::listen`].
    pub fn listen_encrypted(
        &mut self,
        server: &Arc<Server>,
        fd: OwnedFd,
        options: ListenerOptions,
        encryption: Arc<dyn Encryption>,
    ) -> io::Result<()> {
        server.note_encryption(&encryption);
        self.add_listener(Listener::new(fd, Arc::clone(server), options, Some(encryption))?);
        Ok(())
    }

    fn add_listener(&mut self, listener: Listener) {
        self.poller.insert(Source::Listener(Box::new(listener)));
        self.update_listeners();
    }

    /// Takes over a connected socket as a client of `server`.
    ///
    /// # Errors
    /// It is no connected socket.
    pub fn adopt(
        &mut self,
        server: &Arc<Server>,
        fd: OwnedFd,
        options: ListenerOptions,
    ) -> io::Result<ClientHandle> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        let client = Accepted::new(fd, None, server, options, None)?;
        self.add_client(server, client, |_| {})
    }

    /// Calls `ready` on the loop whenever `fd` can be read, until it returns false. It must not
    /// wait.
    ///
    /// # Errors
    /// The descriptor cannot be polled.
    pub fn watch(
        &mut self,
        fd: OwnedFd,
        ready: impl FnMut(&mut EventLoop) -> bool + Send + 'static,
    ) -> io::Result<()> {
        let token = self.poller.insert(Source::Busy);
        if let Err(error) = self.poller.arm(&fd, token, EventFlags::IN) {
            self.poller.remove(token);
            return Err(error);
        }
        self.poller.put(token, Source::Watch(Box::new(Watch { fd, ready: Box::new(ready) })));
        Ok(())
    }

    /// A client's socket, to ask the kernel who is there.
    pub fn socket(&mut self, client: &ClientHandle) -> Option<BorrowedFd<'_>> {
        match self.poller.get(client.0.token)? {
            Source::Conn(conn) => Some(conn.fd()),
            _ => None,
        }
    }

    /// Runs until [`LoopHandle::shut_down`].
    ///
    /// # Errors
    /// Polling itself fails, which it does not.
    pub fn run(&mut self) -> io::Result<()> {
        let mut events: Vec<Event> = Vec::with_capacity(256);
        while !self.stopped {
            let timeout = match self.mailbox.may_sleep() {
                true => self.time_left(),
                false => Some(Timespec::default()),
            };
            events.clear();
            let spare = rustix::buffer::spare_capacity(&mut events);
            match epoll::wait(self.poller.epoll(), spare, timeout.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if !self.timers.is_empty() {
                self.now = self.clock();
            }
            self.mailbox.woke();
            for together in events.chunks(TOGETHER) {
                for event in together {
                    self.ready(Token(event.data.u64()), event.flags);
                }
                self.settle_touched();
            }
            self.read_letters();
            self.run_timers();
            if self.stopping && !self.is_busy() {
                self.stopped = true;
            }
        }
        self.close_all();
        Ok(())
    }

    /// Stops accepting and taking calls; see [`LoopHandle::shut_down`].
    pub fn shut_down(&mut self, grace: Duration) {
        self.stopping = true;
        self.update_listeners();
        let grace = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        self.start_timer(grace, Timer::GiveUp);
        for token in self.conns() {
            self.with_conn(token, |conn, tools| {
                conn.drain();
                conn.settle(tools)
            });
        }
    }

    fn ready(&mut self, token: Token, flags: EventFlags) {
        match self.poller.get(token) {
            // The letters are read after every turn.
            None | Some(Source::Busy | Source::Bell) => {}
            Some(Source::Conn(_)) => {
                self.with_conn(token, |conn, tools| conn.ready(flags, tools));
                self.touched.push(token);
            }
            Some(Source::StreamFd { conn, serial }) => {
                let (conn, serial) = (*conn, *serial);
                self.with_conn(conn, |conn, tools| {
                    conn.stream_ready(serial, token, tools.scratch, tools.poller);
                    conn.settle(tools)
                });
            }
            Some(Source::Listener(_)) => self.accept(token),
            Some(Source::Watch(_)) => {
                if let Some(Source::Watch(mut watch)) = self.poller.take(token) {
                    if (watch.ready)(self) {
                        self.poller.put(token, Source::Watch(watch));
                    } else {
                        self.poller.disarm(&watch.fd);
                        self.poller.remove(token);
                    }
                }
            }
        }
    }

    fn with_conn(&mut self, token: Token, work: impl FnOnce(&mut Conn, &mut Tools<'_>) -> Life) {
        let Some(source) = self.poller.take(token) else { return };
        let Source::Conn(mut conn) = source else { return self.poller.put(token, source) };
        let mut tools = Tools {
            poller: &mut self.poller,
            mailbox: &self.mailbox,
            scratch: &mut self.scratch,
            spare: &mut self.spare,
            now: self.now,
        };
        match work(&mut conn, &mut tools) {
            Life::Alive => self.poller.put(token, Source::Conn(conn)),
            Life::Over => {
                self.poller.remove(token);
                conn.close(&mut self.poller);
                self.update_listeners();
            }
        }
    }

    fn accept(&mut self, token: Token) {
        for _ in 0..ACCEPTS_PER_TURN {
            let Some(Source::Listener(listener)) = self.poller.get(token) else { return };
            if !listener.armed {
                return;
            }
            let (server, options, kind) = (Arc::clone(&listener.server), listener.options, listener.kind);
            let encryption = listener.encryption.clone();
            match listener.accept() {
                Ok(fd) => {
                    // One that has hung up already is no reason to stop.
                    match Accepted::new(fd, Some(kind), &server, options, encryption.as_deref()) {
                        Ok(client) => drop(self.add_client(&server, client, |_| {})),
                        Err(error) => log::debug!("a client is not accepted: {error}"),
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if is_exhausted(&error) => {
                    log::warn!("nobody is accepted for a while: {error}");
                    self.accept_paused = true;
                    self.start_timer(ACCEPT_PAUSE, Timer::Accept);
                    return self.update_listeners();
                }
                Err(_) => {}
            }
        }
    }

    pub(crate) fn add_client(
        &mut self,
        server: &Arc<Server>,
        client: Accepted,
        prepare: impl FnOnce(&ClientHandle),
    ) -> io::Result<ClientHandle> {
        let token = self.poller.insert(Source::Busy);
        let handle = client.handle(server, token, &self.mailbox);
        let conn =
            Conn::new(client.transport, client.session, handle.clone(), Arc::clone(server), &self.poller);
        match conn {
            Ok(conn) => self.poller.put(token, Source::Conn(Box::new(conn))),
            Err(error) => {
                self.poller.remove(token);
                return Err(error);
            }
        }
        if handle.info().transport == TransportKind::Tls {
            self.start_timer(OPEN_LIMIT, Timer::Open(token.0));
        }
        prepare(&handle);
        server.client_came(&handle);
        if !server.has_room() {
            self.update_listeners();
        }
        Ok(handle)
    }

    /// Listens where there is room for clients, and nowhere else.
    fn update_listeners(&mut self) {
        let open = !self.stopping && !self.accept_paused && !self.frozen;
        for token in self.poller.tokens(|source| matches!(source, Source::Listener(_))) {
            let Some(Source::Listener(mut listener)) = self.poller.take(token) else { continue };
            let wanted = open && listener.server.has_room();
            if wanted && !listener.armed {
                listener.armed = self.poller.arm(listener.fd(), token, EventFlags::IN).is_ok();
            } else if !wanted && listener.armed {
                self.poller.disarm(listener.fd());
                listener.armed = false;
            }
            self.poller.put(token, Source::Listener(listener));
        }
    }

    fn read_letters(&mut self) {
        let mut letters = std::mem::take(&mut self.letters);
        self.mailbox.take(&mut letters);
        for letter in letters.drain(..) {
            let token = match letter {
                Letter::Send(token, outgoing) => {
                    self.with_conn(token, |conn, tools| conn.send(outgoing, tools));
                    token
                }
                Letter::Close(token, when_sent) => {
                    self.with_conn(token, |conn, _| conn.end(when_sent));
                    token
                }
                Letter::Stream(token, serial) => {
                    self.with_conn(token, |conn, _| conn.stream_told(serial));
                    token
                }
                Letter::Keepalive(token) => {
                    self.start_keepalive(token);
                    continue;
                }
                Letter::Limits => {
                    self.update_listeners();
                    continue;
                }
                Letter::Run(job) => {
                    job(self);
                    continue;
                }
            };
            self.touched.push(token);
        }
        self.letters = letters;
        self.settle_touched();
    }

    /// One write for all that came for a client, and for several clients one after the other: whoever has
    /// more than one connection is woken once.
    fn settle_touched(&mut self) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for token in touched.drain(..) {
            self.with_conn(token, |conn, tools| conn.settle(tools));
        }
        self.touched = touched;
    }

    fn start_keepalive(&mut self, token: Token) {
        let now = self.clock();
        self.now = now;
        let mut first = false;
        self.with_conn(token, |conn, _| {
            first = conn.start_keepalive(now);
            Life::Alive
        });
        if first {
            self.run_keepalive(token);
        }
    }

    fn run_keepalive(&mut self, token: Token) {
        let (now, mut next) = (self.now, None);
        self.with_conn(token, |conn, tools| {
            let life;
            (life, next) = conn.keepalive(now);
            if life == Life::Over { Life::Over } else { conn.settle(tools) }
        });
        if let Some(at) = next {
            self.timers.push(Reverse((at, Timer::Keepalive(token.0))));
        }
    }

    fn start_timer(&mut self, delay: u64, timer: Timer) {
        let at = self.clock().saturating_add(delay);
        self.timers.push(Reverse((at, timer)));
    }

    fn run_timers(&mut self) {
        while let Some(Reverse((at, timer))) = self.timers.peek().copied() {
            if at > self.now {
                return;
            }
            self.timers.pop();
            match timer {
                Timer::Keepalive(token) => self.run_keepalive(Token(token)),
                Timer::Open(token) => self.with_conn(Token(token), |conn, _| conn.open_in_time()),
                Timer::GiveUp => self.stopped = true,
                Timer::Accept => {
                    self.accept_paused = false;
                    self.update_listeners();
                }
            }
        }
    }

    /// Accepts nobody, and lets `work` change each connection, which then settles.
    pub(crate) fn freeze_with(&mut self, frozen: bool, mut work: impl FnMut(&mut Conn)) {
        self.frozen = frozen;
        self.update_listeners();
        for token in self.conns() {
            self.with_conn(token, |conn, tools| {
                work(conn);
                conn.settle(tools)
            });
        }
    }

    /// The connections of `server`.
    pub(crate) fn conns_of<'a>(&'a self, server: &'a Arc<Server>) -> impl Iterator<Item = &'a Conn> {
        self.poller.sources().filter_map(move |source| match source {
            Source::Conn(conn) if Arc::ptr_eq(&conn.link.server, server) => Some(&**conn),
            _ => None,
        })
    }

    /// Where clients of `server` come in.
    pub(crate) fn listeners_of<'a>(&'a self, server: &'a Arc<Server>) -> impl Iterator<Item = &'a Listener> {
        self.poller.sources().filter_map(move |source| match source {
            Source::Listener(listener) if Arc::ptr_eq(&listener.server, server) => Some(&**listener),
            _ => None,
        })
    }

    /// Goes on with what a connection has not processed or sent yet, and closes it then if it is to be.
    pub(crate) fn kick(&mut self, client: &ClientHandle, ends: bool) {
        self.with_conn(client.0.token, |conn, tools| {
            if ends {
                conn.end(true);
            }
            conn.settle(tools)
        });
    }

    pub(crate) fn clock(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn time_left(&self) -> Option<Timespec> {
        let Reverse((at, _)) = self.timers.peek()?;
        let left = Duration::from_millis(at.saturating_sub(self.clock()));
        Timespec::try_from(left).ok()
    }

    fn conns(&self) -> Vec<Token> {
        self.poller.tokens(|source| matches!(source, Source::Conn(_)))
    }

    fn is_busy(&mut self) -> bool {
        let conns = self.conns();
        conns.into_iter().any(|token| match self.poller.get(token) {
            Some(Source::Conn(conn)) => conn.is_busy(),
            _ => false,
        })
    }

    fn close_all(&mut self) {
        for token in self.conns() {
            self.with_conn(token, |_, _| Life::Over);
        }
    }
}

/// Whether accepting failed because nothing is left to accept with.
fn is_exhausted(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    exhausted.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}
