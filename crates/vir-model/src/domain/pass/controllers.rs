//! Controllers that devices need and the document does not name.

use crate::domain::Domain;
use crate::domain::device::Devices;
use crate::domain::device::chardev::{ChannelTargetType, ConsoleTargetType};
use crate::domain::device::controller::{Controller, ControllerType};
use crate::domain::device::disk::DiskBus;
use crate::domain::device::hostdev::HostdevSource;
use crate::domain::device::info::Address;
use std::collections::BTreeSet;

/// Adds them.
pub fn add_implicit(domain: &mut Domain) {
    let mut adding = Adding::to(&mut domain.devices);
    for (bus, kind) in [
        (DiskBus::Scsi, ControllerType::Scsi),
        (DiskBus::Fdc, ControllerType::Fdc),
        (DiskBus::Ide, ControllerType::Ide),
        (DiskBus::Sata, ControllerType::Sata),
    ] {
        let placed = adding.devices.disks.iter().filter(|disk| disk.bus() == Some(bus));
        let last = placed.filter_map(|disk| drive(disk.info.address.as_ref())).max();
        adding.up_to(kind, last, None);
    }
    virtio_serial(&mut adding);
    smartcards(&mut adding);
    let scsi = |source: &Option<HostdevSource>| {
        matches!(source, Some(HostdevSource::Scsi { .. } | HostdevSource::Iscsi(_)))
    };
    let devices = &*adding.devices;
    let hostdevs = devices.hostdevs.iter().filter(|hostdev| scsi(&hostdev.source));
    let last = hostdevs.filter_map(|hostdev| drive(hostdev.info.address.as_ref())).max();
    let known = |index| devices.controllers.iter().find(|c| c.is(ControllerType::Scsi) && c.index() == index);
    // one that is full is followed by one of its kind
    let model = last.and_then(known).and_then(|controller| controller.model.clone());
    adding.up_to(ControllerType::Scsi, last, model.as_deref());
}

/// What there is already is looked up, since a document may hold any number of controllers.
struct Adding<'a> {
    devices: &'a mut Devices,
    known: BTreeSet<(ControllerType, u32)>,
}

impl<'a> Adding<'a> {
    fn to(devices: &'a mut Devices) -> Self {
        let known = devices.controllers.iter().filter_map(|c| Some((c.kind?, c.index()))).collect();
        Self { devices, known }
    }

    fn ensure(&mut self, kind: ControllerType, index: u32, model: Option<&str>) {
        if self.known.insert((kind, index)) {
            self.devices.insert_controller(Controller::new(kind, index, model));
        }
    }

    fn up_to(&mut self, kind: ControllerType, last: Option<u32>, model: Option<&str>) {
        // a place on a controller of a high number is no wish for as many controllers
        for index in 0..=last.map_or(0, |last| last.min(4096)) {
            if last.is_some() {
                self.ensure(kind, index, model);
            }
        }
    }
}

fn drive(address: Option<&Address>) -> Option<u32> {
    match address {
        Some(Address::Drive { controller, .. }) => Some(*controller),
        _ => None,
    }
}

/// Adds a controller unless there is one of that kind and index.
pub fn ensure(devices: &mut Devices, kind: ControllerType, index: u32, model: Option<&str>) {
    if !devices.controllers.iter().any(|c| c.is(kind) && c.index() == index) {
        devices.insert_controller(Controller::new(kind, index, model));
    }
}

fn virtio_serial(adding: &mut Adding<'_>) {
    let devices = &*adding.devices;
    let index = |address: Option<&Address>| match address {
        Some(Address::VirtioSerial { controller, .. }) => *controller,
        _ => 0,
    };
    let channels = devices.channels.iter().filter(|channel| {
        channel.target.as_ref().is_some_and(|target| target.kind == Some(ChannelTargetType::Virtio))
    });
    let consoles = devices.consoles.iter().filter(|console| {
        console.target.as_ref().is_some_and(|target| target.kind == Some(ConsoleTargetType::Virtio))
    });
    let wanted: Vec<u32> = channels
        .map(|channel| index(channel.info.address.as_ref()))
        .chain(consoles.map(|console| index(console.info.address.as_ref())))
        .collect();
    for index in wanted {
        adding.ensure(ControllerType::VirtioSerial, index, None);
    }
}

fn smartcards(adding: &mut Adding<'_>) {
    let cards = &mut adding.devices.smartcards;
    let slot = |address: &Option<Address>| match address {
        Some(Address::Ccid { controller: 0, slot }) => Some(*slot),
        _ => None,
    };
    // cards without a place come behind those that have one on the first controller
    let taken = cards.iter().filter_map(|card| slot(&card.info.address)).max();
    let mut next = taken.map_or(0, |slot| slot.saturating_add(1));
    let mut wanted = vec![];
    for card in cards {
        let address = card.info.address.get_or_insert_with(|| {
            next = next.saturating_add(1);
            Address::Ccid { controller: 0, slot: next - 1 }
        });
        wanted.push(if let Address::Ccid { controller, .. } = address { *controller } else { 0 });
    }
    for controller in wanted {
        adding.ensure(ControllerType::Ccid, controller, None);
    }
}
