//! I/O threads: those that serve disks and controllers are there, and share their queues as they can.

use super::{Check, refuse};
use crate::caps::Flag;
use std::collections::BTreeSet;
use vir_base::{Result, bail};
use vir_model::domain::device::controller::Controller;
use vir_model::domain::device::disk::{Disk, DiskBus};
use vir_model::domain::device::info::Address;
use vir_model::domain::iothreads::IothreadMapping;

/// How many workers threads have.
pub fn pools(it: &Check<'_>) -> Result<()> {
    let threads = it.def.iothreads.iter().map(|thread| (thread.thread_pool_min, thread.thread_pool_max));
    let default = it.def.default_iothread.iter().map(|it| (it.thread_pool_min, it.thread_pool_max));
    let said = threads.chain(default).any(|(min, max)| min.is_some() || max.is_some());
    refuse([(
        said && !it.has(Flag::IothreadThreadPoolMax),
        "thread_pool_min and thread_pool_max is not supported by this QEMU binary",
    )])
}

fn is_there(it: &Check<'_>, id: u32) -> bool {
    it.def.iothreads.iter().any(|thread| thread.id == id)
}

/// Those that serve a disk.
pub fn of_disk(it: &Check<'_>, disk: &Disk, bus: DiskBus) -> Result<()> {
    let driver = disk.driver.clone().unwrap_or_default();
    let shared = driver.iothreads.as_ref().map_or(&[][..], |map| &map.iothreads);
    let single = driver.iothread.filter(|id| *id > 0);
    if single.is_none() && shared.is_empty() {
        return Ok(());
    }
    let name = disk.dst();
    refuse([
        (bus != DiskBus::Virtio, format!("IOThreads not available for bus {bus} target {name}")),
        (
            !shared.is_empty() && !it.has(Flag::VirtioBlkIothreadMapping),
            format!("IOThread mapping for disk '{name}' is not available with this QEMU binary"),
        ),
    ])?;
    mapping(it, shared, driver.queues.unwrap_or(0))?;
    match single {
        Some(id) if !is_there(it, id) => {
            bail!(Qemu, ConfigUnsupported, "Disk iothread '{id}' not defined in iothreadid")
        }
        _ => Ok(()),
    }
}

/// Those that serve a virtio SCSI controller.
pub fn of_controller(it: &Check<'_>, controller: &Controller) -> Result<()> {
    let driver = controller.driver.clone().unwrap_or_default();
    let shared = driver.iothreads.as_ref().map_or(&[][..], |map| &map.iothreads);
    let single = driver.iothread.filter(|id| *id > 0);
    if single.is_none() && shared.is_empty() {
        return Ok(());
    }
    let reached = matches!(controller.info.address, None | Some(Address::Pci(_) | Address::Ccw(_)));
    refuse([
        (!reached, "virtio-scsi IOThreads only available for virtio pci and virtio ccw controllers"),
        (
            !shared.is_empty() && !it.has(Flag::VirtioScsiIothreadMapping),
            "IOThread mapping for virtio-scsi controllers is not available with this QEMU binary",
        ),
    ])?;
    mapping(it, shared, driver.queues.unwrap_or(0))?;
    match single {
        Some(id) if !is_there(it, id) => {
            bail!(Qemu, ConfigUnsupported, "controller iothread '{id}' not defined in iothreadid")
        }
        _ => Ok(()),
    }
}

/// Each queue is served by one thread, or none is said to be.
fn mapping(it: &Check<'_>, threads: &[IothreadMapping], queues: u32) -> Result<()> {
    let Some(first) = threads.first() else { return Ok(()) };
    let split = !first.queues.is_empty();
    refuse([(
        split && queues == 0,
        "'queue' count must be configured for explicit iothread to queue mapping",
    )])?;
    let mut taken = BTreeSet::new();
    for (i, thread) in threads.iter().enumerate() {
        let id = thread.id;
        let again = threads[..i].iter().any(|other| other.id == id);
        refuse([
            (again, format!("duplicate mapping for iothread '{id}'")),
            (!is_there(it, id), format!("iothread '{id}' not defined in iothreadid")),
            (
                split == thread.queues.is_empty(),
                "iothread to queue mapping must be provided for all iothreads or for none".into(),
            ),
        ])?;
        for queue in thread.queues.iter().map(|queue| queue.id) {
            refuse([
                (queue >= queues, format!("iothread queue '{queue}' mapping out of range")),
                (!taken.insert(queue), format!("iothread queue '{queue}' is already assigned")),
            ])?;
        }
    }
    match (0..queues).find(|queue| split && !taken.contains(queue)) {
        Some(queue) => bail!(Qemu, ConfigUnsupported, "missing iothread mapping for queue '{queue}'"),
        None => Ok(()),
    }
}
