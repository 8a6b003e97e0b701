//! PCI controllers: what each model must be told, what it may, and which of QEMU's devices it is.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::controller::{Controller, ControllerTarget, PciModelName};

/// What a controller can be told, in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    TargetIndex,
    Pcihole64,
    BusNr,
    NumaNode,
    ChassisNr,
    Chassis,
    Port,
    Hotplug,
    MemReserve,
}

use Setting::{BusNr, Chassis, ChassisNr, Hotplug, MemReserve, NumaNode, Pcihole64, Port, TargetIndex};

const SETTINGS: [Setting; 9] =
    [TargetIndex, Pcihole64, BusNr, NumaNode, ChassisNr, Chassis, Port, Hotplug, MemReserve];

impl Setting {
    fn name(self) -> &'static str {
        match self {
            TargetIndex => "targetIndex",
            Pcihole64 => "pcihole64",
            BusNr => "busNr",
            NumaNode => "numaNode",
            ChassisNr => "chassisNr",
            Chassis => "chassis",
            Port => "port",
            Hotplug => "hotplug",
            MemReserve => "memReserve",
        }
    }

    fn is_said(self, controller: &Controller, target: &ControllerTarget) -> bool {
        match self {
            TargetIndex => target.index.is_some(),
            Pcihole64 => controller.pcihole64.is_some(),
            BusNr => target.bus_nr.is_some(),
            NumaNode => target.node.is_some(),
            ChassisNr => target.chassis_nr.is_some(),
            Chassis => target.chassis.is_some(),
            Port => target.port.is_some(),
            Hotplug => target.hotplug.is_some(),
            MemReserve => target.mem_reserve.is_some(),
        }
    }
}

/// What a model is: QEMU's devices for it, and what it must and may be told.
struct Model {
    name: &'static str,
    devices: &'static [PciModelName],
    must: &'static [Setting],
    may: &'static [Setting],
}

#[rustfmt::skip]
const MODELS: &[Model] = &[
    Model { name: "pci-root", devices: &[], must: &[], may: &[Pcihole64, Hotplug] },
    Model { name: "pcie-root", devices: &[], must: &[], may: &[Pcihole64] },
    Model { name: "pci-bridge", devices: &[PciModelName::PciBridge], must: &[ChassisNr], may: &[MemReserve] },
    Model { name: "dmi-to-pci-bridge", devices: &[PciModelName::I82801b11Bridge], must: &[], may: &[] },
    Model {
        name: "pcie-root-port", devices: &[PciModelName::Ioh3420, PciModelName::PcieRootPort],
        must: &[Chassis, Port], may: &[Hotplug, MemReserve],
    },
    Model { name: "pcie-switch-upstream-port", devices: &[PciModelName::X3130Upstream], must: &[], may: &[] },
    Model {
        name: "pcie-switch-downstream-port", devices: &[PciModelName::Xio3130Downstream],
        must: &[Chassis, Port], may: &[Hotplug],
    },
    Model { name: "pci-expander-bus", devices: &[PciModelName::Pxb], must: &[BusNr], may: &[NumaNode] },
    Model { name: "pcie-expander-bus", devices: &[PciModelName::PxbPcie], must: &[BusNr], may: &[NumaNode] },
    Model { name: "pcie-to-pci-bridge", devices: &[PciModelName::PciePciBridge], must: &[], may: &[] },
];

/// The root of a pseries guest, of which there can be several.
const HOST_BRIDGE: Model = Model {
    name: "pci-root",
    devices: &[PciModelName::SpaprPciHostBridge],
    must: &[TargetIndex],
    may: &[Pcihole64, NumaNode, Hotplug],
};

fn flag(device: PciModelName) -> Flag {
    match device {
        PciModelName::PciBridge => Flag::DevicePciBridge,
        PciModelName::I82801b11Bridge => Flag::DeviceDmiToPciBridge,
        PciModelName::Ioh3420 => Flag::DeviceIoh3420,
        PciModelName::X3130Upstream => Flag::DeviceX3130Upstream,
        PciModelName::Xio3130Downstream => Flag::DeviceXio3130Downstream,
        PciModelName::Pxb => Flag::DevicePxb,
        PciModelName::PxbPcie => Flag::DevicePxbPcie,
        PciModelName::PcieRootPort => Flag::DevicePcieRootPort,
        PciModelName::SpaprPciHostBridge => Flag::DeviceSpaprPciHostBridge,
        PciModelName::PciePciBridge => Flag::DevicePciePciBridge,
    }
}

