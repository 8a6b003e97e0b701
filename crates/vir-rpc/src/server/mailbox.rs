//! How other threads reach the loop: a queue and one eventfd, which is written only while the loop
//! sleeps.

use super::event_loop::EventLoop;
use super::stream::NewStream;
use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::OwnedFd;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Names a source of the loop; never used again once that source is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token(pub(crate) u64);

/// What is asked of the loop.
pub(crate) enum Letter {
    /// Send this to a client.
    Send(Token, Outgoing),
    /// Close a client: at once, or when all that is queued is sent.
    Close(Token, bool),
    /// Start asking whether the client is there.
    Keepalive(Token),
    /// A stream's handle has something to send or has made room.
    Stream(Token, u32),
    /// Clients may be accepted again, or no longer.
    Limits,
    /// Anything else.
    Run(Box<dyn FnOnce(&mut EventLoop) + Send>),
}

/// A finished message for a client.
#[derive(Default)]
pub(crate) struct Outgoing {
    /// The whole frame; empty if there is nothing to send.
    pub(crate) bytes: Vec<u8>,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) stream: Option<NewStream>,
    /// It ends a call that was in flight.
    pub(crate) finishes: bool,
    /// It is an event: the client did not ask for it.
    pub(crate) event: bool,
}

pub(crate) struct Mailbox {
    letters: Mutex<Vec<Letter>>,
    awake: AtomicBool,
    pub(crate) bell: OwnedFd,
}

impl Mailbox {
    pub(crate) fn new() -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { letters: Mutex::default(), awake: AtomicBool::new(true), bell })
    }

    pub(crate) fn post(&self, letter: Letter) {
        self.lock().push(letter);
        if !self.awake.swap(true, Ordering::SeqCst) {
            // Polled for the edge of each write, so nobody ever reads it back; its counter lasts for
            // 2^64 of them.
            let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
        }
    }

    /// Before sleeping: false if there are letters to read first.
    pub(crate) fn may_sleep(&self) -> bool {
        self.awake.store(false, Ordering::SeqCst);
        self.lock().is_empty()
    }

    pub(crate) fn woke(&self) {
        self.awake.store(true, Ordering::SeqCst);
    }

    /// Exchanges the letters that came for an empty vector.
    pub(crate) fn take(&self, into: &mut Vec<Letter>) {
        std::mem::swap(&mut *self.lock(), into);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
