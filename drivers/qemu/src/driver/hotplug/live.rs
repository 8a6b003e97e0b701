//! A running guest is given a device.

use super::super::core::Core;
use super::super::start;
use super::{host, media, run, with_terms};
use crate::command::Inputs;
use crate::guest::{Job, Live};
use crate::hotplug::chardev::{Chardev, chardev};
use crate::hotplug::place::{Placed, insert_live, place};
use crate::hotplug::plan::Plan;
use crate::hotplug::settle::{alias_is_free, compatible, settle};
use crate::hotplug::{config, disk};
use crate::model::{self, Domain};
use crate::process::undo::Undo;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use vir_api::event::DomainEvent;
use vir_base::{Result, bail};
use vir_model::domain::defaults::Kernel;
use vir_model::domain::device::chardev::CharSource;
use vir_model::domain::device::controller::Controller;
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::plug;

/// Gives the guest a device.
pub(super) fn attach(core: &Core, job: &Job, device: LoneDevice) -> Result<()> {
    let view = job.view();
    let live = view.running()?;
    let def = &live.def;
    let device = with_terms(core, def, true, |terms| settle(def, device, terms, &mut Kernel))?;
    alias_is_free(def, &device)?;
    compatible(def, &device, None, true)?;
    match &device {
        LoneDevice::Lease(_) => return lease(core, job, live, &device),
        // a drive that is there is given a medium
        LoneDevice::Disk(new) if disk::is_removable(new) => {
            if let Some(old) = def.devices.disks.iter().find(|old| old.dst() == new.dst()) {
                return media::change(core, job, old, new, false);
            }
        }
        _ => {}
    }
    let mut placed = with_terms(core, def, true, |terms| place(def, device, terms, &mut Kernel))?;
    controllers(core, job, live, &placed)?;
    complete(live, &mut placed);
    give(core, job, live, placed)
}

/// What a running guest's device has beyond what its document says.
fn complete(live: &Live, placed: &mut Placed) {
    match &mut placed.device {
        LoneDevice::Disk(disk) if disk.path().is_some() => model::number_disk(disk, live.last_node + 1),
        LoneDevice::Channel(channel) => {
            model::prepare_channel(channel, &live.dirs);
            // QEMU tells when the guest opens it, and nothing before that
            if let Some(target) = &mut channel.target {
                target.state = None;
            }
        }
        LoneDevice::Interface(_) => placed.device = host::name_tap(placed.device.clone()),
        _ => {}
    }
    let at = placed.device.as_device().info().and_then(|info| info.alias.clone());
    let found = at.and_then(|alias| position(&placed.def, &placed.device, &alias));
    if let Some(at) = found {
        placed.device.clone().replace_peer(&mut placed.def.devices, at);
    }
}

/// Where the device of an alias stands among those of its family.
pub(super) fn position(def: &Domain, family: &LoneDevice, alias: &str) -> Option<usize> {
    (0..family.count(&def.devices)).find(|at| {
        let info = family.peer(&def.devices, *at).and_then(Device::info);
        info.and_then(|info| info.alias.as_deref()) == Some(alias)
    })
}

