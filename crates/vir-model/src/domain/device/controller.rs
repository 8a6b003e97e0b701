//! `<controller>`.

pub use super::info::UsbMaster;
use super::info::{DeviceInfo, VirtioOptions};
use crate::domain::iothreads::IothreadMap;
use crate::domain::memory::Kib;
use vir_base::{Result, bail, err};
use vir_xml::{Element, Hex, OnOff, element, xml_enum};

xml_enum! {
    /// What it controls.
    pub enum ControllerType {
        Ide = "ide", Fdc = "fdc", Scsi = "scsi", Sata = "sata", VirtioSerial = "virtio-serial", Ccid = "ccid",
        Usb = "usb", Pci = "pci", Xenbus = "xenbus", Isa = "isa",
    }
}

element! {
    /// A controller.
    pub struct Controller "controller" => settle {
        /// What it controls; `ide` if nothing is said.
        attr kind "type": Option<ControllerType>,
        /// Number among those of its type, by which addresses name it.
        attr index "index": Option<u32>,
        /// Which device; each type has its own. Drivers: qemu, xen, bhyve, vmware, esx, vbox.
        attr model "model": Option<String>,
        /// Number of ports, of types `virtio-serial` and `usb`. Since 0.7.7. Drivers: qemu, xen.
        attr ports "ports": Option<u32>,
        /// Number of interrupt vectors, of type `virtio-serial`. Since 0.7.7. Drivers: qemu.
        attr vectors "vectors": Option<u32>,
        /// Most grant frames, of type `xenbus`. Since 6.3.0. Drivers: xen.
        attr max_grant_frames "maxGrantFrames": Option<u32>,
        /// Most event channels, of type `xenbus`. Since 6.3.0. Drivers: xen.
        attr max_event_channels "maxEventChannels": Option<u32>,
        /// The hypervisor's device behind a PCI controller. Drivers: qemu, xen, bhyve, vmware, esx, vbox.
        maybe model_name "model": Option<ControllerModelName>,
        /// How the guest sees a PCI controller. Since 1.2.19. Drivers: qemu.
        maybe target "target": Option<ControllerTarget>,
        /// How the hypervisor serves it. Since 1.0.5. Drivers: qemu.
        maybe driver "driver": Option<ControllerDriver>,
        part info "": DeviceInfo,
        /// Address space kept for 64-bit devices, of a PCI root. Since 1.1.2. Drivers: qemu.
        child pcihole64 "pcihole64": Option<Kib>,
    }

    /// The hypervisor's device behind a PCI controller. Since 1.2.19. Drivers: qemu.
    pub struct ControllerModelName "model" {
        /// Its name, such as `pcie-root-port` or `ioh3420`.
        attr name "name": Option<PciModelName>,
    }

    /// How the guest sees a PCI controller. Since 1.2.19. Drivers: qemu.
    pub struct ControllerTarget "target" {
        /// Number of a bridge, from 1.
        attr chassis_nr "chassisNr": Option<Auto>,
        /// Number of the chassis of a port.
        attr chassis "chassis": Option<Auto>,
        /// Number of the port in its chassis.
        attr port "port": Option<Hex<1>>,
        /// Number of the first bus behind an expander. Since 1.3.4.
        attr bus_nr "busNr": Option<Auto>,
        /// Number of a host bridge. Since 3.6.0.
        attr index "index": Option<Auto>,
        /// Whether devices can be plugged and unplugged. Since 6.3.0.
        attr hotplug "hotplug": Option<OnOff>,
        /// Memory kept for devices to come, in KiB. Since 10.3.0.
        count mem_reserve "memReserve": Option<u64>,
        /// Guest's NUMA node that an expander belongs to. Since 1.3.4.
        leaf node "node": Option<u32>,
    }

    /// How the hypervisor serves a controller.
    pub struct ControllerDriver "driver" {
        /// Number of queues. Since 1.0.5.
        count queues "queues": Option<u32>,
        /// Most commands in flight for a unit. Since 1.2.7.
        count cmd_per_lun "cmd_per_lun": Option<u32>,
        /// Most sectors in a request. Since 1.2.7.
        count max_sectors "max_sectors": Option<u32>,
        /// Whether requests are taken by a thread of their own. Since 1.2.18.
        attr ioeventfd "ioeventfd": Option<OnOff>,
        /// I/O thread that serves it, from 1. Since 1.3.5.
        count iothread "iothread": Option<u32>,
        part virtio "": VirtioOptions,
        /// Several I/O threads that serve it. Since 11.2.0.
        maybe iothreads "iothreads": Option<IothreadMap>,
    }
}

