//! How each device is connected to PCI: an old device to conventional PCI, a new one to PCI Express where there is any.

use super::super::Terms;
use super::device::Device;
use crate::caps::Flag;
use vir_model::domain::Domain;
use vir_model::domain::address::pci::{Connect, PciModel, model_of};
use vir_model::domain::device::chardev::SerialTargetType;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::{DiskBus, DiskModel};
use vir_model::domain::device::display::{InputBus, InputModel, SoundModel, VideoType};
use vir_model::domain::device::filesystem::{Filesystem, FsDriverType, FsModel};
use vir_model::domain::device::hostdev::{Hostdev, HostdevSource, MdevModel, VhostModel};
use vir_model::domain::device::info::{DeviceInfo, PciAddress};
use vir_model::domain::device::interface::{Interface, InterfaceType};
use vir_model::domain::device::memdev::MemoryModel;
use vir_model::domain::device::small::{
    BalloonModel, IommuModel, PanicModel, RngModel, VsockModel, WatchdogModel,
};

/// What a machine has to connect devices to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorts {
    /// For devices of PCI Express.
    express: Connect,
    /// For virtio devices.
    virtio: Connect,
}

/// The domain's first PCI controller is of that model.
pub(super) fn has_root(def: &Domain, model: PciModel) -> bool {
    let first = def.devices.controllers.iter().find(|c| c.is(ControllerType::Pci) && c.index() == 0);
    first.is_some_and(|root| model_of(root.model.as_deref()) == Some(model))
}

impl Sorts {
    /// Of a domain.
    pub(super) fn of(def: &Domain, terms: &Terms<'_>) -> Self {
        let express = if has_root(def, PciModel::PcieRoot) { Connect::PCIE } else { Connect::PCI };
        let modern = terms.caps.flag(Flag::VirtioPciTransitional);
        Self { express, virtio: if modern { express } else { Connect::PCI } }
    }

    /// Of a virtio device: those that older guests know too have a port that PCI Express has not.
    fn virtio(self, transitional: bool) -> Option<Connect> {
        Some(if transitional { Connect::PCI } else { self.virtio })
    }

    /// How a device is connected; none if it is not.
    pub(super) fn connect(self, device: Device, def: &Domain, terms: &Terms<'_>) -> Option<Connect> {
        let it = &def.devices;
        let pci = Some(Connect::PCI);
        match device {
            Device::Controller(i) => self.controller(it.controllers.get(i)?),
            Device::Filesystem(i) => self.filesystem(it.filesystems.get(i)?),
            Device::Interface(i) => self.interface(it.interfaces.get(i)?, terms),
            Device::Sound(i) => match it.sounds.get(i)?.model? {
                SoundModel::Es1370 | SoundModel::Ac97 | SoundModel::Ich6 | SoundModel::Ich9 => pci,
                SoundModel::Virtio => Some(self.virtio),
                SoundModel::Sb16 | SoundModel::Pcspk | SoundModel::Usb | SoundModel::Ich7 => None,
            },
            Device::Disk(i) => {
                let disk = it.disks.get(i)?;
                let virtio = disk.bus() == Some(DiskBus::Virtio);
                virtio.then(|| self.virtio(disk.model == Some(DiskModel::VirtioTransitional))).flatten()
            }
            Device::Hostdev(i) => self.hostdev(it.hostdevs.get(i)?, terms),
            Device::Balloon => match it.balloon.as_ref()?.model? {
                BalloonModel::None | BalloonModel::Xen => None,
                model => self.virtio(model == BalloonModel::VirtioTransitional),
            },
            Device::Rng(i) => self.virtio(it.rngs.get(i)?.model == Some(RngModel::VirtioTransitional)),
            Device::Watchdog(i) => {
                pci.filter(|_| it.watchdogs.get(i).is_some_and(|w| w.model == Some(WatchdogModel::I6300esb)))
            }
            Device::Video(i) => match it.videos.get(i)?.kind()? {
                VideoType::Virtio => Some(self.virtio),
                VideoType::Bochs => Some(self.express),
                VideoType::Vga
                | VideoType::Cirrus
                | VideoType::Vmvga
                | VideoType::Xen
                | VideoType::Vbox
                | VideoType::Qxl
                | VideoType::Parallels => pci,
                VideoType::Default | VideoType::Gop | VideoType::None | VideoType::Ramfb => None,
            },
            Device::Shmem(_) | Device::Crypto(_) | Device::Pstore => pci,
            Device::Input(i) => {
                let input = it.inputs.get(i)?;
                let virtio = input.bus == Some(InputBus::Virtio);
                virtio.then(|| self.virtio(input.model == Some(InputModel::VirtioTransitional))).flatten()
            }
            Device::Serial(i) => {
                let kind = it.serials.get(i)?.target.as_ref()?.kind;
                pci.filter(|_| kind == Some(SerialTargetType::PciSerial))
            }
            Device::Iommu => {
                let virtio = it.iommu.as_ref()?.model == Some(IommuModel::Virtio);
                virtio.then(|| self.virtio.integrated())
            }
            Device::Vsock => self.virtio(it.vsock.as_ref()?.model? == VsockModel::VirtioTransitional),
            Device::Memory(i) => {
                let model = it.memories.get(i)?.model?;
                matches!(model, MemoryModel::VirtioPmem | MemoryModel::VirtioMem).then_some(self.virtio)
            }
            Device::Panic(i) => {
                let built_in = it.panics.get(i)?.model == Some(PanicModel::Pvpanic);
                built_in.then(|| Connect::PCI.integrated())
            }
        }
    }

