//! What is held, by whom, and whether they live: asked of the daemon, and where none runs, of what it
//! left behind.

pub mod wire;

mod ask;
mod command;
mod print;

pub(crate) use command::paths;
pub use command::run;

use crate::daemon::{Shared, State};
use std::sync::Arc;
use vir_base::{Result, bail};
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};
use wire::{LIST, ListArgs, ListRet, Told};

/// Bytes of leases in one answer, about.
const PAGE: usize = 256 * 1024;

/// Serves the status.
pub struct StatusProgram(pub(crate) Arc<Shared>);

impl Program for StatusProgram {
    fn number(&self) -> u32 {
        wire::PROGRAM
    }

    fn version(&self) -> u32 {
        wire::VERSION
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        (procedure == LIST).then_some(Procedure { placement: Placement::InPlace, needs_auth: true })
    }

    fn call(&self, _: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        match call.header.procedure {
            LIST => {
                let ListArgs { after } = call.decode()?;
                let mut state = self.0.lock();
                state.adopt_owners();
                reply.encode(&page(&state, after))?;
                Ok(Outcome::Done)
            }
            other => bail!(Rpc, Rpc, "unknown procedure: {other}"),
        }
    }
}

fn page(state: &State, after: u64) -> ListRet {
    let ids = state.leases.table.ids();
    let rest = &ids[ids.partition_point(|id| *id <= after)..];
    let mut page = ListRet::default();
    let mut size = 0;
    for id in rest {
        let Some(lease) = state.leases.table.record(*id) else { continue };
        let life = |pid| state.owners.as_ref().map_or("unwatched", |owners| owners.life(pid).name());
        let lives = lease.owners.iter().map(|owner| life(owner.pid).to_owned()).collect();
        let told = Told { lease, lives };
        size += told.size();
        page.leases.push(told);
        if size >= PAGE {
            page.more = rest.last() != Some(id);
            break;
        }
    }
    page
}
