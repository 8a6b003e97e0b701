//! PCI: what is taken, how many buses it takes to place the rest, and the places.
//!
//! It is done twice: first on buses that multiply as they are needed, to find out which controllers are missing; then,
//! with those added, for good.

use super::super::{Board, Family, Terms};
use super::chipset;
use super::connect::{Sorts, has_root};
use super::device::Device;
use super::ports;
use crate::caps::Flag;
use std::collections::BTreeSet;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::address::pci::{Bus, Buses, Connect, Growth, MAX_BUSES, PciModel, model_of};
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::hostdev::HostdevSource;
use vir_model::domain::device::info::{Address, PciAddress, Zpci};
use vir_model::domain::pass::controllers::ensure;

/// Places all devices that sit on PCI.
pub(super) fn assign(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    let pci = |c: &&Controller| c.is(ControllerType::Pci);
    let highest = def.devices.controllers.iter().filter(pci).map(Controller::index).max();
    // said again when all is checked; but no number of the document's decides how much is set up until then
    if let Some(index) = highest.filter(|index| *index as usize >= MAX_BUSES) {
        bail!(
            Domain,
            ConfigUnsupported,
            "PCI controller index {index} too high, maximum is {}",
            MAX_BUSES - 1
        );
    }
    let mut count = highest.map_or(0, |index| index as usize + 1);
    if count > 0 {
        let mut trial = Placing::new(def, terms, count, true)?;
        let needed = trial.needed(def, highest == Some(0))?;
        for (index, model) in needed {
            ensure(&mut def.devices, ControllerType::Pci, index, Some(model.as_str()));
        }
        count = trial.buses.len();
    }
    if !supports_pci(def) {
        return Ok(());
    }
    let mut placing = Placing::new(def, terms, count, false)?;
    placing.place_all(def)?;
    placing.number(def, |zpci| zpci.uid.is_none() || zpci.fid.is_none())?;
    mark_shared_slots(def);
    ports::settle(def, terms.caps)
}

fn supports_pci(def: &Domain) -> bool {
    match Family::of(def.os.arch()) {
        Family::Arm => matches!(Board::of(def), Board::ArmVirt | Board::Versatilepb),
        Family::RiscV => Board::of(def) == Board::RiscVVirt,
        _ => true,
    }
}

/// Places that are being given.
pub(super) struct Placing<'a> {
    pub(super) buses: Buses,
    terms: &'a Terms<'a>,
    sorts: Sorts,
    /// Devices get what they take.
    for_good: bool,
    /// Numbers that s390 knows devices by, where it has any.
    zpci: Option<Numbers>,
}

/// The two numbers of PCI devices on s390.
#[derive(Debug, Default)]
struct Numbers {
    uids: BTreeSet<u32>,
    fids: BTreeSet<u32>,
}

impl Numbers {
    fn take(&mut self, zpci: &mut Zpci) -> Result<()> {
        let free = |said: Option<u32>, taken: &BTreeSet<u32>, first: u32| {
            said.or_else(|| (first..).find(|number| !taken.contains(number)))
        };
        let uid = free(zpci.uid, &self.uids, 1).filter(|uid| *uid <= 0xffff);
        let Some(uid) = uid else { bail!(Domain, InternalError, "There is no more free uid.") };
        let Some(fid) = free(zpci.fid, &self.fids, 0) else {
            bail!(Domain, InternalError, "There is no more free fid.")
        };
        if !self.uids.insert(uid) {
            bail!(Domain, InternalError, "zPCI uid {uid:o} is already reserved");
        }
        if !self.fids.insert(fid) {
            bail!(Domain, InternalError, "zPCI fid {fid:o} is already reserved");
        }
        *zpci = Zpci { uid: Some(uid), fid: Some(fid) };
        Ok(())
    }
}

impl<'a> Placing<'a> {
    /// Over `count` buses, with all that is placed already.
    fn new(def: &mut Domain, terms: &'a Terms<'a>, count: usize, trial: bool) -> Result<Self> {
        let pseries = Board::of(def) == Board::Pseries;
        let growth = Growth { many_roots: pseries, pcie_to_pci: terms.caps.flag(Flag::DevicePciePciBridge) };
        let mut it = Self {
            buses: Buses::new(buses(def, count)?, trial.then_some(growth)),
            terms,
            sorts: Sorts::of(def, terms),
            for_good: !trial,
            zpci: terms.caps.flag(Flag::DeviceZpci).then(Numbers::default),
        };
        for device in Device::all(&def.devices) {
            it.collect(device, def)?;
        }
        it.number(def, |zpci| zpci.uid.is_some() || zpci.fid.is_some())?;
        Ok(it)
    }

