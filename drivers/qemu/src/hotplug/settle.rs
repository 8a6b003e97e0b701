//! A device as a document gives it, completed as for the domain that it is meant for.

use crate::prepare::Terms;
use vir_base::{Result, bail};
use vir_model::domain::defaults::Random;
use vir_model::domain::device::controller::Controller;
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::info::{Address, AddressType};
use vir_model::domain::device::{Device, Devices, LoneDevice};
use vir_model::domain::{Domain, USER_ALIAS};

/// Sets what follows from a device's kind and from the domain's machine; it gets no place, except for a disk, whose
/// name says it, and no MAC address that nobody asked for.
///
/// # Errors
/// What cannot be completed.
pub fn settle(
    def: &Domain,
    device: LoneDevice,
    terms: &Terms<'_>,
    random: &mut dyn Random,
) -> Result<LoneDevice> {
    let mut alone = Domain::clone(def);
    alone.devices = Devices { emulator: def.devices.emulator.clone(), ..Devices::default() };
    let said = device.as_device().info().and_then(|info| info.address.clone());
    let mac = match &device {
        LoneDevice::Interface(net) => Some(net.mac.clone()),
        _ => None,
    };
    let mut placeless = device.clone();
    if let Some(info) = placeless.info_mut() {
        // it need not be free, nor on a bus that there is
        info.address = None;
    }
    let family = placeless.clone();
    placeless.push_to(&mut alone.devices);
    // plugged memory is part of the whole
    if let LoneDevice::Memory(memory) = &device {
        alone.memory.kib = alone.memory.kib.saturating_add(memory.size_kib());
        alone.max_memory = None;
    }
    terms.settle(&mut alone, random)?;
    let at = match &family {
        LoneDevice::Controller(wanted) => {
            let own =
                |c: &Controller| c.kind == wanted.kind && (wanted.index.is_none() || c.index == wanted.index);
            alone.devices.controllers.iter().position(own)
        }
        _ => Some(0),
    };
    let settled = at.and_then(|at| family.take_peer(&mut alone.devices, at));
    let Some(mut settled) = settled else {
        bail!(Qemu, InternalError, "device of type '{}' got lost", device.as_device().family());
    };
    let by_name = matches!(
        settled.as_device().info().and_then(|info| info.address.as_ref()).map(Address::kind),
        Some(AddressType::Drive)
    );
    if let Some(info) = settled.info_mut()
        && (said.is_some() || !by_name)
    {
        info.address = said;
    }
    if let (LoneDevice::Interface(net), Some(mac)) = (&mut settled, mac) {
        net.mac = mac;
    }
    match (&mut settled, &device) {
        (LoneDevice::Controller(settled), LoneDevice::Controller(given)) => settled.index = given.index,
        // alone it is the first, which it need not be among others
        (LoneDevice::Console(settled), LoneDevice::Console(given)) => {
            let port = given.target.as_ref().and_then(|target| target.port).unwrap_or(0);
            settled.target.get_or_insert_default().port = Some(port);
        }
        _ => {}
    }
    Ok(settled)
}

/// Checks that a device fits a domain: one that it is to get, or one that takes the place of `old`.
///
/// # Errors
/// What contradicts what the domain is or has.
pub fn compatible(def: &Domain, device: &LoneDevice, old: Option<Device<'_>>, live: bool) -> Result<()> {
    let device_ = device.as_device();
    let (new_info, old_info) = (device_.info(), old.and_then(Device::info));
    if live && let (Some(new), Some(old)) = (new_info, old_info) {
        if let (Some(new), Some(old)) = (&new.alias, &old.alias)
            && new != old
        {
            bail!(Domain, OperationDenied, "changing device alias is not allowed");
        }
        if new.acpi != old.acpi {
            bail!(Domain, OperationDenied, "changing device 'acpi index' is not allowed");
        }
    }
    if has_no_usb(def) && is_usb(device_) {
        bail!(
            Domain,
            ConfigUnsupported,
            "Device configuration is not compatible: Domain has no USB bus support"
        );
    }
    if let Some(order) = new_info.and_then(|info| info.boot.as_ref()).map(|boot| boot.order) {
        if !def.os.boot.is_empty() {
            bail!(
                Domain,
                ConfigUnsupported,
                "per-device boot elements cannot be used together with os/boot elements"
            );
        }
        let mut taken = false;
        def.devices.for_each_info(&mut |info| {
            let same = old_info.is_some_and(|old| std::ptr::eq(old, info));
            taken |= !same && info.boot.as_ref().is_some_and(|boot| boot.order == order);
        });
        if taken {
            bail!(Domain, ConfigUnsupported, "boot order {order} is already used by another device");
        }
    }
    if let LoneDevice::Memory(memory) = device {
        let Some(max) = &def.max_memory else {
            bail!(
                Domain,
                ConfigUnsupported,
                "cannot use/hotplug a memory device when domain 'maxMemory' is not defined"
            );
        };
        let size = memory.size_kib();
        if old.is_none() && def.memory.kib.saturating_add(size) > max.kib {
            bail!(
                Domain,
                ConfigUnsupported,
                "Attaching memory device with size '{size}' would exceed domain's maxMemory config size '{}'",
                max.kib
            );
        }
    }
    Ok(())
}

/// Checks that a name that a user gave a device is no other's.
///
/// # Errors
/// It is.
pub fn alias_is_free(def: &Domain, device: &LoneDevice) -> Result<()> {
    let Some(alias) = device.as_device().info().and_then(|info| info.alias.as_deref()) else { return Ok(()) };
    if alias.starts_with(USER_ALIAS) && vir_model::domain::plug::by_alias(&def.devices, alias).is_some() {
        bail!(Domain, ConfigUnsupported, "non unique alias detected: {alias}");
    }
    Ok(())
}

/// USB is switched off, or there is no controller for it.
fn has_no_usb(def: &Domain) -> bool {
    use vir_model::domain::device::controller::ControllerType;
    let mut usb = def.devices.controllers.iter().filter(|c| c.is(ControllerType::Usb));
    usb.all(|c| c.model.as_deref() == Some("none"))
}

/// It can be on USB only.
fn is_usb(device: Device<'_>) -> bool {
    use vir_model::domain::device::display::InputBus;
    use vir_model::domain::device::hostdev::HostdevSource;
    use vir_model::domain::device::redirect::RedirdevBus;
    match device {
        Device::Disk(disk) => disk.bus() == Some(DiskBus::Usb),
        Device::Hostdev(hostdev) => matches!(hostdev.source, Some(HostdevSource::Usb(_))),
        Device::Redirdev(redirdev) => redirdev.bus == Some(RedirdevBus::Usb),
        Device::Input(input) => input.bus == Some(InputBus::Usb),
        Device::Hub(_) => true,
        _ => device.info().is_some_and(|info| matches!(info.address, Some(Address::Usb { .. }))),
    }
}
