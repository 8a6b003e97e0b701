//! A connection to one guest's QMP monitor.
//!
//! The calling thread writes its command itself and waits, with a deadline, until the reactor's
//! thread has read the answer. Events go to the sink on the reactor's thread. Nothing here knows
//! what a domain is.

mod block;
mod migrate;
mod qom;
mod query;
mod run;
mod stats;
pub mod wire;

pub use block::{BlockInfo, BlockStats};
pub use migrate::{MigrateStatus, MigrationInfo};
pub use query::{CpuDefinition, CpuInfo, MachineInfo, Version};
pub use run::RunState;
pub use wire::{Event, Refusal};

use crate::reactor::{Handler, Next, Reactor, Token};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, IoSlice};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};
use vir_base::{Error, ErrorDomain, Result, err};
use wire::{Decoder, Message};

/// How long a command may take unless the caller says otherwise. QEMU answers in microseconds; one
/// that does not answer in this time hangs, on storage as a rule.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// Where events go. Called on the reactor's thread: it must not block nor use the monitor.
pub trait EventSink: Send + Sync {
    /// QEMU reported something.
    fn event(&self, event: Event);
    /// The connection is gone, and says why; called once, last.
    fn closed(&self, why: &Error);
}

/// A connection to a monitor. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Monitor {
    shared: Arc<Shared>,
    deadline: Duration,
}

struct Shared {
    name: String,
    link: Arc<Link>,
    reactor: Weak<Reactor>,
    token: OnceLock<Token>,
}

/// The part that the reactor holds.
struct Link {
    name: String,
    socket: UnixStream,
    sink: Box<dyn EventSink>,
    /// held while a command is written, so that two are never mixed
    writing: Mutex<()>,
    state: Mutex<State>,
    decoder: Mutex<Decoder>,
}

type Answer = Result<Result<Value, Refusal>>;

#[derive(Default)]
struct State {
    last_id: u64,
    waiting: HashMap<u64, SyncSender<Answer>>,
    greeting: Option<SyncSender<Value>>,
    closed: Option<Error>,
}

