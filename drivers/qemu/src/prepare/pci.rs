//! Where each device sits on the PCI buses, and the ports and bridges that it takes.
//!
//! On the conventional machine devices take the slots of the one bus in turn. On the PCI Express one
//! each device gets a root port of its own, conventional ones share a bridge; eight root ports share
//! a slot of the root. Addresses that a document names are kept.

use super::Board;
use super::builtin::add_controller;
use crate::caps::Caps;
use std::collections::BTreeSet;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::SerialTargetType;
use vir_model::domain::device::controller::{
    Auto, Controller, ControllerModelName, ControllerTarget, ControllerType, PciModelName,
};
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::display::{InputBus, SoundModel, VideoType};
use vir_model::domain::device::info::{Address, DeviceInfo, PciAddress};
use vir_model::domain::device::small::{PanicModel, WatchdogModel};
use vir_xml::Hex;

/// How a device is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wants {
    /// PCI Express, where there is any.
    Express,
    /// Conventional PCI.
    Conventional,
}

/// Places all devices.
pub fn assign(def: &mut Domain, caps: &Caps) -> Result<()> {
    let chipset = Board::of(def);
    if !matches!(chipset, Board::I440fx | Board::Q35) {
        return Ok(());
    }
    let mut buses = Buses::collect(def);
    let fresh = !def.devices.controllers.iter().any(|c| c.is(ControllerType::Pci) && c.index() > 0);
    match chipset {
        Board::Q35 => fixed_q35(def, &mut buses)?,
        _ => fixed_i440fx(def, &mut buses)?,
    }
    place_all(def, &mut buses, chipset)?;
    if chipset == Board::Q35 {
        // one free port, so that a device can be plugged later
        if fresh && buses.last > 0 {
            buses.express(true)?;
        }
        add_ports(def, &mut buses)?;
    }
    mark_shared_slots(def);
    describe_ports(def, caps);
    Ok(())
}

/// What is taken.
struct Buses {
    used: BTreeSet<(u32, u32, u32)>,
    /// highest number of a bus
    last: u32,
    /// free root ports, by the number of the bus behind them
    free_ports: BTreeSet<u32>,
    /// conventional buses behind bridges
    bridges: Vec<u32>,
    /// ports and bridges to add: number and model
    new: Vec<(u32, &'static str)>,
    /// where each new bridge sits
    new_places: Vec<(u32, PciAddress)>,
}

impl Buses {
    fn collect(def: &Domain) -> Self {
        let mut used = BTreeSet::new();
        def.devices.for_each_info(&mut |info| {
            if let Some(pci) = info.pci() {
                used.insert((pci.bus, pci.slot, pci.function));
            }
        });
        let pci = || def.devices.controllers.iter().filter(|c| c.is(ControllerType::Pci));
        let with = |model: &'static str| pci().filter(move |c| c.model.as_deref() == Some(model));
        let ports = with("pcie-root-port").map(Controller::index);
        let free_ports = ports.filter(|bus| !used.iter().any(|(b, ..)| b == bus)).collect();
        let bridges = with("pcie-to-pci-bridge").chain(with("pci-bridge")).map(Controller::index).collect();
        let last = pci().map(Controller::index).max().unwrap_or(0);
        Self { used, last, free_ports, bridges, new: Vec::new(), new_places: Vec::new() }
    }

    fn slot_is_free(&self, bus: u32, slot: u32) -> bool {
        !self.used.iter().any(|(b, s, _)| (*b, *s) == (bus, slot))
    }

    fn take(&mut self, address: PciAddress) -> PciAddress {
        self.used.insert((address.bus, address.slot, address.function));
        address
    }

    /// The next free slot of a conventional bus.
    fn slot_on(&mut self, bus: u32) -> Option<PciAddress> {
        let slot = (1..32).find(|slot| self.slot_is_free(bus, *slot))?;
        Some(self.take(PciAddress { bus, slot, ..PciAddress::default() }))
    }

    /// A root port of one's own; `reserve` leaves it free.
    fn express(&mut self, reserve: bool) -> Result<PciAddress> {
        let bus = match self.free_ports.first().copied() {
            Some(bus) => bus,
            None => {
                self.last += 1;
                self.new.push((self.last, "pcie-root-port"));
                self.free_ports.insert(self.last);
                self.last
            }
        };
        let address = PciAddress { bus, ..PciAddress::default() };
        if !reserve {
            self.free_ports.remove(&bus);
            self.take(address);
        }
        Ok(address)
    }

