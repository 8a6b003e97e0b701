//! Where devices sit, and what they bring along there.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::Device;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::info::{Address, Zpci};

/// The greatest number of a device that a mainframe's guest sees.
const ZPCI_MAX_UID: u32 = 0xffff;

/// The address, the index in ACPI's tables and the code of a device.
pub fn check(it: &Check<'_>, device: Device<'_>) -> Result<()> {
    let Some(info) = device.info() else { return Ok(()) };
    let address = info.address.as_ref();
    if let Some(address) = address {
        self::address(it, device, address)?;
    }
    let (pci, nowhere) = (matches!(address, Some(Address::Pci(_))), address.is_none());
    refuse([
        (info.acpi.is_some() && !it.has(Flag::AcpiIndex), "ACPI index is not supported with this QEMU"),
        (info.acpi.is_some() && !pci && !nowhere, "ACPI index is only supported for PCI devices"),
        (
            info.rom.is_some() && !pci && !nowhere && address != Some(&Address::Unassigned),
            "ROM tuning is only supported for PCI devices",
        ),
    ])
}

fn address(it: &Check<'_>, device: Device<'_>, address: &Address) -> Result<()> {
    match address {
        Address::Pci(pci) => pci.zpci.map_or(Ok(()), |zpci| self::zpci(it, zpci)),
        Address::SpaprVio { reg: Some(reg) } if *reg > 0xffff_ffff => bail!(
            Qemu,
            ConfigUnsupported,
            "spapr-vio reg='0x{reg:x}' exceeds maximum possible value (0xffffffff)"
        ),
        Address::Ccw(_) if it.board != Board::S390Ccw => bail!(
            Qemu,
            ConfigUnsupported,
            "CCW addresses are not supported by machine type '{}'",
            it.machine()
        ),
        Address::Drive { .. } => {
            let bus = match device {
                Device::Disk(disk) => disk.bus(),
                _ => Some(DiskBus::Scsi),
            };
            drive(it, bus, address)
        }
        _ => Ok(()),
    }
}

fn zpci(it: &Check<'_>, zpci: Zpci) -> Result<()> {
    if zpci.uid.is_some() || zpci.fid.is_some() {
        it.needs(Flag::DeviceZpci, "This QEMU binary doesn't support zPCI")?;
    }
    match zpci.uid {
        Some(uid) if uid > ZPCI_MAX_UID || uid == 0 => bail!(
            Qemu,
            XmlError,
            "Invalid PCI address uid='0x{uid:04x}', must be > 0x0000 and <= 0x{ZPCI_MAX_UID:04x}"
        ),
        _ => Ok(()),
    }
}

fn drive(it: &Check<'_>, on: Option<DiskBus>, address: &Address) -> Result<()> {
    let Address::Drive { controller, bus, target, .. } = *address else { return Ok(()) };
    match on {
        Some(DiskBus::Scsi) if bus != 0 => {
            bail!(Qemu, InternalError, "SCSI controller only supports 1 bus")
        }
        Some(DiskBus::Scsi) => scsi(it, controller, target),
        Some(DiskBus::Ide) if controller != 0 => {
            bail!(Qemu, InternalError, "Only 1 IDE controller is supported")
        }
        Some(DiskBus::Ide) => refuse([(target != 0, "target must be 0 for ide controller")]),
        Some(DiskBus::Fdc) if controller != 0 => {
            bail!(Qemu, InternalError, "Only 1 fdc controller is supported")
        }
        Some(DiskBus::Fdc) if bus != 0 => bail!(Qemu, InternalError, "Only 1 fdc bus is supported"),
        Some(DiskBus::Fdc) => refuse([(target != 0, "target must be 0 for controller fdc")]),
        Some(DiskBus::Sata) => refuse([
            (bus != 0, "bus must be 0 for sata controller"),
            (target != 0, "target must be 0 for sata controller"),
        ]),
        _ => Ok(()),
    }
}

fn scsi(it: &Check<'_>, controller: u32, target: u32) -> Result<()> {
    let mut known = it.def.devices.controllers.iter().filter(|c| c.is(ControllerType::Scsi));
    let Some(found) = known.find(|known| known.index() == controller) else { return Ok(()) };
    if found.model.as_deref() == Some("lsilogic") {
        return refuse([(target != 0, "target must be 0 for controller model 'lsilogic'")]);
    }
    refuse([(
        target > 7 && !it.has(Flag::ScsiDiskChannel),
        "This QEMU doesn't support target greater than 7",
    )])
}
