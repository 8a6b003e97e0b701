//! Servers and clients from a document: listening where the program before listened, and going on with
//! each client where it stopped.

use super::ADMIN;
use super::carried::Carried;
use super::descriptors::Descriptors;
use super::document::{ClientState, NEVER, ServerState, SocketState};
use super::fields::Faults;
use super::survivor::Survivor;
use super::takeover::Inheritance;
use super::tree::Value;
use crate::sockets::BoundPath;
use rustix::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vir_base::err;
use vir_base::sys::{FdKind, bound_path, listen_fd_numbers};
use vir_rpc::auth::{AuthMethod, Identity, UnixIdentity};
use vir_rpc::keepalive::Keepalive;
use vir_rpc::server::{ClientInfo, EventLoop, Limits, ListenerOptions, Released, Server};
use vir_rpc::session::SavedSession;
use vir_rpc::transport::TransportKind;

const SOCKETS: &[FdKind] = &[FdKind::Listening, FdKind::Connected];

/// Restores the servers that the document has; the paths of sockets that go with the daemon are
/// returned. The daemon's own part must be there already.
pub fn servers(
    inheritance: &mut Inheritance,
    event_loop: &mut EventLoop,
    servers: &[Arc<Server>],
    survivor: Option<&Arc<dyn Survivor>>,
) -> Vec<BoundPath> {
    let Inheritance { document, descriptors, faults, damaged, .. } = inheritance;
    let mut restoring = Restoring { event_loop, descriptors, faults, survivor, paths: Vec::new() };
    for server in servers {
        let state = document.servers.iter().find(|(name, _)| name == server.name());
        if let Some((_, state)) = state {
            restoring.server(server, state);
        }
    }
    if *damaged {
        restoring.unnamed(servers);
    }
    restoring.paths
}

struct Restoring<'a> {
    event_loop: &'a mut EventLoop,
    descriptors: &'a mut Descriptors,
    faults: &'a mut Faults,
    survivor: Option<&'a Arc<dyn Survivor>>,
    paths: Vec<BoundPath>,
}

impl Restoring<'_> {
    fn server(&mut self, server: &Arc<Server>, state: &ServerState) {
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let requests = state.services.first().map(|service| size(service.max_requests));
        let limits = Limits {
            max_clients: size(state.max_clients),
            max_anonymous_clients: size(state.max_anonymous_clients),
            max_client_requests: requests.unwrap_or(server.limits().max_client_requests),
            keepalive_interval: seconds(state.keepalive_interval),
            keepalive_count: state.keepalive_count,
        };
        if let Err(error) = server.set_limits(limits) {
            self.faults.add(error);
        }
        let [min, max, prio] = [state.min_workers, state.max_workers, state.priority_workers].map(size);
        if let Err(error) = server.set_workers(min, max, prio) {
            self.faults.add(err!(Rpc, InternalError, "Failed to create thread: {error}"));
        }
        server.skip_ids(state.next_client_id);
        for service in &state.services {
            let options = ListenerOptions { auth: service.auth, readonly: service.readonly };
            for socket in &service.sockets {
                self.listener(server, *socket, options);
            }
        }
        for client in &state.clients {
            let (id, name) = (client.id, server.name());
            if self.client(server, client, limits).is_none() {
                self.faults.add(err!(Rpc, InternalError, "client {id} of server {name}"));
            }
        }
    }

    fn listener(&mut self, server: &Arc<Server>, socket: SocketState, options: ListenerOptions) {
        let Some(fd) = self.descriptors.take(socket.fd, &[FdKind::Listening]) else { return };
        let path = bound_path(fd.as_raw_fd()).filter(|_| socket.unlink);
        match self.event_loop.listen(server, fd, options) {
            Ok(()) => self.paths.extend(path.map(|path| BoundPath::new(&path))),
            Err(error) => {
                let name = server.name();
                self.faults.add(err!(Rpc, InternalError, "a socket of server {name}: {error}"));
            }
        }
    }

    /// `None` if it could not be restored, whatever the reason; its descriptors are closed then.
    fn client(&mut self, server: &Arc<Server>, state: &ClientState, limits: Limits) -> Option<()> {
        let fd = self.descriptors.take(state.socket.fd, &[FdKind::Connected])?;
        let session = session(state.carried.clone().unwrap_or_default(), state.max_requests, limits);
        let session = session.with_fds(|fd| self.descriptors.take(fd, &[]))?;
        let ends = state.carried.as_ref().is_some_and(|carried| carried.ends);
        let released = released(fd, state, session, ends)?;
        let survivor = self.survivor.filter(|_| server.name() != ADMIN);
        let prepare = |client: &vir_rpc::server::ClientHandle| {
            if let Some(survivor) = survivor {
                survivor.resume_client(client, &state.private);
            }
        };
        self.event_loop.restore(server, released, prepare).ok().map(drop)
    }

    /// Sockets that a damaged document does not name: the file that each is bound to says whose it is.
    fn unnamed(&mut self, servers: &[Arc<Server>]) {
        for number in self.descriptors.numbers() {
            let Some(fd) = self.descriptors.take(number, SOCKETS) else { continue };
            let file = bound_path(fd.as_raw_fd());
            let name = file.as_deref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
            let admin = name.is_some_and(|name| name.ends_with("-admin-sock"));
            let ours = name.is_some_and(|name| name.ends_with("-sock"));
            let wanted = if admin { ADMIN } else { servers.first().map_or("", |server| server.name()) };
            let server = servers.iter().find(|server| ours && server.name() == wanted);
            match (server, rustix::net::sockopt::socket_acceptconn(&fd)) {
                (Some(server), Ok(true)) => {
                    log::warn!("descriptor {number} is a socket of server {wanted}");
                    // systemd's stay when this daemon goes
                    let unlink = !listen_fd_numbers().contains(&number);
                    let socket = SocketState { fd: number, errfd: -1, pid: 0, is_client: false, unlink };
                    self.descriptors.put(number, fd);
                    self.listener(server, socket, ListenerOptions::default());
                }
                (Some(server), Ok(false)) => {
                    log::warn!("descriptor {number} is a client of server {wanted}");
                    self.descriptors.put(number, fd);
                    let state = stranger(number, server.next_id());
                    let _ = self.client(server, &state, server.limits());
                }
                _ => self.descriptors.put(number, fd),
            }
        }
    }
}

