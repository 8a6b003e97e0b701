//! Devices with little to settle, each in a few lines.

use super::builtin::MAX_WITHOUT_EIM;
use super::{Board, Family, Terms};
use crate::caps::{Caps, Flag};
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::disk::{Disk, DiskType};
use vir_model::domain::device::display::VideoType;
use vir_model::domain::device::hostdev::MdevModel;
use vir_model::domain::device::interface::{BackendType, InterfaceModel, InterfaceType};
use vir_model::domain::device::memdev::{MemoryDevice, MemoryModel, Shmem, ShmemModel, ShmemSize};
use vir_model::domain::device::secure::{TpmBackendType, TpmModel, TpmVersion};
use vir_model::domain::device::small::{IommuModel, PanicModel, PstoreBackend, VsockModel};
use vir_model::domain::device::source::ImageFormat;
use vir_model::domain::device::storage::EncryptionEngine;
use vir_model::domain::memory::Kib;
use vir_xml::OnOff;

/// What QXL's framebuffer has if nothing is said, in KiB.
const QXL_VGAMEM: u32 = 16 << 10;

/// What pieces of memory a pseries guest takes and gives, in KiB.
const PSERIES_PIECE: u64 = 256 << 10;

/// Settles them.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    def.devices.disks.iter_mut().for_each(disk);
    interfaces(def, terms.caps);
    videos(def, terms.caps);
    let panic = panic_model(def);
    for device in &mut def.devices.panics {
        device.model = device.model.filter(|model| *model != PanicModel::Default).or(panic);
    }
    def.devices.shmems.iter_mut().try_for_each(shmem)?;
    if let Some(vsock) = &mut def.devices.vsock {
        vsock.model.get_or_insert(VsockModel::Virtio);
    }
    for hostdev in &mut def.devices.hostdevs {
        // a display that is not asked for must not come with a later QEMU
        if hostdev.mdev_model == Some(MdevModel::VfioPci) {
            hostdev.display.get_or_insert(OnOff::Off);
        }
    }
    tpms(def);
    if terms.abi_update && def.os.arch().starts_with("ppc64") {
        def.devices.memories.iter_mut().try_for_each(align)?;
    }
    if let Some(pstore) = &mut def.devices.pstore
        && pstore.backend == Some(PstoreBackend::AcpiErst)
    {
        pstore.path.get_or_insert_with(|| format!("{}/{}_PSTORE.raw", terms.host.nvram, def.name));
    }
    iommu(def, terms);
    Ok(())
}

fn disk(disk: &mut Disk) {
    let kind = disk.kind();
    let driver = disk.driver.get_or_insert_default();
    driver.name.get_or_insert_with(|| "qemu".to_owned());
    if kind != DiskType::Volume {
        driver.format.get_or_insert_with(|| "raw".to_owned());
    }
    if let Some(mirror) = &mut disk.mirror.0 {
        mirror.format.get_or_insert_default().kind.get_or_insert(ImageFormat::Raw);
    }
    let own = disk.encryption.as_mut();
    let mut source = disk.source.as_mut();
    own.into_iter()
        .chain(source.as_mut().and_then(|source| source.encryption.as_mut()))
        .for_each(|encryption| _ = encryption.engine.get_or_insert(EncryptionEngine::Qemu));
}

fn interfaces(def: &mut Domain, caps: &Caps) {
    let usual = net_model(def, caps);
    for interface in &mut def.devices.interfaces {
        let kind = interface.kind();
        let virtio = matches!(kind, InterfaceType::Vdpa | InterfaceType::Vhostuser);
        if kind != InterfaceType::Hostdev && interface.model().is_none() {
            let model = if virtio { "virtio" } else { usual };
            interface.model = Some(InterfaceModel { kind: Some(model.to_owned()) });
        }
        let built_in = caps.flag(Flag::NetdevUser);
        if kind == InterfaceType::User && !built_in && caps.flag(Flag::NetdevStream) {
            interface.backend.get_or_insert_default().kind.get_or_insert(BackendType::Passt);
        }
    }
}

/// The interface that guests are most likely to know, as far as old guests let us choose.
fn net_model(def: &Domain, caps: &Caps) -> &'static str {
    let board = Board::of(def);
    match Family::of(def.os.arch()) {
        Family::S390 => "virtio",
        _ if board.is_virt() => "virtio",
        Family::Arm if board == Board::Versatilepb => "smc91c111",
        Family::Arm => "lan9118",
        _ if caps.flag(Flag::DeviceRtl8139) => "rtl8139",
        _ if caps.flag(Flag::DeviceE1000) => "e1000",
        _ if caps.flag(Flag::DeviceVirtioNet) => "virtio",
        _ => "rtl8139",
    }
}

