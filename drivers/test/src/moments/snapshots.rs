//! Snapshots: made, described again, listed, deleted.

use super::tree::Moments;
use super::{exclusive, read_domain, requires, stamp};
use crate::driver::Driver;
use crate::guest::Guest;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::{DomainRef, DomainSnapshotRef};
use vir_base::{ErrorDomain, Result, bail, err};
use vir_model::domain::abi;
use vir_model::domain::device::disk::SnapshotLocation;
use vir_model::moment::snapshot::{Reading, Shown, Snapshot, SnapshotState};

const METADATA: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_METADATA | c::VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA;
const LEAVES: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_LEAVES | c::VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES;
const STATUS: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE
    | c::VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE
    | c::VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY;
const LOCATION: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL | c::VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL;

/// All flags of lists.
const LIST: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_ROOTS
    | c::VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL
    | METADATA
    | LEAVES
    | STATUS
    | LOCATION;

/// The domain that a snapshot is of.
fn domain_of(snap: &DomainSnapshotRef) -> &DomainRef {
    &snap.dom
}

/// The snapshot that a caller means.
///
/// # Errors
/// "no domain snapshot with matching name".
pub(super) fn find<'a>(guest: &'a Guest, name: &str) -> Result<&'a Snapshot> {
    guest
        .snapshots
        .find(name)
        .ok_or_else(|| err!(Test, NoDomainSnapshot, "no domain snapshot with matching name '{name}'"))
}

fn reference(dom: &DomainRef, name: &str) -> DomainSnapshotRef {
    DomainSnapshotRef { name: name.to_owned(), dom: dom.clone() }
}

/// Whether a snapshot passes the flags. In each group, all flags mean the same as none.
fn passes(snapshot: &Snapshot, flags: u32) -> bool {
    let has = |flag: u32| flags & flag != 0;
    let status = match snapshot.state {
        Some(SnapshotState::Shutoff) => has(c::VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE),
        Some(SnapshotState::DiskSnapshot) => has(c::VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY),
        _ => has(c::VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE),
    };
    let location = match snapshot.is_external() {
        true => has(c::VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL),
        false => has(c::VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL),
    };
    // there is none that nothing is kept of
    flags & METADATA != c::VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA
        && (flags & STATUS == 0 || status)
        && (flags & LOCATION == 0 || location)
}

/// The names that pass: of all snapshots of a domain, or of those after one.
fn listed(
    driver: &Driver,
    dom: &DomainRef,
    from: Option<&str>,
    flags: u32,
    function: &str,
) -> Result<Vec<String>> {
    check_flags(ErrorDomain::Test, flags, LIST, function)?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        from.map(|name| find(guest, name)).transpose()?;
        let found = guest.snapshots.list(from, flags, |snapshot| passes(snapshot, flags));
        Ok(found.into_iter().map(|snapshot| snapshot.moment.name().to_owned()).collect())
    })
}

fn number(names: Vec<String>) -> i32 {
    i32::try_from(names.len()).unwrap_or(i32::MAX)
}

fn first(mut names: Vec<String>, most: i32) -> Vec<String> {
    names.truncate(usize::try_from(most).unwrap_or(0));
    names
}

pub(crate) fn count(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    listed(driver, dom, None, flags, "testDomainSnapshotNum").map(number)
}

pub(crate) fn names(driver: &Driver, dom: &DomainRef, most: i32, flags: u32) -> Result<Vec<String>> {
    Ok(first(listed(driver, dom, None, flags, "testDomainSnapshotListNames")?, most))
}

