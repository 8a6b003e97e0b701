//! Disks: the device that the guest sees, its limits, and what becomes of what is written.

use super::{Check, iothreads, refuse, storage};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::LifecycleAction;
use vir_model::domain::device::disk::{Disk, DiskBus, DiskCache, DiskDevice, DiskIo, DiskType};
use vir_model::domain::device::info::Address;
use vir_model::domain::device::iotune::IoTune;
use vir_model::domain::pass::disks::name_parts;
use vir_xml::OnOff;

/// The greatest limit that QEMU counts with.
const LIMIT_MAX: u64 = 1_000_000_000_000_000;

/// Checks one.
pub fn check(it: &Check<'_>, disk: &Disk) -> Result<()> {
    frontend(it, disk)?;
    limits(it, disk)?;
    transient(it, disk)?;
    let image = storage::Image::of_disk(disk);
    let raw = image.as_ref().is_none_or(storage::Image::is_raw);
    let (name, driver) = (disk.dst(), disk.driver.clone().unwrap_or_default());
    if disk.shareable && !disk.readonly && !raw {
        bail!(
            Qemu,
            ConfigUnsupported,
            "shared access for disk '{name}' requires use of supported storage format"
        );
    }
    if let Some(other) = driver.name.as_deref().filter(|name| *name != "qemu") {
        bail!(Qemu, ConfigUnsupported, "unsupported driver name '{other}' for disk '{name}'");
    }
    let Some((_, partition)) = name_parts(name) else {
        bail!(Qemu, ConfigUnsupported, "invalid disk target '{name}'")
    };
    if partition != 0 {
        bail!(
            Qemu,
            ConfigUnsupported,
            "invalid disk target '{name}', partitions can't appear in disk targets"
        );
    }
    refuse([(
        driver.discard_no_unref.is_some() && !it.has(Flag::Qcow2DiscardNoUnref),
        "'discard_no_unref' is not supported by this QEMU binary",
    )])?;
    storage::chain(it, disk)?;
    let secrets = image.and_then(|image| image.encryption).map_or(0, |encryption| encryption.secrets.len());
    if disk.bus() == Some(DiskBus::Sd) && secrets > 1 {
        bail!(Qemu, ConfigUnsupported, "sd card '{name}' does not support multiple encryption secrets");
    }
    served_elsewhere(it, disk)
}

/// A disk that another process, or a device, serves from the guest's memory.
fn served_elsewhere(it: &Check<'_>, disk: &Disk) -> Result<()> {
    let kind = disk.kind();
    let flag = match kind {
        DiskType::Vhostuser => Flag::DeviceVhostUserBlk,
        DiskType::Vhostvdpa => Flag::DeviceVirtioBlkVhostVdpa,
        _ => return Ok(()),
    };
    it.needs(flag, format!("{kind} disk is not supported with this QEMU binary"))?;
    super::memory::shared(it, kind.as_str())?;
    if kind == DiskType::Vhostvdpa && !is_uncached(disk) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "disk type '{kind}' requires cache mode '{}' or '{}'",
            DiskCache::Directsync,
            DiskCache::None
        );
    }
    Ok(())
}

fn is_uncached(disk: &Disk) -> bool {
    let cache = disk.driver.as_ref().and_then(|driver| driver.cache);
    matches!(cache, Some(DiskCache::Directsync | DiskCache::None))
}

