//! Devices given to guests, taken away and changed, of the stored definition, of the running instance or of both.
//!
//! What is stored is thought through first and written last: a running guest that refuses a device leaves nothing.

use super::affects;
mod host;
mod live;
mod media;
mod run;
mod unplug;
mod update;

pub(super) use unplug::{departed, forget_departed};

use super::core::Core;
use crate::guest::Job;
use crate::guest::job::Kind;
use crate::hotplug::config;
use crate::model;
use crate::prepare::Terms;
use crate::store;
use std::path::Path;
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain::Qemu, Result, bail};
use vir_model::domain::defaults::Kernel;
use vir_model::domain::device::LoneDevice;
use vir_model::domain::device::interface::Interface;
use vir_model::domain::{Domain, ParseOptions};

const BOTH: u32 = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;

/// A device's document as attaching takes it: nothing of it is of a running guest.
const NEW: ParseOptions = ParseOptions { live: false };

/// A turn to change a guest's devices, and which of its definitions are meant.
struct Turn {
    job: Job,
    live: bool,
    config: bool,
}

fn begin(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<Turn> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let (live, config) = affects(&job.view(), flags)?;
    Ok(Turn { job, live, config })
}

/// What a definition is completed by.
fn with_terms<T>(
    core: &Core,
    def: &Domain,
    abi_update: bool,
    run: impl FnOnce(&Terms<'_>) -> Result<T>,
) -> Result<T> {
    let caps = core.caps.get(Path::new(&model::emulator(def)?))?;
    run(&Terms { caps: &caps, host: &core.prepare, abi_update })
}

impl Turn {
    /// The stored definition with a change, not stored yet; `None` if it is not meant.
    fn changed(
        &self,
        core: &Core,
        abi_update: bool,
        change: impl FnOnce(&mut Domain, &Terms<'_>) -> Result<()>,
    ) -> Result<Option<Domain>> {
        if !self.config {
            return Ok(None);
        }
        let mut def = Domain::clone(self.job.view().persistent()?);
        with_terms(core, &def.clone(), abi_update, |terms| change(&mut def, terms))?;
        Ok(Some(def))
    }

    /// Stores a changed definition: on disk first, then for all to see.
    fn store(&self, core: &Core, changed: Option<Domain>, tell: bool) -> Result<()> {
        let Some(def) = changed else { return Ok(()) };
        store::config::save(&core.dirs, &def)?;
        let dom = self.job.guest().update(|view| {
            view.config = Some(Arc::new(def));
            view.domain_ref()
        });
        if tell {
            core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_UPDATED);
        }
        Ok(())
    }
}

/// `virDomainAttachDeviceFlags`.
pub(super) fn attach(core: &Core, api: &str, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
    let turn = begin(core, api, dom, flags)?;
    check_flags(Qemu, flags, BOTH, "qemuDomainAttachDeviceLiveAndConfig")?;
    let device = Domain::parse_device(xml, NEW)?;
    let changed =
        turn.changed(core, true, |def, terms| config::attach(def, device.clone(), terms, &mut Kernel))?;
    if turn.live {
        live::attach(core, &turn.job, live_device(device, changed.as_ref()))?;
    }
    turn.store(core, changed, true)
}

/// `virDomainDetachDeviceFlags`.
pub(super) fn detach(core: &Core, api: &str, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
    let turn = begin(core, api, dom, flags)?;
    check_flags(Qemu, flags, BOTH, "qemuDomainDetachDeviceLiveAndConfig")?;
    let device = Domain::parse_device(xml, ParseOptions { live: turn.live })?;
    let changed =
        turn.changed(core, false, |def, terms| config::detach(def, device.clone(), terms, &mut Kernel))?;
    if turn.live {
        unplug::detach(core, &turn.job, device)?;
    }
    turn.store(core, changed, true)
}

/// `virDomainDetachDeviceAlias`.
pub(super) fn detach_alias(core: &Core, api: &str, dom: &DomainRef, alias: &str, flags: u32) -> Result<()> {
    let turn = begin(core, api, dom, flags)?;
    check_flags(Qemu, flags, BOTH, "qemuDomainDetachDeviceAliasLiveAndConfig")?;
    let changed =
        turn.changed(core, false, |def, terms| config::detach_alias(def, alias, terms, &mut Kernel))?;
    if turn.live {
        unplug::detach_alias(core, &turn.job, alias)?;
    }
    turn.store(core, changed, false)
}

/// `virDomainUpdateDeviceFlags`.
pub(super) fn update(core: &Core, api: &str, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, BOTH | VIR_DOMAIN_DEVICE_MODIFY_FORCE, "qemuDomainUpdateDeviceFlags")?;
    let turn = begin(core, api, dom, flags)?;
    let device = Domain::parse_device(xml, ParseOptions { live: turn.live })?;
    let changed =
        turn.changed(core, false, |def, terms| config::update(def, device.clone(), terms, &mut Kernel))?;
    if turn.live {
        let force = flags & VIR_DOMAIN_DEVICE_MODIFY_FORCE != 0;
        update::update(core, &turn.job, device, force)?;
    }
    turn.store(core, changed, true)
}

/// The device that a running guest is given when its stored definition gets it too: a MAC address that was made up is
/// the same in both.
fn live_device(device: LoneDevice, changed: Option<&Domain>) -> LoneDevice {
    let made_up = |net: &Interface| net.mac.as_ref().is_none_or(|mac| mac.address.is_none());
    match (device, changed.and_then(|def| def.devices.interfaces.last())) {
        (LoneDevice::Interface(mut net), Some(stored)) if made_up(&net) => {
            net.mac = stored.mac.clone();
            LoneDevice::Interface(net)
        }
        (device, _) => device,
    }
}

fn unsupported_update(device: &LoneDevice) -> Result<()> {
    let family = device.as_device().family();
    bail!(Qemu, ConfigUnsupported, "live update of device '{family}' is not supported");
}
