//! Which device of a running guest is meant to go, and whether it can.

use super::config::{is_serial, lease_names};
use super::place::is_platform;
use vir_base::{Result, bail};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{DiskBus, DiskDevice};
use vir_model::domain::device::display::InputBus;
use vir_model::domain::device::filesystem::FsDriverType;
use vir_model::domain::device::hostdev::{Hostdev, HostdevMode, HostdevSource};
use vir_model::domain::device::info::{Address, DeviceInfo};
use vir_model::domain::device::memdev::ShmemModel;
use vir_model::domain::device::small::WatchdogModel;
use vir_model::domain::device::{Device, LoneDevice};
use vir_model::domain::{Domain, plug};
use vir_xml::OnOff;

/// The device of a running guest that a settled document means, if it can be taken away.
///
/// # Errors
/// It is not there, or running guests keep such a device.
pub fn find(def: &Domain, wanted: &LoneDevice) -> Result<LoneDevice> {
    before(wanted)?;
    let Some(at) = plug::find(&def.devices, wanted)? else { return Err(missing(wanted)) };
    let Some(found) = wanted.peer(&def.devices, at) else { return Err(missing(wanted)) };
    may_go(def, found)?;
    Ok(LoneDevice::from(found))
}

/// Refuses what running guests never let go, whether it is there or not.
fn before(wanted: &LoneDevice) -> Result<()> {
    match wanted {
        LoneDevice::Controller(controller) if controller.kind != Some(ControllerType::Scsi) => bail!(
            Qemu,
            OperationUnsupported,
            "'{}' controller cannot be hot unplugged.",
            controller.kind.map_or("", |kind| kind.as_str())
        ),
        LoneDevice::Hostdev(hostdev) if hostdev.mode == Some(HostdevMode::Capabilities) => {
            bail!(Qemu, ConfigUnsupported, "hot unplug is not supported for hostdev mode 'capabilities'")
        }
        LoneDevice::Disk(_)
        | LoneDevice::Controller(_)
        | LoneDevice::Lease(_)
        | LoneDevice::Interface(_)
        | LoneDevice::Hostdev(_)
        | LoneDevice::Redirdev(_)
        | LoneDevice::Serial(_)
        | LoneDevice::Parallel(_)
        | LoneDevice::Console(_)
        | LoneDevice::Channel(_)
        | LoneDevice::Rng(_)
        | LoneDevice::Memory(_)
        | LoneDevice::Shmem(_)
        | LoneDevice::Watchdog(_)
        | LoneDevice::Input(_)
        | LoneDevice::Vsock(_)
        | LoneDevice::Filesystem(_) => Ok(()),
        other => bail!(
            Qemu,
            OperationUnsupported,
            "live detach of device '{}' is not supported",
            other.as_device().family()
        ),
    }
}

fn missing(wanted: &LoneDevice) -> vir_base::Error {
    use vir_base::err;
    match wanted {
        LoneDevice::Disk(disk) => err!(Qemu, DeviceMissing, "disk {} not found", disk.dst()),
        LoneDevice::Controller(controller) => {
            let kind = controller.kind.map_or("", |kind| kind.as_str());
            let index = controller.index.map_or(-1, i64::from);
            err!(Qemu, DeviceMissing, "controller {kind}:{index} not found")
        }
        LoneDevice::Lease(lease) => {
            let (key, space) = lease_names(lease);
            err!(Qemu, InvalidArg, "Lease {key} in lockspace {space} does not exist")
        }
        LoneDevice::Hostdev(hostdev) => hostdev_missing(hostdev),
        LoneDevice::Shmem(shmem) => {
            let model = shmem.model.as_ref().and_then(|model| model.kind).unwrap_or(ShmemModel::Ivshmem);
            err!(Qemu, DeviceMissing, "model '{model}' shmem device not present in domain configuration")
        }
        LoneDevice::Watchdog(_) => err!(Qemu, OperationInvalid, "no matching watchdog was found"),
        LoneDevice::Redirdev(_) => err!(Qemu, OperationInvalid, "no matching redirdev was not found"),
        LoneDevice::Rng(rng) => {
            // the peer looks the model's number up among the back ends' names
            let model = match rng.model.map_or("", |model| model.as_str()) {
                "virtio-transitional" => "egd",
                "virtio-non-transitional" => "builtin",
                _ => "random",
            };
            err!(Qemu, DeviceMissing, "model '{model}' RNG device not present in domain configuration")
        }
        LoneDevice::Memory(memory) => {
            let model = memory.model.map_or("", |model| model.as_str());
            err!(Qemu, DeviceMissing, "model '{model}' memory device not present in the domain configuration")
        }
        LoneDevice::Input(_) => err!(Qemu, DeviceMissing, "matching input device not found"),
        LoneDevice::Vsock(_) => err!(Qemu, DeviceMissing, "matching vsock device not found"),
        LoneDevice::Filesystem(_) => err!(Qemu, DeviceMissing, "matching filesystem not found"),
        LoneDevice::Serial(_) => char_missing("serial"),
        LoneDevice::Parallel(_) => char_missing("parallel"),
        LoneDevice::Console(_) => char_missing("console"),
        LoneDevice::Channel(_) => char_missing("channel"),
        _ => err!(Qemu, DeviceMissing, "device not present in domain configuration"),
    }
}