/// The device that the guest sees.
fn frontend(it: &Check<'_>, disk: &Disk) -> Result<()> {
    let (Some(bus), name) = (disk.bus(), disk.dst()) else { return Ok(()) };
    let one_of = |buses: &[DiskBus]| buses.contains(&bus);
    let removable = matches!(disk.device(), DiskDevice::Cdrom | DiskDevice::Floppy);
    let copied = disk.driver.as_ref().is_some_and(|driver| driver.copy_on_read == Some(OnOff::On));
    if let Some(geometry) = &disk.geometry {
        refuse([
            (one_of(&[DiskBus::Usb, DiskBus::Sd]), format!("CHS geometry can not be set for '{bus}' bus")),
            (
                geometry.trans.is_some() && bus != DiskBus::Ide,
                format!("CHS translation mode can only be set for 'ide' bus not '{bus}'"),
            ),
        ])?;
    }
    if disk.serial.is_some() && bus == DiskBus::Sd {
        bail!(Qemu, InternalError, "Serial property not supported for drive bus '{bus}'");
    }
    refuse([
        (
            disk.device() == DiskDevice::Cdrom && one_of(&[DiskBus::Virtio, DiskBus::Sd]),
            format!("disk type of '{name}' does not support ejectable media"),
        ),
        (copied && disk.readonly, format!("copy_on_read is not compatible with read-only disk '{name}'")),
        (copied && removable, format!("copy_on_read is not supported with removable disk '{name}'")),
    ])?;
    refuse([
        (disk.wwn.is_some() && !one_of(&[DiskBus::Ide, DiskBus::Scsi]), "Only ide and scsi disk support wwn"),
        (disk.vendor.is_some() && bus != DiskBus::Scsi, "Only scsi disk supports 'vendor'"),
        (
            disk.product.is_some() && !one_of(&[DiskBus::Ide, DiskBus::Sata, DiskBus::Scsi]),
            "Only ide, sata and scsi disk supports 'product'",
        ),
    ])?;
    if disk.device() == DiskDevice::Lun {
        lun(it, disk, bus, copied)?;
    }
    rotation(it, disk, bus)?;
    place(it, disk, bus)?;
    let fixed = disk.device() == DiskDevice::Disk;
    refuse([(
        fixed && disk.readonly && one_of(&[DiskBus::Ide, DiskBus::Sata]),
        format!("readonly {bus} disks are not supported"),
    )])?;
    let io = disk.driver.as_ref().and_then(|driver| driver.io);
    refuse([
        (
            io == Some(DiskIo::Native) && !is_uncached(disk),
            "io='native' needs either no disk cache or directsync cache mode",
        ),
        (
            io == Some(DiskIo::IoUring) && !it.has(Flag::AioIoUring),
            "io uring is not supported by this QEMU binary",
        ),
        (
            disk.serial.is_some() && bus == DiskBus::Scsi && disk.device() == DiskDevice::Lun,
            "scsi-block 'lun' devices do not support the serial property",
        ),
    ])?;
    if let Some(serial) = &disk.serial
        && !serial.chars().all(|c| c.is_ascii_alphanumeric() || "-_ .+".contains(c))
    {
        bail!(Qemu, InternalError, "driver serial '{serial}' contains unsafe characters");
    }
    iothreads::of_disk(it, disk, bus)
}

/// A device of the host whose SCSI commands the guest sends itself.
fn lun(it: &Check<'_>, disk: &Disk, bus: DiskBus, copied: bool) -> Result<()> {
    match bus {
        DiskBus::Scsi => {
            it.needs(Flag::ScsiBlock, "This QEMU doesn't support scsi-block for lun passthrough")?;
        }
        DiskBus::Virtio => it.needs(
            Flag::VirtioBlkScsi,
            "This QEMU doesn't support SCSI emulation with 'virtio-blk' device",
        )?,
        _ => bail!(Qemu, ConfigUnsupported, "disk device='lun' is not supported for bus='{bus}'"),
    }
    refuse([
        (copied, format!("copy_on_read is not compatible with 'lun' disk '{}'", disk.dst())),
        (disk.wwn.is_some(), "Setting wwn is not supported for lun device".into()),
        (
            disk.vendor.is_some() || disk.product.is_some(),
            "Setting vendor or product is not supported for lun device".into(),
        ),
    ])
}

fn rotation(it: &Check<'_>, disk: &Disk, bus: DiskBus) -> Result<()> {
    if disk.target.as_ref().and_then(|target| target.rotation_rate).is_none_or(|rate| rate == 0) {
        return Ok(());
    }
    if !matches!(bus, DiskBus::Scsi | DiskBus::Ide | DiskBus::Sata) {
        bail!(Qemu, InternalError, "rotation rate is only valid for SCSI/IDE/SATA bus");
    }
    if disk.device() != DiskDevice::Disk {
        bail!(Qemu, InternalError, "rotation rate is only valid for disk device");
    }
    if !it.has(Flag::RotationRate) {
        bail!(Qemu, InternalError, "rotation rate is not supported with this QEMU");
    }
    Ok(())
}

