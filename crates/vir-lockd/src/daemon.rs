//! What the lock daemon looks after, and how it fits the daemon's shell.

use crate::guard::{self, Guard, Left};
use crate::kernel::HostFiles;
use crate::leases::{Leases, Unguarded};
use crate::owners::Owners;
use crate::program::{Client, LockProgram};
use crate::record::LeaseRecord;
use crate::state::Surviving;
use crate::status::StatusProgram;
use crate::table::Who;
use rustix::fd::BorrowedFd;
use rustix::process::geteuid;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use vir_base::sys::{LockKind, LockOwner, lock_first_byte};
use vir_base::{Error, ErrorDomain, Result};
use vir_daemon::{Instance, Part, Service};
use vir_rpc::server::{ClientHandle, ClientHooks, EventLoop, LoopHandle};

/// How long is waited with what did not succeed.
const AGAIN: Duration = Duration::from_secs(1);

/// The daemon's state: one thread works on it, call by call.
pub struct Shared(Mutex<State>);

/// What is behind the lock.
pub struct State {
    /// The leases.
    pub leases: Leases<HostFiles>,
    /// The processes that hold them; `None` before the daemon starts.
    pub owners: Option<Owners>,
    /// What keeps them when the daemon cannot; `None` before it starts.
    pub guard: Option<Guard>,
    /// What the program before this one has left of its guard, until this one's is made of it.
    pub left: Option<Left>,
    /// Owners from before our time have not been looked at yet.
    pub unadopted: bool,
    /// Leases that should be exclusive, and are locked against writers only: others share their files.
    pub weak: Vec<u64>,
    /// Leases that a document names and that are not held, as far as is known yet.
    pub missing: Vec<LeaseRecord>,
    /// The daemon ends: nobody who leaves from now on leaves on their own account.
    pub ending: bool,
}

/// All that the lock daemon serves.
pub fn service(instance: &Instance) -> Service {
    let leases = Leases::new(HostFiles, Box::new(Unguarded));
    let state = State {
        leases,
        owners: None,
        guard: None,
        left: None,
        unadopted: false,
        weak: Vec::new(),
        missing: Vec::new(),
        ending: false,
    };
    let shared = Arc::new(Shared(Mutex::new(state)));
    let event_loop = Arc::default();
    let dir = instance.paths.state.clone();
    let user = geteuid().as_raw();
    let surviving = Surviving { shared: Arc::clone(&shared), event_loop: Arc::clone(&event_loop), user };
    Service {
        programs: vec![Arc::new(LockProgram(Arc::clone(&shared)))],
        admin_programs: vec![Arc::new(StatusProgram(Arc::clone(&shared)))],
        part: Some(Arc::new(LockDaemon { shared, event_loop, dir, user })),
        survivor: Some(Arc::new(surviving)),
        ..Service::default()
    }
}

impl Shared {
    /// The state, for the length of one call.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the process for which a client acts, before it holds anything: when it started.
    pub(crate) fn look_at(&self, client: &Client, who: &Who, socket: Option<BorrowedFd<'_>>) -> Option<u64> {
        let mut state = self.lock();
        state.adopt_owners();
        state.guard.as_mut().into_iter().for_each(Guard::confirm);
        let known = |owners: &Owners| owners.knows(who.pid);
        // somebody else of that number is known, whose end nobody has noticed yet
        if who.start.is_none() && state.owners.as_ref().is_some_and(|owners| owners.has_ended(who.pid)) {
            state.owner_died(who.pid);
        }
        if who.start.is_some() && state.owners.as_ref().is_some_and(known) {
            return who.start;
        }
        state.owners.as_mut()?.look_at(who.pid, client.peer(socket))
    }

    /// A client that is here again after the program was replaced, as it was before. Its process can be
    /// known for certain once its socket is at hand.
    pub fn confirm(self: &Arc<Self>, client: &ClientHandle, event_loop: &LoopHandle) {
        let (shared, client) = (Arc::clone(self), client.clone());
        event_loop.run(move |event_loop| {
            let Some(known) = client.data::<Client>() else { return };
            if let Some(pid) = known.stands_for()
                && let Some(owners) = &mut shared.lock().owners
            {
                owners.confirm(pid, known.peer(event_loop.socket(&client)));
            }
        });
    }
}

impl State {
    /// Watches those who hold leases from before our time, if that has not been done; those who are dead
    /// lose them.
    pub fn adopt_owners(&mut self) {
        if !std::mem::take(&mut self.unadopted) {
            return;
        }
        let Some(owners) = &mut self.owners else { return };
        let mut known: HashMap<i32, Option<u64>> = HashMap::new();
        for holder in self.leases.table.all().flat_map(|(_, lease)| &lease.owners) {
            let start = known.entry(holder.who.pid).or_default();
            *start = start.or(holder.who.start);
        }
        let dead: Vec<_> = known.into_iter().filter(|(pid, start)| !owners.adopt(*pid, *start)).collect();
        dead.into_iter().for_each(|(pid, _)| self.owner_died(pid));
    }

    /// Tries to lock exclusively what should be.
    fn strengthen(&mut self) {
        let table = &self.leases.table;
        self.weak.retain(|id| {
            let Some(file) = table.handle(*id) else { return false };
            let whole = matches!(lock_first_byte(file, LockOwner::Description, LockKind::Write), Ok(true));
            if whole && let Some(record) = table.record(*id) {
                log::info!("{}: nobody else shares it any more, the lease is exclusive", record.path);
            }
            !whole
        });
    }