/// A client of which nothing is known but its socket.
fn stranger(fd: i32, id: u64) -> ClientState {
    ClientState {
        id,
        auth: AuthMethod::None,
        auth_pending: false,
        readonly: false,
        max_requests: 1,
        connected_at: None,
        socket: SocketState { fd, errfd: -1, pid: 0, is_client: true, unlink: false },
        private: Value::Null,
        carried: None,
    }
}

fn seconds(interval: u32) -> u64 {
    // the peer keeps it in an int: what is less than 1 never asks
    if interval == NEVER || i32::try_from(interval).is_err() { 0 } else { interval.into() }
}

fn session(carried: Carried, max_requests: u32, limits: Limits) -> SavedSession {
    let mut keepalive =
        Keepalive::new(Duration::from_secs(limits.keepalive_interval), limits.keepalive_count);
    if carried.asks {
        keepalive.start(0);
    }
    SavedSession {
        received: carried.received,
        scanned: carried.scanned,
        received_fds: carried.received_fds,
        unsent: carried.unsent,
        in_flight: 0,
        max_requests: usize::try_from(max_requests).unwrap_or(usize::MAX),
        keepalive,
    }
}

fn released(
    fd: OwnedFd,
    state: &ClientState,
    session: SavedSession<OwnedFd>,
    ends: bool,
) -> Option<Released> {
    let unix = rustix::net::sockopt::socket_domain(&fd).ok()? == rustix::net::AddressFamily::UNIX;
    let identity =
        Identity { unix: if unix { UnixIdentity::of_peer(&fd).ok() } else { None }, ..Identity::default() };
    let peer = if unix { None } else { rustix::net::getpeername(&fd).ok().flatten() };
    let address = peer.and_then(|peer| std::net::SocketAddr::try_from(peer).ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    let info = ClientInfo {
        id: state.id,
        connected_at: state.connected_at.unwrap_or_else(now),
        transport: if unix { TransportKind::Unix } else { TransportKind::Tcp },
        address: address.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string()),
        readonly: state.readonly,
        auth: state.auth,
    };
    Some(Released { fd, info, identity, auth_pending: state.auth_pending, session, ends })
}
