//! The lock protocol: what its eight procedures do, and what they refuse.
//!
//! Leases are given and taken elsewhere; here is who may ask for what. All of it runs on the loop:
//! nothing here waits.

mod client;

pub use client::{Client, Registration};

use crate::daemon::Shared;
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
        match call.header.procedure {
            LOCK_REGISTER => {
                let LockRegisterArgs { owner, flags } = call.decode()?;
                no_flags(flags, "Register")?;
                asking.register(owner)?;
            }
            LOCK_RESTRICT => {
                let LockRestrictArgs { flags } = call.decode()?;
                no_flags(flags, "Restrict")?;
                asking.restrict()?;
            }
            LOCK_NEW => {
                let LockNewArgs { path, flags } = call.decode()?;
                no_flags(flags, "New")?;
                asking.registered()?;
                self.0.lock().leases.new_space(&path)?;
            }
            LOCK_CREATE_RESOURCE => {
                let LockCreateResourceArgs { path, name, flags } = call.decode()?;
                no_flags(flags, "CreateResource")?;
                asking.registered()?;
                self.0.lock().leases.create(&path, &name)?;
            }
            LOCK_DELETE_RESOURCE => {
                let LockDeleteResourceArgs { path, name, flags } = call.decode()?;
                no_flags(flags, "DeleteResource")?;
                asking.registered()?;
                self.0.lock().leases.delete(&path, &name)?;
            }
            LOCK_ACQUIRE_RESOURCE => {
                let LockAcquireResourceArgs { path, name, flags } = call.decode()?;
                check_flags(flags, SHARED | AUTOCREATE, "AcquireResource")?;
                let who = asking.owner(|who| self.0.look_at(asking, who, call.socket))?;
                self.0.lock().leases.acquire(&path, &name, flags, &who)?;
            }
            LOCK_RELEASE_RESOURCE => {
                let LockReleaseResourceArgs { path, name, flags } = call.decode()?;
                no_flags(flags, "ReleaseResource")?;
                let who = asking.registered()?;
                self.0.lock().leases.release(&path, &name, &who)?;
            }
            LOCK_CREATE_LOCKSPACE => {
                // as the peer has it: nobody looks at its flags, and nobody need be registered
                let LockCreateLockspaceArgs { path, .. } = call.decode()?;
                asking.may_ask()?;
                self.0.lock().leases.ensure_space(&path)?;
            }
            other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
        }
        Ok(Outcome::Done)
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
    Who { pid: owner.pid as i32, start: None, id: owner.id, name: owner.name, uuid: owner.uuid }
}