    /// A process is dead: what it held is free.
    pub fn owner_died(&mut self, pid: i32) {
        if let Some(owners) = &mut self.owners {
            owners.forget(pid);
        }
        match self.leases.release_all(pid) {
            0 => {}
            count => log::info!("process {pid} is dead: {count} leases released"),
        }
    }
}

/// The leases as the shell sees them.
struct LockDaemon {
    shared: Arc<Shared>,
    /// The loop, once there is one.
    event_loop: Arc<OnceLock<LoopHandle>>,
    /// The run state directory.
    dir: PathBuf,
    /// Whose processes may ask for leases.
    user: u32,
}

impl ClientHooks for LockDaemon {
    fn connected(&self, client: &ClientHandle) {
        let peer = client.identity().unix;
        if let Some(peer) = peer.filter(|peer| peer.uid == self.user) {
            client.init_data(|| Client::new(peer, self.user));
            return;
        }
        let (pid, uid) = peer.map_or((0, 0), |peer| (peer.pid, peer.uid));
        log::error!("access denied: Disallowing client {pid} with uid {uid}");
        client.close();
    }

    fn disconnected(&self, client: &ClientHandle) {
        let Some(known) = client.data::<Client>() else { return };
        let Some(pid) = known.stands_for() else { return };
        let mut state = self.shared.lock();
        state.adopt_owners();
        if state.ending || !state.leases.table.holds(pid) {
            return;
        }
        if state.owners.as_mut().is_some_and(|owners| owners.must_end(pid, known.peer(None))) {
            state.owner_died(pid);
        }
    }

    fn leaves_at_once(&self, _client: &ClientHandle) -> bool {
        true
    }
}

/// Tries to have a guard behind the leases after all.
fn try_again(shared: &Arc<Shared>, dir: &Path, event_loop: &mut EventLoop) {
    let (shared, dir) = (Arc::clone(shared), dir.to_owned());
    let again = later(event_loop, move |event_loop| match guard::start(&shared, &dir, event_loop) {
        Ok(()) => {
            guard::keep(&shared, event_loop);
            log::info!("leases are given again");
        }
        Err(error) => {
            log::error!("no lease is given: {error}");
            try_again(&shared, &dir, event_loop);
        }
    });
    if let Err(error) = again {
        log::error!("no lease is given until this daemon is started again: {error}");
    }
}

/// Locks leases exclusively that should be and are not, as soon as those are gone who share their files.
fn strengthen(shared: &Arc<Shared>, event_loop: &mut EventLoop) {
    shared.lock().strengthen();
    if shared.lock().weak.is_empty() {
        return;
    }
    let again = Arc::clone(shared);
    if let Err(error) = later(event_loop, move |event_loop| strengthen(&again, event_loop)) {
        log::error!("leases that others share stay as they are: {error}");
    }
}

/// Does something on the loop after a while.
fn later(
    event_loop: &mut EventLoop,
    job: impl FnOnce(&mut EventLoop) + Send + 'static,
) -> std::io::Result<()> {
    let mut job = Some(job);
    event_loop.watch(guard::pause(AGAIN)?, move |event_loop| {
        if let Some(job) = job.take() {
            job(event_loop);
        }
        false
    })
}

impl Part for LockDaemon {
    fn start(&self, event_loop: &mut EventLoop) -> Result<()> {
        let failed =
            |error: std::io::Error| Error::io(ErrorDomain::None, &error, "Failed to watch processes");
        let owners = Owners::new().map_err(failed)?;
        let ended = owners.poll_fd().map_err(failed)?;
        self.shared.lock().owners = Some(owners);
        let _ = self.event_loop.set(event_loop.handle());
        let shared = Arc::clone(&self.shared);
        let look_after = move |_: &mut EventLoop| {
            let mut state = shared.lock();
            let dead = state.owners.as_mut().map(Owners::dead).unwrap_or_default();
            dead.into_iter().for_each(|pid| state.owner_died(pid));
            true
        };
        event_loop.watch(ended, look_after).map_err(failed)?;
        self.shared.lock().unadopted = true;
        let guarded = guard::start(&self.shared, &self.dir, event_loop);
        // those who hold leases are watched, however it stands with the guard: as soon as somebody wants to
        // know of them, and else when those have been answered who have waited
        let shared = Arc::clone(&self.shared);
        event_loop.handle().run(move |_| shared.lock().adopt_owners());
        strengthen(&self.shared, event_loop);
        if guarded.is_err() {
            // a daemon with leases goes on nonetheless; it gives no others until this succeeds
            try_again(&self.shared, &self.dir, event_loop);
        }
        guarded
    }

    fn ready(&self, event_loop: &mut EventLoop) {
        // making a keeper takes longer than all that clients wait for
        let shared = Arc::clone(&self.shared);
        event_loop.handle().run(move |event_loop| guard::keep(&shared, event_loop));
    }

    fn is_busy(&self) -> bool {
        !self.shared.lock().leases.table.is_empty()
    }

    fn ending(&self) {
        let mut state = self.shared.lock();
        state.ending = true;
        // what this process closes from now on stays open there
        let State { leases, guard, .. } = &mut *state;
        if let Some(guard) = guard
            && let Err(error) = guard.step_aside(leases)
        {
            log::error!("leases end with this daemon: {error}");
        }
    }
}
