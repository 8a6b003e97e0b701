//! The server half: clients, programs, limits, workers; one loop drives them all.
//!
//! - [`EventLoop`] owns the sockets and is the only one to read and write them.
//! - [`Server`] is what clients connect to: programs, limits and workers under a name.
//! - [`Program`] serves calls; [`ClientHandle`] reaches a client from any thread.

mod conn;
mod dispatch;
mod event_loop;
mod handle;
mod handover;
mod listener;
mod mailbox;
mod poller;
mod pool;
mod program;
mod stream;
mod stream_file;
mod stream_loop;

pub use event_loop::{EventLoop, LoopHandle};
pub use handle::{ClientHandle, ClientInfo, Pending};
pub use handover::{Freeze, Released, Saved};
pub use listener::{ListenerOptions, listen_tcp, listen_unix};
pub use pool::PoolInfo;
pub use program::{Call, Outcome, Placement, Procedure, Program, Reply};
pub use stream::{StreamDirection, StreamEnd, StreamHandle, StreamItem};

use crate::keepalive::Keepalive;
use crate::transport::Encryption;
use mailbox::{Letter, Mailbox};
use pool::Pool;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use vir_base::{Result, err};

/// Told of clients that come and go.
pub trait ClientHooks: Send + Sync {
    /// A client has connected. Runs on the loop: must not wait.
    fn connected(&self, _client: &ClientHandle) {}
    /// A client is gone. Runs on a worker, unless [`ClientHooks::leaves_at_once`].
    fn disconnected(&self, _client: &ClientHandle) {}
    /// Whether [`ClientHooks::disconnected`] waits for nothing in this client's case: then it runs on the loop,
    /// and no worker has to be woken.
    fn leaves_at_once(&self, _client: &ClientHandle) -> bool {
        false
    }
}

/// How many clients and calls a server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Clients; no more are accepted until one leaves.
    pub max_clients: usize,
    /// Clients that have not authenticated yet; 0 for no limit.
    pub max_anonymous_clients: usize,
    /// Calls of one client that are served at a time.
    pub max_client_requests: usize,
    /// Seconds of silence after which a client is asked whether it is there; 0 never asks.
    pub keepalive_interval: u64,
    /// Questions without an answer after which it is gone.
    pub keepalive_count: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_clients: 5000,
            max_anonymous_clients: 20,
            max_client_requests: 5,
            keepalive_interval: 5,
            keepalive_count: 5,
        }
    }
}

/// Programs, limits and workers under a name, and the clients that are connected to them.
pub struct Server {
    name: String,
    programs: Vec<Arc<dyn Program>>,
    hooks: Option<Arc<dyn ClientHooks>>,
    limits: Mutex<Limits>,
    pool: Pool,
    clients: Mutex<BTreeMap<u64, ClientHandle>>,
    unauthenticated: AtomicUsize,
    next_id: AtomicU64,
    encryption: Mutex<Option<Arc<dyn Encryption>>>,
    mailbox: Arc<Mailbox>,
}

/// Makes a [`Server`].
pub struct ServerBuilder {
    name: String,
    programs: Vec<Arc<dyn Program>>,
    hooks: Option<Arc<dyn ClientHooks>>,
    limits: Limits,
    workers: (usize, usize, usize),
}

impl ServerBuilder {
    /// Serves a program.
    #[must_use]
    pub fn program(mut self, program: Arc<dyn Program>) -> Self {
        self.programs.push(program);
        self
    }

    /// Tells of clients that come and go.
    #[must_use]
    pub fn hooks(mut self, hooks: Arc<dyn ClientHooks>) -> Self {
        self.hooks = Some(hooks);
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the least and most ordinary workers, and the priority workers. Without any, everything is
    /// served by the loop's thread, and nothing may wait.
    #[must_use]
    pub fn workers(mut self, min: usize, max: usize, prio: usize) -> Self {
        self.workers = (min, max, prio);
        self
    }

    /// Starts the workers.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn build(self, event_loop: &EventLoop) -> io::Result<Arc<Server>> {
        let (min, max, prio) = self.workers;
        Ok(Arc::new(Server {
            name: self.name,
            programs: self.programs,
            hooks: self.hooks,
            limits: Mutex::new(self.limits),
            pool: Pool::new(min, max, prio)?,
            clients: Mutex::default(),
            unauthenticated: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            encryption: Mutex::default(),
            mailbox: event_loop.mailbox(),
        }))
    }
}

