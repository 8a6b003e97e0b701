//! Disks: what follows from their names and kinds, and where they sit on their controllers.

use crate::domain::Domain;
use crate::domain::device::disk::{Disk, DiskBus, DiskDevice, DiskType, SnapshotLocation};
use crate::domain::device::hostdev::{Hostdev, HostdevSource};
use crate::domain::device::info::Address;
use crate::domain::device::source::NetProtocol;
use std::collections::{BTreeMap, BTreeSet};
use vir_base::{Result, bail};
use vir_xml::YesNo;

/// Disks of a bus stand together by their names, buses in the order in which they first occur; those that do not say
/// their bus yet are of one. Then settles what follows from their names and kinds.
pub fn name(domain: &mut Domain) {
    let disks = &mut domain.devices.disks;
    disks.iter_mut().for_each(plain_name);
    order(disks);
    disks.iter_mut().for_each(settle_one);
}

/// Those of a bus together by their names, buses in the order in which they first occur.
pub fn order(disks: &mut [Disk]) {
    let mut buses = Vec::new();
    for bus in disks.iter().map(Disk::bus) {
        if !buses.contains(&bus) {
            buses.push(bus);
        }
    }
    let place = |disk: &Disk| (buses.iter().position(|bus| *bus == disk.bus()), name_index(disk.dst()));
    disks.sort_by_key(place);
}

/// Settles where they sit, and the limits that they share.
///
/// # Errors
/// A name that is none, and a place that a device of the host has.
pub fn settle(domain: &mut Domain) -> Result<()> {
    let devices = &mut domain.devices;
    devices.disks.iter_mut().for_each(settle_one);
    let hosts: BTreeSet<ScsiPlace> = devices.hostdevs.iter().filter_map(scsi_host_place).collect();
    for disk in devices.disks.iter_mut().filter(|disk| disk.info.address.is_none() && !disk.dst().is_empty())
    {
        place(disk, &hosts)?;
    }
    share_limits(&mut devices.disks);
    Ok(())
}

/// Xen's old prefix says nothing.
fn plain_name(disk: &mut Disk) {
    if let Some(name) = disk.target.as_mut().and_then(|target| target.dev.as_mut())
        && let Some(rest) = name.strip_prefix("ioemu:")
    {
        *name = rest.to_owned();
    }
}

fn settle_one(disk: &mut Disk) {
    let device = disk.device();
    disk.device = Some(device);
    if device == DiskDevice::Cdrom {
        disk.readonly = true;
    }
    if disk.bus().is_none() {
        let bus = bus_of(disk);
        disk.target.get_or_insert_default().bus = Some(bus);
    }
    let usb = disk.bus() == Some(DiskBus::Usb);
    if let Some(target) = &mut disk.target {
        target.removable.take_if(|_| !usb);
    }
    let kind = disk.kind();
    if disk.snapshot.is_none() && kind == DiskType::Vhostuser {
        disk.snapshot = Some(SnapshotLocation::No);
    }
    // what cannot be written has no snapshots, and need not say so
    disk.snapshot.take_if(|snapshot| *snapshot == SnapshotLocation::No && disk.readonly);
    if let Some(source) = &mut disk.source {
        if kind == DiskType::Nvme {
            source.managed.get_or_insert(YesNo::Yes);
        }
        if source.protocol == Some(NetProtocol::Iscsi)
            && let Some(name) = &mut source.name
        {
            iscsi_unit(name);
        }
    }
}

/// A unit that is not said is the first.
pub fn iscsi_unit(name: &mut String) {
    if !name.contains('/') {
        name.push_str("/0");
    }
}

/// The bus that follows from a disk's kind or name.
fn bus_of(disk: &Disk) -> DiskBus {
    if disk.device() == DiskDevice::Floppy {
        return DiskBus::Fdc;
    }
    let names = [
        ("hd", DiskBus::Ide),
        ("sd", DiskBus::Scsi),
        ("vd", DiskBus::Virtio),
        ("xvd", DiskBus::Xen),
        ("ubd", DiskBus::Uml),
    ];
    names.iter().find(|(prefix, _)| disk.dst().starts_with(prefix)).map_or(DiskBus::Ide, |(_, bus)| *bus)
}

