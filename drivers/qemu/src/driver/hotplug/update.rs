//! A running guest's device is changed.

use super::super::core::Core;
use super::{live, media, run, unsupported_update, with_terms};
use crate::guest::{Job, Live};
use crate::hotplug::plan::Plan;
use crate::hotplug::settle::{compatible, settle};
use crate::hotplug::{change, disk, graphics, interface};
use vir_base::{Result, bail};
use vir_model::domain::defaults::Kernel;
use vir_model::domain::device::disk::Disk;
use vir_model::domain::device::display::{Graphics, GraphicsType};
use vir_model::domain::device::interface::Interface;
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::plug;

/// Changes the device that a document means; with `force`, media are taken out of locked drives.
pub(super) fn update(core: &Core, job: &Job, device: LoneDevice, force: bool) -> Result<()> {
    let view = job.view();
    let live = view.running()?;
    let def = &live.def;
    let device = with_terms(core, def, false, |terms| settle(def, device, terms, &mut Kernel))?;
    match &device {
        LoneDevice::Disk(new) => of_disk(core, job, live, &device, new, force)?,
        LoneDevice::Interface(new) => of_interface(job, live, &device, new)?,
        LoneDevice::Graphics(new) => of_graphics(core, job, live, &device, new)?,
        other => return unsupported_update(other),
    }
    core.save_status(job.guest());
    Ok(())
}

fn of_disk(core: &Core, job: &Job, live: &Live, device: &LoneDevice, new: &Disk, force: bool) -> Result<()> {
    let def = &live.def;
    let Some(old) = def.devices.disks.iter().find(|disk| disk.dst() == new.dst()) else {
        bail!(Qemu, InternalError, "disk '{}' not found", new.dst());
    };
    compatible(def, device, Some(Device::Disk(old)), true)?;
    change::is_possible(new, old)?;
    if !disk::same_source(new, old) {
        if !disk::is_removable(new) {
            bail!(Qemu, ConfigUnsupported, "disk source can be changed only in removable drives");
        }
        media::change(core, job, old, new, force)?;
    }
    let policy = new.source.as_ref().and_then(|source| source.startup_policy);
    let (name, snapshot) = (old.dst().to_owned(), new.snapshot);
    live::change_def(job, live.id, |def| {
        if let Some(disk) = def.devices.disks.iter_mut().find(|disk| disk.dst() == name) {
            disk.snapshot = snapshot;
            if let Some(source) = &mut disk.source {
                source.startup_policy = policy;
            }
        }
    });
    Ok(())
}

fn of_interface(job: &Job, live: &Live, device: &LoneDevice, new: &Interface) -> Result<()> {
    let def = &live.def;
    let at = plug::find(&def.devices, device)?.unwrap_or(0);
    let Some(old) = def.devices.interfaces.get(at) else { return Ok(()) };
    compatible(def, device, Some(Device::Interface(old)), true)?;
    let (changed, steps) = interface::change(old, new)?;
    run::plan(job, &Plan { steps })?;
    live::change_def(job, live.id, |def| {
        if let Some(known) =
            def.devices.interfaces.iter_mut().find(|net| net.info.alias == changed.info.alias)
        {
            known.link = changed.link;
        }
    });
    Ok(())
}

fn of_graphics(core: &Core, job: &Job, live: &Live, device: &LoneDevice, new: &Graphics) -> Result<()> {
    let def = &live.def;
    let Some(at) = plug::find(&def.devices, device)? else {
        bail!(
            Qemu,
            DeviceMissing,
            "cannot find existing graphics device to modify of type '{}'",
            new.kind().as_str()
        );
    };
    let Some(old) = def.devices.graphics.get(at) else { return Ok(()) };
    compatible(def, device, Some(Device::Graphics(old)), true)?;
    let keys = &core.config.keys;
    let usual = match new.kind() {
        GraphicsType::Vnc => keys.vnc_password.as_deref(),
        _ => keys.spice_password.as_deref(),
    };
    let (changed, steps) = graphics::change(old, new, usual)?;
    run::plan(job, &Plan { steps })?;
    live::change_def(job, live.id, |def| {
        if let Some(known) = def.devices.graphics.get_mut(at) {
            *known = changed;
        }
    });
    Ok(())
}
