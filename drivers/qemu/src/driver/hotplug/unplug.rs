//! A running guest lets go of a device: it is asked to, and what the device had is given back once it has. A guest
//! that takes its time is not waited for: what is left is done when it tells.

use super::super::core::Core;
use super::{host, live, run, with_terms};
use crate::guest::job::Kind;
use crate::guest::unplug::Departure;
use crate::guest::{Guest, Job, Live};
use crate::hotplug::unplug::{find, may_go};
use crate::hotplug::{config, settle::settle};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use vir_api::event::DomainEvent;
use vir_base::{Result, bail};
use vir_model::domain::defaults::Kernel;
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::memory::Kib;
use vir_model::domain::plug;

/// How long a guest is waited for. On pseries it takes longer.
const PATIENCE: Duration = Duration::from_secs(5);
const PSERIES_PATIENCE: Duration = Duration::from_secs(10);

/// Takes a device away that a document means.
pub(super) fn detach(core: &Core, job: &Job, wanted: LoneDevice) -> Result<()> {
    let view = job.view();
    let live = view.running()?;
    let def = &live.def;
    let wanted = with_terms(core, def, false, |terms| settle(def, wanted, terms, &mut Kernel))?;
    let found = find(def, &wanted)?;
    take(core, job, live, &found, true)
}

/// Takes the device of an alias away, and waits for nothing.
pub(super) fn detach_alias(core: &Core, job: &Job, alias: &str) -> Result<()> {
    let view = job.view();
    let live = view.running()?;
    let found = LoneDevice::from(config::by_alias(&live.def, alias)?);
    // what a guest never lets go of is refused by its kind first
    let found = find(&live.def, &found)?;
    take(core, job, live, &found, false)
}

fn take(core: &Core, job: &Job, live: &Live, found: &LoneDevice, wait: bool) -> Result<()> {
    let guest = job.guest();
    if let LoneDevice::Lease(_) = found {
        forget(job, live.id, found);
        host::give_back(core, guest, found);
        core.save_status(guest);
        return Ok(());
    }
    may_go(&live.def, found.as_device())?;
    let alias = found.as_device().info().map_or("", |info| info.alias()).to_owned();
    if wait {
        live.unplug.expect(&alias);
    }
    let asked = ask(job, live, &alias, wait);
    // told after the waiting ended, but before nobody waited
    let late = live.unplug.forget();
    match asked? {
        Some(Departure::Gone) => remove(core, job, live.id, found)?,
        Some(Departure::Refused) => {
            bail!(Qemu, OperationFailed, "unplug of device was rejected by the guest")
        }
        None if late == Some(Departure::Gone) => remove(core, job, live.id, found)?,
        None => {}
    }
    core.save_status(guest);
    Ok(())
}

/// Asks the guest to let go of a device, and waits for a while; `None` if it takes its time.
fn ask(job: &Job, live: &Live, alias: &str, wait: bool) -> Result<Option<Departure>> {
    let arguments = json!({"id": alias}).as_object().cloned();
    match job.monitor(|monitor| monitor.raw("device_del", arguments, None))? {
        Ok(_) => {}
        // told before it was refused
        Err(_) if live.unplug.seen() == Some(Departure::Gone) => return Ok(Some(Departure::Gone)),
        // QEMU has let go of it already
        Err(refusal) if refusal.class == "DeviceNotFound" => return Ok(Some(Departure::Gone)),
        Err(refusal) => return Err(crate::monitor::refused("device_del", &refusal)),
    }
    if !wait {
        return Ok(None);
    }
    let pseries = live.def.os.arch().starts_with("ppc64");
    Ok(live.unplug.wait(if pseries { PSERIES_PATIENCE } else { PATIENCE }))
}

/// The guest has let go of a device: so does everybody else.
fn remove(core: &Core, job: &Job, id: i32, found: &LoneDevice) -> Result<()> {
    let view = job.view();
    let live = view.running()?;
    match live::left_of(core, live, &live.def, found) {
        Ok(left) => run::remains(job, &left),
        Err(error) => log::warn!("what is left of a device is not known: {error}"),
    }
    forget(job, id, found);
    host::give_back(core, job.guest(), found);
    core.save_status(job.guest());
    if let Some(alias) = found.as_device().info().and_then(|info| info.alias.clone()) {
        core.post(&view.domain_ref(), DomainEvent::DeviceRemoved { alias });
    }
    Ok(())
}

/// Takes a device out of the running instance's definition.
fn forget(job: &Job, id: i32, found: &LoneDevice) {
    live::change_def(job, id, |def| {
        let alias = found.as_device().info().and_then(|info| info.alias.clone());
        let at = match alias {
            Some(alias) => live::position(def, found, &alias),
            None => plug::find(&def.devices, found).ok().flatten(),
        };
        if let Some(at) = at {
            found.take_peer(&mut def.devices, at);
        }
        if let LoneDevice::Memory(memory) = found {
            let size = memory.size_kib();
            def.current_memory = Some(Kib(def.current_kib().saturating_sub(size)));
            def.memory.kib = def.memory.kib.saturating_sub(size);
        }
    });
}

/// A guest has let go of a device for which nobody waits.
pub(in crate::driver) fn departed(core: &Arc<Core>, guest: &Arc<Guest>, id: i32, alias: &str) {
    let done = guest.begin("DEVICE_DELETED", Kind::Modify).and_then(|job| {
        let view = job.view();
        let Some(live) = view.live.as_ref().filter(|live| live.id == id) else { return Ok(()) };
        let Some(device) = plug::by_alias(&live.def.devices, alias) else { return Ok(()) };
        if let Device::Balloon(_) | Device::Video(_) | Device::Tpm(_) = device {
            return Ok(());
        }
        remove(core, &job, id, &LoneDevice::from(device))
    });
    if let Err(error) = done {
        log::warn!("{alias} of {} is gone, but still in its definition: {error}", guest.view().name);
    }
}

/// Devices of families that can go which QEMU has no more: they went while no daemon listened.
pub(in crate::driver) fn forget_departed(core: &Core, job: &Job, id: i32) {
    let view = job.view();
    let Some(live) = view.live.as_ref().filter(|live| live.id == id) else { return };
    let known = match job.monitor(|monitor| monitor.qom_list("/machine/peripheral")) {
        Ok(known) => known,
        Err(error) => return log::warn!("the devices of {} are not known: {error}", view.name),
    };
    let gone = |device: &Device<'_>| {
        let alias = device.info().and_then(|info| info.alias.as_deref());
        alias.is_some_and(|alias| !known.iter().any(|(name, _)| name == alias))
    };
    let lost: Vec<LoneDevice> = live
        .def
        .devices
        .each()
        .into_iter()
        .filter(is_named_in_qemu)
        .filter(gone)
        .map(LoneDevice::from)
        .collect();
    for device in lost {
        if let Err(error) = remove(core, job, id, &device) {
            log::warn!("{error}");
        }
    }
}

/// Those that QEMU always knows by their names, and that can go while a guest runs.
fn is_named_in_qemu(device: &Device<'_>) -> bool {
    use vir_model::domain::device::display::InputBus;
    match device {
        Device::Disk(disk) => {
            matches!(disk.bus(), Some(DiskBus::Virtio | DiskBus::Usb | DiskBus::Scsi))
        }
        Device::Interface(_) | Device::Rng(_) | Device::Channel(_) => true,
        Device::Input(input) => matches!(input.bus, Some(InputBus::Usb | InputBus::Virtio)),
        _ => false,
    }
}