/// What commands are made from.
pub(super) fn with_inputs<T>(
    core: &Core,
    live: &Live,
    def: &Domain,
    run: impl FnOnce(&Inputs<'_>) -> Result<T>,
) -> Result<T> {
    let caps = core.caps.get(Path::new(&model::emulator(def)?))?;
    run(&Inputs {
        def,
        caps: &caps,
        dirs: &live.dirs,
        config: &core.config,
        incoming: false,
        privileged: core.paths.system,
    })
}

/// Gives the guest the controllers that a device needs. They stay even if the device is not given.
fn controllers(core: &Core, job: &Job, live: &Live, placed: &Placed) -> Result<()> {
    for controller in &placed.controllers {
        let plan = with_inputs(core, live, &placed.def, |inputs| {
            Plan::device(inputs, Device::Controller(controller), None)
        })?;
        run::plan(job, &plan)?;
        let new: Controller = controller.clone();
        change_def(job, live.id, |def| def.devices.insert_controller(new));
        core.save_status(job.guest());
    }
    Ok(())
}

/// Changes the definition of the running instance as it is now.
pub(super) fn change_def(job: &Job, id: i32, change: impl FnOnce(&mut Domain)) {
    job.guest().update_live(id, |live| change(Arc::make_mut(&mut live.def)));
}

fn give(core: &Core, job: &Job, live: &Live, placed: Placed) -> Result<()> {
    let Placed { mut device, def, .. } = placed;
    let end = end_of(&device)?;
    let plan =
        with_inputs(core, live, &def, |inputs| Plan::device(inputs, device.as_device(), end.as_ref()))?;
    let guest = Arc::clone(job.guest());
    let mut undo = Undo::default();
    host::get(core, &guest, &device, &mut undo)?;
    if let Some((name, path)) = end.as_ref().and_then(|end| end.listens.as_ref()) {
        let socket = start::listen(path, core.owner.as_ref())?;
        undo.push(move || {
            let _ = std::fs::remove_file(path);
        });
        job.monitor(|monitor| monitor.getfd(name, socket.as_fd()))?;
    }
    let answers = run::plan(job, &plan)?;
    if let Some(source) = source_of(&mut device)
        && end.is_some()
        && let Some(pty) = answers.iter().find_map(|answer| answer["pty"].as_str())
    {
        source.set_path(Some(pty.to_owned()));
    }
    let alias = device.as_device().info().and_then(|info| info.alias.clone());
    let index = match &device {
        LoneDevice::Disk(disk) => disk.source.as_ref().and_then(|source| source.index),
        _ => None,
    };
    let total = def.memory.kib;
    guest.update_live(live.id, |live| {
        let def = Arc::make_mut(&mut live.def);
        insert_live(def, device);
        def.memory.kib = total;
        live.last_node = live.last_node.max(index.unwrap_or(0));
    });
    undo.keep();
    core.save_status(&guest);
    if let Some(alias) = alias {
        core.post(&guest.view().domain_ref(), DomainEvent::DeviceAdded { alias });
    }
    Ok(())
}

/// The host's end of a device that has one.
fn end_of(device: &LoneDevice) -> Result<Option<Chardev>> {
    let device = device.as_device();
    match device {
        Device::Serial(_) | Device::Channel(_) | Device::Console(_) | Device::Redirdev(_) => {
            let alias = device.info().map_or("", |info| info.alias());
            device.char_source().map(|source| chardev(source, alias)).transpose()
        }
        _ => Ok(None),
    }
}

fn source_of(device: &mut LoneDevice) -> Option<&mut CharSource> {
    match device {
        LoneDevice::Serial(device) => Some(&mut device.source),
        LoneDevice::Channel(device) => Some(&mut device.source),
        LoneDevice::Console(device) => Some(&mut device.source),
        LoneDevice::Redirdev(device) => Some(&mut device.source),
        _ => None,
    }
}

/// What is left in QEMU of a device that the guest has let go of.
pub(super) fn left_of(
    core: &Core,
    live: &Live,
    def: &Domain,
    device: &LoneDevice,
) -> Result<Vec<crate::hotplug::plan::Tell>> {
    let end = end_of(device)?;
    with_inputs(core, live, def, |inputs| {
        Ok(Plan::device(inputs, device.as_device(), end.as_ref())?.remains())
    })
}

/// A lease needs nothing of QEMU.
fn lease(core: &Core, job: &Job, live: &Live, device: &LoneDevice) -> Result<()> {
    if let LoneDevice::Lease(lease) = device
        && plug::find(&live.def.devices, device)?.is_some()
    {
        let (key, space) = config::lease_names(lease);
        bail!(Qemu, OperationInvalid, "Lease {key} in lockspace {space} already exists");
    }
    let guest = Arc::clone(job.guest());
    let mut undo = Undo::default();
    host::get(core, &guest, device, &mut undo)?;
    change_def(job, live.id, |def| device.clone().push_to(&mut def.devices));
    undo.keep();
    core.save_status(&guest);
    Ok(())
}
