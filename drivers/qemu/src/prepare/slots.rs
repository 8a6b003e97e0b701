//! Places that are not on a PCI bus: drives on their controllers, ports of serial buses and USB.

use super::Board;
use super::alias::disk_index;
use crate::caps::Caps;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::{ChannelTargetType, Console, ConsoleTargetType};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::display::InputBus;
use vir_model::domain::device::info::{Address, DeviceInfo};

/// Places what has no place, and adds the controllers that these places are on.
pub fn assign(def: &mut Domain, caps: &Caps) -> Result<()> {
    drives(def, if caps.has("lsi53c895a") { "lsilogic" } else { "virtio-scsi" })?;
    serial_ports(def);
    usb_ports(def);
    Ok(())
}

/// Adds a controller if there is none of that kind and number.
pub(super) fn ensure(def: &mut Domain, kind: ControllerType, index: u32, model: Option<&str>) {
    let there = def.devices.controllers.iter().any(|c| c.is(kind) && c.index() == index);
    if !there {
        def.devices.controllers.push(Controller::new(kind, index, model));
    }
}

fn drives(def: &mut Domain, scsi: &str) -> Result<()> {
    let mut wanted = Vec::new();
    for disk in &mut def.devices.disks {
        let Some(bus) = disk.bus() else { continue };
        // drives on a controller, and how many it has room for
        let (kind, buses, units) = match bus {
            DiskBus::Ide => (ControllerType::Ide, 2, 2),
            DiskBus::Sata => (ControllerType::Sata, 1, 6),
            DiskBus::Scsi => (ControllerType::Scsi, 1, 7),
            DiskBus::Fdc => (ControllerType::Fdc, 1, 2),
            _ => continue,
        };
        if disk.info.address.is_none() {
            let Some(number) = disk_index(disk.dst()) else {
                bail!(Domain, InternalError, "Invalid device name: {}", disk.dst());
            };
            let controller = number / (buses * units);
            let within = number % (buses * units);
            disk.info.address =
                Some(Address::Drive { controller, bus: within / units, target: 0, unit: within % units });
        }
        if let Some(Address::Drive { controller, .. }) = disk.info.address {
            wanted.push((kind, controller));
        }
    }
    let q35 = Board::of(def) == Board::Q35;
    for (kind, index) in wanted {
        if kind == ControllerType::Fdc && q35 {
            bail!(Domain, ConfigUnsupported, "floppy disks are not supported on this machine type");
        }
        if kind == ControllerType::Ide && q35 {
            bail!(
                Domain,
                ConfigUnsupported,
                "IDE controllers are unsupported for this QEMU binary or machine type"
            );
        }
        for below in 0..=index {
            ensure(def, kind, below, (kind == ControllerType::Scsi).then_some(scsi));
        }
    }
    Ok(())
}

fn serial_ports(def: &mut Domain) {
    let mut used: Vec<(u32, u32)> = Vec::new();
    for channel in &def.devices.channels {
        if let Some(Address::VirtioSerial { controller, port: Some(port), .. }) = channel.info.address {
            used.push((controller, port));
        }
    }
    let mut needed = None;
    for channel in &mut def.devices.channels {
        let target = channel.target.get_or_insert_default();
        if target.kind != Some(ChannelTargetType::Virtio) {
            continue;
        }
        let controller = match channel.info.address {
            Some(Address::VirtioSerial { controller, .. }) => controller,
            _ => 0,
        };
        needed = needed.max(Some(controller));
        let placed = matches!(channel.info.address, Some(Address::VirtioSerial { port: Some(_), .. }));
        if !placed {
            // port 0 is kept for the first virtio console
            let port = (1..).find(|p| !used.contains(&(controller, *p))).unwrap_or(1);
            used.push((controller, port));
            channel.info.address = Some(Address::VirtioSerial { controller, bus: 0, port: Some(port) });
        }
    }
    let virtio = |c: &Console| c.target.as_ref().and_then(|t| t.kind) == Some(ConsoleTargetType::Virtio);
    if def.devices.consoles.iter().any(virtio) {
        needed = needed.max(Some(0));
    }
    if let Some(last) = needed {
        for index in 0..=last {
            ensure(def, ControllerType::VirtioSerial, index, None);
        }
    }
}

fn usb_ports(def: &mut Domain) {
    let mut used: Vec<String> = Vec::new();
    def.devices.for_each_info(&mut |info| {
        if let Some(Address::Usb { port: Some(port), .. }) = &info.address {
            used.push(port.clone());
        }
    });
    let mut place = |info: &mut DeviceInfo| {
        if info.address.is_none() {
            let port = (1..).map(|n: u32| n.to_string()).find(|p| !used.contains(p)).unwrap_or_default();
            used.push(port.clone());
            info.address = Some(Address::Usb { bus: 0, port: Some(port) });
        }
    };
    let devices = &mut def.devices;
    devices.disks.iter_mut().filter(|d| d.bus() == Some(DiskBus::Usb)).for_each(|d| place(&mut d.info));
    devices.inputs.iter_mut().filter(|i| i.bus == Some(InputBus::Usb)).for_each(|i| place(&mut i.info));
}
