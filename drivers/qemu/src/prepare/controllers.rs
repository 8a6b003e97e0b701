//! Controllers: which device each is where the document does not say.

use super::board::has_esp;
use super::{Board, Family, Terms};
use crate::caps::{Caps, Flag};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::controller::{Controller, ControllerType};

/// Most ports of a USB 3 controller.
const XHCI_PORTS: u32 = 15;

/// Settles them.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    for i in 0..def.devices.controllers.len() {
        let controller = &def.devices.controllers[i];
        let model = match controller.kind {
            Some(ControllerType::Scsi) if matches!(controller.model.as_deref(), None | Some("auto")) => {
                Some(scsi(def, controller, terms.caps)?)
            }
            Some(ControllerType::Usb) if controller.model.is_none() => usb(def, controller, terms),
            _ => None,
        };
        if let Some(model) = model {
            def.devices.controllers[i].model = Some(model.to_owned());
        }
        check(def, &def.devices.controllers[i])?;
    }
    Ok(())
}

fn scsi(def: &Domain, controller: &Controller, caps: &Caps) -> Result<&'static str> {
    Ok(match (Family::of(def.os.arch()), Board::of(def)) {
        (_, Board::Pseries) => "ibmvscsi",
        (Family::S390, _) | (_, Board::LoongArchVirt) => "virtio-scsi",
        _ if caps.flag(Flag::ScsiLsi) => "lsilogic",
        _ if caps.flag(Flag::VirtioScsi) => "virtio-scsi",
        _ if has_esp(def) => "ncr53c90",
        _ => bail!(
            Qemu,
            InternalError,
            "Unable to determine model for SCSI controller idx={}",
            controller.index()
        ),
    })
}

fn usb(def: &Domain, controller: &Controller, terms: &Terms<'_>) -> Option<&'static str> {
    let family = Family::of(def.os.arch());
    let first = |known: &[(Flag, &'static str)]| {
        known.iter().find(|(flag, _)| terms.caps.flag(*flag)).map(|(_, model)| *model)
    };
    let ohci = (Flag::PciOhci, "pci-ohci");
    let xhci = [(Flag::DeviceQemuXhci, "qemu-xhci"), (Flag::NecUsbXhci, "nec-xhci")];
    let usual = || match family {
        Family::X86 => first(&[(Flag::Piix3UsbUhci, "piix3-uhci")]),
        _ => first(&[(Flag::Piix3UsbUhci, "piix3-uhci"), ohci]),
    };
    match family {
        Family::S390 if controller.info.address.is_none() => Some("none"),
        Family::Ppc if def.os.arch().starts_with("ppc64") => {
            // what is there already must not change under its guest
            terms.abi_update.then(|| first(&xhci)).flatten().or_else(|| first(&[ohci]))
        }
        Family::Arm if def.os.arch() == "aarch64" => first(&xhci).or_else(usual),
        Family::LoongArch => first(&xhci[..1]).or_else(usual),
        _ => usual(),
    }
}

fn check(def: &Domain, controller: &Controller) -> Result<()> {
    let model = controller.model.as_deref().unwrap_or_default();
    match controller.kind {
        Some(ControllerType::Usb) => {
            if matches!(model, "qusb1" | "qusb2") {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "USB controller model type 'qusb1' or 'qusb2' is not supported in {}",
                    def.virt_type().as_str()
                );
            }
            if matches!(model, "nec-xhci" | "qemu-xhci") && controller.ports.is_some_and(|n| n > XHCI_PORTS) {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "'{model}' controller only supports up to '{XHCI_PORTS}' ports"
                );
            }
            Ok(())
        }
        Some(ControllerType::Pci) => check_pci(def, controller, model),
        _ => Ok(()),
    }
}

fn check_pci(def: &Domain, controller: &Controller, model: &str) -> Result<()> {
    let board = Board::of(def);
    if board != Board::Pseries && matches!(model, "pci-root" | "pcie-root") && controller.index() != 0 {
        bail!(Qemu, XmlError, "pci-root and pcie-root controllers should have index 0");
    }
    if model == "pci-expander-bus" && board != Board::I440fx {
        bail!(
            Qemu,
            ConfigUnsupported,
            "pci-expander-bus controllers are only supported on 440fx-based machinetypes"
        );
    }
    if model == "pcie-expander-bus" && !matches!(board, Board::Q35 | Board::ArmVirt) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "pcie-expander-bus controllers are not supported with this machine type"
        );
    }
    let nodes = def.cpu.as_ref().and_then(|cpu| cpu.numa.as_ref()).map_or(0, |numa| numa.cells.len());
    if let Some(node) = controller.target.as_ref().and_then(|target| target.node)
        && node as usize >= nodes
    {
        bail!(
            Qemu,
            XmlError,
            "{model} with index {} is configured for a NUMA node ({node}) not present in the domain's <cpu><numa> array ({nodes})",
            controller.index()
        );
    }
    Ok(())
}
