//! Clients that outlive the loop: taken apart into plain values, and put together again in the
//! program that replaces this one.
//!
//! How the values are carried over is for the daemon; programs keep their own data.

use super::Server;
use super::event_loop::EventLoop;
use super::handle::{ClientHandle, ClientInfo};
use super::listener::Accepted;
use crate::auth::Identity;
use crate::session::{SavedSession, Session};
use crate::transport::Socket;
use rustix::fd::OwnedFd;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A client without a loop.
#[derive(Debug)]
pub struct Released {
    /// Its socket.
    pub fd: OwnedFd,
    /// What does not change about it.
    pub info: ClientInfo,
    /// Who it is.
    pub identity: Identity,
    /// Whether it still has to authenticate.
    pub auth_pending: bool,
    /// What it has sent and not been answered, and what waits for it.
    pub session: SavedSession,
}

impl EventLoop {
    /// Takes the clients of `server` apart without closing their sockets. Nothing that they have
    /// sent is lost; calls that are being served should have ended before. Clients with open
    /// streams or encryption are closed.
    pub fn release(&mut self, server: &Arc<Server>) -> Vec<Released> {
        let conns = self.take_conns(server);
        let released = conns.into_iter().filter_map(|conn| {
            let auth_pending = !conn.link.handle.is_authenticated();
            let (fd, session, handle) = conn.release(self.poller())?;
            let (info, identity) = (handle.info().clone(), handle.identity());
            Some(Released { fd, info, identity, auth_pending, session })
        });
        released.collect()
    }

    /// Goes on with a client that was released, under its number.
    ///
    /// # Errors
    /// The descriptor is no socket.
    pub fn restore(&mut self, server: &Arc<Server>, client: Released) -> io::Result<ClientHandle> {
        let mut session = Session::restore(client.session);
        session.keepalive.heard(self.clock());
        let asks = session.keepalive.is_running();
        server.next_id.fetch_max(client.info.id + 1, Ordering::Relaxed);
        let Released { fd, info, identity, auth_pending, .. } = client;
        let socket = Socket::new(fd)?;
        let client = Accepted { socket, info, identity, auth_pending, session };
        let handle = self.add_client(server, client)?;
        if asks {
            handle.start_keepalive();
        }
        self.kick(&handle);
        Ok(handle)
    }
}
