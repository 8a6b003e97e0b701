//! Disks: how QEMU knows a drive, and how a medium is changed.

use super::plan::{Plan, Step, Tell};
use crate::command::Inputs;
use crate::model;
use serde_json::json;
use vir_base::Result;
use vir_model::domain::device::disk::{BackingStore, Disk, DiskBus, DiskDevice};
use vir_model::domain::device::source::DiskSource;

/// How QEMU knows the drive of a disk.
pub fn drive_id(disk: &Disk) -> String {
    let alias = disk.info.alias();
    match disk.bus() {
        Some(DiskBus::Virtio) => format!("/machine/peripheral/{alias}/virtio-backend"),
        Some(DiskBus::Usb) => format!("/machine/peripheral/{alias}/{alias}.0/legacy[0]"),
        _ => alias.to_owned(),
    }
}

/// Whether a medium can be taken out.
pub fn is_removable(disk: &Disk) -> bool {
    matches!(disk.device(), DiskDevice::Cdrom | DiskDevice::Floppy)
}

/// Whether it has a tray that opens.
pub fn has_tray(disk: &Disk) -> bool {
    disk.device() == DiskDevice::Cdrom
}

/// Whether both have the same content.
pub fn same_source(a: &Disk, b: &Disk) -> bool {
    let place = |disk: &Disk| disk.source.as_ref().map(location);
    a.is_empty() && b.is_empty()
        || a.is_empty() == b.is_empty() && a.kind() == b.kind() && place(a) == place(b)
}

/// Where content lies, without what says how it is used.
fn location(source: &DiskSource) -> DiskSource {
    DiskSource { index: None, startup_policy: None, seclabels: Vec::new(), ..source.clone() }
}

/// A disk with another's medium; `index` is its node's.
#[must_use]
pub fn with_medium(disk: &Disk, medium: &Disk, index: u32) -> Disk {
    let mut new = disk.clone();
    new.kind = medium.kind;
    new.source = medium.source.clone();
    new.backing_store = None;
    if medium.is_empty() {
        new.source.take_if(|source| source.startup_policy.is_none());
    } else {
        model::number_disk(&mut new, index);
        new.backing_store = Some(BackingStore::default());
    }
    let format = medium.driver.as_ref().and_then(|driver| driver.format.clone());
    if let Some(driver) = &mut new.driver {
        // what is in no drive has no format
        driver.format = if medium.is_empty() { None } else { format.or(driver.format.take()) };
    }
    new
}

/// Opens a drive's tray.
pub fn open_tray(disk: &Disk, force: bool) -> Tell {
    Tell::new("blockdev-open-tray", json!({"id": drive_id(disk), "force": force}))
}

/// Takes the medium out of an open drive, and puts another in; `old` and `new` are the drive with either.
///
/// # Errors
/// What this driver or this QEMU cannot do.
pub fn change_medium(inputs: &Inputs<'_>, old: &Disk, new: &Disk) -> Result<Plan> {
    let id = drive_id(old);
    let mut plan = Plan::default();
    plan.steps.push(Step::plain("blockdev-remove-medium", json!({"id": id})));
    // its image may be gone by now: what is left of it goes all the same
    if let Ok(nodes) = Plan::nodes(inputs, old) {
        plan.steps.extend(nodes.remains().into_iter().map(Step::best_effort));
    }
    let nodes = Plan::nodes(inputs, new)?;
    if let Some(top) = nodes.steps.last().map(|step| step.tell.arguments["node-name"].clone()) {
        plan.steps.extend(nodes.steps);
        plan.steps.push(Step::plain("blockdev-insert-medium", json!({"id": id, "node-name": top})));
    }
    plan.steps.push(Step::plain("blockdev-close-tray", json!({"id": id})));
    Ok(plan)
}
