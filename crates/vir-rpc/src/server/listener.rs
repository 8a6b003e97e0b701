//! Sockets that clients connect to, and what each gives a client.

use super::Server;
use super::handle::{ClientHandle, ClientInfo, ClientShared};
use super::mailbox::{Mailbox, Token};
use crate::auth::{AuthMethod, Identity, UnixIdentity};
use crate::session::Session;
use crate::transport::{Encryption, Socket, Transport, TransportKind, kind_of};
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, SocketFlags, SocketType, accept_with};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a client that came in by a socket may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListenerOptions {
    /// How it has to authenticate.
    pub auth: AuthMethod,
    /// It may change nothing.
    pub readonly: bool,
}

/// Listens at a path. The file gets `mode`; one that a dead process left behind must be removed by
/// the caller, who alone knows that it is dead.
///
/// # Errors
/// The socket cannot be made, bound or listened on.
pub fn listen_unix(path: &Path, mode: u32, backlog: u32) -> io::Result<OwnedFd> {
    use rustix::net::{SocketAddrUnix, bind, listen, socket_with};
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let fd = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    bind(&fd, &SocketAddrUnix::new(path)?)?;
    // Nobody can connect before listen(), so there is no moment with the wrong mode.
    rustix::fs::chmod(path, rustix::fs::Mode::from_raw_mode(mode))?;
    listen(&fd, i32::try_from(backlog).unwrap_or(i32::MAX))?;
    Ok(fd)
}

/// Listens on a TCP address.
///
/// # Errors
/// The address is taken or not ours.
pub fn listen_tcp(address: SocketAddr) -> io::Result<OwnedFd> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener.into())
}

pub(crate) struct Listener {
    fd: OwnedFd,
    pub(crate) server: Arc<Server>,
    pub(crate) options: ListenerOptions,
    pub(crate) kind: TransportKind,
    pub(crate) encryption: Option<Arc<dyn Encryption>>,
    pub(crate) armed: bool,
}

/// A client that the loop does not know yet.
pub(crate) struct Accepted {
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) info: ClientInfo,
    pub(crate) identity: Identity,
    pub(crate) auth_pending: bool,
    pub(crate) session: Session,
}

impl Listener {
    pub(crate) fn new(
        fd: OwnedFd,
        server: Arc<Server>,
        options: ListenerOptions,
        encryption: Option<Arc<dyn Encryption>>,
    ) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        let kind = kind_of(&fd)?;
        Ok(Self { fd, server, options, kind, encryption, armed: false })
    }

    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// The next client that waits.
    pub(crate) fn accept(&self) -> io::Result<OwnedFd> {
        Ok(accept_with(&self.fd, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)?)
    }
}

impl Accepted {
    /// Looks at who has connected. The socket must be non-blocking.
    pub(crate) fn new(
        fd: OwnedFd,
        kind: Option<TransportKind>,
        server: &Server,
        options: ListenerOptions,
        encryption: Option<&dyn Encryption>,
    ) -> io::Result<Self> {
        let kind = kind.map_or_else(|| kind_of(&fd), Ok)?;
        let socket = Socket::with_kind(fd, kind)?;
        let fd = socket.fd();
        let (mut identity, mut address) = (Identity::default(), "127.0.0.1:0".to_owned());
        if kind == TransportKind::Unix {
            identity.unix = Some(UnixIdentity::of_peer(fd)?);
        } else if let Some(peer) = rustix::net::getpeername(fd)?
            && let Ok(peer) = SocketAddr::try_from(peer)
        {
            address = peer.to_string();
        }
        let transport: Box<dyn Transport> = match encryption {
            Some(encryption) => encryption.accept(socket).map_err(io::Error::other)?,
            None => Box::new(socket),
        };
        let connected_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
        let ListenerOptions { auth, readonly } = options;
        let id = server.next_client_id();
        let kind = transport.kind();
        let info = ClientInfo { id, connected_at, transport: kind, address, readonly, auth };
        let session = Session::new(server.limits().max_client_requests, server.keepalive());
        Ok(Self { transport, info, identity, auth_pending: auth != AuthMethod::None, session })
    }

    /// The client's handle.
    pub(crate) fn handle(&self, server: &Arc<Server>, token: Token, mailbox: &Arc<Mailbox>) -> ClientHandle {
        ClientHandle(Arc::new(ClientShared {
            token,
            mailbox: Arc::clone(mailbox),
            server: Arc::downgrade(server),
            info: self.info.clone(),
            identity: self.identity.clone().into(),
            auth_pending: self.auth_pending.into(),
            gone: false.into(),
            posted: 0.into(),
            data: std::sync::OnceLock::new(),
        }))
    }
}
