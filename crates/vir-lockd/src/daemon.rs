//! What the lock daemon looks after, and how it fits the daemon's shell.

use crate::kernel::HostFiles;
use crate::leases::{Leases, NoRecorder};
use crate::program::{Client, LockProgram};
use crate::table::Who;
use rustix::fd::BorrowedFd;
use rustix::process::geteuid;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_base::process::start_time;
use vir_daemon::{Instance, Part, Service};
use vir_rpc::server::{ClientHandle, ClientHooks};

/// The daemon's state: one thread works on it, call by call.
pub struct Shared(Mutex<State>);

/// What is behind the lock.
pub struct State {
    /// The leases.
    pub leases: Leases<HostFiles>,
    /// The daemon ends: nobody who leaves from now on leaves on their own account.
    pub ending: bool,
}

/// All that the lock daemon serves.
pub fn service(_instance: &Instance) -> Service {
    let leases = Leases::new(HostFiles, Box::new(NoRecorder));
    let shared = Arc::new(Shared(Mutex::new(State { leases, ending: false })));
    Service {
        programs: vec![Arc::new(LockProgram(Arc::clone(&shared)))],
        part: Some(Arc::new(LockDaemon(shared))),
        ..Service::default()
    }
}

impl Shared {
    /// The state, for the length of one call.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the process for which a client acts, before it holds anything: when it started.
    pub(crate) fn look_at(
        &self,
        _client: &Client,
        who: &Who,
        _socket: Option<BorrowedFd<'_>>,
    ) -> Option<u64> {
        start_time(who.pid).ok()
    }
}

/// The leases as the shell sees them.
struct LockDaemon(Arc<Shared>);

impl ClientHooks for LockDaemon {
    fn connected(&self, client: &ClientHandle) {
        let peer = client.identity().unix;
        let user = geteuid().as_raw();
        if let Some(peer) = peer.filter(|peer| peer.uid == user) {
            client.init_data(|| Client::new(peer, user));
            return;
        }
        let (pid, uid) = peer.map_or((0, 0), |peer| (peer.pid, peer.uid));
        log::error!("access denied: Disallowing client {pid} with uid {uid}");
        client.close();
    }

    fn disconnected(&self, _client: &ClientHandle) {}

    fn leaves_at_once(&self, _client: &ClientHandle) -> bool {
        true
    }
}

impl Part for LockDaemon {
    fn is_busy(&self) -> bool {
        !self.0.lock().leases.table.is_empty()
    }

    fn ending(&self) {
        self.0.lock().ending = true;
    }
}
