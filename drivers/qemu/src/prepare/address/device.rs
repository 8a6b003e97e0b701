//! Devices that may sit on a PCI bus, in the order in which they are placed there: the order of QEMU's own choice, long
//! ago, so that old guests keep their places.

use vir_model::domain::device::Devices;
use vir_model::domain::device::controller::ControllerType;
use vir_model::domain::device::info::DeviceInfo;
use vir_model::domain::device::interface::InterfaceType;

/// A device by its list and its place in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub(super) enum Device {
    Controller(usize),
    Filesystem(usize),
    Interface(usize),
    Sound(usize),
    Disk(usize),
    Hostdev(usize),
    Balloon,
    Rng(usize),
    Watchdog(usize),
    Video(usize),
    Shmem(usize),
    Input(usize),
    Serial(usize),
    Iommu,
    Vsock,
    Memory(usize),
    Crypto(usize),
    Panic(usize),
    Pstore,
}

impl Device {
    /// All of them.
    pub(super) fn all(it: &Devices) -> Vec<Self> {
        let pci = |i: &usize| it.controllers[*i].is(ControllerType::Pci);
        let mut all: Vec<Self> = (0..it.controllers.len()).filter(pci).map(Self::Controller).collect();
        all.extend((0..it.filesystems.len()).map(Self::Filesystem));
        let given = |i: &usize| it.interfaces[*i].kind() == InterfaceType::Hostdev;
        all.extend((0..it.interfaces.len()).filter(|i| !given(i)).map(Self::Interface));
        all.extend((0..it.sounds.len()).map(Self::Sound));
        all.extend((0..it.controllers.len()).filter(|i| !pci(i)).map(Self::Controller));
        all.extend((0..it.disks.len()).map(Self::Disk));
        all.extend((0..it.interfaces.len()).filter(given).map(Self::Interface));
        all.extend((0..it.hostdevs.len()).map(Self::Hostdev));
        all.extend(it.balloon.iter().map(|_| Self::Balloon));
        all.extend((0..it.rngs.len()).map(Self::Rng));
        all.extend((0..it.watchdogs.len()).map(Self::Watchdog));
        all.extend((0..it.videos.len()).map(Self::Video));
        all.extend((0..it.shmems.len()).map(Self::Shmem));
        all.extend((0..it.inputs.len()).map(Self::Input));
        all.extend((0..it.serials.len()).map(Self::Serial));
        all.extend(it.iommu.iter().map(|_| Self::Iommu));
        all.extend(it.vsock.iter().map(|_| Self::Vsock));
        all.extend((0..it.memories.len()).map(Self::Memory));
        all.extend((0..it.cryptos.len()).map(Self::Crypto));
        all.extend((0..it.panics.len()).map(Self::Panic));
        all.extend(it.pstore.iter().map(|_| Self::Pstore));
        all
    }

    /// What every device has, if the device is there.
    pub(super) fn info(self, it: &Devices) -> Option<&DeviceInfo> {
        Some(match self {
            Self::Controller(i) => &it.controllers.get(i)?.info,
            Self::Filesystem(i) => &it.filesystems.get(i)?.info,
            Self::Interface(i) => &it.interfaces.get(i)?.info,
            Self::Sound(i) => &it.sounds.get(i)?.info,
            Self::Disk(i) => &it.disks.get(i)?.info,
            Self::Hostdev(i) => &it.hostdevs.get(i)?.info,
            Self::Balloon => &it.balloon.as_ref()?.info,
            Self::Rng(i) => &it.rngs.get(i)?.info,
            Self::Watchdog(i) => &it.watchdogs.get(i)?.info,
            Self::Video(i) => &it.videos.get(i)?.info,
            Self::Shmem(i) => &it.shmems.get(i)?.info,
            Self::Input(i) => &it.inputs.get(i)?.info,
            Self::Serial(i) => &it.serials.get(i)?.info,
            Self::Iommu => &it.iommu.as_ref()?.info,
            Self::Vsock => &it.vsock.as_ref()?.info,
            Self::Memory(i) => &it.memories.get(i)?.info,
            Self::Crypto(i) => &it.cryptos.get(i)?.info,
            Self::Panic(i) => &it.panics.get(i)?.info,
            Self::Pstore => &it.pstore.as_ref()?.info,
        })
    }

    /// As [`Device::info`], to change it.
    pub(super) fn info_mut(self, it: &mut Devices) -> Option<&mut DeviceInfo> {
        Some(match self {
            Self::Controller(i) => &mut it.controllers.get_mut(i)?.info,
            Self::Filesystem(i) => &mut it.filesystems.get_mut(i)?.info,
            Self::Interface(i) => &mut it.interfaces.get_mut(i)?.info,
            Self::Sound(i) => &mut it.sounds.get_mut(i)?.info,
            Self::Disk(i) => &mut it.disks.get_mut(i)?.info,
            Self::Hostdev(i) => &mut it.hostdevs.get_mut(i)?.info,
            Self::Balloon => &mut it.balloon.as_mut()?.info,
            Self::Rng(i) => &mut it.rngs.get_mut(i)?.info,
            Self::Watchdog(i) => &mut it.watchdogs.get_mut(i)?.info,
            Self::Video(i) => &mut it.videos.get_mut(i)?.info,
            Self::Shmem(i) => &mut it.shmems.get_mut(i)?.info,
            Self::Input(i) => &mut it.inputs.get_mut(i)?.info,
            Self::Serial(i) => &mut it.serials.get_mut(i)?.info,
            Self::Iommu => &mut it.iommu.as_mut()?.info,
            Self::Vsock => &mut it.vsock.as_mut()?.info,
            Self::Memory(i) => &mut it.memories.get_mut(i)?.info,
            Self::Crypto(i) => &mut it.cryptos.get_mut(i)?.info,
            Self::Panic(i) => &mut it.panics.get_mut(i)?.info,
            Self::Pstore => &mut it.pstore.as_mut()?.info,
        })
    }
}
