//! Devices of a stored definition: given, taken away and changed. Nothing is stored here.

use super::settle::{alias_is_free, compatible, settle};
use crate::prepare::Terms;
use vir_base::{Result, bail};
use vir_model::domain::defaults::Random;
use vir_model::domain::device::chardev::{Console, ConsoleTargetType};
use vir_model::domain::device::controller::Controller;
use vir_model::domain::device::disk::{Disk, DiskBus};
use vir_model::domain::device::memdev::{MemoryDevice, MemoryModel};
use vir_model::domain::device::small::{Lease, WatchdogModel};
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::memory::Kib;
use vir_model::domain::{Domain, plug};

/// Gives a definition a device.
///
/// # Errors
/// It has that device already, the device does not fit, or has no place.
pub fn attach(
    def: &mut Domain,
    device: LoneDevice,
    terms: &Terms<'_>,
    random: &mut dyn Random,
) -> Result<()> {
    let mut device = settle(def, device, terms, random)?;
    alias_is_free(def, &device)?;
    compatible(def, &device, None, false)?;
    may_attach(def, &device)?;
    match &mut device {
        LoneDevice::Controller(controller) => number(def, controller),
        LoneDevice::Memory(memory) => {
            let size = memory.size_kib();
            def.current_memory = Some(Kib(def.current_kib().saturating_add(size)));
            def.memory.kib = def.memory.kib.saturating_add(size);
        }
        _ => {}
    }
    insert(def, device);
    finish(def, terms, random)
}

/// Takes a device away from a definition.
///
/// # Errors
/// It is not there, or is not one of those that can be taken away.
pub fn detach(
    def: &mut Domain,
    device: LoneDevice,
    terms: &Terms<'_>,
    random: &mut dyn Random,
) -> Result<()> {
    let device = settle(def, device, terms, random)?;
    detach_settled(def, &device)?;
    terms.settle(def, random)
}

/// As [`detach`], for the device of an alias.
///
/// # Errors
/// As for [`detach`].
pub fn detach_alias(def: &mut Domain, alias: &str, terms: &Terms<'_>, random: &mut dyn Random) -> Result<()> {
    let device = LoneDevice::from(by_alias(def, alias)?);
    detach_settled(def, &device)?;
    terms.settle(def, random)
}

/// The device of an alias.
///
/// # Errors
/// There is none.
pub fn by_alias<'a>(def: &'a Domain, alias: &str) -> Result<Device<'a>> {
    match plug::by_alias(&def.devices, alias) {
        Some(device) => Ok(device),
        None => bail!(Domain, InternalError, "no device found with alias {alias}"),
    }
}

/// Changes a device of a definition.
///
/// # Errors
/// It is not there, or is not one of those that can be changed.
pub fn update(
    def: &mut Domain,
    device: LoneDevice,
    terms: &Terms<'_>,
    random: &mut dyn Random,
) -> Result<()> {
    let device = settle(def, device, terms, random)?;
    let at = match &device {
        LoneDevice::Disk(disk) => match plug::disk_by_name(&def.devices.disks, disk.dst(), false) {
            Some(at) => at,
            None => bail!(Qemu, InvalidArg, "target {} doesn't exist.", disk.dst()),
        },
        LoneDevice::Graphics(graphics) => match plug::find(&def.devices, &device)? {
            Some(at) => at,
            None => bail!(
                Qemu,
                InvalidArg,
                "cannot find existing graphics type '{}' device to modify",
                graphics.kind.map_or("", |kind| kind.as_str())
            ),
        },
        LoneDevice::Interface(_) => plug::find(&def.devices, &device)?.unwrap_or(0),
        LoneDevice::Memory(memory) => match memory_at(def, memory) {
            Some(at) => at,
            None => bail!(Qemu, InvalidArg, "memory not found"),
        },
        other => bail!(
            Qemu,
            OperationUnsupported,
            "persistent update of device '{}' is not supported",
            other.as_device().family()
        ),
    };
    compatible(def, &device, device.peer(&def.devices, at), false)?;
    device.replace_peer(&mut def.devices, at);
    terms.settle(def, random)
}

/// Plugged memory that a document means: by its place, its alias, or both.
pub fn memory_at(def: &Domain, wanted: &MemoryDevice) -> Option<usize> {
    let fits = |known: &MemoryDevice| {
        let place = match (&wanted.info.address, &known.info.address) {
            (Some(wanted), Some(known)) => plug::same_place(wanted, known),
            (None, _) => true,
            (Some(_), None) => false,
        };
        place && (wanted.info.alias.is_none() || wanted.info.alias == known.info.alias)
    };
    def.devices.memories.iter().position(fits)
}

