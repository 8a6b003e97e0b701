//! Where each device sits on the one PCI bus: as the document says, else in the next slot that is free.

use vir_base::{Result, bail, err};
use vir_model::domain::Domain;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::device::disk::DiskBus;
use vir_model::domain::device::info::{Address, DeviceInfo, PciAddress};

/// The slot of the LPC bridge, unless the document gives it to another device.
const LPC_SLOT: usize = 1;

/// The functions that are taken in each slot, a bit each.
struct Bus([u8; 32]);

impl Bus {
    fn reserve(&mut self, pci: &PciAddress) -> Result<()> {
        let PciAddress { domain, bus, slot, function, .. } = pci;
        let shown = format!("{domain:04x}:{bus:02x}:{slot:02x}.{function}");
        if *domain != 0 {
            bail!(Domain, XmlError, "Invalid PCI address {shown}. Only PCI domain 0 is available");
        }
        if *bus != 0 {
            bail!(Domain, XmlError, "Invalid PCI address {shown}. Only PCI buses up to 0 are available");
        }
        let Some(functions) = self.0.get_mut(*slot as usize) else {
            bail!(Domain, XmlError, "Invalid PCI address {shown}. slot must be <= 31");
        };
        if *function > 7 {
            bail!(Domain, XmlError, "Invalid PCI address {shown}. function must be <= 7");
        }
        if *functions & 1 << function != 0 {
            bail!(Domain, XmlError, "Attempted double use of PCI Address {shown}");
        }
        *functions |= 1 << function;
        Ok(())
    }

    fn place(&mut self, info: &mut DeviceInfo) -> Result<()> {
        let free = (1..self.0.len()).find(|slot| self.0[*slot] == 0);
        let free = free.ok_or_else(|| err!(Domain, InternalError, "No more available PCI slots"))?;
        self.give(info, free);
        Ok(())
    }

    fn give(&mut self, info: &mut DeviceInfo, slot: usize) {
        self.0[slot] |= 1;
        info.address = Some(Address::Pci(PciAddress { slot: slot as u32, ..PciAddress::default() }));
    }
}

/// Places what has no place yet.
///
/// # Errors
/// There is no slot left, or two devices want the same.
pub(super) fn assign(domain: &mut Domain) -> Result<()> {
    let mut bus = Bus([0; 32]);
    let mut wrong = Ok(());
    domain.devices.for_each_info(&mut |info| {
        if let (Some(pci), Ok(())) = (info.pci(), &wrong) {
            wrong = bus.reserve(pci);
        }
    });
    wrong?;
    let devices = &mut domain.devices;
    // kept free for the bridge even where there is none, so that one that comes later finds it
    if bus.0[LPC_SLOT] == 0 {
        bus.0[LPC_SLOT] = 1;
        let isa =
            |controller: &&mut Controller| controller.is(ControllerType::Isa) && controller.info.wants_pci();
        if let Some(bridge) = devices.controllers.iter_mut().find(isa) {
            bus.give(&mut bridge.info, LPC_SLOT);
        }
    }
    let controllers = devices.controllers.iter_mut().filter(|c| is_on_bus(c)).map(|c| &mut c.info);
    let interfaces = devices.interfaces.iter_mut().map(|device| &mut device.info);
    let virtio = |disk: &&mut vir_model::domain::device::disk::Disk| disk.bus() == Some(DiskBus::Virtio);
    let disks = devices.disks.iter_mut().filter(virtio).map(|disk| &mut disk.info);
    let videos = devices.videos.iter_mut().map(|device| &mut device.info);
    let sounds = devices.sounds.iter_mut().map(|device| &mut device.info);
    let filesystems = devices.filesystems.iter_mut().map(|device| &mut device.info);
    let rngs = devices.rngs.iter_mut().map(|device| &mut device.info);
    let mut all = controllers
        .chain(interfaces)
        .chain(disks)
        .chain(videos)
        .chain(sounds)
        .chain(filesystems)
        .chain(rngs)
        .filter(|info| info.wants_pci());
    all.try_for_each(|info| bus.place(info))
}

/// Whether bhyve has the controller as a device of its own on the bus.
fn is_on_bus(controller: &Controller) -> bool {
    let model = controller.model.as_deref();
    match controller.kind {
        Some(ControllerType::Pci) => model != Some("pci-root"),
        Some(ControllerType::Sata | ControllerType::Isa) => true,
        Some(ControllerType::Usb) => model == Some("nec-xhci"),
        _ => false,
    }
}
