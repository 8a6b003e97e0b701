//! A client as other threads and programs see it: who it is, and how to reach it.
//!
//! A handle stays valid when its client has gone; what is sent then is dropped.

use super::mailbox::{Letter, Mailbox, Outgoing, Token};
use super::program::{Call, Reply};
use super::stream::NewStream;
use super::{Outcome, Server};
use crate::auth::{AuthMethod, Identity};
use crate::frame::{Header, MessageType, Status, append};
use crate::transport::TransportKind;
use crate::wire;
use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use vir_base::{Result, bail, err};
use vir_proto::xdr::Xdr;

/// Events a client may have waiting between a sender and the loop; one that lets more pile up is
/// disconnected.
pub(crate) const EVENT_BACKLOG: usize = 4 * 1024 * 1024;

/// A connected client; cheap to clone.
#[derive(Clone)]
pub struct ClientHandle(pub(crate) Arc<ClientShared>);

pub(crate) struct ClientShared {
    pub(crate) token: Token,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) server: Weak<Server>,
    pub(crate) info: ClientInfo,
    pub(crate) identity: Mutex<Identity>,
    pub(crate) auth_pending: AtomicBool,
    pub(crate) gone: AtomicBool,
    /// Bytes of events posted that the loop has not seen.
    pub(crate) posted: AtomicUsize,
    pub(crate) data: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// What does not change about a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Counts the clients of a server from 1.
    pub id: u64,
    /// When it connected, in seconds since 1970.
    pub connected_at: i64,
    /// The pipe.
    pub transport: TransportKind,
    /// Its address as clients are listed: `127.0.0.1:0` for a unix socket.
    pub address: String,
    /// It came in by a socket that allows no changes.
    pub readonly: bool,
    /// How it has to authenticate.
    pub auth: AuthMethod,
}

impl fmt::Debug for ClientHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", self.0.info.id)
    }
}

impl ClientHandle {
    /// What does not change about it.
    pub fn info(&self) -> &ClientInfo {
        &self.0.info
    }

    /// Its number.
    pub fn id(&self) -> u64 {
        self.0.info.id
    }

    /// Whether it may change nothing.
    pub fn is_readonly(&self) -> bool {
        self.0.info.readonly
    }

    /// Who it is, as far as is known by now.
    pub fn identity(&self) -> Identity {
        self.0.identity.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Notes what it has proved of who it is.
    pub(crate) fn identify(&self, update: impl FnOnce(&mut Identity)) {
        update(&mut self.0.identity.lock().unwrap_or_else(|e| e.into_inner()));
    }

    /// The server it is connected to; `None` when that has ended.
    pub fn server(&self) -> Option<Arc<Server>> {
        self.0.server.upgrade()
    }

    /// Whether it may call what needs authentication.
    pub fn is_authenticated(&self) -> bool {
        !self.0.auth_pending.load(Ordering::Acquire)
    }

    /// It has proved who it is.
    pub fn set_authenticated(&self, update: impl FnOnce(&mut Identity)) {
        self.identify(update);
        if self.0.auth_pending.swap(false, Ordering::AcqRel) {
            if let Some(server) = self.server() {
                server.unauthenticated.fetch_sub(1, Ordering::AcqRel);
            }
            self.0.mailbox.post(Letter::Limits);
        }
    }

    /// Keeps what a program needs to know about this client; only the first value is kept.
    /// Returns what is kept.
    pub fn init_data<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.data.get_or_init(|| Arc::new(make())).downcast_ref()
    }

    /// What [`ClientHandle::init_data`] kept, if it is a `T`.
    pub fn data<T: Any>(&self) -> Option<&T> {
        self.0.data.get()?.downcast_ref()
    }

    /// Whether the connection has ended.
    pub fn is_gone(&self) -> bool {
        self.0.gone.load(Ordering::Acquire)
    }

