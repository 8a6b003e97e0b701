//! The lock protocol: what its eight procedures do, and what they refuse.
//!
//! Leases are given and taken elsewhere; here is who may ask for what. All of it runs on the loop:
//! nothing here waits.

mod client;

pub use client::{Client, Registration};

use crate::daemon::Shared;
use crate::kernel::Kernel;
use crate::leases::Leases;
use crate::record::{AUTOCREATE, SHARED};
use crate::table::Who;
use std::sync::Arc;
use vir_base::{ErrorDomain, Result, bail};
use vir_proto::procedures::lock::*;
use vir_proto::wire::*;
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};

/// Serves the program `lock`.
pub struct LockProgram(pub(crate) Arc<Shared>);

impl Program for LockProgram {
    fn number(&self) -> u32 {
        PROGRAM
    }

    fn version(&self) -> u32 {
        VERSION
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let known = (LOCK_REGISTER..=LOCK_CREATE_LOCKSPACE).contains(&procedure);
        known.then_some(Procedure { placement: Placement::InPlace, needs_auth: true })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, _: &mut Reply<'_>) -> Result<Outcome> {
        let Some(asking) = client.data::<Client>().filter(|client| client.is_allowed()) else {
            bail!(Rpc, OperationDenied, "this client is not allowed in");
        };
        let request = understand(asking, call, |who| self.0.look_at(asking, who, call.socket))?;
        perform(request, &mut self.0.lock().leases)?;
        Ok(Outcome::Done)
    }
}

/// What a client may ask and has asked of the leases.
#[derive(Debug)]
pub enum Request {
    /// Nothing: it was about the client itself, and is done.
    Done,
    /// A lockspace that must not be there.
    New(String),
    /// A lockspace that may be there.
    Space(String),
    /// A resource's file is to be made.
    Create(String, String),
    /// A resource's file is to be removed.
    Delete(String, String),
    /// A lease is to be given.
    Acquire(String, String, u32, Arc<Who>),
    /// A lease is to be taken back.
    Release(String, String, Arc<Who>),
}

/// Reads a call and refuses what this client may not ask. `look` tells when the process started that is
/// about to hold something.
///
/// # Errors
/// In the peer's words.
pub fn understand(
    asking: &Client,
    call: &Call<'_>,
    look: impl FnOnce(&Who) -> Option<u64>,
) -> Result<Request> {
    Ok(match call.header.procedure {
        LOCK_REGISTER => {
            let LockRegisterArgs { owner, flags } = call.decode()?;
            no_flags(flags, "Register")?;
            asking.register(owner)?;
            Request::Done
        }
        LOCK_RESTRICT => {
            let LockRestrictArgs { flags } = call.decode()?;
            no_flags(flags, "Restrict")?;
            asking.restrict()?;
            Request::Done
        }
        LOCK_NEW => {
            let LockNewArgs { path, flags } = call.decode()?;
            no_flags(flags, "New")?;
            asking.registered()?;
            Request::New(path)
        }
        LOCK_CREATE_RESOURCE => {
            let LockCreateResourceArgs { path, name, flags } = call.decode()?;
            no_flags(flags, "CreateResource")?;
            asking.registered()?;
            Request::Create(path, name)
        }
        LOCK_DELETE_RESOURCE => {
            let LockDeleteResourceArgs { path, name, flags } = call.decode()?;
            no_flags(flags, "DeleteResource")?;
            asking.registered()?;
            Request::Delete(path, name)
        }
        LOCK_ACQUIRE_RESOURCE => {
            let LockAcquireResourceArgs { path, name, flags } = call.decode()?;
            check_flags(flags, SHARED | AUTOCREATE, "AcquireResource")?;
            Request::Acquire(path, name, flags, asking.owner(look)?)
        }
        LOCK_RELEASE_RESOURCE => {
            let LockReleaseResourceArgs { path, name, flags } = call.decode()?;
            no_flags(flags, "ReleaseResource")?;
            Request::Release(path, name, asking.registered()?)
        }
        LOCK_CREATE_LOCKSPACE => {
            // as the peer has it: nobody looks at its flags, and nobody need be registered
            let LockCreateLockspaceArgs { path, .. } = call.decode()?;
            asking.may_ask()?;
            Request::Space(path)
        }
        other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
    })
}

/// Does what was asked.
///
/// # Errors
/// In the peer's words.
pub fn perform<K: Kernel>(request: Request, leases: &mut Leases<K>) -> Result<()> {
    match request {
        Request::Done => Ok(()),
        Request::New(path) => leases.new_space(&path),
        Request::Space(path) => leases.ensure_space(&path),
        Request::Create(path, name) => leases.create(&path, &name),
        Request::Delete(path, name) => leases.delete(&path, &name),
        Request::Acquire(path, name, flags, who) => leases.acquire(&path, &name, flags, &who),
        Request::Release(path, name, who) => leases.release(&path, &name, &who),
    }
}

fn no_flags(flags: u32, procedure: &str) -> Result<()> {
    check_flags(flags, 0, procedure)
}

fn check_flags(flags: u32, supported: u32, procedure: &str) -> Result<()> {
    let function = format_args!("virLockSpaceProtocolDispatch{procedure}");
    if flags & !supported == 0 {
        return Ok(());
    }
    vir_base::error::check_flags(ErrorDomain::Rpc, flags, supported, &function.to_string())
}

/// A registration without the time of its process's start.
pub(crate) fn who(owner: LockOwner) -> Who {
    Who { pid: owner.pid as i32, start: None, id: owner.id, name: owner.name.into(), uuid: owner.uuid }
}
