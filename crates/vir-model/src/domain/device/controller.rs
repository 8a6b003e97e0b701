//! `<controller>`.

use super::info::DeviceInfo;
use vir_xml::{Hex, element, xml_enum};

xml_enum! {
    /// What it controls.
    pub enum ControllerType {
        Ide = "ide", Fdc = "fdc", Scsi = "scsi", Sata = "sata", VirtioSerial = "virtio-serial", Ccid = "ccid",
        Usb = "usb", Pci = "pci", Xenbus = "xenbus", Isa = "isa", Nvme = "nvme",
    }
}

element! {
    /// A controller.
    pub struct Controller "controller" {
        attr kind "type": Option<ControllerType>,
        attr index "index": Option<u32>,
        attr model "model": Option<String>,
        attr ports "ports": Option<u32>,
        attr vectors "vectors": Option<u32>,
        child model_name "model": Option<ControllerModelName>,
        child target "target": Option<ControllerTarget>,
        child master "master": Option<UsbMaster>,
        child pcihole64 "pcihole64": Option<PciHole64>,
        part info "": DeviceInfo,
    }

    /// The hypervisor's device behind a PCI controller.
    pub struct ControllerModelName "model" { attr name "name": String, }

    /// How the guest sees a PCI controller.
    pub struct ControllerTarget "target" {
        attr chassis_nr "chassisNr": Option<u32>,
        attr chassis "chassis": Option<u32>,
        attr port "port": Option<Hex<1>>,
        attr hotplug "hotplug": Option<vir_xml::OnOff>,
    }

    /// A USB 1 companion's first port on its master.
    pub struct UsbMaster "master" { attr startport "startport": u32, }

    /// Address space kept for 64-bit devices.
    pub struct PciHole64 "pcihole64" { attr unit "unit": Option<String>, text size "": Option<u64>, }
}

impl Controller {
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