    /// Sends an event. Never waits: a client that lets megabytes of events pile up is disconnected.
    ///
    /// # Errors
    /// The client is gone, or was disconnected for that, or the event is too large for the wire.
    pub fn send_event(&self, program: u32, version: u32, procedure: i32, payload: &[u8]) -> Result<()> {
        if self.is_gone() {
            bail!(Rpc, InternalError, "client socket is closed");
        }
        let (kind, status) = (MessageType::MESSAGE, Status::OK);
        let header = Header { program, version, procedure, kind, serial: 0, status };
        let mut bytes = Vec::with_capacity(crate::frame::PREFIX_SIZE + payload.len());
        append(&mut bytes, &header, payload).map_err(|error| err!(Rpc, Rpc, "{error}"))?;
        let posted = self.0.posted.fetch_add(bytes.len(), Ordering::AcqRel);
        if posted > EVENT_BACKLOG {
            self.close();
            bail!(Rpc, InternalError, "client socket is closed");
        }
        let outgoing = Outgoing { bytes, event: true, ..Outgoing::default() };
        self.0.mailbox.post(Letter::Send(self.0.token, outgoing));
        Ok(())
    }

    /// As [`ClientHandle::send_event`], with a value to encode.
    ///
    /// # Errors
    /// As [`ClientHandle::send_event`].
    pub fn send_event_value<T: Xdr>(
        &self,
        program: u32,
        version: u32,
        procedure: i32,
        event: &T,
    ) -> Result<()> {
        let mut payload = vec![];
        wire::encode(&mut payload, event)?;
        self.send_event(program, version, procedure, &payload)
    }

    /// Takes over the answer to `call`, which then returns [`Outcome::Later`].
    pub fn defer(&self, call: &Call<'_>) -> Pending {
        Pending { client: self.clone(), header: call.header, answered: false }
    }

    /// Asks from now on whether the client is there, as the server is configured.
    pub fn start_keepalive(&self) {
        self.0.mailbox.post(Letter::Keepalive(self.0.token));
    }

    /// Closes the connection now.
    pub fn close(&self) {
        self.0.gone.store(true, Ordering::Release);
        self.0.mailbox.post(Letter::Close(self.0.token, false));
    }

    /// Closes the connection when the answers queued so far, and that of the call being served,
    /// have been sent.
    pub fn close_after_reply(&self) {
        self.0.mailbox.post(Letter::Close(self.0.token, true));
    }
}

/// The answer to a call that is given later, from any thread. Dropped unused, it tells the client
/// of an internal error.
pub struct Pending {
    client: ClientHandle,
    header: Header,
    answered: bool,
}

impl Pending {
    /// The client that waits.
    pub fn client(&self) -> &ClientHandle {
        &self.client
    }

    /// Answers: `make` fills the reply or fails.
    pub fn reply(mut self, make: impl FnOnce(&mut Reply<'_>) -> Result<()>) {
        self.send(make);
    }

    fn send(&mut self, make: impl FnOnce(&mut Reply<'_>) -> Result<()>) {
        self.answered = true;
        let outgoing = answer(&self.header, |reply| make(reply).map(|()| Outcome::Done));
        self.client.0.mailbox.post(Letter::Send(self.client.0.token, outgoing));
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.answered {
            self.send(|_| Err(unanswered()));
        }
    }
}

/// What a client is told when nobody answered it.
pub(crate) fn unanswered() -> vir_base::Error {
    err!(Rpc, InternalError, "Library function returned error but did not set virError")
}

/// A finished answer in a buffer of its own.
pub(crate) fn answer(header: &Header, make: impl FnOnce(&mut Reply<'_>) -> Result<Outcome>) -> Outgoing {
    let mut bytes = Vec::with_capacity(256);
    let mut reply = Reply::start(&mut bytes, header);
    let result = make(&mut reply);
    reply.finish(header, result);
    let fds = std::mem::take(&mut reply.fds);
    let stream = reply.stream.take().map(|end| NewStream { header: *header, end });
    Outgoing { bytes, fds, stream, finishes: true, event: false }
}
