//! A device's name and place in a running guest, and which devices running guests are given at all.

use super::config::{char_is_new, drive_is_free, insert, is_serial, number};
use crate::prepare::{Terms, alias, served};
use vir_base::{Result, bail};
use vir_model::domain::defaults::Random;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{DiskBus, DiskDevice};
use vir_model::domain::device::display::InputBus;
use vir_model::domain::device::info::DeviceInfo;
use vir_model::domain::device::memdev::MemoryModel;
use vir_model::domain::device::small::WatchdogModel;
use vir_model::domain::device::{Device, Devices, LoneDevice};
use vir_model::domain::{Domain, plug};

/// A device that has its name and place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The device.
    pub device: LoneDevice,
    /// Controllers that the guest must be given before it.
    pub controllers: Vec<Controller>,
    /// The guest's definition with all of them.
    pub def: Domain,
}

impl Placed {
    /// The device where it stands in the definition.
    pub fn device(&self) -> Device<'_> {
        self.device.as_device()
    }
}

/// Finds a settled device a name and a place in a running guest.
///
/// # Errors
/// Running guests are not given such a device; this one has no place for it; or it does not go with what there is.
pub fn place(
    def: &Domain,
    mut device: LoneDevice,
    terms: &Terms<'_>,
    random: &mut dyn Random,
) -> Result<Placed> {
    may_plug(def, &device)?;
    name(&def.devices, &mut device);
    if let LoneDevice::Controller(controller) = &mut device {
        number(def, controller);
    }
    let mut trial = def.clone();
    let count = device.count(&def.devices);
    if let LoneDevice::Memory(memory) = &device {
        trial.memory.kib = trial.memory.kib.saturating_add(memory.size_kib());
    }
    insert(&mut trial, device.clone());
    terms.settle(&mut trial, random)?;
    alias::assign(&mut trial);
    let known = |new: &Controller| {
        def.devices.controllers.iter().any(|old| old.kind == new.kind && old.index == new.index)
    };
    let own = |c: &Controller| match &device {
        LoneDevice::Controller(wanted) => c.kind == wanted.kind && c.index == wanted.index,
        _ => false,
    };
    let mut controllers: Vec<Controller> =
        trial.devices.controllers.iter().filter(|c| !known(c) && !own(c)).cloned().collect();
    controllers.sort_by_key(Controller::index);
    check_new(&controllers, &device)?;
    let at = match &device {
        LoneDevice::Disk(disk) => trial.devices.disks.iter().position(|d| d.dst() == disk.dst()),
        LoneDevice::Controller(_) => trial.devices.controllers.iter().position(own),
        _ => Some(count),
    };
    let Some(found) = at.and_then(|at| device.peer(&trial.devices, at)) else {
        bail!(Qemu, InternalError, "device of type '{}' got lost", device.as_device().family());
    };
    let found = LoneDevice::from(found);
    // what was there stays as it is: the guest runs by it
    let mut new = def.clone();
    new.memory.kib = trial.memory.kib;
    for controller in &controllers {
        new.devices.insert_controller(controller.clone());
    }
    insert_live(&mut new, found.clone());
    terms.check(&new)?;
    // a running guest's definition says more than documents can: the device alone is new
    let mut alone =
        Domain { kind: def.kind, name: def.name.clone(), os: def.os.clone(), ..Domain::default() };
    found.clone().push_to(&mut alone.devices);
    served::check(&alone)?;
    Ok(Placed { device: found, controllers, def: new })
}

/// Puts a device in its place in a running guest's definition.
pub fn insert_live(def: &mut Domain, device: LoneDevice) {
    let LoneDevice::Disk(disk) = device else { return insert(def, device) };
    let disks = &mut def.devices.disks;
    let index = alias::disk_index(disk.dst());
    // disks of a bus stand together, by their names
    let behind = |other: &vir_model::domain::device::disk::Disk| {
        other.bus() == disk.bus() && alias::disk_index(other.dst()) > index
    };
    let last = |disks: &[vir_model::domain::device::disk::Disk]| {
        disks.iter().rposition(|other| other.bus() == disk.bus()).map(|at| at + 1)
    };
    let at = disks.iter().position(behind).or_else(|| last(disks)).unwrap_or(disks.len());
    disks.insert(at, *disk);
}

/// Controllers are given along with SCSI disks only.
fn check_new(controllers: &[Controller], device: &LoneDevice) -> Result<()> {
    let scsi_disk = matches!(device, LoneDevice::Disk(disk) if disk.bus() == Some(DiskBus::Scsi));
    for controller in controllers {
        match controller.kind {
            Some(ControllerType::Scsi) if scsi_disk => {}
            Some(ControllerType::Pci) => {
                bail!(Domain, InternalError, "No more available PCI slots")
            }
            Some(ControllerType::Usb) => bail!(Domain, InternalError, "No free USB ports"),
            Some(ControllerType::VirtioSerial) => {
                bail!(Domain, XmlError, "no virtio-serial controllers are available")
            }
            other => bail!(
                Qemu,
                OperationUnsupported,
                "'{}' controller cannot be hot plugged.",
                other.map_or("", |kind| kind.as_str())
            ),
        }
    }
    Ok(())
}

