//! Names of devices in QEMU.

use super::Board;
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::ConsoleTargetType;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{Disk, DiskBus};
use vir_model::domain::device::info::Address;

/// Gives every device that has none a name.
pub fn assign(def: &mut Domain) {
    let board = Board::of(def);
    let devices = &mut def.devices;
    let targets: Vec<bool> = devices
        .disks
        .iter()
        .map(|d| match d.info.address {
            Some(Address::Drive { controller, .. }) => has_targets(&devices.controllers, controller),
            _ => true,
        })
        .collect();
    for (disk, targets) in devices.disks.iter_mut().zip(targets) {
        let name = disk_alias(disk, targets);
        disk.info.alias.get_or_insert(name);
    }
    for controller in &mut devices.controllers {
        let name = controller_alias(controller, board);
        controller.info.alias.get_or_insert(name);
    }
    macro_rules! number {
        ($($list:ident $prefix:literal)*) => {
            $(for (index, device) in devices.$list.iter_mut().enumerate() {
                device.info.alias.get_or_insert_with(|| format!(concat!($prefix, "{}"), index));
            })*
        };
    }
    number!(interfaces "net" serials "serial" parallels "parallel" channels "channel" inputs "input"
            sounds "sound" videos "video" watchdogs "watchdog" rngs "rng" panics "panic");
    if let Some(balloon) = devices.balloon.as_mut().filter(|balloon| balloon.is_there()) {
        balloon.info.alias.get_or_insert_with(|| "balloon0".to_owned());
    }
    let first_serial = devices.serials.first().and_then(|s| s.info.alias.clone());
    for (index, console) in devices.consoles.iter_mut().enumerate() {
        let kind = console.target.as_ref().and_then(|t| t.kind);
        let name = match (&first_serial, kind) {
            // the first console is the first serial port under another name
            (Some(serial), Some(ConsoleTargetType::Serial) | None) if index == 0 => serial.clone(),
            _ => format!("console{index}"),
        };
        console.info.alias.get_or_insert(name);
    }
}

fn controller_alias(controller: &Controller, board: Board) -> String {
    let index = controller.index();
    let Some(kind) = controller.kind else { return format!("controller{index}") };
    match kind {
        ControllerType::Pci if controller.model.as_deref() == Some("pcie-root") => format!("pcie.{index}"),
        ControllerType::Pci => format!("pci.{index}"),
        ControllerType::Ide if index == 0 && board == Board::I440fx => "ide".to_owned(),
        ControllerType::Sata if index == 0 && board == Board::Q35 => "ide".to_owned(),
        ControllerType::Usb if index == 0 => "usb".to_owned(),
        other => format!("{}{index}", other.as_str()),
    }
}

/// Whether disks on a SCSI controller have a target and a unit; on old ones the unit is the target.
pub fn scsi_has_targets(def: &Domain, controller: u32) -> bool {
    has_targets(&def.devices.controllers, controller)
}

fn has_targets(controllers: &[Controller], index: u32) -> bool {
    let found = controllers.iter().find(|c| c.is(ControllerType::Scsi) && c.index() == index);
    found.and_then(|c| c.model.as_deref()) != Some("lsilogic")
}

fn disk_alias(disk: &Disk, targets: bool) -> String {
    let bus = disk.bus().unwrap_or(DiskBus::Ide);
    match (bus, &disk.info.address) {
        (
            DiskBus::Ide | DiskBus::Sata | DiskBus::Fdc,
            Some(Address::Drive { controller, bus: b, unit, .. }),
        ) => {
            format!("{}{controller}-{b}-{unit}", bus.as_str())
        }
        (DiskBus::Scsi, Some(Address::Drive { controller, bus: b, unit, .. })) if !targets => {
            format!("scsi{controller}-{b}-{unit}")
        }
        (DiskBus::Scsi, Some(Address::Drive { controller, bus: b, target, unit })) => {
            format!("scsi{controller}-{b}-{target}-{unit}")
        }
        _ => format!("{}-disk{}", bus.as_str(), disk_index(disk.dst()).unwrap_or(0)),
    }
}

/// The number in a disk's name: `vda` is 0, `vdb` 1, `vdaa` 26.
pub fn disk_index(name: &str) -> Option<u32> {
    let letters = ["fd", "hd", "vd", "sd", "xvd", "ubd"].iter().find_map(|p| name.strip_prefix(p))?;
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let digit = |c: char| c.is_ascii_lowercase().then(|| c as u32 - 'a' as u32 + 1);
    let number = letters.chars().try_fold(0u32, |sum, c| sum.checked_mul(26)?.checked_add(digit(c)?))?;
    number.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_disks_are_numbers() {
        for (name, number) in [("vda", 0), ("sdb", 1), ("hdz", 25), ("vdaa", 26), ("xvdab", 27), ("sda1", 0)]
        {
            assert_eq!(disk_index(name), Some(number), "{name}");
        }
        for name in ["", "vd", "nvme0", "vdA", "vd\u{e9}", "vdzzzzzzzzzzzzzz"] {
            assert_eq!(disk_index(name), None, "{name}");
        }
    }
}
