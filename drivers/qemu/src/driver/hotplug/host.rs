//! What a device needs of the host: its files, its leases, its network device.

use super::super::core::Core;
use super::super::{files, leases, net, start};
use crate::guest::Guest;
use crate::model::Domain;
use crate::process::undo::Undo;
use vir_base::Result;
use vir_locking::Resource;
use vir_model::domain::device::{Devices, LoneDevice};

/// A definition of nothing but a device: what is done for all devices of a guest is done for it alone.
fn only(device: &LoneDevice) -> Domain {
    let mut def = Domain::default();
    device.clone().push_to(&mut def.devices);
    def
}

/// The leases of a device.
fn resources(core: &Core, device: &LoneDevice) -> Result<Vec<Resource>> {
    let Devices { disks, leases, .. } = only(device).devices;
    leases::of_devices(core, &Devices { disks, leases, ..Devices::default() })
}

/// Gets what a device needs, before the guest is given it: leases first, so that nothing of a file that another
/// guest has is touched.
///
/// # Errors
/// What is not there, or is another's; what was done before is taken back when `undo` is dropped.
pub(super) fn get<'a>(
    core: &'a Core,
    guest: &'a Guest,
    device: &LoneDevice,
    undo: &mut Undo<'a>,
) -> Result<()> {
    let alone = only(device);
    start::check_sources(&alone, &core.config)?;
    let wanted = resources(core, device)?;
    leases::take(core, guest, &wanted)?;
    undo.push(move || leases::drop_some(core, guest, &wanted));
    if let Some(owner) = &core.owner {
        files::give(owner, &alone, undo)?;
    }
    net::make_taps(&alone, core.config.account.as_ref(), undo)
}

/// Names the network device that an interface is to have on the host.
pub(super) fn name_tap(device: LoneDevice) -> LoneDevice {
    let mut alone = only(&device);
    net::name_taps(&mut alone);
    LoneDevice::first_of(alone.devices).unwrap_or(device)
}

/// Gives back what a device had, once the guest has let go of it. A file that another device of the guest has too
/// stays the guest's, by its count of users.
pub(super) fn give_back(core: &Core, guest: &Guest, device: &LoneDevice) {
    let alone = only(device);
    net::remove_taps(&alone);
    if let Some(owner) = &core.owner {
        files::take_back(owner, &alone);
    }
    match resources(core, device) {
        Ok(had) => leases::drop_some(core, guest, &had),
        Err(error) => log::warn!("leases of a device that is gone are kept: {error}"),
    }
}