fn videos(def: &mut Domain, caps: &Caps) {
    let usual = if def.os.arch().starts_with("ppc64") {
        Some(VideoType::Vga)
    } else if Board::of(def).is_virt() || Family::of(def.os.arch()) == Family::S390 {
        Some(VideoType::Virtio)
    } else if caps.flag(Flag::DeviceCirrusVga) {
        Some(VideoType::Cirrus)
    } else {
        caps.flag(Flag::DeviceVga).then_some(VideoType::Vga)
    };
    for video in &mut def.devices.videos {
        let model = video.model.get_or_insert_default();
        model.kind = model.kind.filter(|kind| *kind != VideoType::Default).or(usual);
        if model.kind == Some(VideoType::Qxl) {
            model.vgamem = model.vgamem.filter(|kib| *kib > 0).or(Some(QXL_VGAMEM));
        }
    }
}

/// The panic notifier that the machine has by itself, or takes best.
pub(super) fn panic_model(def: &Domain) -> Option<PanicModel> {
    match (Family::of(def.os.arch()), Board::of(def)) {
        (_, Board::Pseries) => Some(PanicModel::Pseries),
        (Family::S390, _) => Some(PanicModel::S390),
        (Family::X86, _) => Some(PanicModel::Isa),
        (_, Board::ArmVirt) => Some(PanicModel::Pvpanic),
        _ => None,
    }
}

fn shmem(device: &mut Shmem) -> Result<()> {
    let kind = device.model.as_ref().and_then(|model| model.kind).unwrap_or(ShmemModel::Ivshmem);
    if kind != ShmemModel::IvshmemDoorbell && device.size.is_none_or(|size| size.0 == 0) {
        device.size = Some(ShmemSize(4 << 20));
    }
    if kind == ShmemModel::Ivshmem {
        return Ok(());
    }
    if device.server.is_none() {
        if kind == ShmemModel::IvshmemDoorbell {
            bail!(
                Qemu,
                ConfigUnsupported,
                "shmem model '{kind}' is supported only with server option enabled"
            );
        }
        return Ok(());
    }
    if kind == ShmemModel::IvshmemPlain {
        bail!(Qemu, ConfigUnsupported, "shmem model '{kind}' is supported only with server option disabled");
    }
    if device.size.is_some_and(|size| size.0 > 0) {
        bail!(Qemu, ConfigUnsupported, "shmem model '{kind}' does not support size setting");
    }
    device.msi.get_or_insert_default().ioeventfd.get_or_insert(OnOff::On);
    Ok(())
}

fn tpms(def: &mut Domain) {
    let power = def.os.arch().starts_with("ppc64");
    let x86 = Family::of(def.os.arch()) == Family::X86;
    for tpm in &mut def.devices.tpms {
        let model = *tpm.model.get_or_insert(if power { TpmModel::TpmSpapr } else { TpmModel::TpmTis });
        if let Some(backend) = &mut tpm.backend
            && backend.kind == Some(TpmBackendType::Emulator)
        {
            // what old guests on PCs have had; elsewhere there are none
            let old = model == TpmModel::TpmTis && x86;
            backend.version.get_or_insert(if old { TpmVersion::V1_2 } else { TpmVersion::V2_0 });
        }
    }
}

/// Memory of a pseries guest comes in whole pieces; that of an NVDIMM must not reach beyond its file.
fn align(memory: &mut MemoryDevice) -> Result<()> {
    let nvdimm = memory.model == Some(MemoryModel::Nvdimm);
    let Some(target) = &mut memory.target else { return Ok(()) };
    let Some(Kib(size)) = target.size else { return Ok(()) };
    let aligned = if nvdimm {
        let label = target.label.as_ref().and_then(|label| label.size).map_or(0, |size| size.0);
        let pieces = size.saturating_sub(label) / PSERIES_PIECE;
        if pieces == 0 {
            bail!(Qemu, XmlError, "minimum target size for the NVDIMM must be 256MB plus the label size");
        }
        pieces * PSERIES_PIECE + label
    } else {
        size.checked_next_multiple_of(PSERIES_PIECE).unwrap_or(size)
    };
    target.size = Some(Kib(aligned));
    Ok(())
}

/// More processors than their interrupts have numbers for.
pub(super) fn needs_eim(def: &Domain) -> bool {
    Board::of(def) == Board::Q35 && def.max_vcpus() > MAX_WITHOUT_EIM
}

fn iommu(def: &mut Domain, terms: &Terms<'_>) {
    if !terms.abi_update || !needs_eim(def) {
        return;
    }
    let Some(iommu) = def.devices.iommu.as_mut().filter(|iommu| iommu.model == Some(IommuModel::Intel))
    else {
        return;
    };
    let driver = iommu.driver.get_or_insert_default();
    for (flag, setting) in
        [(Flag::IntelIommuIntremap, &mut driver.intremap), (Flag::IntelIommuEim, &mut driver.eim)]
    {
        if terms.caps.flag(flag) {
            setting.get_or_insert(OnOff::On);
        }
    }
}
