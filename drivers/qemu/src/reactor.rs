//! One thread that waits for all guests: monitor sockets and process descriptors.
//!
//! Handlers run on that thread and must never block: they take in what is there and hand the rest on.

use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::io::Errno;
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What a handler wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Keep watching.
    Again,
    /// Forget this descriptor.
    Done,
}

/// A watched descriptor and what is called when it becomes readable or is hung up.
///
/// The handler owns its descriptor, so that it stays open as long as it is watched.
pub trait Handler: Send + Sync {
    /// The descriptor to wait for.
    fn fd(&self) -> BorrowedFd<'_>;
    /// Takes in what is there, without blocking.
    fn ready(&self) -> Next;
}

/// Calls back once when a process, given by its pidfd, has ended.
pub struct ExitWatch {
    pidfd: Arc<OwnedFd>,
    ended: Box<dyn Fn() + Send + Sync>,
}

impl ExitWatch {
    /// `ended` runs on the reactor's thread.
    pub fn new(pidfd: Arc<OwnedFd>, ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self { pidfd, ended: Box::new(ended) }
    }
}

impl Handler for ExitWatch {
    fn fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    fn ready(&self) -> Next {
        (self.ended)();
        Next::Done
    }
}

/// Names a watched descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

const STOP: u64 = 0;

struct Shared {
    epoll: OwnedFd,
    stop: OwnedFd,
    next: AtomicU64,
    handlers: Mutex<HashMap<u64, Arc<dyn Handler>>>,
}

/// The waiting thread. Dropping the last handle ends it.
pub struct Reactor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Reactor {
    /// Starts the thread.
    pub fn start() -> std::io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &stop, epoll::EventData::new_u64(STOP), epoll::EventFlags::IN)?;
        let shared = Arc::new(Shared {
            epoll,
            stop,
            next: AtomicU64::new(STOP + 1),
            handlers: Mutex::new(HashMap::new()),
        });
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("qemu-watch".into()).spawn(move || for_thread.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Watches `handler`'s descriptor until [`Reactor::forget`] or [`Next::Done`].
    pub fn watch(&self, handler: Arc<dyn Handler>) -> std::io::Result<Token> {
        let key = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.shared.lock().insert(key, Arc::clone(&handler));
        let flags = epoll::EventFlags::IN | epoll::EventFlags::RDHUP;
        let data = epoll::EventData::new_u64(key);
        if let Err(error) = epoll::add(&self.shared.epoll, handler.fd(), data, flags) {
            self.shared.lock().remove(&key);
            return Err(error.into());
        }
        Ok(Token(key))
    }

    /// Stops watching. A handler that already runs finishes.
    pub fn forget(&self, token: Token) {
        self.shared.forget(token.0);
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<dyn Handler>>> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut events: Vec<epoll::Event> = Vec::with_capacity(64);
        loop {
            events.clear();
            match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            for event in &events {
                let key = event.data.u64();
                if key == STOP {
                    return;
                }
                let Some(handler) = self.lock().get(&key).cloned() else { continue };
                if handler.ready() == Next::Done {
                    self.forget(key);
                }
            }
        }
    }

    fn forget(&self, key: u64) {
        let handler = self.lock().remove(&key);
        if let Some(handler) = handler {
            // fails only when it is no longer registered, which is what is wanted
            let _ = epoll::delete(&self.epoll, handler.fd());
        }
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.shared.stop, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}
