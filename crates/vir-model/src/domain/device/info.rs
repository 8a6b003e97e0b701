//! What every device has: alias, address, boot order.

use vir_base::{Result, bail};
use vir_xml::{
    Attr, Content, Element, Hex, OnOff, Part, Value, Writer, element, invalid_value, missing, xml_enum,
};

/// Where a device sits.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub enum Address {
    Pci(PciAddress),
    Drive { controller: u32, bus: u32, target: u32, unit: u32 },
    VirtioSerial { controller: u32, bus: u32, port: Option<u32> },
    Usb { bus: u32, port: Option<String> },
    Isa { iobase: Option<Hex<1>>, irq: Option<Hex<1>> },
    VirtioMmio,
}

/// A place on a PCI bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // fields are named as in documents
pub struct PciAddress {
    pub domain: u32,
    pub bus: u32,
    pub slot: u32,
    pub function: u32,
    pub multifunction: Option<bool>,
}

xml_enum! {
    /// The kinds of address that are served.
    pub enum AddressType {
        Pci = "pci", Drive = "drive", VirtioSerial = "virtio-serial", Usb = "usb", Isa = "isa",
        VirtioMmio = "virtio-mmio",
    }
}

impl PciAddress {
    fn check(&self) -> Result<()> {
        let Self { bus, slot, function, .. } = self;
        if *bus > 0xff {
            bail!(None, XmlError, "Invalid PCI address bus='0x{bus:x}', must be <= 0xFF");
        }
        if *slot > 0x1f {
            bail!(None, XmlError, "Invalid PCI address slot='0x{slot:x}', must be <= 0x1F");
        }
        if *function > 7 {
            bail!(None, XmlError, "Invalid PCI address function=0x{function:x}, must be <= 7");
        }
        Ok(())
    }
}

impl Address {
    /// Which kind it is.
    pub fn kind(&self) -> AddressType {
        match self {
            Self::Pci(_) => AddressType::Pci,
            Self::Drive { .. } => AddressType::Drive,
            Self::VirtioSerial { .. } => AddressType::VirtioSerial,
            Self::Usb { .. } => AddressType::Usb,
            Self::Isa { .. } => AddressType::Isa,
            Self::VirtioMmio => AddressType::VirtioMmio,
        }
    }

    /// Reads `<address>`; none for one that leaves the choice to us (`type='pci'` alone).
    fn read(element: &Element) -> Result<Option<Self>> {
        let kind = element.attr("type").ok_or_else(|| missing("type", "address"))?;
        let Some(kind) = AddressType::parse(kind) else {
            return Err(match kind {
                "ccid" | "spapr-vio" | "ccw" | "dimm" | "unassigned" => {
                    vir_base::err!(Domain, ConfigUnsupported, "address type '{kind}' is not supported")
                }
                _ => invalid_value("type", "address", kind),
            });
        };
        let known: &[&str] = match kind {
            AddressType::Pci => &["type", "domain", "bus", "slot", "function", "multifunction"],
            AddressType::Drive => &["type", "controller", "bus", "target", "unit"],
            AddressType::VirtioSerial => &["type", "controller", "bus", "port"],
            AddressType::Usb => &["type", "bus", "port"],
            AddressType::Isa => &["type", "iobase", "irq"],
            AddressType::VirtioMmio => &["type"],
        };
        if let Some(attr) = element.attrs.iter().find(|a| !known.contains(&a.name.as_str())) {
            return Err(vir_xml::unsupported_attribute(element, attr, known));
        }
        if let Some(child) = element.children().next() {
            return Err(vir_xml::unsupported_element(element, child, &[]));
        }
        let number = |name: &str| match element.attr(name) {
            None => Ok(None),
            Some(text) => match Hex::<1>::parse(text) {
                Some(Hex(value)) => Ok(Some(value)),
                None => Err(Hex::<1>::invalid(name, "address", text)),
            },
        };
        let or_zero = |name: &str| number(name).map(|n| n.unwrap_or(0));
        Ok(Some(match kind {
            AddressType::Pci if element.attrs.len() == 1 => return Ok(None),
            AddressType::Pci => {
                let pci = PciAddress {
                    domain: or_zero("domain")?,
                    bus: or_zero("bus")?,
                    slot: or_zero("slot")?,
                    function: or_zero("function")?,
                    multifunction: match element.attr("multifunction") {
                        None => None,
                        Some(text) => Some(
                            OnOff::parse(text)
                                .ok_or_else(|| invalid_value("multifunction", "address", text))?
                                == OnOff::On,
                        ),
                    },
                };
                pci.check()?;
                Self::Pci(pci)
            }
            AddressType::Drive => Self::Drive {
                controller: or_zero("controller")?,
                bus: or_zero("bus")?,
                target: or_zero("target")?,
                unit: or_zero("unit")?,
            },
            AddressType::VirtioSerial => Self::VirtioSerial {
                controller: or_zero("controller")?,
                bus: or_zero("bus")?,
                port: number("port")?,
            },
            AddressType::Usb => {
                Self::Usb { bus: or_zero("bus")?, port: element.attr("port").map(str::to_owned) }
            }
            AddressType::Isa => {
                Self::Isa { iobase: number("iobase")?.map(Hex), irq: number("irq")?.map(Hex) }
            }
            AddressType::VirtioMmio => Self::VirtioMmio,
        }))
    }

