//! Back to a snapshot: the domain's definition and state are as they were, and events tell what had to happen.

use super::{exclusive, snapshots};
use crate::definition::Definition;
use crate::driver::{Driver, State};
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::{DomainRef, DomainSnapshotRef};
use vir_base::{ErrorDomain, Result, bail};
use vir_model::moment::snapshot::SnapshotState;

const RUNNING: u32 = c::VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING;
const PAUSED: u32 = c::VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED;

pub(crate) fn revert(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<()> {
    exclusive(
        ErrorDomain::DomainSnapshot,
        "virDomainRevertToSnapshot",
        flags,
        (RUNNING, "VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING"),
        (PAUSED, "VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED"),
    )?;
    let supported = RUNNING | PAUSED | c::VIR_DOMAIN_SNAPSHOT_REVERT_FORCE;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainRevertToSnapshot")?;
    let dom = &snap.dom;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        let snapshot = snapshots::find(guest, &snap.name)?;
        let ran = snapshots::ran(snapshot);
        if !guest.persistent && !ran && flags & (RUNNING | PAUSED) == 0 {
            bail!(
                Test,
                OperationInvalid,
                "transient domain needs to request run or pause to revert to inactive snapshot"
            );
        }
        let Some(domain) = &snapshot.moment.domain else {
            bail!(
                Test,
                SnapshotRevertRisky,
                "snapshot '{}' lacks domain '{}' rollback info",
                snap.name,
                guest.name()
            );
        };
        let was_paused = snapshot.state == Some(SnapshotState::Paused);
        let definition = Definition::from_document(domain)?;
        if ran {
            stop(state, dom)?;
            state.domains.find_mut(dom)?.assign(definition, false);
            start(state, dom, flags & RUNNING == 0 && (was_paused || flags & PAUSED != 0))?;
        } else {
            state.domains.find_mut(dom)?.assign(definition, false);
            stop(state, dom)?;
            if flags & (RUNNING | PAUSED) != 0 {
                start(state, dom, flags & PAUSED != 0)?;
            }
        }
        state.domains.find_mut(dom)?.snapshots.set_current(Some(&snap.name));
        Ok(())
    })
}

/// Stops the domain if it runs.
fn stop(state: &mut State, dom: &DomainRef) -> Result<()> {
    let guest = state.domains.find_mut(dom)?;
    if guest.is_active() {
        guest.stop(c::VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT);
        let dom = guest.reference();
        state.lifecycle(dom, c::VIR_DOMAIN_EVENT_STOPPED, c::VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    }
    Ok(())
}

fn start(state: &mut State, dom: &DomainRef, paused: bool) -> Result<()> {
    let id = state.take_id();
    let guest = state.domains.find_mut(dom)?;
    guest.start(id, c::VIR_DOMAIN_RUNNING_FROM_SNAPSHOT);
    if paused {
        guest.set_state(c::VIR_DOMAIN_PAUSED, c::VIR_DOMAIN_PAUSED_FROM_SNAPSHOT);
    }
    let dom = guest.reference();
    state.lifecycle(dom.clone(), c::VIR_DOMAIN_EVENT_STARTED, c::VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
    if paused {
        state.lifecycle(dom, c::VIR_DOMAIN_EVENT_SUSPENDED, c::VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT);
    }
    Ok(())
}