/// The lowest number that no controller of the kind has, if none is said.
pub fn number(def: &Domain, controller: &mut Controller) {
    if controller.index.is_none() {
        let taken = |index: u32| {
            def.devices.controllers.iter().any(|c| c.kind == controller.kind && c.index == Some(index))
        };
        controller.index = (0..).find(|index| !taken(*index));
    }
}

/// Puts a device in its place among those of its family.
pub fn insert(def: &mut Domain, device: LoneDevice) {
    match device {
        LoneDevice::Controller(controller) => def.devices.insert_controller(*controller),
        other => other.push_to(&mut def.devices),
    }
}

fn finish(def: &mut Domain, terms: &Terms<'_>, random: &mut dyn Random) -> Result<()> {
    terms.complete(def, random)
}

/// What a lease is called in messages.
pub fn lease_names(lease: &Lease) -> (&str, &str) {
    (lease.key.as_deref().unwrap_or_default(), lease.lockspace.as_deref().unwrap_or("(null)"))
}

/// A SCSI disk is where another is.
///
/// # Errors
/// It is.
pub fn drive_is_free(def: &Domain, disk: &Disk) -> Result<()> {
    let scsi = |disk: &Disk| disk.bus() == Some(DiskBus::Scsi);
    let same = |other: &Disk| scsi(other) && other.info.address == disk.info.address;
    if scsi(disk) && def.devices.disks.iter().any(same) {
        bail!(Qemu, OperationInvalid, "Domain already contains a disk with that address");
    }
    Ok(())
}

/// Refuses a character device that the definition has, and a console that is another's name.
///
/// # Errors
/// As said.
pub fn char_is_new(def: &Domain, device: &LoneDevice) -> Result<()> {
    if let LoneDevice::Console(console) = device
        && is_serial(console)
    {
        bail!(Qemu, OperationUnsupported, "attaching serial console is not supported");
    }
    if plug::find(&def.devices, device)?.is_some() {
        bail!(Qemu, OperationInvalid, "chardev already exists");
    }
    Ok(())
}

/// Whether a console is a serial port's other name.
pub fn is_serial(console: &Console) -> bool {
    matches!(console.target.as_ref().and_then(|target| target.kind), None | Some(ConsoleTargetType::Serial))
}

fn may_attach(def: &Domain, device: &LoneDevice) -> Result<()> {
    let devices = &def.devices;
    match device {
        LoneDevice::Disk(disk) => {
            if plug::disk_by_name(&devices.disks, disk.dst(), true).is_some() {
                bail!(Qemu, OperationInvalid, "target {} already exists", disk.dst());
            }
            drive_is_free(def, disk)
        }
        LoneDevice::Hostdev(_) | LoneDevice::Shmem(_) => not_there(def, device),
        LoneDevice::Lease(lease) => {
            if plug::find(devices, device)?.is_some() {
                let (key, space) = lease_names(lease);
                bail!(Qemu, OperationInvalid, "Lease {key} in lockspace {space} already exists");
            }
            Ok(())
        }
        LoneDevice::Controller(controller) => {
            if let Some(index) = controller.index
                && plug::find(devices, device)?.is_some()
            {
                bail!(Qemu, OperationInvalid, "controller index='{index}' already exists");
            }
            Ok(())
        }
        LoneDevice::Serial(_) | LoneDevice::Parallel(_) | LoneDevice::Console(_) | LoneDevice::Channel(_) => {
            char_is_new(def, device)
        }
        LoneDevice::Filesystem(fs) => {
            if devices.filesystems.iter().any(|known| known.dst() == fs.dst()) {
                bail!(Qemu, OperationInvalid, "Target already exists");
            }
            Ok(())
        }
        LoneDevice::Rng(rng) => {
            let taken = rng.info.address.as_ref().is_some_and(|place| {
                let mut taken = false;
                devices.for_each_info(&mut |info| {
                    taken |= info.address.as_ref().is_some_and(|known| plug::same_place(known, place));
                });
                taken
            });
            if taken {
                bail!(Qemu, ConfigUnsupported, "a device with the same address already exists ");
            }
            Ok(())
        }
        LoneDevice::Memory(memory) => {
            let slots = def.max_memory.as_ref().and_then(|max| max.slots).unwrap_or(0);
            let dimm = matches!(memory.model, Some(MemoryModel::Dimm | MemoryModel::Nvdimm));
            if dimm && devices.memories.len() as u64 == u64::from(slots) {
                bail!(Qemu, ConfigUnsupported, "no free memory device slot available");
            }
            Ok(())
        }
        LoneDevice::Watchdog(watchdog) => {
            not_there(def, device)?;
            let model = watchdog.model;
            if model != Some(WatchdogModel::I6300esb) && devices.watchdogs.iter().any(|w| w.model == model) {
                let model = model.map_or("", |model| model.as_str());
                bail!(Qemu, OperationInvalid, "domain can only have one watchdog with model '{model}'");
            }
            Ok(())
        }
        LoneDevice::Vsock(_) if devices.vsock.is_some() => {
            bail!(Qemu, OperationInvalid, "domain already has a vsock device")
        }
        LoneDevice::Iommu(_) if devices.iommu.is_some() => {
            bail!(Qemu, OperationInvalid, "domain already has an iommu device")
        }
        LoneDevice::Interface(_)
        | LoneDevice::Sound(_)
        | LoneDevice::Redirdev(_)
        | LoneDevice::Input(_)
        | LoneDevice::Vsock(_)
        | LoneDevice::Iommu(_) => Ok(()),
        other => {
            bail!(
                Qemu,
                OperationUnsupported,
                "persistent attach of device '{}' is not supported",
                other.as_device().family()
            )
        }
    }
}

