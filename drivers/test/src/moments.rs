//! Snapshots and checkpoints: no domain has any, since none can be made yet.

use crate::driver::Driver;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::{DomainCheckpointRef, DomainRef, DomainSnapshotRef};
use vir_base::{ErrorDomain, Result, bail};

/// All flags of lists of snapshots.
const SNAPSHOT_FILTERS: u32 = 0x7ff;

/// All flags of lists of checkpoints.
const CHECKPOINT_FILTERS: u32 = c::VIR_DOMAIN_CHECKPOINT_LIST_ROOTS
    | c::VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL
    | c::VIR_DOMAIN_CHECKPOINT_LIST_LEAVES
    | c::VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES;

pub(crate) fn count(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, SNAPSHOT_FILTERS, "testDomainSnapshotNum")?;
    driver.with(|state| state.domains.find(dom).map(|_| 0))
}

pub(crate) fn names(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<String>> {
    check_flags(ErrorDomain::Test, flags, SNAPSHOT_FILTERS, "testDomainSnapshotListNames")?;
    driver.with(|state| state.domains.find(dom).map(|_| vec![]))
}

pub(crate) fn all(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<DomainSnapshotRef>> {
    check_flags(ErrorDomain::Test, flags, SNAPSHOT_FILTERS, "testDomainListAllSnapshots")?;
    driver.with(|state| state.domains.find(dom).map(|_| vec![]))
}

pub(crate) fn by_name(driver: &Driver, dom: &DomainRef, name: &str, flags: u32) -> Result<DomainSnapshotRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotLookupByName")?;
    driver.with(|state| {
        state.domains.find(dom)?;
        bail!(Test, NoDomainSnapshot, "no domain snapshot with matching name '{name}'")
    })
}

pub(crate) fn has_current(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainHasCurrentSnapshot")?;
    driver.with(|state| state.domains.find(dom).map(|_| 0))
}

pub(crate) fn current(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainSnapshotRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotCurrent")?;
    driver.with(|state| {
        state.domains.find(dom)?;
        bail!(Test, NoDomainSnapshot, "the domain does not have a current snapshot")
    })
}

pub(crate) fn checkpoints(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<DomainCheckpointRef>> {
    check_flags(ErrorDomain::Test, flags, CHECKPOINT_FILTERS, "testDomainListAllCheckpoints")?;
    driver.with(|state| state.domains.find(dom).map(|_| vec![]))
}

pub(crate) fn checkpoint(
    driver: &Driver,
    dom: &DomainRef,
    name: &str,
    flags: u32,
) -> Result<DomainCheckpointRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainCheckpointLookupByName")?;
    driver.with(|state| {
        state.domains.find(dom)?;
        bail!(Test, NoDomainCheckpoint, "no domain checkpoint with matching name '{name}'")
    })
}