/// Refuses what running guests are not given.
fn may_plug(def: &Domain, device: &LoneDevice) -> Result<()> {
    match device {
        LoneDevice::Disk(disk) => {
            if disk.device() == DiskDevice::Floppy {
                bail!(Qemu, OperationUnsupported, "floppy device hotplug isn't supported");
            }
            match disk.bus() {
                Some(DiskBus::Usb) if disk.device() == DiskDevice::Lun => {
                    bail!(Qemu, ConfigUnsupported, "disk device='lun' is not supported for usb bus")
                }
                Some(DiskBus::Virtio) if disk.device() == DiskDevice::Cdrom => {
                    bail!(Qemu, OperationUnsupported, "cdrom device with virtio bus isn't supported")
                }
                Some(DiskBus::Usb | DiskBus::Virtio) => Ok(()),
                Some(DiskBus::Scsi) => drive_is_free(def, disk),
                other => bail!(
                    Qemu,
                    OperationUnsupported,
                    "disk bus '{}' cannot be hotplugged.",
                    other.map_or("none", |bus| bus.as_str())
                ),
            }
        }
        LoneDevice::Controller(controller) => {
            let kind = controller.kind.map_or("", |kind| kind.as_str());
            if !matches!(controller.kind, Some(ControllerType::Scsi | ControllerType::VirtioSerial)) {
                bail!(Qemu, OperationUnsupported, "'{kind}' controller cannot be hot plugged.");
            }
            if let Some(index) = controller.index
                && plug::find(&def.devices, device)?.is_some()
            {
                bail!(Qemu, OperationFailed, "target {kind}:{index} already exists");
            }
            Ok(())
        }
        LoneDevice::Watchdog(watchdog) if watchdog.model != Some(WatchdogModel::I6300esb) => bail!(
            Qemu,
            OperationUnsupported,
            "hotplug of watchdog model '{}' is not supported",
            watchdog.model.map_or("", |model| model.as_str())
        ),
        LoneDevice::Input(input) if !matches!(input.bus, Some(InputBus::Usb | InputBus::Virtio)) => bail!(
            Qemu,
            OperationUnsupported,
            "input device on bus '{}' cannot be hot plugged.",
            input.bus.map_or("none", |bus| bus.as_str())
        ),
        LoneDevice::Parallel(_) => bail!(Qemu, ConfigUnsupported, "Cannot hotplug platform device"),
        LoneDevice::Serial(serial) => {
            if is_platform(serial.target.as_ref().and_then(|target| target.kind)) {
                bail!(Qemu, ConfigUnsupported, "Cannot hotplug platform device");
            }
            char_is_new(def, device)
        }
        LoneDevice::Console(console) if is_serial(console) => char_is_new(def, device),
        LoneDevice::Console(_) | LoneDevice::Channel(_) => char_is_new(def, device),
        LoneDevice::Vsock(_) if def.devices.vsock.is_some() => {
            bail!(Qemu, OperationInvalid, "the domain already has a vsock device")
        }
        LoneDevice::Interface(_) | LoneDevice::Rng(_) | LoneDevice::Watchdog(_) | LoneDevice::Input(_) => {
            Ok(())
        }
        other => bail!(
            Qemu,
            OperationUnsupported,
            "live attach of device '{}' is not supported",
            other.as_device().family()
        ),
    }
}

/// Serial ports that are a part of the machine.
pub fn is_platform(kind: Option<vir_model::domain::device::chardev::SerialTargetType>) -> bool {
    use vir_model::domain::device::chardev::SerialTargetType::{PciSerial, UsbSerial};
    !matches!(kind, Some(PciSerial | UsbSerial))
}

/// Gives a device the next name of its family; disks and controllers are named by their places.
fn name(devices: &Devices, device: &mut LoneDevice) {
    let prefix = match device {
        LoneDevice::Interface(_) => "net",
        LoneDevice::Rng(_) => "rng",
        LoneDevice::Watchdog(_) => "watchdog",
        LoneDevice::Input(_) => "input",
        LoneDevice::Serial(_) => "serial",
        LoneDevice::Channel(_) => "channel",
        LoneDevice::Console(_) => "console",
        LoneDevice::Redirdev(_) => "redir",
        LoneDevice::Shmem(_) => "shmem",
        LoneDevice::Vsock(_) => "vsock",
        LoneDevice::Filesystem(_) => "fs",
        LoneDevice::Hostdev(_) => "hostdev",
        LoneDevice::Memory(memory) => match memory.model {
            Some(MemoryModel::Nvdimm) => "nvdimm",
            Some(MemoryModel::VirtioPmem) => "virtiopmem",
            Some(MemoryModel::VirtioMem) => "virtiomem",
            Some(MemoryModel::SgxEpc) => "epc",
            _ => "dimm",
        },
        _ => return,
    };
    let mut next = 0;
    let mut count = |info: &DeviceInfo, prefix: &str| {
        let number = info.alias.as_deref().and_then(|alias| alias.strip_prefix(prefix)?.parse::<u32>().ok());
        next = number.map_or(next, |taken| next.max(taken.saturating_add(1)));
    };
    devices.for_each_info(&mut |info| count(info, prefix));
    if prefix == "console" {
        // one that is a serial port by another name counts too
        devices.consoles.iter().for_each(|console| count(&console.info, "serial"));
    }
    if let Some(info) = device.info_mut() {
        info.alias.get_or_insert_with(|| format!("{prefix}{next}"));
    }
}
