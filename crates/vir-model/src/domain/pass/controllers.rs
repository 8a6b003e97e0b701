//! Controllers that devices need and the document does not name.

use crate::domain::Domain;
use crate::domain::device::Devices;
use crate::domain::device::chardev::{ChannelTargetType, ConsoleTargetType};
use crate::domain::device::controller::{Controller, ControllerType};
use crate::domain::device::disk::DiskBus;
use crate::domain::device::hostdev::HostdevSource;
use crate::domain::device::info::Address;

/// Adds them.
pub fn add_implicit(domain: &mut Domain) {
    let devices = &mut domain.devices;
    for (bus, kind) in [
        (DiskBus::Scsi, ControllerType::Scsi),
        (DiskBus::Fdc, ControllerType::Fdc),
        (DiskBus::Ide, ControllerType::Ide),
        (DiskBus::Sata, ControllerType::Sata),
    ] {
        let placed = devices.disks.iter().filter(|disk| disk.bus() == Some(bus));
        let last = placed.filter_map(|disk| drive(disk.info.address.as_ref())).max();
        up_to(devices, kind, last, None);
    }
    virtio_serial(devices);
    smartcards(devices);
    let scsi = |source: &Option<HostdevSource>| {
        matches!(source, Some(HostdevSource::Scsi { .. } | HostdevSource::Iscsi(_)))
    };
    let hostdevs = devices.hostdevs.iter().filter(|hostdev| scsi(&hostdev.source));
    let last = hostdevs.filter_map(|hostdev| drive(hostdev.info.address.as_ref())).max();
    let known = |index| devices.controllers.iter().find(|c| c.is(ControllerType::Scsi) && c.index() == index);
    // one that is full is followed by one of its kind
    let model = last.and_then(known).and_then(|controller| controller.model.clone());
    up_to(devices, ControllerType::Scsi, last, model.as_deref());
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

fn up_to(devices: &mut Devices, kind: ControllerType, last: Option<u32>, model: Option<&str>) {
    // a place on a controller of a high number is no wish for as many controllers
    for index in 0..=last.map_or(0, |last| last.min(4096)) {
        if last.is_some() {
            ensure(devices, kind, index, model);
        }
    }
}

fn virtio_serial(devices: &mut Devices) {
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
        ensure(devices, ControllerType::VirtioSerial, index, None);
    }
}

fn smartcards(devices: &mut Devices) {
    for i in 0..devices.smartcards.len() {
        let controller = match &devices.smartcards[i].info.address {
            Some(Address::Ccid { controller, .. }) => *controller,
            Some(_) => 0,
            None => {
                let slots = devices.smartcards.iter().filter_map(|card| match card.info.address {
                    Some(Address::Ccid { controller: 0, slot }) => Some(slot),
                    _ => None,
                });
                let slot = slots.max().map_or(0, |slot| slot.saturating_add(1));
                devices.smartcards[i].info.address = Some(Address::Ccid { controller: 0, slot });
                0
            }
        };
        ensure(devices, ControllerType::Ccid, controller, None);
    }
}
