//! The client half: calls from any thread over one connection, without a thread of its own.
//!
//! Whichever thread waits for an answer polls the socket and serves the others meanwhile. A program
//! that wants to hear of events while nobody calls watches [`Client::fd`] in its own loop and calls
//! [`Client::dispatch_pending`], at the latest after [`Client::next_timeout`].

mod engine;
#[cfg(all(test, loom))]
mod models;
mod port;
mod start;
mod state;
mod stream;
mod sync;

pub use start::connect_or_start;
pub use stream::{ClientStream, StreamRead, StreamWaiter};

use crate::frame::{FDS_MAX, Header, MessageType, Status};
use crate::transport::{Socket, Transport, TransportKind};
use crate::wire;
use engine::Engine;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::error::ErrorDomain;
use vir_base::{Error, Result, err};
use vir_proto::xdr::Xdr;

/// Appends encoded arguments.
type Encode<'a> = &'a mut dyn FnMut(&mut Vec<u8>) -> Result<()>;

/// A connection to a server; clones share it.
#[derive(Clone)]
pub struct Client {
    engine: Arc<Engine>,
}

/// The answer to a call.
#[derive(Debug, Default)]
pub struct Answer {
    /// The encoded result.
    pub payload: Vec<u8>,
    /// The descriptors that came with it.
    pub fds: Vec<OwnedFd>,
}

impl Answer {
    /// The result.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode<T: Xdr>(&self) -> Result<T> {
        wire::decode(&self.payload)
    }
}

/// A message from the server that answers no call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Program.
    pub program: u32,
    /// Its version.
    pub version: u32,
    /// Procedure: which event.
    pub procedure: i32,
    /// The encoded event.
    pub payload: Vec<u8>,
}

/// Why a connection ended (`virConnectCloseReason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum CloseReason {
    /// Misc I/O error.
    Error = 0,
    /// The server closed it.
    Eof = 1,
    /// The server did not answer keepalive messages.
    Keepalive = 2,
    /// We closed it.
    Client = 3,
}

/// A call to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Program.
    pub program: u32,
    /// Its version.
    pub version: u32,
    /// Procedure.
    pub procedure: i32,
}