impl Server {
    /// Starts to describe a server.
    pub fn builder(name: impl Into<String>) -> ServerBuilder {
        ServerBuilder {
            name: name.into(),
            programs: vec![],
            hooks: None,
            limits: Limits::default(),
            workers: (5, 20, 5),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The limits.
    pub fn limits(&self) -> Limits {
        *lock(&self.limits)
    }

    /// Changes the limits; those of calls and keepalive hold for clients that connect from now on.
    ///
    /// # Errors
    /// More clients may wait for authentication than may be connected.
    pub fn set_limits(&self, limits: Limits) -> Result<()> {
        if limits.max_clients < limits.max_anonymous_clients {
            return Err(err!(
                Rpc,
                InvalidArg,
                "The overall maximum number of clients must not be less than the number of clients waiting for authentication"
            ));
        }
        *lock(&self.limits) = limits;
        self.mailbox.post(Letter::Limits);
        Ok(())
    }

    /// What encrypts connections to it, where any are.
    pub fn encryption(&self) -> Option<Arc<dyn Encryption>> {
        lock(&self.encryption).clone()
    }

    fn note_encryption(&self, encryption: &Arc<dyn Encryption>) {
        *lock(&self.encryption) = Some(Arc::clone(encryption));
    }

    /// The workers.
    pub fn pool_info(&self) -> PoolInfo {
        self.pool.info()
    }

    /// Changes the least and most ordinary workers, and the priority workers.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn set_workers(&self, min: usize, max: usize, prio: usize) -> io::Result<()> {
        self.pool.resize(min, max, prio)
    }

    /// The clients, in the order in which they came.
    pub fn clients(&self) -> Vec<ClientHandle> {
        lock(&self.clients).values().cloned().collect()
    }

    /// The client with this number.
    pub fn client(&self, id: u64) -> Option<ClientHandle> {
        lock(&self.clients).get(&id).cloned()
    }

    /// How many clients there are, and how many of them have not authenticated.
    pub fn client_counts(&self) -> (usize, usize) {
        (lock(&self.clients).len(), self.unauthenticated.load(Ordering::Acquire))
    }

    /// Runs `job` on a worker.
    pub fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        self.pool.submit(Box::new(job), false);
    }

    fn program(&self, number: u32, version: u32) -> Option<&Arc<dyn Program>> {
        self.programs.iter().find(|p| p.number() == number && p.version() == version)
    }

    fn next_client_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// The number that the next client gets.
    pub fn next_id(&self) -> u64 {
        self.next_id.load(Ordering::Relaxed)
    }

    /// Numbers below this one are not given (again).
    pub fn skip_ids(&self, next: u64) {
        self.next_id.fetch_max(next, Ordering::Relaxed);
    }

    fn keepalive(&self) -> Keepalive {
        let limits = self.limits();
        Keepalive::new(Duration::from_secs(limits.keepalive_interval), limits.keepalive_count)
    }

    /// Whether one more client may connect.
    fn has_room(&self) -> bool {
        let limits = self.limits();
        let (clients, unauthenticated) = self.client_counts();
        let anonymous = limits.max_anonymous_clients;
        clients < limits.max_clients && (anonymous == 0 || unauthenticated < anonymous)
    }

    fn client_came(&self, client: &ClientHandle) {
        log::debug!("{}: client {} from {}", self.name, client.id(), client.info().address);
        if !client.is_authenticated() {
            self.unauthenticated.fetch_add(1, Ordering::AcqRel);
        }
        lock(&self.clients).insert(client.id(), client.clone());
        if let Some(hooks) = &self.hooks {
            hooks.connected(client);
        }
    }

    fn client_gone(&self, client: &ClientHandle) {
        log::debug!("{}: client {} is gone", self.name, client.id());
        self.forget(client);
        match &self.hooks {
            Some(hooks) if hooks.leaves_at_once(client) => hooks.disconnected(client),
            Some(hooks) => {
                let (hooks, client) = (Arc::clone(hooks), client.clone());
                self.spawn(move || hooks.disconnected(&client));
            }
            None => {}
        }
    }

    /// The client is no longer one of ours, though it may live on elsewhere.
    fn forget(&self, client: &ClientHandle) {
        client.0.gone.store(true, Ordering::Release);
        if client.0.auth_pending.swap(false, Ordering::AcqRel) {
            self.unauthenticated.fetch_sub(1, Ordering::AcqRel);
        }
        lock(&self.clients).remove(&client.id());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