xml_enum! {
    /// The hypervisor's devices behind PCI controllers.
    pub enum PciModelName {
        PciBridge = "pci-bridge", I82801b11Bridge = "i82801b11-bridge", Ioh3420 = "ioh3420",
        X3130Upstream = "x3130-upstream", Xio3130Downstream = "xio3130-downstream", Pxb = "pxb",
        PxbPcie = "pxb-pcie", PcieRootPort = "pcie-root-port", SpaprPciHostBridge = "spapr-pci-host-bridge",
        PciePciBridge = "pcie-pci-bridge",
    }
    unsaid ["none"]
}

/// A number read in any base and printed in decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Auto(pub u32);

impl vir_xml::Value for Auto {
    fn parse(text: &str) -> Option<Self> {
        <Hex<1> as vir_xml::Value>::parse(text).map(|Hex(value)| Self(value))
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(self.0.to_string())
    }

    fn invalid(attr: &str, element: &str, text: &str) -> vir_base::Error {
        let kind = if text.trim_start().starts_with('-') { "non-negative value" } else { "integer value" };
        err!(
            Xml,
            XmlError,
            "Invalid value for attribute '{attr}' in element '{element}': '{text}'. Expected {kind}"
        )
    }
}

/// The models that there are of a type; none for a type without any.
pub fn models(kind: ControllerType) -> &'static [&'static str] {
    match kind {
        ControllerType::Scsi => &[
            "auto",
            "buslogic",
            "lsilogic",
            "lsisas1068",
            "vmpvscsi",
            "ibmvscsi",
            "virtio-scsi",
            "lsisas1078",
            "virtio-transitional",
            "virtio-non-transitional",
            "ncr53c90",
            "dc390",
            "am53c974",
        ],
        ControllerType::Usb => &[
            "piix3-uhci",
            "piix4-uhci",
            "ehci",
            "ich9-ehci1",
            "ich9-uhci1",
            "ich9-uhci2",
            "ich9-uhci3",
            "vt82c686b-uhci",
            "pci-ohci",
            "nec-xhci",
            "qusb1",
            "qusb2",
            "qemu-xhci",
            "none",
        ],
        ControllerType::Pci => &[
            "pci-root",
            "pcie-root",
            "pci-bridge",
            "dmi-to-pci-bridge",
            "pcie-to-pci-bridge",
            "pcie-root-port",
            "pcie-switch-upstream-port",
            "pcie-switch-downstream-port",
            "pci-expander-bus",
            "pcie-expander-bus",
        ],
        ControllerType::Ide => &["piix3", "piix4", "ich6"],
        ControllerType::VirtioSerial => &["virtio", "virtio-transitional", "virtio-non-transitional"],
        _ => &[],
    }
}

impl Controller {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let kind = *self.kind.get_or_insert(ControllerType::Ide);
        if let Some(model) = &self.model
            && !models(kind).contains(&model.as_str())
        {
            let error = err!(Domain, ConfigUnsupported, "Unknown model type '{model}'");
            return Err(error.with_hint(element.position.to_string()));
        }
        for (name, what) in [("model", "model"), ("target", "target")] {
            if element.children().filter(|child| child.name == name).count() > 1 {
                bail!(Domain, XmlError, "Multiple <{what}> elements in controller definition not allowed");
            }
        }
        self.pci_only(kind);
        if !matches!(kind, ControllerType::VirtioSerial | ControllerType::Usb) {
            self.ports = None;
        }
        if kind != ControllerType::VirtioSerial {
            self.vectors = None;
        }
        if kind != ControllerType::Xenbus {
            (self.max_grant_frames, self.max_event_channels) = (None, None);
        }
        if kind == ControllerType::Usb && self.model.as_deref() == Some("none") {
            self.info = DeviceInfo::default();
        }
        if kind == ControllerType::Usb && self.info.master.is_none() {
            // companions have fixed ports on their master
            let startport = match self.model.as_deref() {
                Some("ich9-uhci1") => Some(0),
                Some("ich9-uhci2") => Some(2),
                Some("ich9-uhci3") => Some(4),
                _ => None,
            };
            self.info.master = startport.map(|startport| UsbMaster { startport });
        }
        Ok(())
    }

    fn pci_only(&mut self, kind: ControllerType) {
        if kind != ControllerType::Pci {
            (self.model_name, self.target, self.pcihole64) = (None, None, None);
        } else if !matches!(self.model.as_deref(), Some("pci-root" | "pcie-root")) {
            self.pcihole64 = None;
        }
    }

    /// One of this type, index and model.
    pub fn new(kind: ControllerType, index: u32, model: Option<&str>) -> Self {
        Self { kind: Some(kind), index: Some(index), model: model.map(str::to_owned), ..Self::default() }
    }

    /// Whether it is of this type.
    pub fn is(&self, kind: ControllerType) -> bool {
        self.kind == Some(kind)
    }

    /// Its index; 0 before defaults are set.
    pub fn index(&self) -> u32 {
        self.index.unwrap_or(0)
    }
}
