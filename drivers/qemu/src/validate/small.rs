//! Devices with little to check: the memory balloon, the IOMMU, memory that outlasts the guest.

use super::{Check, machine, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::info::Address;
use vir_model::domain::device::small::{
    Balloon, BalloonModel, Iommu, IommuDriver, IommuModel, NvramDevice, Pstore, PstoreBackend,
};

/// The memory balloon.
pub fn balloon(it: &Check<'_>, balloon: &Balloon) -> Result<()> {
    use BalloonModel::{Virtio, VirtioNonTransitional, VirtioTransitional};
    let Some(model) = balloon.model.filter(|model| *model != BalloonModel::None) else { return Ok(()) };
    if !matches!(model, Virtio | VirtioTransitional | VirtioNonTransitional) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "Memory balloon device type '{model}' is not supported by this version of qemu"
        );
    }
    refuse([
        (
            balloon.autodeflate.is_some() && !it.has(Flag::VirtioBalloonAutodeflate),
            "deflate-on-oom is not supported by this QEMU binary",
        ),
        (
            balloon.free_page_reporting.is_some() && !it.has(Flag::VirtioBalloonFreePageReporting),
            "freePageReporting is not supported by this QEMU binary",
        ),
    ])
}

/// The IOMMU, which is of the machine.
pub fn iommu(it: &Check<'_>, iommu: &Iommu) -> Result<()> {
    let Some(model) = iommu.model else { return Ok(()) };
    let (q35, virt) = (it.board == Board::Q35, it.board == Board::ArmVirt);
    let (fits, machines, there) = match model {
        IommuModel::Intel => (q35, "Q35", it.has(Flag::DeviceIntelIommu)),
        IommuModel::Smmuv3 => (virt, "ARM Virt", it.has(Flag::MachineVirtIommu)),
        IommuModel::Virtio => (
            q35 || virt,
            "Q35 and ARM Virt",
            it.has(Flag::DeviceVirtioIommuPci) && it.has(Flag::VirtioIommuBootBypass),
        ),
    };
    let virtio = model == IommuModel::Virtio;
    let pci = matches!(iommu.info.address, None | Some(Address::Pci(_)));
    refuse([
        (!fits, format!("IOMMU device: '{model}' is only supported with {machines} machines")),
        (!there, format!("IOMMU device: '{model}' is not supported with this QEMU binary")),
        (virtio && !machine::has_acpi(it), format!("IOMMU device: '{model}' requires ACPI")),
        (virtio && !pci, format!("IOMMU device: '{model}' needs a PCI address")),
    ])?;
    iommu.driver.as_ref().map_or(Ok(()), |driver| iommu_driver(it, driver))
}

fn iommu_driver(it: &Check<'_>, driver: &IommuDriver) -> Result<()> {
    let rows = [
        (driver.intremap.is_some(), Flag::IntelIommuIntremap, "interrupt remapping"),
        (driver.caching_mode.is_some(), Flag::IntelIommuCachingMode, "caching mode"),
        (driver.eim.is_some(), Flag::IntelIommuEim, "eim"),
        (driver.iotlb.is_some(), Flag::IntelIommuDeviceIotlb, "device IOTLB"),
        (driver.aw_bits.is_some_and(|bits| bits > 0), Flag::IntelIommuAwBits, "aw_bits"),
        (driver.dma_translation.is_some(), Flag::IntelIommuDmaTranslation, "updating dma translation"),
    ];
    let refused = |(said, flag, what): (bool, Flag, &str)| {
        (said && !it.has(flag), format!("iommu: {what} is not supported with this QEMU binary"))
    };
    refuse(rows.map(refused))
}

/// Memory that a pseries guest keeps while it is off.
pub fn nvram(it: &Check<'_>, nvram: &NvramDevice) -> Result<()> {
    refuse([
        (it.board != Board::Pseries, "nvram device is only supported for PPC64"),
        (!it.has(Flag::DeviceNvram), "nvram device is not supported by this QEMU binary"),
    ])?;
    match nvram.info.address {
        Some(Address::SpaprVio { reg: Some(_) }) => Ok(()),
        _ => bail!(Qemu, XmlError, "nvram address type must be spaprvio"),
    }
}

/// Where a guest keeps what it says in dying.
pub fn pstore(it: &Check<'_>, pstore: &Pstore) -> Result<()> {
    refuse([
        (
            pstore.backend == Some(PstoreBackend::AcpiErst) && !it.has(Flag::DeviceAcpiErst),
            "acpi-erst backend of pstore device is not supported",
        ),
        (
            !matches!(pstore.info.address, None | Some(Address::Pci(_))),
            "ACPI ERST device must reside on a PCI bus",
        ),
    ])
}