fn char_missing(kind: &str) -> vir_base::Error {
    vir_base::err!(Qemu, DeviceMissing, "chr type '{kind}' device not present in domain configuration")
}

fn hostdev_missing(hostdev: &Hostdev) -> vir_base::Error {
    use vir_base::err;
    match &hostdev.source {
        Some(HostdevSource::Pci(pci)) => {
            let at = &pci.address;
            let place = format!("{:04x}:{:02x}:{:02x}.{}", at.domain, at.bus, at.slot, at.function);
            err!(Qemu, DeviceMissing, "host pci device {place} not found")
        }
        Some(HostdevSource::Usb(usb)) => match (usb.place, usb.id) {
            (Some((bus, device)), _) => {
                err!(Qemu, DeviceMissing, "host usb device {bus:03}.{device:03} not found")
            }
            (None, id) => {
                let (vendor, product) = id.unwrap_or_default();
                err!(
                    Qemu,
                    DeviceMissing,
                    "host usb device vendor=0x{vendor:04x} product=0x{product:04x} not found"
                )
            }
        },
        Some(HostdevSource::Scsi { adapter, bus, target, unit, .. }) => {
            err!(Qemu, DeviceMissing, "host scsi device {adapter}:{bus}:{target}.{unit} not found")
        }
        Some(HostdevSource::Iscsi(iscsi)) => {
            err!(Qemu, DeviceMissing, "host scsi iSCSI path {} not found", iscsi.name)
        }
        Some(HostdevSource::Mdev(uuid)) => err!(Qemu, DeviceMissing, "mediated device '{uuid}' not found"),
        _ => err!(Qemu, DeviceMissing, "device not present in domain configuration"),
    }
}

