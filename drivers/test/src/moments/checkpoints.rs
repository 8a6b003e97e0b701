//! Checkpoints: made, described again, listed, deleted. No change of a disk is tracked.

use super::{exclusive, read_domain, stamp};
use crate::driver::Driver;
use crate::guest::Guest;
use vir_api::constants as c;
use vir_base::error::check_flags;
use vir_base::refs::{DomainCheckpointRef, DomainRef};
use vir_base::{ErrorDomain, Result, bail, err};
use vir_model::moment::checkpoint::{Checkpoint, Shown};

/// All flags of lists.
const LIST: u32 = c::VIR_DOMAIN_CHECKPOINT_LIST_ROOTS
    | c::VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL
    | c::VIR_DOMAIN_CHECKPOINT_LIST_LEAVES
    | c::VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES;

fn find<'a>(guest: &'a Guest, name: &str) -> Result<&'a Checkpoint> {
    guest
        .checkpoints
        .find(name)
        .ok_or_else(|| err!(Test, NoDomainCheckpoint, "no domain checkpoint with matching name '{name}'"))
}

fn reference(dom: &DomainRef, name: &str) -> DomainCheckpointRef {
    DomainCheckpointRef { name: name.to_owned(), dom: dom.clone() }
}

fn listed(
    driver: &Driver,
    dom: &DomainRef,
    from: Option<&str>,
    flags: u32,
    function: &str,
) -> Result<Vec<DomainCheckpointRef>> {
    check_flags(ErrorDomain::Test, flags, LIST, function)?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        from.map(|name| find(guest, name)).transpose()?;
        let found = guest.checkpoints.list(from, flags, |_| true);
        Ok(found.into_iter().map(|checkpoint| reference(dom, checkpoint.moment.name())).collect())
    })
}

pub(crate) fn all(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<Vec<DomainCheckpointRef>> {
    listed(driver, dom, None, flags, "testDomainListAllCheckpoints")
}

pub(crate) fn children(
    driver: &Driver,
    checkpoint: &DomainCheckpointRef,
    flags: u32,
) -> Result<Vec<DomainCheckpointRef>> {
    let function = "testDomainCheckpointListAllChildren";
    listed(driver, &checkpoint.dom, Some(&checkpoint.name), flags, function)
}

pub(crate) fn by_name(
    driver: &Driver,
    dom: &DomainRef,
    name: &str,
    flags: u32,
) -> Result<DomainCheckpointRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainCheckpointLookupByName")?;
    driver.with(|state| find(state.domains.find(dom)?, name).map(|_| reference(dom, name)))
}

pub(crate) fn parent(
    driver: &Driver,
    checkpoint: &DomainCheckpointRef,
    flags: u32,
) -> Result<DomainCheckpointRef> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainCheckpointGetParent")?;
    let (dom, name) = (&checkpoint.dom, &checkpoint.name);
    driver.with(|state| match &find(state.domains.find(dom)?, name)?.moment.parent {
        Some(parent) => Ok(reference(dom, parent)),
        None => bail!(Test, NoDomainCheckpoint, "checkpoint '{name}' does not have a parent"),
    })
}

pub(crate) fn xml(driver: &Driver, checkpoint: &DomainCheckpointRef, flags: u32) -> Result<String> {
    let supported = c::VIR_DOMAIN_CHECKPOINT_XML_SECURE
        | c::VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN
        | c::VIR_DOMAIN_CHECKPOINT_XML_SIZE;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainCheckpointGetXMLDesc")?;
    let shown = Shown {
        secure: flags & c::VIR_DOMAIN_CHECKPOINT_XML_SECURE != 0,
        without_domain: flags & c::VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN != 0,
        size: flags & c::VIR_DOMAIN_CHECKPOINT_XML_SIZE != 0,
    };
    driver.with(|state| {
        let guest = state.domains.find(&checkpoint.dom)?;
        let checkpoint = find(guest, &checkpoint.name)?;
        if shown.size {
            // as with libvirt, there is nothing to measure: none is printed
            guest.check_active()?;
        }
        Ok(checkpoint.to_document(shown))
    })
}

pub(crate) fn create(driver: &Driver, dom: &DomainRef, xml: &str, flags: u32) -> Result<DomainCheckpointRef> {
    let redefine = (c::VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE");
    let quiesce = (c::VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE, "VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE");
    exclusive(ErrorDomain::DomainCheckpoint, "virDomainCheckpointCreateXML", flags, redefine, quiesce)?;
    check_flags(ErrorDomain::Test, flags, redefine.0 | quiesce.0, "testDomainCheckpointCreateXML")?;
    let again = flags & redefine.0 != 0;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        if guest.snapshots.len() > 0 {
            bail!(Test, OperationUnsupported, "cannot create checkpoint while snapshot exists");
        }
        if !guest.is_active() {
            bail!(Test, OperationUnsupported, "cannot create checkpoint for inactive domain");
        }
        Ok(())
    })?;
    let mut checkpoint = Checkpoint::parse(xml, again, &read_domain)?;
    if !again {
        stamp(&mut checkpoint.moment);
    }
    driver.with(|state| {
        let guest = state.domains.find_mut(dom)?;
        let name = checkpoint.moment.name().to_owned();
        let mut becomes_current = true;
        if again {
            becomes_current = take_again(guest, checkpoint)?;
        } else {
            checkpoint.moment.domain = Some(Box::new(guest.current.copy()?.into_document()));
            checkpoint.align_disks()?;
            checkpoint.moment.parent = guest.checkpoints.current().map(str::to_owned);
            guest.checkpoints.add(checkpoint)?;
        }
        if becomes_current {
            guest.checkpoints.set_current(Some(&name));
        }
        Ok(reference(dom, &name))
    })
}

/// Takes in what is said of a checkpoint that was made elsewhere, or before; true if it becomes current: as the
/// first one, or after the one that was.
fn take_again(guest: &mut Guest, mut checkpoint: Checkpoint) -> Result<bool> {
    guest.checkpoints.check_parent(&checkpoint.moment)?;
    let uuid = guest.uuid();
    match &checkpoint.moment.domain {
        Some(domain) if domain.uuid != uuid => {
            let name = checkpoint.moment.name();
            bail!(DomainCheckpoint, InvalidArg, "definition for checkpoint {name} must use uuid {uuid}");
        }
        Some(_) => checkpoint.align_disks()?,
        None => checkpoint.name_bitmaps(),
    }
    let current = guest.checkpoints.current();
    let becomes_current = current.is_none() || current == checkpoint.moment.parent.as_deref();
    guest.checkpoints.replace(checkpoint);
    Ok(becomes_current)
}

pub(crate) fn delete(driver: &Driver, checkpoint: &DomainCheckpointRef, flags: u32) -> Result<()> {
    let children = (c::VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN");
    let only = (c::VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY");
    exclusive(ErrorDomain::DomainCheckpoint, "virDomainCheckpointDelete", flags, children, only)?;
    // what is kept is all there is of it
    let supported = children.0 | only.0 | c::VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY;
    check_flags(ErrorDomain::Test, flags, supported, "testDomainCheckpointDelete")?;
    driver.with(|state| {
        let guest = state.domains.find_mut(&checkpoint.dom)?;
        find(guest, &checkpoint.name)?;
        if flags & (children.0 | only.0) != 0 {
            guest.checkpoints.delete_descendants(&checkpoint.name);
        }
        if flags & only.0 == 0 {
            guest.checkpoints.delete(&checkpoint.name);
        }
        Ok(())
    })
}