/// Tries as long as nobody listens yet where the socket is already: it is there a moment before.
fn patiently<T>(time: Duration, mut connect: impl FnMut() -> std::io::Result<T>) -> std::io::Result<T> {
    let until = Instant::now() + time;
    loop {
        match connect() {
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Monitor {
    /// Connects to the monitor listening at `path` and agrees on capabilities with it.
    pub fn connect(
        reactor: &Arc<Reactor>,
        name: &str,
        path: &Path,
        sink: Box<dyn EventSink>,
        deadline: Duration,
    ) -> Result<Self> {
        let socket = patiently(deadline, || UnixStream::connect(path))
            .map_err(|e| Error::io(ErrorDomain::Qemu, &e, "failed to connect to monitor socket"))?;
        Self::over(reactor, name, socket, sink, deadline)
    }

    /// Speaks over a connected socket. `name` is the guest's, for messages.
    pub fn over(
        reactor: &Arc<Reactor>,
        name: &str,
        socket: UnixStream,
        sink: Box<dyn EventSink>,
        deadline: Duration,
    ) -> Result<Self> {
        let fail = |e: std::io::Error| Error::io(ErrorDomain::Qemu, &e, "cannot watch the monitor socket");
        socket.set_nonblocking(true).map_err(fail)?;
        let (greeting, greeted) = sync_channel(1);
        let link = Arc::new(Link {
            name: name.to_owned(),
            socket,
            sink,
            writing: Mutex::default(),
            state: Mutex::new(State { greeting: Some(greeting), ..State::default() }),
            decoder: Mutex::default(),
        });
        let shared = Shared {
            name: name.to_owned(),
            link: Arc::clone(&link),
            reactor: Arc::downgrade(reactor),
            token: OnceLock::new(),
        };
        let token = reactor.watch(link.clone()).map_err(fail)?;
        // a fresh cell takes its first value
        let _ = shared.token.set(token);
        let monitor = Self { shared: Arc::new(shared), deadline };
        let started = Instant::now();
        match greeted.recv_timeout(deadline) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return Err(monitor.late("the greeting")),
            Err(RecvTimeoutError::Disconnected) => return Err(link.why_closed()),
        }
        monitor.within(deadline.saturating_sub(started.elapsed())).run("qmp_capabilities")?;
        Ok(monitor.within(DEFAULT_DEADLINE))
    }

    /// The same connection with another deadline for each command.
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { shared: Arc::clone(&self.shared), deadline }
    }

    /// Why the connection is closed, `None` while it is open.
    pub fn closed(&self) -> Option<Error> {
        lock(&self.shared.link.state).closed.clone()
    }

    /// Runs a command without arguments.
    pub fn run(&self, command: &str) -> Result<Value> {
        self.raw(command, None, None)?.map_err(|r| refused(command, &r))
    }

    /// Runs a command. `arguments` must be an object, as `json!({…})` makes it; members that are
    /// null are left out.
    pub fn execute(&self, command: &str, arguments: Value) -> Result<Value> {
        self.raw(command, object(arguments), None)?.map_err(|r| refused(command, &r))
    }

    /// Runs a command and passes a descriptor with it.
    pub fn execute_with_fd(&self, command: &str, arguments: Value, fd: BorrowedFd<'_>) -> Result<Value> {
        self.raw(command, object(arguments), Some(fd))?.map_err(|r| refused(command, &r))
    }

    /// Runs a command; the outer error is the connection's, the inner one is QEMU's refusal.
    pub fn raw(
        &self,
        command: &str,
        arguments: Option<Map<String, Value>>,
        fd: Option<BorrowedFd<'_>>,
    ) -> Answer {
        let end = Instant::now() + self.deadline;
        let (id, answer) = self.shared.link.enroll()?;
        let bytes = wire::command(command, arguments, &format!("libvirt-{id}"));
        if let Err(error) = self.shared.link.send(&bytes, fd, end) {
            lock(&self.shared.link.state).waiting.remove(&id);
            return Err(match error {
                Errno::TIMEDOUT => self.late(command),
                other => match self.closed() {
                    Some(why) => why,
                    None => {
                        Error::system(ErrorDomain::Qemu, other.raw_os_error(), "Unable to write to monitor")
                    }
                },
            });
        }
        match answer.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => Err(self.shared.link.why_closed()),
            Err(RecvTimeoutError::Timeout) => {
                // an answer that comes in later finds nobody and is dropped
                lock(&self.shared.link.state).waiting.remove(&id);
                Err(self.late(command))
            }
        }
    }

    /// Gives up the connection at once: everyone who waits is told `why`.
    pub fn close(&self, why: &Error) {
        self.shared.forget();
        self.shared.link.close(why);
    }

    fn late(&self, command: &str) -> Error {
        err!(
            Qemu,
            OperationTimeout,
            "monitor of domain '{}' did not answer '{command}' within {} ms",
            self.shared.name,
            self.deadline.as_millis()
        )
        .with_hint("the QEMU process hangs, often on storage; 'virsh destroy' ends it without its consent")
    }
}

fn object(arguments: Value) -> Option<Map<String, Value>> {
    match arguments {
        Value::Object(mut map) => {
            map.retain(|_, v| !v.is_null());
            Some(map)
        }
        _ => None,
    }
}

/// QEMU's refusal in the words that people know.
pub fn refused(command: &str, refusal: &Refusal) -> Error {
    match refusal.desc.is_empty() {
        true => err!(Qemu, InternalError, "unable to execute QEMU command '{command}'"),
        false => err!(Qemu, InternalError, "unable to execute QEMU command '{command}': {}", refusal.desc),
    }
}

/// An answer that is not of the promised form.
pub(crate) fn malformed(command: &str) -> Error {
    err!(Qemu, InternalError, "unexpected type returned by QEMU command '{command}'")
}

impl Shared {
    fn forget(&self) {
        if let (Some(reactor), Some(token)) = (self.reactor.upgrade(), self.token.get()) {
            reactor.forget(*token);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.forget();
    }
}

impl Link {
    /// A new id, and where its answer will come in.
    fn enroll(&self) -> Result<(u64, Receiver<Answer>)> {
        let mut state = lock(&self.state);
        if let Some(why) = &state.closed {
            return Err(why.clone());
        }
        state.last_id += 1;
        let id = state.last_id;
        let (sender, answer) = sync_channel(1);
        state.waiting.insert(id, sender);
        Ok((id, answer))
    }

