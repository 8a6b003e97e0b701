//! What is left open about devices: places of SATA disks, the graphics card, the ends of null modems.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::{CharSource, CharSourceElement, CharType};
use vir_model::domain::device::disk::{Disk, DiskBus};
use vir_model::domain::device::display::VideoType;
use vir_model::domain::device::info::Address;
use vir_model::domain::pass::disks::name_index;

/// Settles it.
///
/// # Errors
/// A disk's name that is none.
pub(super) fn settle(domain: &mut Domain, many_ports: bool) -> Result<()> {
    let uuid = domain.uuid;
    let devices = &mut domain.devices;
    devices.disks.iter_mut().try_for_each(|disk| place(disk, many_ports))?;
    for model in devices.videos.iter_mut().filter_map(|video| video.model.as_mut()) {
        model.kind.get_or_insert(VideoType::Gop);
    }
    let serials = devices.serials.iter_mut().map(|device| &mut device.source);
    let parallels = devices.parallels.iter_mut().map(|device| &mut device.source);
    let consoles = devices.consoles.iter_mut().map(|device| &mut device.source);
    let channels = devices.channels.iter_mut().map(|device| &mut device.source);
    for source in serials.chain(parallels).chain(consoles).chain(channels) {
        null_modem(source, &uuid.to_string());
    }
    Ok(())
}

/// SATA disks are numbered through by their names.
fn place(disk: &mut Disk, many_ports: bool) -> Result<()> {
    if disk.info.address.is_some() {
        return Ok(());
    }
    let Some(index) = name_index(disk.dst()) else {
        bail!(Bhyve, XmlError, "Unknown disk name '{}' and no address specified", disk.dst());
    };
    if disk.bus() == Some(DiskBus::Sata) {
        let (controller, unit) = if many_ports { (index / 32, index % 32) } else { (index, 0) };
        disk.info.address = Some(Address::Drive { controller, bus: 0, target: 0, unit });
    }
    Ok(())
}

/// A null modem that names no devices has two of the guest's own.
fn null_modem(source: &mut CharSource, uuid: &str) {
    if source.kind() != CharType::Nmdm {
        return;
    }
    if source.sources.is_empty() {
        source.sources.push(CharSourceElement::default());
    }
    for ends in source.sources.iter_mut().take(1).filter(|ends| ends.master.is_none()) {
        ends.master = Some(format!("/dev/nmdm{uuid}A"));
        ends.slave = Some(format!("/dev/nmdm{uuid}B"));
    }
}