/// Checks that a guest's device can be taken away while it runs.
///
/// # Errors
/// As said.
pub fn may_go(def: &Domain, device: Device<'_>) -> Result<()> {
    match device {
        Device::Disk(disk) => {
            let removable = matches!(disk.bus(), Some(DiskBus::Usb | DiskBus::Scsi));
            match disk.device() {
                DiskDevice::Disk | DiskDevice::Lun if removable => {}
                DiskDevice::Disk | DiskDevice::Lun if disk.bus() == Some(DiskBus::Virtio) => {}
                DiskDevice::Disk | DiskDevice::Lun => {
                    bail!(Qemu, OperationUnsupported, "This type of disk cannot be hot unplugged")
                }
                DiskDevice::Cdrom if removable => {}
                other => bail!(
                    Qemu,
                    OperationUnsupported,
                    "disk device type '{}' cannot be detached",
                    other.as_str()
                ),
            }
            if disk.mirror.0.is_some() {
                bail!(Qemu, BlockCopyActive, "disk '{}' already in active block job", disk.dst());
            }
        }
        Device::Controller(controller) if is_busy(def, controller) => {
            bail!(Qemu, OperationFailed, "device cannot be detached: device is busy")
        }
        Device::Watchdog(watchdog) if watchdog.model != Some(WatchdogModel::I6300esb) => bail!(
            Qemu,
            OperationUnsupported,
            "hot unplug of watchdog of model {} is not supported",
            watchdog.model.map_or("", |model| model.as_str())
        ),
        Device::Input(input)
            if !matches!(input.bus, Some(InputBus::Usb | InputBus::Virtio | InputBus::None)) =>
        {
            bail!(
                Qemu,
                OperationUnsupported,
                "input device on bus '{}' cannot be detached",
                input.bus.map_or("default", |bus| bus.as_str())
            )
        }
        Device::Shmem(shmem) => {
            let model = shmem.model.as_ref().and_then(|model| model.kind).unwrap_or(ShmemModel::Ivshmem);
            if model == ShmemModel::Ivshmem {
                bail!(Qemu, OperationUnsupported, "live detach of shmem model '{model}' is not supported");
            }
        }
        Device::Filesystem(fs) => {
            let driver = fs.driver.as_ref().and_then(|driver| driver.kind);
            if driver != Some(FsDriverType::Virtiofs) {
                bail!(Qemu, OperationUnsupported, "only virtiofs filesystems can be hotplugged");
            }
        }
        Device::Parallel(_) => bail!(Qemu, ConfigUnsupported, "Cannot detach platform device"),
        Device::Serial(serial) if is_platform(serial.target.as_ref().and_then(|target| target.kind)) => {
            bail!(Qemu, ConfigUnsupported, "Cannot detach platform device")
        }
        Device::Console(console) if is_serial(console) => bail!(
            Qemu,
            OperationUnsupported,
            "detaching of <console/> is unsupported. Try corresponding <serial/> instead"
        ),
        Device::Lease(_) => return Ok(()),
        _ => {}
    }
    match device {
        // theirs is no slot of their own
        Device::Channel(_) | Device::Console(_) | Device::Serial(_) => Ok(()),
        _ => slot_lets_go(def, device),
    }
}

/// A device that shares its slot, or whose port has no hot-plug, stays.
fn slot_lets_go(def: &Domain, device: Device<'_>) -> Result<()> {
    let family = device.family();
    let Some(info) = device.info() else { return Ok(()) };
    if info.alias.is_none() {
        bail!(Qemu, InternalError, "Cannot detach {family} device with no alias");
    }
    let Some(Address::Pci(pci)) = &info.address else { return Ok(()) };
    let place = format!("{:04x}:{:02x}:{:02x}.{}", pci.domain, pci.bus, pci.slot, pci.function);
    let mut shared = false;
    def.devices.for_each_info(&mut |other: &DeviceInfo| {
        if let Some(Address::Pci(other)) = &other.address {
            let slot = (other.domain, other.bus, other.slot) == (pci.domain, pci.bus, pci.slot);
            shared |= slot && other.function != pci.function;
        }
    });
    if shared {
        bail!(
            Qemu,
            OperationFailed,
            "cannot hot unplug {family} device with multifunction PCI guest address: {place}"
        );
    }
    let bus = |c: &&Controller| c.is(ControllerType::Pci) && c.index() == pci.bus;
    let Some(controller) = def.devices.controllers.iter().find(bus) else {
        bail!(
            Qemu,
            OperationFailed,
            "cannot hot unplug {family} device with PCI guest address: {place} - controller not found"
        );
    };
    if controller.target.as_ref().and_then(|target| target.hotplug) == Some(OnOff::Off) {
        bail!(
            Qemu,
            OperationFailed,
            "cannot hot unplug {family} device with PCI guest address: {place} - not allowed by controller"
        );
    }
    Ok(())
}

/// Whether disks or SCSI devices of the host are on a controller.
fn is_busy(def: &Domain, controller: &Controller) -> bool {
    let on = |info: &DeviceInfo| matches!(info.address, Some(Address::Drive { controller: at, .. }) if at == controller.index());
    let bus = match controller.kind {
        Some(ControllerType::Ide) => DiskBus::Ide,
        Some(ControllerType::Fdc) => DiskBus::Fdc,
        Some(ControllerType::Scsi) => DiskBus::Scsi,
        Some(ControllerType::Sata) => DiskBus::Sata,
        _ => return false,
    };
    let hostdev =
        |h: &Hostdev| matches!(h.source, Some(HostdevSource::Scsi { .. } | HostdevSource::Iscsi(_)));
    def.devices.disks.iter().any(|disk| disk.bus() == Some(bus) && on(&disk.info))
        || bus == DiskBus::Scsi && def.devices.hostdevs.iter().any(|h| hostdev(h) && on(&h.info))
}
