//! Lists and look-ups of domains.

use crate::domains::passes;
use crate::driver::Driver;
use crate::guest::Guest;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, Uuid};

/// Every bit of `virConnectListAllDomainsFlags`.
const ALL_FILTERS: u32 = 0xffff;

pub(crate) fn all(driver: &Driver, flags: u32) -> Result<Vec<DomainRef>> {
    check_flags(ErrorDomain::Test, flags, ALL_FILTERS, "testConnectListAllDomains")?;
    driver.with(|state| {
        Ok(state.domains.iter().filter(|guest| passes(guest, flags)).map(Guest::reference).collect())
    })
}

pub(crate) fn count(driver: &Driver, active: bool) -> Result<i32> {
    driver.with(|state| {
        let count = state.domains.iter().filter(|guest| guest.is_active() == active).count();
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    })
}

pub(crate) fn active_ids(driver: &Driver, max: i32) -> Result<Vec<i32>> {
    driver.with(|state| {
        let active = state.domains.iter().filter(|guest| guest.is_active());
        Ok(active.map(|guest| guest.id).take(limit(max)).collect())
    })
}

pub(crate) fn inactive_names(driver: &Driver, max: i32) -> Result<Vec<String>> {
    driver.with(|state| {
        let inactive = state.domains.iter().filter(|guest| !guest.is_active());
        Ok(inactive.map(|guest| guest.name().to_owned()).take(limit(max)).collect())
    })
}

/// How many entries a caller has room for.
pub(crate) fn limit(max: i32) -> usize {
    usize::try_from(max).unwrap_or(0)
}

pub(crate) fn by_id(driver: &Driver, id: i32) -> Result<DomainRef> {
    driver.with(|state| found(state.domains.by_id(id)))
}

pub(crate) fn by_name(driver: &Driver, name: &str) -> Result<DomainRef> {
    driver.with(|state| found(state.domains.by_name(name)))
}

pub(crate) fn by_uuid(driver: &Driver, uuid: &Uuid) -> Result<DomainRef> {
    driver.with(|state| found(state.domains.by_uuid(uuid)))
}

/// The peer's look-ups give no detail.
fn found(guest: Option<&Guest>) -> Result<DomainRef> {
    guest.map(Guest::reference).ok_or_else(|| Error::bare(ErrorDomain::Test, ErrorCode::NoDomain))
}

pub(crate) fn is_active(driver: &Driver, dom: &DomainRef) -> Result<i32> {
    driver.with(|state| Ok(state.domains.find(dom)?.is_active().into()))
}

pub(crate) fn is_persistent(driver: &Driver, dom: &DomainRef) -> Result<i32> {
    driver.with(|state| Ok(state.domains.find(dom)?.persistent.into()))
}

pub(crate) fn autostart(driver: &Driver, dom: &DomainRef) -> Result<i32> {
    driver.with(|state| Ok(state.domains.find(dom)?.autostart.into()))
}

pub(crate) fn set_autostart(driver: &Driver, dom: &DomainRef, autostart: i32) -> Result<()> {
    driver.with(|state| {
        state.domains.find_mut(dom)?.autostart = autostart != 0;
        Ok(())
    })
}

/// The flags of `virConnectGetAllDomainStats` that choose domains.
pub(crate) const STATS_FILTERS: u32 = c::VIR_CONNECT_LIST_DOMAINS_ACTIVE
    | c::VIR_CONNECT_LIST_DOMAINS_INACTIVE
    | c::VIR_CONNECT_LIST_DOMAINS_PERSISTENT
    | c::VIR_CONNECT_LIST_DOMAINS_TRANSIENT
    | c::VIR_CONNECT_LIST_DOMAINS_RUNNING
    | c::VIR_CONNECT_LIST_DOMAINS_PAUSED
    | c::VIR_CONNECT_LIST_DOMAINS_SHUTOFF
    | c::VIR_CONNECT_LIST_DOMAINS_OTHER;