/// The number in a disk's name: `vda` is 0, `vdb` 1, `vdaa` 26.
pub fn name_index(name: &str) -> Option<u32> {
    name_parts(name).map(|(index, _)| index)
}

/// The number in a disk's name and that of a partition, which is 0 for the whole: `vdb1` is the first of the disk 1.
pub fn name_parts(name: &str) -> Option<(u32, u32)> {
    let letters = ["fd", "hd", "vd", "sd", "xvd", "ubd"].iter().find_map(|p| name.strip_prefix(p))?;
    let trimmed = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &letters[trimmed.len()..];
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    let digit = |c: char| c.is_ascii_lowercase().then(|| c as u32 - 'a' as u32 + 1);
    let number = trimmed.chars().try_fold(0u32, |sum, c| sum.checked_mul(26)?.checked_add(digit(c)?))?;
    let partition = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    Some((number.checked_sub(1)?, partition))
}

fn place(disk: &mut Disk, hosts: &BTreeSet<ScsiPlace>) -> Result<()> {
    let Some(index) = name_index(disk.dst()) else {
        bail!(Domain, XmlError, "Unknown disk name '{}' and no address specified", disk.dst())
    };
    let (controller, bus, unit) = match disk.bus() {
        Some(DiskBus::Scsi) => (index / 7, 0, index % 7),
        Some(DiskBus::Ide) => (index / 4, index % 4 / 2, index % 2),
        Some(DiskBus::Sata) => (index / 6, 0, index % 6),
        Some(DiskBus::Fdc) => (index / 2, 0, index % 2),
        _ => return Ok(()),
    };
    if disk.bus() == Some(DiskBus::Scsi) && hosts.contains(&(controller, bus, 0, unit)) {
        bail!(
            Domain,
            ConfigUnsupported,
            "using disk target name '{}' conflicts with SCSI host device address controller='{controller}' \
             bus='0' target='0' unit='{unit}",
            disk.dst()
        );
    }
    disk.info.address = Some(Address::Drive { controller, bus, target: 0, unit });
    Ok(())
}

/// A place on a SCSI bus: controller, bus, target, unit.
pub type ScsiPlace = (u32, u32, u32, u32);

/// That of a disk that is on such a bus.
pub fn scsi_place(disk: &Disk) -> Option<ScsiPlace> {
    place_of(disk.info.address.as_ref()).filter(|_| disk.bus() == Some(DiskBus::Scsi))
}

/// That of a SCSI device of the host.
pub fn scsi_host_place(hostdev: &Hostdev) -> Option<ScsiPlace> {
    let scsi = matches!(hostdev.source, Some(HostdevSource::Scsi { .. } | HostdevSource::Iscsi(_)));
    place_of(hostdev.info.address.as_ref()).filter(|_| scsi)
}

fn place_of(address: Option<&Address>) -> Option<ScsiPlace> {
    match address {
        Some(&Address::Drive { controller, bus, target, unit }) => Some((controller, bus, target, unit)),
        _ => None,
    }
}

/// A disk that names a group and no limits has those of the group's first disk that has some.
fn share_limits(disks: &mut [Disk]) {
    let mut limits = BTreeMap::new();
    for tune in disks.iter().filter_map(|disk| disk.iotune.as_ref()).filter(|tune| tune.has_limits()) {
        if let Some(group) = &tune.group_name {
            limits.entry(group.clone()).or_insert_with(|| tune.clone());
        }
    }
    for tune in disks.iter_mut().filter_map(|disk| disk.iotune.as_mut()).filter(|tune| !tune.has_limits()) {
        if let Some(found) = tune.group_name.as_ref().and_then(|group| limits.get(group)) {
            *tune = found.clone();
        }
    }
}