pub(crate) fn all(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<DomainSnapshotRef>> {
    let names = listed(driver, dom, None, flags, "testDomainListAllSnapshots")?;
    Ok(names.iter().map(|name| reference(dom, name)).collect())
}

pub(crate) fn count_children(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<i32> {
    listed(driver, domain_of(snap), Some(&snap.name), flags, "testDomainSnapshotNumChildren").map(number)
}

pub(crate) fn children_names(
    driver: &Driver,
    snap: &DomainSnapshotRef,
    most: i32,
    flags: u32,
) -> Result<Vec<String>> {
    let function = "testDomainSnapshotListChildrenNames";
    Ok(first(listed(driver, domain_of(snap), Some(&snap.name), flags, function)?, most))
}

pub(crate) fn children(
    driver: &Driver,
    snap: &DomainSnapshotRef,
    flags: u32,
) -> Result<Vec<DomainSnapshotRef>> {
    let function = "testDomainSnapshotListAllChildren";
    let names = listed(driver, domain_of(snap), Some(&snap.name), flags, function)?;
    Ok(names.iter().map(|name| reference(domain_of(snap), name)).collect())
}

pub(crate) fn by_name(driver: &Driver, dom: &DomainRef, name: &str, flags: u32) -> Result<DomainSnapshotRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotLookupByName")?;
    driver.with(|state| find(state.domains.find(dom)?, name).map(|_| reference(dom, name)))
}

pub(crate) fn has_current(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainHasCurrentSnapshot")?;
    driver.with(|state| Ok(state.domains.find(dom)?.snapshots.current().is_some().into()))
}

pub(crate) fn current(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainSnapshotRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotCurrent")?;
    driver.with(|state| match state.domains.find(dom)?.snapshots.current() {
        Some(name) => Ok(reference(dom, name)),
        None => bail!(Test, NoDomainSnapshot, "the domain does not have a current snapshot"),
    })
}

pub(crate) fn parent(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<DomainSnapshotRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotGetParent")?;
    let dom = domain_of(snap);
    driver.with(|state| match &find(state.domains.find(dom)?, &snap.name)?.moment.parent {
        Some(name) => Ok(reference(dom, name)),
        None => bail!(Test, NoDomainSnapshot, "snapshot '{}' does not have a parent", snap.name),
    })
}

pub(crate) fn is_current(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotIsCurrent")?;
    driver.with(|state| {
        let guest = state.domains.find(domain_of(snap))?;
        find(guest, &snap.name)?;
        Ok((guest.snapshots.current() == Some(snap.name.as_str())).into())
    })
}

pub(crate) fn has_metadata(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<i32> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainSnapshotHasMetadata")?;
    driver.with(|state| find(state.domains.find(domain_of(snap))?, &snap.name).map(|_| 1))
}

pub(crate) fn xml(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<String> {
    let secure = c::VIR_DOMAIN_SNAPSHOT_XML_SECURE;
    check_flags(ErrorDomain::Test, flags, secure, "testDomainSnapshotGetXMLDesc")?;
    driver.with(|state| {
        let guest = state.domains.find(domain_of(snap))?;
        let shown = Shown { secure: flags & secure != 0, internal: false };
        Ok(find(guest, &snap.name)?.to_document(Some(&guest.uuid().to_string()), shown))
    })
}

pub(crate) fn create(driver: &Driver, dom: &DomainRef, xml: &str, flags: u32) -> Result<DomainSnapshotRef> {
    let api =
        |one, other| exclusive(ErrorDomain::DomainSnapshot, "virDomainSnapshotCreateXML", flags, one, other);
    let redefine = (c::VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE, "VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE");
    let current = (c::VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT, "VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT");
    requires(ErrorDomain::DomainSnapshot, "virDomainSnapshotCreateXML", flags, current, redefine)?;
    api(redefine, (c::VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, "VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA"))?;
    api(redefine, (c::VIR_DOMAIN_SNAPSHOT_CREATE_HALT, "VIR_DOMAIN_SNAPSHOT_CREATE_HALT"))?;
    // nothing waits for these
    let granted = c::VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE
        | c::VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC
        | c::VIR_DOMAIN_SNAPSHOT_CREATE_LIVE;
    let supported = granted
        | redefine.0
        | current.0
        | c::VIR_DOMAIN_SNAPSHOT_CREATE_HALT
        | c::VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainSnapshotCreateXML")?;
    let (again, halt) = (flags & redefine.0 != 0, flags & c::VIR_DOMAIN_SNAPSHOT_CREATE_HALT != 0);
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if guest.checkpoints.len() > 0 {
            bail!(Test, OperationUnsupported, "cannot create snapshot while checkpoint exists");
        }
        if !guest.persistent && halt {
            bail!(Test, OperationInvalid, "cannot halt after transient domain snapshot");
        }
        Ok(())
    })?;
    if flags & c::VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE != 0 {
        vir_schema::require("domainsnapshot", ErrorDomain::DomainSnapshot, xml)?;
    }
    let reading = Reading { redefine: again, internal: false, offline: false, domain: &read_domain };
    let mut snapshot = Snapshot::parse(xml, reading)?;
    if !again {
        stamp(&mut snapshot.moment);
    }
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let name = snapshot.moment.name().to_owned();
        match again {
            true => take_again(guest, snapshot)?,
            false => take(guest, snapshot)?,
        }
        if !again || flags & current.0 != 0 {
            guest.snapshots.set_current(Some(&name));
        }
        if halt && guest.is_active() {
            guest.stop(c::VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT);
            let dom = guest.reference();
            state.lifecycle(dom, c::VIR_DOMAIN_EVENT_STOPPED, c::VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
        }
        Ok(reference(dom, &name))
    })
}

/// Makes a snapshot of a domain.
fn take(guest: &mut Guest, mut snapshot: Snapshot) -> Result<()> {
    snapshot.moment.domain = Some(Box::new(guest.current.copy()?.into_document()));
    let manual = Some(SnapshotLocation::Manual);
    if snapshot.disks.disks.iter().any(|disk| disk.snapshot == manual) {
        bail!(Test, OperationUnsupported, "'manual' snapshot mode is not supported by the test driver");
    }
    snapshot.state = state_of(guest);
    let mut usual = SnapshotLocation::External;
    if snapshot.memory.snapshot != Some(SnapshotLocation::External) {
        usual = SnapshotLocation::Internal;
        snapshot.memory.snapshot = Some(match snapshot.state {
            Some(SnapshotState::Shutoff) => SnapshotLocation::No,
            _ => SnapshotLocation::Internal,
        });
    }
    snapshot.align_disks(None, usual, true)?;
    snapshot.name_files(None, &is_file)?;
    snapshot.moment.parent = guest.snapshots.current().map(str::to_owned);
    guest.snapshots.add(snapshot)
}