    fn collect(&mut self, device: Device, def: &Domain) -> Result<()> {
        let Some(address) = device.info(&def.devices).and_then(|info| info.pci()).copied() else {
            return Ok(());
        };
        if let Device::Controller(i) = device
            && chipset::is_on_piix3(&def.devices.controllers[i], &address)
        {
            return self.chipset_bus_is_conventional();
        }
        // what should not be on PCI and yet is: a guest that has it so must not vanish
        let connect = self.connect(device, def).unwrap_or(Connect::PCI.by_hand());
        self.buses.take(&address, connect, self.group(device, def))
    }

    fn chipset_bus_is_conventional(&self) -> Result<()> {
        if self.buses.iter().next().is_some_and(|root| root.model == PciModel::PcieRoot) {
            bail!(Qemu, InternalError, "Bus 0 must be PCI for integrated PIIX3 USB or IDE controllers");
        }
        Ok(())
    }

    /// How a device is connected.
    fn connect(&self, device: Device, def: &Domain) -> Option<Connect> {
        self.sorts.connect(device, def, self.terms)
    }

    /// Devices of the host that can be given only together stand together, where the machine can tell.
    fn group(&self, device: Device, def: &Domain) -> u32 {
        if Board::of(def) != Board::Pseries {
            return 0;
        }
        let source = match device {
            Device::Hostdev(i) => &def.devices.hostdevs[i].source,
            Device::Interface(i) => &def.devices.interfaces[i].hostdev.0,
            _ => return 0,
        };
        match source {
            // 0 is for those of no group
            Some(HostdevSource::Pci(pci)) => self
                .terms
                .host
                .pci
                .find(&pci.address)
                .and_then(|found| found.group)
                .map_or(0, |group| group + 1),
            _ => 0,
        }
    }

    /// The controllers that are missing, by index.
    fn needed(&mut self, def: &mut Domain, alone: bool) -> Result<Vec<(u32, PciModel)>> {
        let had = self.buses.len();
        chipset::place(def, self)?;
        // room for a bridge, as long as there is any
        if has_root(def, PciModel::PciRoot) && !self.buses.iter().all(Bus::is_full) {
            self.buses.take_next(Connect::PCI, 0, None)?;
        }
        self.place_devices(def)?;
        // a port that is left free, so that a device can be plugged later; not for who placed controllers himself
        if alone && self.buses.len() > had && has_root(def, PciModel::PcieRoot) {
            self.buses.take_next(Connect::PCIE, 0, None)?;
        }
        let there = |index: u32| {
            def.devices.controllers.iter().any(|c| c.is(ControllerType::Pci) && c.index() == index)
        };
        let mut needed = vec![];
        // those that come in have to be plugged, too, which may take more
        let mut index = 1;
        while (index as usize) < self.buses.len() {
            let model = self.buses.iter().nth(index as usize).map(|bus| bus.model);
            if let Some(model) = model.filter(|_| !there(index)) {
                needed.push((index, model));
                if let Some(connect) = Connect::of_controller(model) {
                    self.buses.take_next(connect, 0, None)?;
                }
            }
            index += 1;
        }
        Ok(needed)
    }

    fn place_all(&mut self, def: &mut Domain) -> Result<()> {
        chipset::place(def, self)?;
        self.place_devices(def)
    }

    fn place_devices(&mut self, def: &mut Domain) -> Result<()> {
        for device in Device::all(&def.devices) {
            self.place(device, def)?;
        }
        Ok(())
    }

    fn place(&mut self, device: Device, def: &mut Domain) -> Result<()> {
        let Some(info) = device.info(&def.devices) else { return Ok(()) };
        if let Device::Disk(i) = device {
            check_disk(&def.devices.disks[i])?;
        }
        if !info.wants_pci() || first_ide(device, def) {
            return Ok(());
        }
        let Some(connect) = self.connect(device, def) else { return Ok(()) };
        let group = self.group(device, def);
        let address = match device {
            Device::Controller(i) if chipset::usb2_function(&def.devices.controllers[i]).is_some() => {
                self.usb2(i, def, connect)?
            }
            _ => self.buses.take_next(connect, group, None)?,
        };
        self.give(device, def, address);
        Ok(())
    }

    /// Takes a place for a device that nobody else may have.
    pub(super) fn give(&self, device: Device, def: &mut Domain, address: PciAddress) {
        if self.for_good
            && let Some(info) = device.info_mut(&mut def.devices)
        {
            let zpci = match info.address {
                Some(Address::Pci(PciAddress { zpci, .. })) => zpci,
                _ => None,
            };
            info.address = Some(Address::Pci(PciAddress { zpci, ..address }));
        }
    }