    /// A slot on a bridge to conventional PCI.
    fn conventional(&mut self) -> Result<PciAddress> {
        for bridge in self.bridges.clone() {
            if let Some(address) = self.slot_on(bridge) {
                return Ok(address);
            }
        }
        let place = self.express(false)?;
        self.last += 1;
        let bridge = self.last;
        self.new.push((bridge, "pcie-to-pci-bridge"));
        self.new_places.push((bridge, place));
        self.bridges.push(bridge);
        self.slot_on(bridge).ok_or_else(no_more_slots)
    }
}

fn no_more_slots() -> vir_base::Error {
    vir_base::err!(Domain, InternalError, "No more available PCI slots")
}

fn reserve(buses: &mut Buses, slot: u32, function: u32) {
    buses.used.insert((0, slot, function));
}

fn fix(info: &mut DeviceInfo, slot: u32, function: u32, what: &str, buses: &mut Buses) -> Result<()> {
    let wanted = PciAddress { slot, function, ..PciAddress::default() };
    match info.pci() {
        Some(pci) if (pci.bus, pci.slot, pci.function) == (0, slot, function) => {}
        Some(_) => bail!(Domain, InternalError, "{what} must have PCI address 0:0:{slot:x}.{function}"),
        None => info.address = Some(Address::Pci(wanted)),
    }
    reserve(buses, slot, function);
    Ok(())
}

fn fixed_i440fx(def: &mut Domain, buses: &mut Buses) -> Result<()> {
    reserve(buses, 0, 0);
    for controller in &mut def.devices.controllers {
        if controller.is(ControllerType::Ide) && controller.index() == 0 {
            fix(&mut controller.info, 1, 1, "Primary IDE controller", buses)?;
        } else if controller.is(ControllerType::Usb)
            && controller.index() == 0
            && controller.model.as_deref() == Some("piix3-uhci")
        {
            fix(&mut controller.info, 1, 2, "PIIX3 USB controller at index 0", buses)?;
        }
    }
    reserve(buses, 1, 0);
    reserve(buses, 1, 3);
    primary_video(def, 2, buses);
    Ok(())
}

fn fixed_q35(def: &mut Domain, buses: &mut Buses) -> Result<()> {
    reserve(buses, 0, 0);
    for controller in &mut def.devices.controllers {
        if controller.is(ControllerType::Sata) && controller.index() == 0 {
            fix(&mut controller.info, 0x1f, 2, "Primary SATA controller", buses)?;
        }
    }
    reserve(buses, 0x1f, 0);
    reserve(buses, 0x1f, 3);
    primary_video(def, 1, buses);
    Ok(())
}

/// The first graphics card is where QEMU itself would put it.
fn primary_video(def: &mut Domain, slot: u32, buses: &mut Buses) {
    let Some(video) = def.devices.videos.first_mut() else { return };
    if is_pci_video(video.model.as_ref().and_then(|m| m.kind))
        && video.info.wants_pci()
        && buses.slot_is_free(0, slot)
    {
        let place = buses.take(PciAddress { slot, ..PciAddress::default() });
        video.info.address = Some(Address::Pci(place));
    }
}

fn is_pci_video(kind: Option<VideoType>) -> bool {
    !matches!(kind, Some(VideoType::None | VideoType::Ramfb))
}

fn controller_wants(controller: &Controller) -> Option<Wants> {
    match controller.kind? {
        ControllerType::Usb => match controller.model.as_deref() {
            Some("qemu-xhci" | "nec-xhci") => Some(Wants::Express),
            Some("none") => None,
            _ => Some(Wants::Conventional),
        },
        ControllerType::Scsi => match controller.model.as_deref() {
            Some("virtio-scsi") | None => Some(Wants::Express),
            _ => Some(Wants::Conventional),
        },
        ControllerType::VirtioSerial => Some(Wants::Express),
        ControllerType::Sata => Some(Wants::Conventional),
        _ => None,
    }
}

fn place_all(def: &mut Domain, buses: &mut Buses, chipset: Board) -> Result<()> {
    let mut place = |info: &mut DeviceInfo, wants: Wants| -> Result<()> {
        if !info.wants_pci() {
            return Ok(());
        }
        let address = match (chipset, wants) {
            (Board::Q35, Wants::Express) => buses.express(false)?,
            (Board::Q35, Wants::Conventional) => buses.conventional()?,
            _ => buses.slot_on(0).ok_or_else(no_more_slots)?,
        };
        info.address = Some(Address::Pci(address));
        Ok(())
    };
    let devices = &mut def.devices;
    for interface in &mut devices.interfaces {
        let wants = match interface.model() {
            Some(
                "virtio" | "virtio-transitional" | "virtio-non-transitional" | "e1000e" | "igb" | "vmxnet3",
            ) => Wants::Express,
            Some("usb-net") => continue,
            _ => Wants::Conventional,
        };
        place(&mut interface.info, wants)?;
    }
    for sound in &mut devices.sounds {
        if !matches!(sound.model, Some(SoundModel::Sb16 | SoundModel::Pcspk | SoundModel::Usb)) {
            place(&mut sound.info, Wants::Conventional)?;
        }
    }
    for controller in &mut devices.controllers {
        if let Some(wants) = controller_wants(controller) {
            place(&mut controller.info, wants)?;
        }
    }
    for disk in devices.disks.iter_mut().filter(|d| d.bus() == Some(DiskBus::Virtio)) {
        place(&mut disk.info, Wants::Express)?;
    }
    if let Some(balloon) = devices.balloon.as_mut().filter(|b| b.is_there()) {
        place(&mut balloon.info, Wants::Express)?;
    }
    for rng in &mut devices.rngs {
        place(&mut rng.info, Wants::Express)?;
    }
    for watchdog in devices.watchdogs.iter_mut().filter(|w| w.model == Some(WatchdogModel::I6300esb)) {
        place(&mut watchdog.info, Wants::Conventional)?;
    }
    for video in &mut devices.videos {
        let kind = video.model.as_ref().and_then(|m| m.kind);
        if is_pci_video(kind) {
            let express = matches!(kind, Some(VideoType::Virtio | VideoType::Bochs));
            place(&mut video.info, if express { Wants::Express } else { Wants::Conventional })?;
        }
    }
    for input in devices.inputs.iter_mut().filter(|i| i.bus == Some(InputBus::Virtio)) {
        place(&mut input.info, Wants::Express)?;
    }
    for serial in &mut devices.serials {
        if serial.target.as_ref().and_then(|t| t.kind) == Some(SerialTargetType::PciSerial) {
            place(&mut serial.info, Wants::Conventional)?;
        }
    }
    for panic in devices.panics.iter_mut().filter(|p| p.model == Some(PanicModel::Pvpanic)) {
        place(&mut panic.info, Wants::Conventional)?;
    }
    Ok(())
}

/// Adds the ports and bridges that were found to be needed; eight ports share a slot.
fn add_ports(def: &mut Domain, buses: &mut Buses) -> Result<()> {
    for (index, model) in std::mem::take(&mut buses.new) {
        let place = match buses.new_places.iter().find(|(bridge, _)| *bridge == index) {
            Some((_, place)) => *place,
            None => root_function(def, buses)?,
        };
        add_controller(def, ControllerType::Pci, index, Some(model));
        let added =
            def.devices.controllers.iter_mut().find(|c| c.is(ControllerType::Pci) && c.index() == index);
        if let Some(added) = added {
            added.info.address = Some(Address::Pci(place));
        }
    }
    // ports that the document names without a place
    for at in 0..def.devices.controllers.len() {
        let controller = &def.devices.controllers[at];
        let port =
            controller.is(ControllerType::Pci) && controller.model.as_deref() == Some("pcie-root-port");
        if port && controller.info.wants_pci() {
            let place = root_function(def, buses)?;
            def.devices.controllers[at].info.address = Some(Address::Pci(place));
        }
    }
    Ok(())
}

/// The next function of a slot of the root that root ports share, or of a new one.
fn root_function(def: &Domain, buses: &mut Buses) -> Result<PciAddress> {
    let ports: BTreeSet<u32> = def
        .devices
        .controllers
        .iter()
        .filter(|c| c.model.as_deref() == Some("pcie-root-port"))
        .filter_map(|c| c.info.pci().filter(|p| p.bus == 0).map(|p| p.slot))
        .collect();
    for slot in 1..32 {
        let shared = ports.contains(&slot);
        if !shared && !buses.slot_is_free(0, slot) {
            continue;
        }
        if let Some(function) = (0..8).find(|f| !buses.used.contains(&(0, slot, *f))) {
            return Ok(buses.take(PciAddress { slot, function, ..PciAddress::default() }));
        }
    }
    Err(no_more_slots())
}

/// Function 0 of a slot that several functions share says so.
fn mark_shared_slots(def: &mut Domain) {
    let mut seen: Vec<(u32, u32, u32)> = Vec::new();
    def.devices.for_each_info(&mut |info| {
        if let Some(pci) = info.pci() {
            seen.push((pci.bus, pci.slot, pci.function));
        }
    });
    for controller in &mut def.devices.controllers {
        if let Some(Address::Pci(pci)) = &mut controller.info.address
            && pci.function == 0
            && pci.multifunction.is_none()
            && seen.iter().any(|(bus, slot, function)| (*bus, *slot) == (pci.bus, pci.slot) && *function > 0)
        {
            pci.multifunction = Some(true);
        }
    }
}

fn describe_ports(def: &mut Domain, caps: &Caps) {
    for controller in &mut def.devices.controllers {
        if !controller.is(ControllerType::Pci) {
            continue;
        }
        let index = controller.index();
        let name = match controller.model.as_deref() {
            Some("pcie-root-port") if caps.has("pcie-root-port") => PciModelName::PcieRootPort,
            Some("pcie-root-port") => PciModelName::Ioh3420,
            Some("pcie-to-pci-bridge") => PciModelName::PciePciBridge,
            Some("pci-bridge") => PciModelName::PciBridge,
            _ => continue,
        };
        controller.model_name.get_or_insert(ControllerModelName { name: Some(name) });
        match controller.model.as_deref() {
            Some("pcie-root-port") => {
                let pci = controller.info.pci().copied().unwrap_or_default();
                let target = controller.target.get_or_insert_with(ControllerTarget::default);
                target.chassis.get_or_insert(Auto(index));
                target.port.get_or_insert(Hex((pci.slot << 3) + pci.function));
            }
            Some("pci-bridge") => {
                let target = controller.target.get_or_insert_with(ControllerTarget::default);
                target.chassis_nr.get_or_insert(Auto(index));
            }
            _ => {}
        }
    }
}