impl Client {
    /// Connects to a unix socket.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn connect_unix(path: &Path) -> Result<Self> {
        let failed = |what: &str, errno: rustix::io::Errno| {
            Error::system(ErrorDomain::Rpc, errno.raw_os_error(), what)
        };
        let fd = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(|errno| failed("Failed to create socket", errno))?;
        let address = SocketAddrUnix::new(path).map_err(|_| {
            let what = format!("Path {} too long for unix socket", path.display());
            failed(&what, rustix::io::Errno::NOMEM)
        })?;
        connect(&fd, &address)
            .map_err(|errno| failed(&format!("Failed to connect socket to '{}'", path.display()), errno))?;
        Self::from_fd(fd)
    }

    /// Connects over TCP.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn connect_tcp(host: &str, port: u16) -> Result<Self> {
        Self::from_transport(Box::new(Self::tcp_socket(host, port)?))
    }

    /// The socket that [`Client::connect_tcp`] talks over, for one who encrypts what goes through it.
    ///
    /// # Errors
    /// In the peer's words.
    pub fn tcp_socket(host: &str, port: u16) -> Result<Socket> {
        let addresses = (host, port).to_socket_addrs().map_err(|error| {
            let text = error.to_string();
            let reason = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
            err!(Rpc, SystemError, "Unable to resolve address '{host}' service '{port}': {reason}")
        })?;
        let addresses: Vec<_> = addresses.collect();
        let stream = TcpStream::connect(&addresses[..]).map_err(|error| {
            let what = format!("unable to connect to server at '{host}:{port}'");
            Error::io(ErrorDomain::Rpc, &error, what)
        })?;
        socket(stream.into())
    }

    /// Takes over a connected stream socket.
    ///
    /// # Errors
    /// It is none.
    pub fn from_fd(fd: OwnedFd) -> Result<Self> {
        Self::from_transport(Box::new(socket(fd)?))
    }

    /// Takes over any transport.
    ///
    /// # Errors
    /// No descriptors are left.
    pub fn from_transport(transport: Box<dyn Transport>) -> Result<Self> {
        Ok(Self { engine: Arc::new(Engine::new(transport)?) })
    }

    /// Calls and waits for the answer.
    ///
    /// # Errors
    /// What the server says, or that the connection is gone.
    pub fn call(&self, target: Target, args: &[u8], fds: Vec<OwnedFd>) -> Result<Answer> {
        self.call_until(target, args, fds, None)
    }

    /// As [`Client::call`], but waits no longer than until `deadline`. The call itself goes on.
    ///
    /// # Errors
    /// As [`Client::call`]; and that the time is over.
    pub fn call_until(
        &self,
        target: Target,
        args: &[u8],
        fds: Vec<OwnedFd>,
        deadline: Option<Instant>,
    ) -> Result<Answer> {
        let plain = &mut |out: &mut Vec<u8>| {
            out.extend_from_slice(args);
            Ok(())
        };
        self.call_encoded(target, fds, plain, deadline)
    }

    /// Calls with a value and gives back a value.
    ///
    /// # Errors
    /// As [`Client::call`]; and that the values do not fit.
    pub fn call_value<A: Xdr, R: Xdr>(&self, target: Target, args: &A) -> Result<R> {
        self.call_value_until(target, args, None)
    }

    /// As [`Client::call_value`], but waits no longer than until `deadline`. The call itself goes on.
    ///
    /// # Errors
    /// As [`Client::call_value`]; and that the time is over.
    pub fn call_value_until<A: Xdr, R: Xdr>(
        &self,
        target: Target,
        args: &A,
        deadline: Option<Instant>,
    ) -> Result<R> {
        self.call_encoded(target, vec![], &mut |out| wire::encode(out, args), deadline)?.decode()
    }

    /// What all calls share: it is there once, and not for each type of arguments.
    fn call_encoded(
        &self,
        target: Target,
        mut fds: Vec<OwnedFd>,
        args: Encode<'_>,
        deadline: Option<Instant>,
    ) -> Result<Answer> {
        let sent = fds.len();
        if sent > FDS_MAX {
            return Err(err!(Rpc, Rpc, "Too many FDs to send {sent}, expected {FDS_MAX} maximum"));
        }
        let kind = if fds.is_empty() { MessageType::CALL } else { MessageType::CALL_WITH_FDS };
        let serial = self.engine.send(target, &mut |state, serial| {
            state.queue_call(&call_header(target, serial, kind), std::mem::take(&mut fds), args)
        })?;
        self.engine.wait_reply(serial, deadline)
    }

    /// Calls what opens a stream. `sparse` if the call asks for holes.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub fn call_stream(&self, target: Target, args: &[u8], sparse: bool) -> Result<(Answer, ClientStream)> {
        let serial = self.engine.send(target, &mut |state, serial| {
            // Its first packets may be read together with the answer.
            state.open_stream(serial, sparse);
            let header = call_header(target, serial, MessageType::CALL);
            state.queue_call(&header, vec![], &mut |out| {
                out.extend_from_slice(args);
                Ok(())
            })
        })?;
        let stream =
            ClientStream::new(Arc::clone(&self.engine), call_header(target, serial, MessageType::STREAM));
        Ok((self.engine.wait_reply(serial, None)?, stream))
    }

    /// Where events go, in the order in which they came; it is called by whichever thread read
    /// them, and must not call back into this client.
    pub fn set_event_sink(&self, sink: impl Fn(Event) + Send + Sync + 'static) {
        self.engine.set_event_sink(Arc::new(sink));
    }

    /// Called when something waits to be written and no thread polls: a program that polls
    /// [`Client::fd`] has to ask [`Client::wants_write`] anew. It must not call back into this client
    /// for more than that.
    pub fn set_unsent_sink(&self, sink: impl Fn() + Send + Sync + 'static) {
        self.engine.set_unsent_sink(Arc::new(sink));
    }

    /// Told once when the connection ends.
    pub fn set_close_sink(&self, sink: impl FnOnce(CloseReason) + Send + 'static) {
        self.engine.set_close_sink(Box::new(sink));
    }

    /// Asks after `interval` of silence whether the server is there, and gives up after `count`
    /// questions. It takes effect while somebody waits in a call or calls
    /// [`Client::dispatch_pending`] in time.
    pub fn set_keepalive(&self, interval: Duration, count: u32) {
        self.engine.set_keepalive(interval, count);
    }

    /// What to poll for reading (and for writing, if [`Client::wants_write`]) while nobody calls.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.engine.fd()
    }

    /// Which kind of pipe the connection is.
    pub fn transport_kind(&self) -> TransportKind {
        self.engine.lock().transport_kind()
    }

    /// How strong the transport's encryption is, in bits of the key; `None` without any.
    pub fn key_bits(&self) -> Option<u32> {
        self.engine.lock().transport.key_bits()
    }

    /// Whether something waits to be written.
    pub fn wants_write(&self) -> bool {
        self.engine.wants_write()
    }

    /// How long [`Client::dispatch_pending`] may wait to be called when the socket is quiet.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.engine.next_timeout()
    }

    /// Reads and writes what can be read and written without waiting, and hands out events.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn dispatch_pending(&self) -> Result<()> {
        self.engine.dispatch()
    }

    /// Polls and dispatches for a while: for programs without a loop.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn process_for(&self, time: Duration) -> Result<()> {
        self.engine.process_until(Instant::now() + time)
    }

    /// Whether calls can still be made.
    pub fn is_alive(&self) -> bool {
        self.engine.is_alive()
    }

    /// Closes the connection; calls that wait fail.
    pub fn close(&self) {
        self.engine.close(CloseReason::Client, err!(Rpc, InternalError, "client socket is closed"));
    }
}

fn socket(fd: OwnedFd) -> Result<Socket> {
    Socket::new(fd).map_err(|error| Error::io(ErrorDomain::Rpc, &error, "Unable to enable non-blocking flag"))
}

fn call_header(target: Target, serial: u32, kind: MessageType) -> Header {
    let Target { program, version, procedure } = target;
    Header { program, version, procedure, kind, serial, status: Status::OK }
}