    fn controller(self, controller: &Controller) -> Option<Connect> {
        let model = controller.model.as_deref();
        match controller.kind? {
            ControllerType::Pci => Connect::of_controller(model_of(model)?),
            ControllerType::Sata | ControllerType::Ide => Some(Connect::PCI),
            ControllerType::Usb => match model {
                Some("nec-xhci" | "qemu-xhci") => Some(self.express),
                Some("qusb1" | "qusb2" | "none") => None,
                _ => Some(Connect::PCI),
            },
            ControllerType::Scsi => match model? {
                "ncr53c90" | "auto" => None,
                "virtio-scsi" | "virtio-non-transitional" => Some(self.virtio),
                _ => Some(Connect::PCI),
            },
            ControllerType::VirtioSerial => self.virtio(model == Some("virtio-transitional")),
            ControllerType::Fdc | ControllerType::Ccid | ControllerType::Xenbus | ControllerType::Isa => None,
        }
    }

    fn filesystem(self, filesystem: &Filesystem) -> Option<Connect> {
        match filesystem.driver.as_ref().and_then(|driver| driver.kind) {
            None | Some(FsDriverType::Path | FsDriverType::Handle) => {
                self.virtio(filesystem.model == Some(FsModel::VirtioTransitional))
            }
            Some(FsDriverType::Virtiofs) => Some(self.virtio),
            Some(_) => None,
        }
    }

    fn interface(self, interface: &Interface, terms: &Terms<'_>) -> Option<Connect> {
        if interface.kind() == InterfaceType::Hostdev {
            return match interface.hostdev.0.as_ref()? {
                HostdevSource::Pci(pci) => Some(self.given(&pci.address, &interface.info, terms)),
                HostdevSource::Mdev(_) => Some(self.express),
                _ => None,
            };
        }
        match interface.model() {
            Some("usb-net") => None,
            Some("virtio" | "virtio-non-transitional") => Some(self.virtio),
            // of a network of the host's devices, which are all of this kind
            Some("e1000e" | "igb") | None => Some(self.express),
            Some(_) => Some(Connect::PCI),
        }
    }

    fn hostdev(self, hostdev: &Hostdev, terms: &Terms<'_>) -> Option<Connect> {
        let source = hostdev.source.as_ref()?;
        if !matches!(source, HostdevSource::Pci(_) | HostdevSource::Mdev(_) | HostdevSource::Vhost { .. }) {
            return None;
        }
        match source {
            HostdevSource::Pci(pci) => Some(self.given(&pci.address, &hostdev.info, terms)),
            HostdevSource::Mdev(_) if hostdev.mdev_model != Some(MdevModel::VfioPci) => None,
            HostdevSource::Vhost { .. } if hostdev.info.pci().is_none() => {
                self.virtio(hostdev.vhost_model == Some(VhostModel::VirtioTransitional))
            }
            _ => Some(self.express),
        }
    }

    /// A device of the host: one that is not there yet is most likely of the newer kind.
    fn given(self, address: &PciAddress, info: &DeviceInfo, terms: &Terms<'_>) -> Connect {
        let placed = self.express == Connect::PCI || info.pci().is_some();
        let old = || terms.host.pci.find(address).is_some_and(|found| !found.express);
        if !placed && old() { Connect::PCI } else { self.express }
    }
}