fn is_file(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file())
}

fn state_of(guest: &Guest) -> Option<SnapshotState> {
    Some(match guest.state {
        c::VIR_DOMAIN_RUNNING => SnapshotState::Running,
        c::VIR_DOMAIN_BLOCKED => SnapshotState::Blocked,
        c::VIR_DOMAIN_PAUSED => SnapshotState::Paused,
        c::VIR_DOMAIN_SHUTDOWN => SnapshotState::Shutdown,
        c::VIR_DOMAIN_SHUTOFF => SnapshotState::Shutoff,
        c::VIR_DOMAIN_CRASHED => SnapshotState::Crashed,
        c::VIR_DOMAIN_PMSUSPENDED => SnapshotState::Pmsuspended,
        _ => return None,
    })
}

/// Whether a guest ran at a snapshot.
pub(super) fn ran(snapshot: &Snapshot) -> bool {
    matches!(snapshot.state, Some(SnapshotState::Running | SnapshotState::Paused))
}

/// Takes in what is said of a snapshot that was made elsewhere, or before.
fn take_again(guest: &mut Guest, mut snapshot: Snapshot) -> Result<()> {
    guest.snapshots.check_parent(&snapshot.moment)?;
    let (uuid, name) = (guest.uuid(), snapshot.moment.name().to_owned());
    if snapshot.moment.domain.as_ref().is_some_and(|domain| domain.uuid != uuid) {
        bail!(DomainSnapshot, InvalidArg, "definition for snapshot {name} must use uuid {uuid}");
    }
    let known = guest.snapshots.find(&name);
    if let Some(known) = known {
        if ran(known) != ran(&snapshot) {
            bail!(
                DomainSnapshot,
                InvalidArg,
                "cannot change between online and offline snapshot state in snapshot {name}"
            );
        }
        let disk_only = |snapshot: &Snapshot| snapshot.state == Some(SnapshotState::DiskSnapshot);
        if disk_only(known) != disk_only(&snapshot) {
            bail!(
                DomainSnapshot,
                InvalidArg,
                "cannot change between disk only and full system in snapshot {name}"
            );
        }
        if let (Some(old), Some(new)) = (&known.moment.domain, &snapshot.moment.domain) {
            abi::check(old, new, abi::Options::default())?;
        }
    }
    let domain = known.and_then(|known| known.moment.domain.as_deref());
    let usual = match snapshot.state == Some(SnapshotState::DiskSnapshot) || snapshot.is_external() {
        true => SnapshotLocation::External,
        false => SnapshotLocation::Internal,
    };
    snapshot.align_disks(domain, usual, true)?;
    snapshot.name_files(domain, &is_file)?;
    if snapshot.moment.domain.is_none() {
        snapshot.moment.domain = domain.cloned().map(Box::new);
    }
    guest.snapshots.replace(snapshot);
    Ok(())
}

pub(crate) fn delete(driver: &Driver, snap: &DomainSnapshotRef, flags: u32) -> Result<()> {
    let children = (c::VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN");
    let only = (c::VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY, "VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY");
    exclusive(ErrorDomain::DomainSnapshot, "virDomainSnapshotDelete", flags, children, only)?;
    check_flags(ErrorDomain::Test, flags, children.0 | only.0, "testDomainSnapshotDelete")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(domain_of(snap))?;
        find(guest, &snap.name)?;
        if flags != 0 {
            guest.snapshots.delete_descendants(&snap.name);
        }
        if flags & only.0 == 0 {
            guest.snapshots.delete(&snap.name);
        }
        Ok(())
    })
}

/// The snapshots that a description of a machine gives a domain.
///
/// # Errors
/// What is wrong in one of them, or in how they hang together.
pub(crate) fn from_file(elements: &[vir_xml::Element], name: &str) -> Result<Moments<Snapshot>> {
    let mut snapshots: Moments<Snapshot> = Moments::default();
    for element in elements {
        let reading = Reading { redefine: true, internal: true, offline: false, domain: &read_domain };
        let snapshot = Snapshot::read(element, reading)?;
        let (name, current) = (snapshot.moment.name().to_owned(), snapshot.current == Some(true));
        snapshots.add(snapshot)?;
        if current {
            if snapshots.current().is_some() {
                bail!(Test, InternalError, "more than one snapshot claims to be active");
            }
            snapshots.set_current(Some(&name));
        }
    }
    match snapshots.is_consistent() {
        true => Ok(snapshots),
        false => bail!(Test, InternalError, "Snapshots have inconsistent relations for domain {name}"),
    }
}
