//! Lists of guests, and looking one up.

use super::core::Core;
use crate::guest::{Guest, View};
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain::Qemu, Result, Uuid, bail};

/// Filters by activity: running or not.
pub(super) const BY_ACTIVITY: u32 = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
/// Filters by being defined.
pub(super) const BY_PERSISTENCE: u32 =
    VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_TRANSIENT;
/// Filters by state.
pub(super) const BY_STATE: u32 = VIR_CONNECT_LIST_DOMAINS_RUNNING
    | VIR_CONNECT_LIST_DOMAINS_PAUSED
    | VIR_CONNECT_LIST_DOMAINS_SHUTOFF
    | VIR_CONNECT_LIST_DOMAINS_OTHER;
const BY_SAVE: u32 = VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE | VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE;
const BY_AUTOSTART: u32 = VIR_CONNECT_LIST_DOMAINS_AUTOSTART | VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART;
const BY_SNAPSHOT: u32 = VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT;
const BY_CHECKPOINT: u32 = VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT | VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT;
const ALL: u32 =
    BY_ACTIVITY | BY_PERSISTENCE | BY_STATE | BY_SAVE | BY_AUTOSTART | BY_SNAPSHOT | BY_CHECKPOINT;

/// Whether a guest is among those that `flags` ask for: of each group of filters that has any bit
/// set, one that is set must hold.
pub(super) fn passes(view: &View, flags: u32) -> bool {
    let either =
        |yes: u32, no: u32, is: bool| flags & (yes | no) == 0 || flags & (if is { yes } else { no }) != 0;
    let state = match view.state {
        VIR_DOMAIN_RUNNING => VIR_CONNECT_LIST_DOMAINS_RUNNING,
        VIR_DOMAIN_PAUSED => VIR_CONNECT_LIST_DOMAINS_PAUSED,
        VIR_DOMAIN_SHUTOFF => VIR_CONNECT_LIST_DOMAINS_SHUTOFF,
        _ => VIR_CONNECT_LIST_DOMAINS_OTHER,
    };
    either(VIR_CONNECT_LIST_DOMAINS_ACTIVE, VIR_CONNECT_LIST_DOMAINS_INACTIVE, view.active())
        && either(
            VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
            VIR_CONNECT_LIST_DOMAINS_TRANSIENT,
            view.config.is_some(),
        )
        && (flags & BY_STATE == 0 || flags & state != 0)
        && either(
            VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE,
            VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE,
            view.managed_save,
        )
        && either(
            VIR_CONNECT_LIST_DOMAINS_AUTOSTART,
            VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART,
            view.autostart,
        )
        // there are none yet
        && either(VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, false)
        && either(VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, false)
}

/// In an order that does not change from call to call: running ones by number, then by name.
pub(super) fn sorted(mut guests: Vec<Arc<Guest>>) -> Vec<Arc<Guest>> {
    guests.sort_by_cached_key(|guest| {
        let view = guest.view();
        (view.live.as_ref().map_or(i32::MAX, |l| l.id), view.name.clone())
    });
    guests
}

pub(super) fn all(core: &Core, flags: u32) -> Result<Vec<DomainRef>> {
    check_flags(Qemu, flags, ALL, "qemuConnectListAllDomains")?;
    let views = sorted(core.guests.all()).into_iter().map(|guest| guest.view());
    Ok(views.filter(|view| passes(view, flags)).map(|view| view.domain_ref()).collect())
}

pub(super) fn ids(core: &Core, max: i32) -> Vec<i32> {
    let mut ids: Vec<i32> =
        core.guests.all().iter().filter_map(|g| g.view().live.as_ref().map(|l| l.id)).collect();
    ids.sort_unstable();
    ids.truncate(max.max(0) as usize);
    ids
}

pub(super) fn defined_names(core: &Core, max: i32) -> Vec<String> {
    let inactive = |guest: &Arc<Guest>| Some(guest.view()).filter(|v| !v.active()).map(|v| v.name.clone());
    let mut names: Vec<String> = core.guests.all().iter().filter_map(inactive).collect();
    names.sort_unstable();
    names.truncate(max.max(0) as usize);
    names
}

/// How many run, or do not.
pub(super) fn count(core: &Core, active: bool) -> i32 {
    core.guests.all().iter().filter(|g| g.view().active() == active).count().try_into().unwrap_or(i32::MAX)
}

pub(super) fn by_id(core: &Core, id: i32) -> Result<DomainRef> {
    match core.guests.by_id(id) {
        Some(guest) => Ok(guest.view().domain_ref()),
        None => bail!(Qemu, NoDomain, "no domain with matching id {id}"),
    }
}

pub(super) fn by_name(core: &Core, name: &str) -> Result<DomainRef> {
    match core.guests.by_name(name) {
        Some(guest) => Ok(guest.view().domain_ref()),
        None => bail!(Qemu, NoDomain, "no domain with matching name '{name}'"),
    }
}

pub(super) fn by_uuid(core: &Core, uuid: &Uuid) -> Result<DomainRef> {
    Ok(core.find_uuid(uuid)?.view().domain_ref())
}