    /// The parts of a USB 2 controller share a slot.
    fn usb2(&mut self, i: usize, def: &Domain, connect: Connect) -> Result<PciAddress> {
        let all = &def.devices.controllers;
        let (function, multifunction) = chipset::usb2_function(&all[i]).unwrap_or((0, None));
        let part =
            |other: &&Controller| chipset::usb2_function(other).is_some() && other.index() == all[i].index();
        match all.iter().filter(part).find_map(|other| other.info.pci()) {
            Some(other) => {
                let address = PciAddress { function, multifunction, zpci: None, ..*other };
                self.buses.take(&address, connect, 0)?;
                Ok(address)
            }
            None => {
                let address = self.buses.take_next(connect, 0, Some(function))?;
                Ok(PciAddress { multifunction, ..address })
            }
        }
    }

    /// Completes the numbers that s390 knows these devices by.
    fn number(&mut self, def: &mut Domain, which: impl Fn(&Zpci) -> bool) -> Result<()> {
        let Some(numbers) = &mut self.zpci else { return Ok(()) };
        let mut result = Ok(());
        def.devices.for_each_info_mut(&mut |info| {
            if let Some(Address::Pci(pci)) = &mut info.address
                && result.is_ok()
            {
                let mut zpci = pci.zpci.unwrap_or_default();
                if which(&zpci) {
                    result = numbers.take(&mut zpci);
                    pci.zpci = Some(zpci);
                }
            }
        });
        result
    }

    /// The next free place for a device.
    pub(super) fn next_for(&mut self, device: Device, def: &Domain) -> Result<PciAddress> {
        let connect = self.connect(device, def).unwrap_or(Connect::PCI);
        self.buses.take_next(connect, 0, None)
    }
}

/// The buses of the controllers that there are, and of those that must be between them.
fn buses(def: &Domain, count: usize) -> Result<Vec<Bus>> {
    let pseries = Board::of(def) == Board::Pseries;
    let express =
        def.devices.controllers.iter().any(|c| model_of(c.model.as_deref()) == Some(PciModel::PcieRoot));
    let usual = match (pseries, express) {
        (true, _) => PciModel::PciRoot,
        (false, true) => PciModel::PcieRootPort,
        (false, false) => PciModel::PciBridge,
    };
    let mut all: Vec<Bus> = Vec::with_capacity(count);
    for index in 0..count {
        let own = |c: &&Controller| c.is(ControllerType::Pci) && c.index() as usize == index;
        let controller = def.devices.controllers.iter().find(own);
        let model = match controller {
            Some(controller) => match model_of(controller.model.as_deref()) {
                Some(model) => model,
                None => bail!(Domain, InternalError, "PCI controller model was not set correctly"),
            },
            None if index == 0 => PciModel::PciRoot,
            None => usual,
        };
        // devices of the host are kept from the first bridge of a pseries guest
        let mut bus = Bus::new(model);
        bus.group_fixed = pseries && index == 0;
        all.push(bus);
    }
    Ok(all)
}

/// The first IDE controller is a part of the chip set, or of the board.
fn first_ide(device: Device, def: &Domain) -> bool {
    let Device::Controller(i) = device else { return false };
    let controller = &def.devices.controllers[i];
    controller.is(ControllerType::Ide) && controller.index() == 0
}

fn check_disk(disk: &vir_model::domain::device::disk::Disk) -> Result<()> {
    let elsewhere = match &disk.info.address {
        None | Some(Address::Pci(_) | Address::Ccw(_) | Address::VirtioMmio) => return Ok(()),
        Some(address) => address.kind(),
    };
    if disk.bus() == Some(DiskBus::Virtio) {
        bail!(Qemu, ConfigUnsupported, "virtio disk cannot have an address of type '{}'", elsewhere.as_str());
    }
    Ok(())
}

/// Function 0 of a slot that has others says so, unless the document does.
fn mark_shared_slots(def: &mut Domain) {
    let mut shared = BTreeSet::new();
    def.devices.for_each_info(&mut |info| {
        if let Some(pci) = info.pci()
            && pci.function != 0
        {
            shared.insert((pci.domain, pci.bus, pci.slot));
        }
    });
    def.devices.for_each_info_mut(&mut |info| {
        if let Some(Address::Pci(pci)) = &mut info.address
            && pci.function == 0
            && shared.contains(&(pci.domain, pci.bus, pci.slot))
        {
            pci.multifunction.get_or_insert(true);
        }
    });
}