/// Where it sits, and what its bus wants besides.
fn place(it: &Check<'_>, disk: &Disk, bus: DiskBus) -> Result<()> {
    let address = disk.info.address.as_ref();
    let fits = match bus {
        DiskBus::Scsi | DiskBus::Ide | DiskBus::Fdc | DiskBus::Sata => {
            matches!(address, Some(Address::Drive { .. }))
        }
        DiskBus::Usb => {
            it.needs(Flag::DeviceUsbStorage, "This QEMU doesn't support '-device usb-storage'")?;
            refuse([(disk.is_empty(), "'usb' disk must not be empty")])?;
            matches!(address, None | Some(Address::Usb { .. }))
        }
        _ => true,
    };
    if !fits {
        bail!(Qemu, InternalError, "unexpected address type for {bus} disk");
    }
    let sized = disk.driver.as_ref().and_then(|driver| driver.queue_size).is_some_and(|size| size > 0);
    refuse([(
        bus == DiskBus::Virtio && sized && !it.has(Flag::VirtioBlkQueueSize),
        "queue-size property isn't supported by this QEMU binary",
    )])
}

/// Limits of input and output, which a group has in common.
fn limits(it: &Check<'_>, disk: &Disk) -> Result<()> {
    let Some(tune) = &disk.iotune else { return Ok(()) };
    let group = tune.group_name.as_deref();
    refuse([
        (group.is_some() && !tune.has_limits(), "group_name can be configured only together with settings"),
        (
            disk.bus() == Some(DiskBus::Sd) && (group.is_some() || tune.has_limits()),
            "<iotune> is not supported with bus='sd'",
        ),
    ])?;
    if group.is_some() {
        let differs = |other: &&Disk| {
            let theirs = other.iotune.as_ref().filter(|theirs| theirs.group_name.as_deref() == group);
            other.dst() != disk.dst() && theirs.is_some_and(|theirs| theirs != tune)
        };
        if let Some(other) = it.def.devices.disks.iter().find(differs) {
            bail!(Qemu, ConfigUnsupported, "different iotunes for disks {} and {}", disk.dst(), other.dst());
        }
    }
    if greatest(tune) > LIMIT_MAX {
        bail!(
            Qemu,
            ArgumentUnsupported,
            "block I/O throttle limit must be no more than {LIMIT_MAX} using QEMU"
        );
    }
    Ok(())
}

fn greatest(tune: &IoTune) -> u64 {
    let all = [
        tune.total_bytes_sec,
        tune.read_bytes_sec,
        tune.write_bytes_sec,
        tune.total_iops_sec,
        tune.read_iops_sec,
        tune.write_iops_sec,
        tune.total_bytes_sec_max,
        tune.read_bytes_sec_max,
        tune.write_bytes_sec_max,
        tune.total_iops_sec_max,
        tune.read_iops_sec_max,
        tune.write_iops_sec_max,
        tune.size_iops_sec,
    ];
    all.into_iter().max().unwrap_or(0)
}

/// A disk whose changes are gone when the guest stops.
fn transient(it: &Check<'_>, disk: &Disk) -> Result<()> {
    let Some(transient) = &disk.transient else { return Ok(()) };
    let name = disk.dst();
    refuse([
        (disk.is_empty(), format!("transient disk '{name}' must not be empty")),
        (disk.readonly, format!("transient disk '{name}' must not be read-only")),
        (disk.kind() != DiskType::File, format!("transient disk supported only with 'file' type ({name})")),
        (
            disk.device() != DiskDevice::Disk,
            format!("transient disk supported only with 'disk' device ({name})"),
        ),
    ])?;
    if transient.share_backing.is_none() {
        return Ok(());
    }
    refuse([(
        !it.has(Flag::SetAction) && !may_restart(it),
        "transient disk backing image sharing with destroy action of lifecycle isn't supported by this QEMU binary",
    )])?;
    match disk.bus() {
        Some(DiskBus::Usb | DiskBus::Virtio | DiskBus::Scsi) | None => Ok(()),
        Some(bus) => bail!(
            Qemu,
            ConfigUnsupported,
            "disk bus '{bus}' doesn't support transiend disk backing image sharing"
        ),
    }
}

/// QEMU may go on when the guest restarts.
fn may_restart(it: &Check<'_>) -> bool {
    use LifecycleAction::{CoredumpDestroy, Destroy};
    it.def.on_reboot != Some(Destroy)
        || it.def.on_poweroff != Some(Destroy)
        || !matches!(it.def.on_crash, Some(Destroy | CoredumpDestroy))
}
