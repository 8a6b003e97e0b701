//! What is left open about PCI controllers: the device behind each, and how the guest tells them apart.

use super::super::Board;
use crate::caps::{Caps, Flag};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::address::pci::{PciModel, model_of};
use vir_model::domain::device::controller::{
    Auto, Controller, ControllerModelName, ControllerTarget, ControllerType, PciModelName,
};
use vir_xml::Hex;

/// Host bridges that a pseries guest can have.
const MAX_BRIDGES: u32 = 32;

/// Settles them.
pub(super) fn settle(def: &mut Domain, caps: &Caps) -> Result<()> {
    let pseries = Board::of(def) == Board::Pseries;
    for i in 0..def.devices.controllers.len() {
        let controller = &def.devices.controllers[i];
        let model = model_of(controller.model.as_deref());
        let Some(model) = model.filter(|_| controller.is(ControllerType::Pci)) else { continue };
        let name = name_of(model, pseries, caps);
        let index = controller.index();
        let place = controller.info.pci().copied().unwrap_or_default();
        let target = controller.target.as_ref();
        let bus_nr = target.and_then(|target| target.bus_nr);
        let new_bus = (bus_nr.is_none()).then(|| free_bus(&def.devices.controllers)).flatten();
        let new_bridge = free_bridge(&def.devices.controllers);
        let controller = &mut def.devices.controllers[i];
        if let Some(name) = name {
            let own = controller.model_name.get_or_insert(ControllerModelName { name: None });
            own.name.get_or_insert(name);
        }
        let mut target = controller.target.take().unwrap_or_default();
        match model {
            PciModel::PciBridge => {
                target.chassis_nr.get_or_insert(Auto(index));
                if index <= place.bus {
                    bail!(
                        Domain,
                        ConfigUnsupported,
                        "PCI controller at index {index} (0x{index:02x}) has bus='0x{:02x}', but index must be \
                         larger than bus",
                        place.bus
                    );
                }
            }
            PciModel::PcieRootPort => {
                target.chassis.get_or_insert(Auto(index));
                target.port.get_or_insert(Hex((place.slot << 3) + place.function));
            }
            PciModel::PcieSwitchDownstreamPort => {
                target.chassis.get_or_insert(Auto(index));
                target.port.get_or_insert(Hex(place.slot));
            }
            PciModel::PciExpanderBus | PciModel::PcieExpanderBus => {
                target.bus_nr = bus_nr.or(new_bus);
                if target.bus_nr.is_none() {
                    bail!(
                        Domain,
                        ConfigUnsupported,
                        "No free busNr lower than current lowest busNr is available to auto-assign to bus {}. \
                         Must be manually assigned",
                        place.bus
                    );
                }
            }
            PciModel::PciRoot if pseries => {
                // the first is there by itself
                let chosen = if index == 0 { Some(Auto(0)) } else { new_bridge };
                target.index = target.index.or(chosen);
                if target.index.is_none() {
                    bail!(Qemu, ConfigUnsupported, "No usable target index found for {}", place.bus);
                }
            }
            _ => {}
        }
        controller.target = Some(target).filter(|target| *target != ControllerTarget::default());
    }
    Ok(())
}

fn name_of(model: PciModel, pseries: bool, caps: &Caps) -> Option<PciModelName> {
    Some(match model {
        PciModel::PciBridge => PciModelName::PciBridge,
        PciModel::DmiToPciBridge => PciModelName::I82801b11Bridge,
        PciModel::PcieToPciBridge => PciModelName::PciePciBridge,
        PciModel::PcieRootPort if caps.flag(Flag::DevicePcieRootPort) => PciModelName::PcieRootPort,
        PciModel::PcieRootPort => PciModelName::Ioh3420,
        PciModel::PcieSwitchUpstreamPort => PciModelName::X3130Upstream,
        PciModel::PcieSwitchDownstreamPort => PciModelName::Xio3130Downstream,
        PciModel::PciExpanderBus => PciModelName::Pxb,
        PciModel::PcieExpanderBus => PciModelName::PxbPcie,
        PciModel::PciRoot if pseries => PciModelName::SpaprPciHostBridge,
        PciModel::PciRoot | PciModel::PcieRoot => return None,
    })
}

fn targets(controllers: &[Controller]) -> impl Iterator<Item = &ControllerTarget> {
    controllers.iter().filter_map(|controller| controller.target.as_ref())
}

/// Buses behind an expander are numbered down from the last: one for itself, one for the bridge in it.
fn free_bus(controllers: &[Controller]) -> Option<Auto> {
    let lowest = targets(controllers).filter_map(|target| target.bus_nr).map(|Auto(bus)| bus).min();
    lowest.unwrap_or(256).checked_sub(2).filter(|bus| *bus > 0).map(Auto)
}

fn free_bridge(controllers: &[Controller]) -> Option<Auto> {
    let taken = |index: &u32| targets(controllers).any(|target| target.index == Some(Auto(*index)));
    (1..MAX_BRIDGES).find(|index| !taken(index)).map(Auto)
}