fn not_there(def: &Domain, device: &LoneDevice) -> Result<()> {
    match plug::find(&def.devices, device)? {
        Some(_) => bail!(Qemu, OperationInvalid, "device is already in the domain configuration"),
        None => Ok(()),
    }
}

fn detach_settled(def: &mut Domain, device: &LoneDevice) -> Result<()> {
    let found = match device {
        LoneDevice::Console(console) if is_serial(console) => {
            bail!(Qemu, OperationInvalid, "detaching serial console is not supported")
        }
        LoneDevice::Filesystem(fs) => {
            def.devices.filesystems.iter().position(|known| known.dst() == fs.dst())
        }
        device if can_go(device.as_device()) => plug::find(&def.devices, device)?,
        other => bail!(
            Qemu,
            OperationUnsupported,
            "persistent detach of device '{}' is not supported",
            other.as_device().family()
        ),
    };
    let Some(at) = found else { return missing(device) };
    match device {
        LoneDevice::Serial(_) if at == 0 && def.devices.consoles.first().is_some_and(is_serial) => {
            // the port's other name goes with it
            def.devices.consoles.remove(0);
        }
        LoneDevice::Memory(memory) => {
            let size = memory.size_kib();
            def.current_memory = Some(Kib(def.current_kib().saturating_sub(size)));
            def.memory.kib = def.memory.kib.saturating_sub(size);
        }
        _ => {}
    }
    device.take_peer(&mut def.devices, at);
    Ok(())
}

fn can_go(device: Device<'_>) -> bool {
    !matches!(
        device,
        Device::Video(_)
            | Device::Graphics(_)
            | Device::Hub(_)
            | Device::Smartcard(_)
            | Device::Balloon(_)
            | Device::Nvram(_)
            | Device::Tpm(_)
            | Device::Panic(_)
            | Device::Audio(_)
            | Device::Crypto(_)
            | Device::Pstore(_)
    )
}

fn missing(device: &LoneDevice) -> Result<()> {
    match device {
        LoneDevice::Disk(disk) => bail!(Qemu, DeviceMissing, "no target device {}", disk.dst()),
        LoneDevice::Lease(lease) => {
            let (key, space) = lease_names(lease);
            bail!(Qemu, DeviceMissing, "Lease {key} in lockspace {space} does not exist")
        }
        LoneDevice::Serial(_) | LoneDevice::Parallel(_) | LoneDevice::Console(_) | LoneDevice::Channel(_) => {
            bail!(Qemu, InvalidArg, "device not present in domain configuration")
        }
        LoneDevice::Filesystem(_) => bail!(Qemu, DeviceMissing, "no matching filesystem device was found"),
        LoneDevice::Rng(_) => bail!(Qemu, DeviceMissing, "no matching RNG device was found"),
        LoneDevice::Memory(_) => bail!(Qemu, DeviceMissing, "matching memory device was not found"),
        LoneDevice::Redirdev(_) => bail!(Qemu, DeviceMissing, "no matching redirdev was not found"),
        LoneDevice::Shmem(_) => bail!(Qemu, DeviceMissing, "matching shmem device was not found"),
        LoneDevice::Watchdog(_) => bail!(Qemu, DeviceMissing, "no matching watchdog was found"),
        LoneDevice::Input(_) => bail!(Qemu, DeviceMissing, "matching input device not found"),
        LoneDevice::Vsock(_) => bail!(Qemu, OperationFailed, "matching vsock device not found"),
        LoneDevice::Iommu(_) => bail!(Qemu, OperationFailed, "matching iommu device not found"),
        _ => bail!(Qemu, DeviceMissing, "device not present in domain configuration"),
    }
}