    fn write(&self, w: &mut Writer) {
        w.start("address");
        w.attr("type", self.kind().as_str());
        let mut number = |name: &str, value: u32| w.attr(name, &value.to_string());
        match self {
            Self::Pci(pci) => {
                w.attr("domain", &format!("0x{:04x}", pci.domain));
                w.attr("bus", &format!("0x{:02x}", pci.bus));
                w.attr("slot", &format!("0x{:02x}", pci.slot));
                w.attr("function", &format!("0x{:x}", pci.function));
                w.attr_opt("multifunction", pci.multifunction.map(|on| if on { "on" } else { "off" }));
            }
            Self::Drive { controller, bus, target, unit } => {
                number("controller", *controller);
                number("bus", *bus);
                number("target", *target);
                number("unit", *unit);
            }
            Self::VirtioSerial { controller, bus, port } => {
                number("controller", *controller);
                number("bus", *bus);
                if let Some(port) = port {
                    number("port", *port);
                }
            }
            Self::Usb { bus, port } => {
                number("bus", *bus);
                w.attr_opt("port", port.as_deref());
            }
            Self::Isa { iobase, irq } => {
                w.attr_opt("iobase", iobase.map(|v| format!("0x{:x}", v.0)).as_deref());
                w.attr_opt("irq", irq.map(|v| format!("0x{:x}", v.0)).as_deref());
            }
            Self::VirtioMmio => {}
        }
        w.end();
    }
}

element! {
    /// Its turn at boot, from 1.
    pub struct BootOrder "boot" { attr order "order": u32, }
    /// Its index in the guest's ACPI tables.
    pub struct AcpiIndex "acpi" { attr index "index": u32, }
}

/// What every device has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceInfo {
    /// Name in the hypervisor; those of the user's own begin with `ua-`.
    pub alias: Option<String>,
    /// Turn at boot.
    pub boot: Option<BootOrder>,
    /// ACPI index.
    pub acpi: Option<AcpiIndex>,
    /// Where it sits.
    pub address: Option<Address>,
}

impl DeviceInfo {
    /// The PCI address, if it has one.
    pub fn pci(&self) -> Option<&PciAddress> {
        match &self.address {
            Some(Address::Pci(pci)) => Some(pci),
            _ => None,
        }
    }

    /// The alias, or nothing.
    pub fn alias(&self) -> &str {
        self.alias.as_deref().unwrap_or_default()
    }
}

impl Part for DeviceInfo {
    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        match child.name.as_str() {
            "alias" => {
                let name = child.attr("name").ok_or_else(|| missing("name", "alias"))?;
                self.alias = Some(name.to_owned());
            }
            "boot" => self.boot = Some(Content::read(child)?),
            "acpi" => self.acpi = Some(Content::read(child)?),
            "address" => self.address = Address::read(child)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(boot) = &self.boot {
            w.start("boot");
            boot.write(w);
            w.end();
        }
        if let Some(alias) = &self.alias
            && (!w.format().inactive || alias.starts_with("ua-"))
        {
            w.start("alias");
            w.attr("name", alias);
            w.end();
        }
        if let Some(acpi) = &self.acpi {
            w.start("acpi");
            acpi.write(w);
            w.end();
        }
        if let Some(address) = &self.address {
            address.write(w);
        }
    }
}
