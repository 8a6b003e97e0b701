//! Devices with little to settle, each in a few lines.

use super::disks::{ScsiPlace, iscsi_unit, scsi_host_place, scsi_place};
use crate::domain::defaults::Random;
use crate::domain::device::display::{InputBus, InputType, SoundModel};
use crate::domain::device::filesystem::FsAccessMode;
use crate::domain::device::hostdev::{HostdevSource, MdevModel};
use crate::domain::device::info::Address;
use crate::domain::device::memdev::{DeviceUuid, MemoryModel};
use crate::domain::device::small::RngModel;
use crate::domain::memory::MemoryAccess;
use crate::domain::os::OsType;
use crate::domain::{Domain, VirtType};
use std::collections::BTreeSet;
use vir_base::{Result, bail};
use vir_xml::YesNo;

/// Settles them.
///
/// # Errors
/// What contradicts itself.
pub fn settle(domain: &mut Domain, random: &mut dyn Random) -> Result<()> {
    hostdevs(domain)?;
    inputs(domain);
    let power = domain.os.arch().starts_with("ppc64");
    let devices = &mut domain.devices;
    for controller in &devices.controllers {
        let virtio = matches!(
            controller.model.as_deref(),
            Some("virtio-scsi" | "virtio-transitional" | "virtio-non-transitional")
        );
        if controller.driver.as_ref().is_some_and(|driver| driver.iothread.is_some()) && !virtio {
            bail!(Domain, XmlError, "'iothread' attribute only supported for virtio scsi controllers");
        }
    }
    for rng in &mut devices.rngs {
        rng.model.get_or_insert(RngModel::Virtio);
    }
    for filesystem in &mut devices.filesystems {
        let served = filesystem.source.as_ref().is_some_and(|source| source.socket.is_some());
        if !served {
            filesystem.accessmode.get_or_insert(FsAccessMode::Passthrough);
        }
    }
    if let Some(vsock) = &mut devices.vsock {
        let cid = vsock.cid.get_or_insert_default();
        cid.auto.get_or_insert(YesNo::from(cid.address.is_none()));
    }
    for memory in &mut devices.memories {
        match memory.model {
            Some(MemoryModel::VirtioPmem) => _ = memory.access.get_or_insert(MemoryAccess::Shared),
            Some(MemoryModel::Nvdimm) if power => {
                memory.uuid.get_or_insert_with(|| DeviceUuid(random.uuid()));
            }
            _ => {}
        }
    }
    for sound in devices.sounds.iter_mut().filter(|sound| sound.model == Some(SoundModel::Virtio)) {
        sound.streams.get_or_insert(2);
    }
    duplicates(domain)
}

fn hostdevs(domain: &mut Domain) -> Result<()> {
    let devices = &mut domain.devices;
    let on_disks: BTreeSet<ScsiPlace> = devices.disks.iter().filter_map(scsi_place).collect();
    let taken: BTreeSet<ScsiPlace> = devices.hostdevs.iter().filter_map(scsi_host_place).collect();
    let places = (0..4096).flat_map(|controller| (0..7).map(move |unit| (controller, 0, 0, unit)));
    // those that are given out are not looked at again
    let mut free = places.filter(|place| !on_disks.contains(place) && !taken.contains(place));
    for hostdev in &mut devices.hostdevs {
        match &mut hostdev.source {
            Some(HostdevSource::Iscsi(iscsi)) => iscsi_unit(&mut iscsi.name),
            Some(HostdevSource::Scsi { .. }) => {}
            Some(HostdevSource::Mdev(_)) => {
                let kind = hostdev.info.address.as_ref().map(Address::kind);
                let wrong = match hostdev.mdev_model {
                    Some(MdevModel::VfioPci) => !matches!(hostdev.info.address, None | Some(Address::Pci(_))),
                    Some(MdevModel::VfioCcw) => !matches!(hostdev.info.address, None | Some(Address::Ccw(_))),
                    _ => false,
                };
                if let (true, Some(kind), Some(model)) = (wrong, kind, hostdev.mdev_model) {
                    bail!(
                        Domain,
                        XmlError,
                        "Unsupported address type '{kind}' with mediated device model '{model}'"
                    );
                }
                continue;
            }
            _ => continue,
        }
        if let Some((controller, bus, target, unit)) = scsi_host_place(hostdev) {
            if on_disks.contains(&(controller, bus, target, unit)) {
                bail!(
                    Domain,
                    XmlError,
                    "SCSI host address controller='{controller}' bus='{bus}' target='{target}' unit='{unit}' \
                     in use by a SCSI disk"
                );
            }
        } else if hostdev.info.address.is_none() {
            let place = free.next();
            hostdev.info.address =
                place.map(|(controller, bus, target, unit)| Address::Drive { controller, bus, target, unit });
        }
    }
    Ok(())
}

fn inputs(domain: &mut Domain) {
    let os = domain.os.os_type();
    let arch = domain.os.arch();
    let x86 = matches!(arch, "x86_64" | "i686" | "");
    let s390 = arch.starts_with("s390");
    let parallels = matches!(domain.kind, Some(VirtType::Vz | VirtType::Parallels));
    for input in domain
        .devices
        .inputs
        .iter_mut()
        .filter(|input| input.bus.is_none() && input.kind != Some(InputType::Evdev))
    {
        input.bus = match os {
            Some(OsType::Hvm) => Some(match input.kind {
                Some(InputType::Mouse | InputType::Keyboard) if x86 => InputBus::Ps2,
                Some(InputType::Passthrough) => InputBus::Virtio,
                _ if s390 => InputBus::Virtio,
                _ => InputBus::Usb,
            }),
            Some(OsType::Xen | OsType::Xenpvh) => Some(InputBus::Xen),
            _ if parallels => Some(InputBus::Parallels),
            _ => None,
        };
    }
}

/// Of some devices there is one of a kind.
fn duplicates(domain: &Domain) -> Result<()> {
    let panics = &domain.devices.panics;
    for (i, panic) in panics.iter().enumerate() {
        if panics[..i].iter().any(|other| other.model == panic.model) {
            let model = panic.model.map_or("default", |model| model.as_str());
            bail!(Domain, XmlError, "Multiple panic devices with model '{model}'");
        }
    }
    Ok(())
}