/// Checks one.
pub fn check(it: &Check<'_>, controller: &Controller) -> Result<()> {
    let Some(name) = controller.model.as_deref() else { return Ok(()) };
    let device = controller.model_name.as_ref().and_then(|model| model.name);
    let pseries = it.board == Board::Pseries && name == HOST_BRIDGE.name;
    let known = if pseries { Some(&HOST_BRIDGE) } else { MODELS.iter().find(|model| model.name == name) };
    let Some(model) = known else { return Ok(()) };
    let device_name = device.map_or("none", PciModelName::as_str);
    let of_it = format!(
        "for PCI controller with index '{}', model '{name}' and modelName '{device_name}'",
        controller.index()
    );
    match device {
        None if !model.devices.is_empty() => missing("modelName", &of_it)?,
        Some(_) if model.devices.is_empty() => invalid("modelName", &of_it)?,
        Some(device) if !model.devices.contains(&device) => {
            bail!(Qemu, ConfigUnsupported, "Option 'modelName' has invalid value {of_it}")
        }
        _ => {}
    }
    index(controller, name, pseries)?;
    let target = controller.target.clone().unwrap_or_default();
    for setting in SETTINGS {
        match setting.is_said(controller, &target) {
            false if model.must.contains(&setting) => missing(setting.name(), &of_it)?,
            true if !model.must.contains(&setting) && !model.may.contains(&setting) => {
                invalid(setting.name(), &of_it)?;
            }
            true => said(it, setting, controller, device_name, &of_it)?,
            false => {}
        }
    }
    let Some(device) = device else { return Ok(()) };
    it.needs(flag(device), format!("The '{device}' device is not supported by this QEMU binary"))?;
    refuse([(
        pseries && target.node.is_some() && !it.has(Flag::SpaprPciHostBridgeNumaNode),
        format!("Option 'numaNode' is not supported by '{device}' device with this QEMU binary"),
    )])
}

fn missing(setting: &str, of_it: &str) -> Result<()> {
    bail!(Qemu, InternalError, "Required option '{setting}' is not set {of_it}")
}

fn invalid(setting: &str, of_it: &str) -> Result<()> {
    bail!(Qemu, ConfigUnsupported, "Option '{setting}' is not valid {of_it}")
}

/// Roots are the first, others are not.
fn index(controller: &Controller, name: &str, pseries: bool) -> Result<()> {
    let root = matches!(name, "pci-root" | "pcie-root");
    match controller.index() {
        0 if !root => bail!(Qemu, ConfigUnsupported, "Index for '{name}' controllers must be > 0"),
        1.. if root && !pseries => {
            bail!(Qemu, ConfigUnsupported, "Index for '{name}' controllers must be 0")
        }
        _ => Ok(()),
    }
}

/// What a setting that a model may have wants besides.
fn said(it: &Check<'_>, setting: Setting, controller: &Controller, device: &str, of_it: &str) -> Result<()> {
    let root = controller.model.as_deref().unwrap_or_default();
    match setting {
        Pcihole64 => {
            let board = if root == "pcie-root" { Board::Q35 } else { Board::I440fx };
            if it.board != board {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "Setting the 64-bit PCI hole size is not supported for machine '{}'",
                    it.machine()
                );
            }
            Ok(())
        }
        // the first root of a pseries guest is no node's
        NumaNode if root == "pci-root" && controller.index() == 0 => invalid(setting.name(), of_it),
        Hotplug => {
            let (flag, what) = match root {
                "pci-root" => (Flag::Piix4AcpiRootPciHotplug, root),
                _ => (Flag::PcieRootPortHotplug, device),
            };
            it.needs(
                flag,
                format!(
                    "setting the 'hotplug' property on a '{what}' device is not supported by this QEMU binary"
                ),
            )
        }
        _ => Ok(()),
    }
}
