//! Virtio devices on machines where they need not sit on PCI: on channels, or right on the processor's bus.

use super::super::{Board, Family};
use super::connect::has_root;
use crate::caps::{Caps, Flag};
use vir_model::domain::Domain;
use vir_model::domain::address::pci::PciModel;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::display::{InputBus, SoundModel, VideoType};
use vir_model::domain::device::hostdev::{HostdevSource, MdevModel};
use vir_model::domain::device::info::{Address, DeviceInfo};
use vir_model::domain::device::memdev::MemoryModel;

/// Says of virtio devices of which nothing is said, on which bus they are, where PCI is not it.
pub(super) fn choose(def: &mut Domain, caps: &Caps) {
    if Board::of(def) == Board::S390Ccw {
        if caps.flag(Flag::DeviceVfioCcw) {
            channels(def);
        }
        put(def, &Address::Ccw(None));
        return;
    }
    let arm = matches!(def.os.arch(), "armv6l" | "armv7l" | "aarch64");
    let riscv = Family::of(def.os.arch()) == Family::RiscV;
    let board = Board::of(def);
    let has_mmio = (arm && def.os.machine().starts_with("vexpress-"))
        || matches!(board, Board::ArmVirt | Board::RiscVVirt);
    if !(arm || riscv) || !has_mmio || !caps.flag(Flag::DeviceVirtioMmio) {
        return;
    }
    let ports = caps.flag(Flag::DevicePcieRootPort) || caps.flag(Flag::DeviceIoh3420);
    let mut already = false;
    def.devices.for_each_info(&mut |info| already |= info.address == Some(Address::VirtioMmio));
    if already || !ports || !has_root(def, PciModel::PcieRoot) {
        put(def, &Address::VirtioMmio);
    }
}

/// Devices of the host's channels are on the guest's; those of its cryptographic bus are on none.
fn channels(def: &mut Domain) {
    for hostdev in &mut def.devices.hostdevs {
        match hostdev.mdev_model {
            Some(MdevModel::VfioCcw) => _ = hostdev.info.address.get_or_insert(Address::Ccw(None)),
            Some(MdevModel::VfioAp) => hostdev.info.address = None,
            _ => {}
        }
    }
}

/// Gives every virtio device that has no address this one.
fn put(def: &mut Domain, address: &Address) {
    let put = |info: &mut DeviceInfo| {
        info.address.get_or_insert_with(|| address.clone());
    };
    let it = &mut def.devices;
    it.disks.iter_mut().filter(|d| d.bus() == Some(DiskBus::Virtio)).for_each(|d| put(&mut d.info));
    it.interfaces.iter_mut().filter(|d| d.is_virtio()).for_each(|d| put(&mut d.info));
    it.videos.iter_mut().filter(|d| d.kind() == Some(VideoType::Virtio)).for_each(|d| put(&mut d.info));
    it.inputs.iter_mut().filter(|d| d.bus == Some(InputBus::Virtio)).for_each(|d| put(&mut d.info));
    let own = |kind| matches!(kind, Some(ControllerType::VirtioSerial | ControllerType::Scsi));
    it.controllers.iter_mut().filter(|d| own(d.kind)).for_each(|d| put(&mut d.info));
    let vhost = |source: &Option<HostdevSource>| matches!(source, Some(HostdevSource::Vhost { .. }));
    it.hostdevs.iter_mut().filter(|d| vhost(&d.source)).for_each(|d| put(&mut d.info));
    it.balloon.iter_mut().filter(|d| d.is_there()).for_each(|d| put(&mut d.info));
    it.rngs.iter_mut().for_each(|d| put(&mut d.info));
    let virtio = |model| matches!(model, Some(MemoryModel::VirtioPmem | MemoryModel::VirtioMem));
    it.memories.iter_mut().filter(|d| virtio(d.model)).for_each(|d| put(&mut d.info));
    if matches!(address, Address::Ccw(_)) {
        it.filesystems.iter_mut().for_each(|d| put(&mut d.info));
        it.vsock.iter_mut().for_each(|d| put(&mut d.info));
    }
    it.cryptos.iter_mut().for_each(|d| put(&mut d.info));
    it.sounds.iter_mut().filter(|d| d.model == Some(SoundModel::Virtio)).for_each(|d| put(&mut d.info));
}
