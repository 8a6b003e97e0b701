//! The document of a running daemon.

use super::ADMIN;
use super::carried::Carried;
use super::document::{ClientState, Document, Extras, ServerState, ServiceState, SocketState};
use super::survivor::{Attached, Successor, Survivor};
use super::tree::Object;
use super::write::keepalive_interval;
use std::os::fd::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vir_base::sys::bound_path;
use vir_rpc::server::{EventLoop, Saved, Server};

/// What of a daemon goes into its document.
pub struct Daemon<'a> {
    /// Its sockets and clients.
    pub event_loop: &'a EventLoop,
    /// Its servers.
    pub servers: &'a [Arc<Server>],
    /// Its own part.
    pub survivor: Option<&'a dyn Survivor>,
    /// The files of its sockets that go when it does.
    pub paths: &'a [PathBuf],
    /// What only one of ours is told.
    pub extras: &'a Extras,
}

impl Daemon<'_> {
    /// Writes everything down for this successor. Nothing changes by that. The descriptors that are
    /// named in what is attached come second.
    ///
    /// # Errors
    /// In words: what cannot be handed over.
    pub fn document(&self, successor: Successor) -> Result<(Document, Vec<RawFd>), String> {
        let mut document = Document { magic: std::process::id().to_string(), ..Document::default() };
        for server in self.servers {
            document.servers.push((server.name().to_owned(), self.server(server, successor)?));
        }
        document.servers.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut attached = Attached::default();
        if let Some(survivor) = self.survivor {
            let saved = survivor.save(successor, &mut document.own, &mut attached);
            saved.map_err(|error| error.message().to_owned())?;
        }
        document.attached = attached.text;
        document.extras = (successor == Successor::Ours).then(|| self.extras.clone());
        Ok((document, attached.fds))
    }

    fn server(&self, server: &Arc<Server>, successor: Successor) -> Result<ServerState, String> {
        let (limits, pool) = (server.limits(), server.pool_info());
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let max_requests = number(limits.max_client_requests);
        let services = self.event_loop.listeners(server).map(|(fd, options)| ServiceState {
            auth: options.auth,
            readonly: options.readonly,
            max_requests,
            sockets: vec![SocketState {
                fd: fd.as_raw_fd(),
                errfd: -1,
                pid: 0,
                is_client: false,
                unlink: bound_path(fd.as_raw_fd()).is_some_and(|path| self.owns(&path)),
            }],
        });
        let services: Vec<_> = services.collect();
        let clients = self.event_loop.save(server).into_iter();
        let clients: Result<Vec<_>, String> =
            clients.map(|saved| self.client(server, saved, successor)).collect();
        Ok(ServerState {
            min_workers: number(pool.min_workers),
            max_workers: number(pool.max_workers),
            priority_workers: number(pool.prio_workers),
            max_clients: number(limits.max_clients),
            max_anonymous_clients: number(limits.max_anonymous_clients),
            keepalive_interval: keepalive_interval(limits.keepalive_interval),
            keepalive_count: limits.keepalive_count,
            next_client_id: server.next_id(),
            services,
            clients: clients?,
        })
    }

    fn owns(&self, path: &Path) -> bool {
        self.paths.iter().any(|owned| owned == path)
    }

    fn client(&self, server: &Server, saved: Saved<'_>, successor: Successor) -> Result<ClientState, String> {
        let Saved { client, fd, session, ends, bound } = saved;
        if let Some(why) = bound {
            return Err(format!("client {} of server {} cannot go along: {why}", client.id(), server.name()));
        }
        let private = match self.survivor.filter(|_| server.name() != ADMIN) {
            Some(survivor) => survivor.save_client(&client, successor),
            None => Object::default().into(),
        };
        let info = client.info();
        let carried = Carried {
            received: session.received,
            scanned: session.scanned,
            received_fds: session.received_fds,
            unsent: session.unsent,
            asks: session.keepalive.is_running(),
            ends,
        };
        Ok(ClientState {
            id: info.id,
            auth: info.auth,
            auth_pending: !client.is_authenticated(),
            readonly: info.readonly,
            max_requests: u32::try_from(session.max_requests).unwrap_or(u32::MAX),
            connected_at: Some(info.connected_at),
            socket: SocketState { fd: fd.as_raw_fd(), errfd: -1, pid: 0, is_client: true, unlink: false },
            private,
            carried: (successor == Successor::Ours).then_some(carried),
        })
    }
}