    fn send(&self, mut bytes: &[u8], mut fd: Option<BorrowedFd<'_>>, end: Instant) -> Result<(), Errno> {
        let _writing = lock(&self.writing);
        while !bytes.is_empty() {
            match send_once(self.socket.as_fd(), bytes, fd) {
                Ok(sent) => {
                    bytes = &bytes[sent..];
                    fd = None;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => wait_writable(self.socket.as_fd(), end)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn why_closed(&self) -> Error {
        let closed = lock(&self.state).closed.clone();
        closed.unwrap_or_else(|| err!(Qemu, InternalError, "QEMU monitor was closed"))
    }

    fn close(&self, why: &Error) {
        let mut state = lock(&self.state);
        if state.closed.is_some() {
            return;
        }
        state.closed = Some(why.clone());
        let waiting = std::mem::take(&mut state.waiting);
        state.greeting = None;
        drop(state);
        for (_, sender) in waiting {
            // who gave up waiting is not there any more
            let _ = sender.try_send(Err(why.clone()));
        }
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
        self.sink.closed(why);
    }

    fn take(&self, message: Message) {
        match message {
            Message::Event(event) => self.sink.event(event),
            Message::Greeting(version) => {
                if let Some(sender) = lock(&self.state).greeting.take() {
                    let _ = sender.try_send(version);
                }
            }
            Message::Reply { id, result } => {
                let mut state = lock(&self.state);
                let number = id.as_deref().and_then(|id| id.strip_prefix("libvirt-")?.parse().ok());
                // QEMU answers without an id when it could not read the command: then it is the oldest
                let number = number.or_else(|| state.waiting.keys().min().copied());
                if let Some(sender) = number.and_then(|n: u64| state.waiting.remove(&n)) {
                    let _ = sender.try_send(Ok(result));
                }
            }
        }
    }

    /// Reads what is there.
    fn drain(&self) -> Result<()> {
        let mut decoder = lock(&self.decoder);
        let mut chunk = [0u8; 16 * 1024];
        loop {
            let count = match rustix::io::read(&self.socket, &mut chunk) {
                Ok(0) | Err(Errno::CONNRESET) => return Err(self.hung_up()),
                Ok(count) => count,
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN) => return Ok(()),
                Err(errno) => {
                    let text = "Unable to read from monitor";
                    return Err(Error::system(ErrorDomain::Qemu, errno.raw_os_error(), text));
                }
            };
            decoder.push(&chunk[..count]);
            loop {
                match decoder.next_message() {
                    Ok(Some(message)) => self.take(message),
                    Ok(None) => break,
                    Err(bad) => {
                        return Err(err!(
                            Qemu,
                            InternalError,
                            "Error while processing monitor IO (vm='{}'): {}",
                            self.name,
                            bad.0
                        ));
                    }
                }
            }
        }
    }

    fn hung_up(&self) -> Error {
        match lock(&self.state).greeting.is_some() {
            true => err!(Qemu, InternalError, "QEMU unexpectedly closed the monitor (vm='{}')", self.name),
            false => err!(Qemu, InternalError, "End of file from qemu monitor (vm='{}')", self.name),
        }
    }
}

impl Handler for Link {
    fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn ready(&self) -> Next {
        match self.drain() {
            Ok(()) => Next::Again,
            Err(why) => {
                self.close(&why);
                Next::Done
            }
        }
    }
}

fn send_once(socket: BorrowedFd<'_>, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> Result<usize, Errno> {
    let fds = fd.as_slice();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(Errno::NOBUFS);
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    rustix::net::sendmsg(socket, &[IoSlice::new(bytes)], &mut control, flags)
}

fn wait_writable(socket: BorrowedFd<'_>, end: Instant) -> Result<(), Errno> {
    let left = end.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(left).map_err(|_| Errno::INVAL)?;
    match poll(&mut [PollFd::new(&socket, PollFlags::OUT)], Some(&timeout)) {
        Ok(0) => Err(Errno::TIMEDOUT),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
pub(crate) mod tests;
