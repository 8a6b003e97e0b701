//! Clients that outlive the loop: told in plain values, and put together again in the program that
//! replaces this one.
//!
//! How the values are carried over is for the daemon; programs keep their own data.

use super::Server;
use super::event_loop::EventLoop;
use super::handle::{ClientHandle, ClientInfo};
use super::listener::{Accepted, ListenerOptions};
use crate::auth::Identity;
use crate::session::{SavedSession, Session};
use crate::transport::Socket;
use rustix::fd::{BorrowedFd, OwnedFd};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A client as it stands in its loop, which keeps it.
#[derive(Debug)]
pub struct Saved<'a> {
    /// The client.
    pub client: ClientHandle,
    /// Its socket.
    pub fd: BorrowedFd<'a>,
    /// What it has sent and not been answered, and what waits for it.
    pub session: SavedSession,
    /// It is closed as soon as all that waits for it is sent.
    pub ends: bool,
    /// Why it cannot go on with another program, if it cannot.
    pub bound: Option<&'static str>,
}

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
    pub session: SavedSession<OwnedFd>,
    /// It is to be closed as soon as all that waits for it is sent.
    pub ends: bool,
}

/// How a loop waits for its program to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freeze {
    /// No more calls are taken; what has arrived stays where it is.
    Hold,
    /// As far as a part of a message has come the rest is read and the call served, and then no more.
    Complete,
}

impl EventLoop {
    /// Accepts nobody and takes no calls, until [`EventLoop::thaw`]. Answers go out meanwhile.
    pub fn freeze(&mut self, how: Freeze) {
        self.freeze_with(true, |conn| conn.freeze(how == Freeze::Complete));
    }

    /// Goes on as before [`EventLoop::freeze`].
    pub fn thaw(&mut self) {
        self.freeze_with(false, super::conn::Conn::thaw);
    }

    /// A client of `server` that has a call without an answer.
    pub fn in_flight(&self, server: &Arc<Server>) -> Option<ClientHandle> {
        let mut busy = self.conns_of(server).filter(|conn| conn.session.in_flight() > 0);
        busy.next().map(|conn| conn.link.handle.clone())
    }

    /// A client of `server` between whose messages there is no clean cut now, and why.
    pub fn unsettled(&self, server: &Arc<Server>) -> Option<(ClientHandle, &'static str)> {
        self.conns_of(server).find_map(|conn| {
            let session = &conn.session;
            let why = match conn.bound_to_program() {
                Some(why) => why,
                None if session.in_flight() > 0 => "a call of it is being served",
                None if session.has_received() => "it has sent a part of a request",
                None if !session.out.is_empty() => "it does not read an answer",
                None => return None,
            };
            Some((conn.link.handle.clone(), why))
        })
    }

    /// The clients of `server`, in the order in which they came.
    pub fn save<'a>(&'a self, server: &'a Arc<Server>) -> Vec<Saved<'a>> {
        let saved = self.conns_of(server).map(|conn| Saved {
            client: conn.link.handle.clone(),
            fd: conn.fd(),
            session: conn.session.save(),
            ends: conn.ends(),
            bound: conn.bound_to_program(),
        });
        let mut saved: Vec<_> = saved.collect();
        saved.sort_by_key(|saved| saved.client.id());
        saved
    }

    /// Where clients of `server` come in.
    pub fn listeners<'a>(
        &'a self,
        server: &'a Arc<Server>,
    ) -> impl Iterator<Item = (BorrowedFd<'a>, ListenerOptions)> {
        use rustix::fd::AsFd;
        self.listeners_of(server).map(|listener| (listener.fd().as_fd(), listener.options))
    }

    /// Goes on with a client, under its number. `prepare` is called before anybody else hears of it, and
    /// before any of its messages is looked at.
    ///
    /// # Errors
    /// The descriptor is no socket.
    pub fn restore(
        &mut self,
        server: &Arc<Server>,
        client: Released,
        prepare: impl FnOnce(&ClientHandle),
    ) -> io::Result<ClientHandle> {
        let Released { fd, info, identity, auth_pending, session, ends } = client;
        let mut session = Session::restore(session);
        session.keepalive.heard(self.clock());
        let asks = session.keepalive.is_running();
        server.next_id.fetch_max(info.id + 1, Ordering::Relaxed);
        rustix::io::ioctl_fionbio(&fd, true)?;
        let transport = Box::new(Socket::with_kind(fd, info.transport)?);
        let client = Accepted { transport, info, identity, auth_pending, session };
        let handle = self.add_client(server, client, prepare)?;
        if asks {
            handle.start_keepalive();
        }
        self.kick(&handle, ends);
        Ok(handle)
    }
}
