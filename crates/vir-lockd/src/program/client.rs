//! A client of the lock protocol: for which process it acts, and whether it still may.

use super::who;
use crate::owners::Peer;
use crate::table::Who;
use rustix::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_base::process::ticks_now;
use vir_base::{Result, Uuid, bail};
use vir_proto::wire::LockOwner;
use vir_rpc::auth::UnixIdentity;

/// What the daemon knows of a client; kept with its connection.
pub struct Client {
    peer: UnixIdentity,
    allowed: bool,
    /// When it was accepted, in ticks, if that was by this program.
    since: Option<u64>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    restricted: bool,
    who: Option<Arc<Who>>,
}

/// What must survive of a client when the daemon's program is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// It may ask for nothing any more.
    pub restricted: bool,
    /// The process it acts for; 0 if it has not said.
    pub pid: i32,
    /// The guest's number; 0 if it has not registered.
    pub id: u32,
    /// The guest's name.
    pub name: Arc<str>,
    /// The guest's UUID.
    pub uuid: Uuid,
}

impl Client {
    /// One that has just connected. Only `user`'s processes may ask for anything.
    pub fn new(peer: UnixIdentity, user: u32) -> Self {
        Self { peer, allowed: peer.uid == user, since: Some(ticks_now()), state: Mutex::default() }
    }

    /// One that was there before.
    pub fn restored(peer: UnixIdentity, user: u32, registration: Registration) -> Self {
        let Registration { restricted, pid, id, name, uuid } = registration;
        let who = (id != 0).then(|| Arc::new(Who { pid, start: None, id, name, uuid }));
        let state = State { restricted, who };
        Self { peer, allowed: peer.uid == user, since: None, state: Mutex::new(state) }
    }

    /// What must survive of it.
    pub fn registration(&self) -> Registration {
        let state = self.lock();
        let Who { pid, id, name, uuid, .. } = state.who.as_deref().cloned().unwrap_or_default();
        Registration { restricted: state.restricted, pid, id, name, uuid }
    }

    /// The process at the other end.
    pub fn peer<'a>(&self, socket: Option<BorrowedFd<'a>>) -> Peer<'a> {
        Peer { pid: self.peer.pid, since: self.since, socket }
    }

    /// Whether its user may ask for anything.
    pub fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// The process whose leases this connection stands for: its own, if it has registered itself.
    pub fn stands_for(&self) -> Option<i32> {
        let pid = self.lock().who.as_ref().map(|who| who.pid);
        pid.filter(|pid| *pid == self.peer.pid && *pid > 0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses one that has been restricted.
    pub(super) fn may_ask(&self) -> Result<()> {
        self.unrestricted().map(drop)
    }

    fn unrestricted(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.lock();
        if state.restricted {
            bail!(Rpc, OperationDenied, "lock manager connection has been restricted");
        }
        Ok(state)
    }

    pub(super) fn register(&self, owner: LockOwner) -> Result<()> {
        let mut state = self.unrestricted()?;
        if owner.id == 0 {
            bail!(Rpc, OperationInvalid, "lock owner details have not been registered");
        }
        state.who = Some(Arc::new(who(owner)));
        Ok(())
    }

    /// For whom it acts.
    pub(super) fn registered(&self) -> Result<Arc<Who>> {
        match &self.unrestricted()?.who {
            Some(who) => Ok(Arc::clone(who)),
            None => bail!(Rpc, OperationInvalid, "lock owner details have not been registered"),
        }
    }

    /// For whom it acts, with the start of that process, which `look` tells.
    pub(super) fn owner(&self, look: impl FnOnce(&Who) -> Option<u64>) -> Result<Arc<Who>> {
        let who = self.registered()?;
        let start = look(&who);
        if start.is_none() || start == who.start {
            return Ok(who);
        }
        let who = Arc::new(Who { start, ..(*who).clone() });
        self.lock().who = Some(Arc::clone(&who));
        Ok(who)
    }

    pub(super) fn restrict(&self) -> Result<()> {
        self.registered()?;
        self.lock().restricted = true;
        Ok(())
    }
}
