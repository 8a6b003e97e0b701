//! The places that a PC's chip set has for its own devices, and for those that stand there by custom.

use super::super::Board;
use super::device::Device;
use super::pci::Placing;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::address::pci::{Connect, PciModel, model_of};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::display::{SoundModel, VideoType};
use vir_model::domain::device::info::{Address, PciAddress};

const fn at(slot: u32, function: u32) -> PciAddress {
    PciAddress { domain: 0, bus: 0, slot, function, multifunction: None, zpci: None }
}

/// The PIIX3, of the conventional PC: ISA bridge, IDE, USB, power management.
const PIIX3: u32 = 1;
const PIIX3_IDE: PciAddress = at(PIIX3, 1);
const PIIX3_USB: PciAddress = at(PIIX3, 2);

/// The ICH9, of the PC with PCI Express.
const ICH9: u32 = 0x1f;
const ICH9_SATA: PciAddress = at(ICH9, 2);

/// Takes and gives those places.
pub(super) fn place(def: &mut Domain, placing: &mut Placing<'_>) -> Result<()> {
    match Board::of(def) {
        Board::I440fx => i440fx(def, placing),
        Board::Q35 => q35(def, placing),
        _ => Ok(()),
    }
}

fn is_piix3_usb(controller: &Controller) -> bool {
    let own = matches!(controller.model.as_deref(), None | Some("piix3-uhci"));
    controller.is(ControllerType::Usb) && controller.index() == 0 && own
}

fn is_piix3_ide(controller: &Controller) -> bool {
    controller.is(ControllerType::Ide) && controller.index() == 0
}

/// Whether a controller stands where the PIIX3 has it: that place is taken with the rest of the chip.
pub(super) fn is_on_piix3(controller: &Controller, address: &PciAddress) -> bool {
    let stands = |place: PciAddress| PciAddress { multifunction: None, zpci: None, ..*address } == place;
    (is_piix3_ide(controller) && stands(PIIX3_IDE)) || (is_piix3_usb(controller) && stands(PIIX3_USB))
}

/// The function of a part of a USB 2 controller in its slot, and whether it says that there are more.
pub(super) fn usb2_function(controller: &Controller) -> Option<(u32, Option<bool>)> {
    match controller.model.as_deref().filter(|_| controller.is(ControllerType::Usb))? {
        "ich9-ehci1" => Some((7, None)),
        "ich9-uhci1" => Some((0, Some(true))),
        "ich9-uhci2" => Some((1, None)),
        "ich9-uhci3" => Some((2, None)),
        _ => None,
    }
}

fn i440fx(def: &mut Domain, placing: &mut Placing<'_>) -> Result<()> {
    for i in 0..def.devices.controllers.len() {
        let controller = &def.devices.controllers[i];
        let (place, refusal) = if is_piix3_ide(controller) {
            (PIIX3_IDE, "Primary IDE controller must have PCI address 0:0:1.1")
        } else if is_piix3_usb(controller) {
            (PIIX3_USB, "PIIX3 USB controller at index 0 must have PCI address 0:0:1.2")
        } else {
            continue;
        };
        fix(def, i, place, refusal)?;
        placing.buses.take(&place, Connect::PCI, 0)?;
    }
    // the ISA bridge, and power management
    for function in [0, 3] {
        placing.buses.take(&at(PIIX3, function), Connect::PCI, 0)?;
    }
    first_video(def, placing, at(2, 0), Connect::PCI)
}

/// Puts a controller where the chip set has it; elsewhere it cannot be.
fn fix(def: &mut Domain, i: usize, place: PciAddress, refusal: &str) -> Result<()> {
    let info = &mut def.devices.controllers[i].info;
    match info.pci() {
        Some(found)
            if (found.domain, found.bus, found.slot, found.function)
                != (place.domain, place.bus, place.slot, place.function) =>
        {
            bail!(Domain, InternalError, "{refusal}")
        }
        Some(_) => {}
        None => info.address = Some(Address::Pci(place)),
    }
    Ok(())
}

/// QEMU puts the first graphics card into the first slot that the chip set leaves.
fn first_video(
    def: &mut Domain,
    placing: &mut Placing<'_>,
    place: PciAddress,
    connect: Connect,
) -> Result<()> {
    let Some(video) = def.devices.videos.first() else { return Ok(()) };
    if matches!(video.kind(), Some(VideoType::None | VideoType::Ramfb)) || !video.info.wants_pci() {
        return Ok(());
    }
    placing.buses.check(&place, connect)?;
    if placing.buses.is_taken(&place) {
        let address = placing.next_for(Device::Video(0), def)?;
        placing.give(Device::Video(0), def, address);
    } else {
        placing.buses.take(&place, connect, 0)?;
        def.devices.videos[0].info.address = Some(Address::Pci(place));
    }
    Ok(())
}

fn q35(def: &mut Domain, placing: &mut Placing<'_>) -> Result<()> {
    let by_hand = Connect::PCIE.by_hand();
    for i in 0..def.devices.controllers.len() {
        let controller = &def.devices.controllers[i];
        let open = controller.info.address.is_none();
        let model = model_of(controller.model.as_deref());
        let slots: &[u32] = match controller.kind {
            Some(ControllerType::Sata) if controller.index() == 0 => {
                fix(def, i, ICH9_SATA, "Primary SATA controller must have PCI address 0:0:1f.2")?;
                continue;
            }
            Some(ControllerType::Usb) if open && controller.model.as_deref() == Some("ich9-uhci1") => {
                &[0x1d, 0x1a]
            }
            Some(ControllerType::Pci) if open && model == Some(PciModel::DmiToPciBridge) => &[0x1e],
            _ => continue,
        };
        // where they are on a real board, if nothing else is there
        let free = |slot: &&u32| !placing.buses.is_taken(&at(**slot, 0));
        if let Some(slot) = slots.iter().find(free) {
            let usb = def.devices.controllers[i].is(ControllerType::Usb);
            let place = PciAddress { multifunction: usb.then_some(true), ..at(*slot, 0) };
            placing.buses.take(&place, by_hand, 0)?;
            def.devices.controllers[i].info.address = Some(Address::Pci(place));
        }
    }
    // the ISA bridge, and the system management bus
    for function in [0, 3] {
        placing.buses.take(&at(ICH9, function), by_hand, 0)?;
    }
    first_video(def, placing, at(1, 0), by_hand)?;
    let sound = |sound: &vir_model::domain::device::display::Sound| {
        sound.model == Some(SoundModel::Ich9) && sound.info.wants_pci()
    };
    let place = at(0x1b, 0);
    if let Some(i) = def.devices.sounds.iter().position(sound)
        && !placing.buses.is_taken(&place)
    {
        placing.buses.take(&place, by_hand, 0)?;
        def.devices.sounds[i].info.address = Some(Address::Pci(place));
    }
    Ok(())
}
