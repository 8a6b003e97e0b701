//! `<address>`: where a device sits in the guest.

use super::info::DeviceInfo;
use vir_base::{Result, bail, err};
use vir_xml::{
    Content, Element, Hex, OnOff, Value, Writer, attr, invalid_value, missing, value_of, xml_enum,
};

/// Where a device sits.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub enum Address {
    Pci(PciAddress),
    Drive {
        controller: u32,
        bus: u32,
        target: u32,
        unit: u32,
    },
    VirtioSerial {
        controller: u32,
        bus: u32,
        port: Option<u32>,
    },
    Ccid {
        controller: u32,
        slot: u32,
    },
    Usb {
        bus: u32,
        port: Option<String>,
    },
    SpaprVio {
        reg: Option<u64>,
    },
    Ccw(Option<CcwAddress>),
    Isa {
        iobase: Option<Hex<1>>,
        irq: Option<Hex<1>>,
    },
    Dimm {
        slot: u32,
        base: Option<u64>,
    },
    VirtioMmio,
    /// The hypervisor chooses, and does not tell.
    Unassigned,
}

/// A place on a PCI bus; all zeroes stand for a place yet to be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // fields are named as in documents
pub struct PciAddress {
    pub domain: u32,
    pub bus: u32,
    pub slot: u32,
    pub function: u32,
    pub multifunction: Option<bool>,
    /// What s390 knows the device by besides.
    pub zpci: Option<Zpci>,
}

/// A PCI device's two numbers on s390.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // fields are named as in documents
pub struct Zpci {
    pub uid: Option<u32>,
    pub fid: Option<u32>,
}

/// A channel subsystem's device on s390.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // fields are named as in documents
pub struct CcwAddress {
    pub cssid: u32,
    pub ssid: u32,
    pub devno: u32,
}

xml_enum! {
    /// The kinds of address.
    pub enum AddressType {
        Pci = "pci", Drive = "drive", VirtioSerial = "virtio-serial", Ccid = "ccid", Usb = "usb",
        SpaprVio = "spapr-vio", VirtioS390 = "virtio-s390", Ccw = "ccw", VirtioMmio = "virtio-mmio", Isa = "isa",
        Dimm = "dimm", Unassigned = "unassigned",
    }
}

impl PciAddress {
    /// Whether the place is yet to be chosen.
    pub fn is_empty(&self) -> bool {
        (self.domain, self.bus, self.slot) == (0, 0, 0)
    }

    fn check(&self) -> Result<()> {
        let Self { domain, bus, slot, function, .. } = self;
        if *domain > 0xffff {
            bail!(None, XmlError, "Invalid PCI address domain='0x{domain:x}', must be <= 0xFFFF");
        }
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

    /// Reads the attributes of an element.
    ///
    /// # Errors
    /// Numbers that are none, or too large.
    pub fn read(element: &Element) -> Result<Self> {
        let number = |name| Ok::<_, vir_base::Error>(any_base(element, name)?.unwrap_or(0));
        let zpci = match element.child("zpci") {
            Some(zpci) => Some(Zpci { uid: any_base(zpci, "uid")?, fid: any_base(zpci, "fid")? }),
            None => None,
        };
        let it = Self {
            domain: number("domain")?,
            bus: number("bus")?,
            slot: number("slot")?,
            function: number("function")?,
            multifunction: attr::<OnOff>(element, "multifunction")?.map(|on| on == OnOff::On),
            zpci,
        };
        if !it.is_empty() {
            it.check()?;
        }
        Ok(it)
    }

    /// Writes the four numbers.
    pub fn write_attrs(&self, w: &mut Writer) {
        w.attr_value("domain", &Hex::<4>(self.domain));
        w.attr_value("bus", &Hex::<2>(self.bus));
        w.attr_value("slot", &Hex::<2>(self.slot));
        w.attr_value("function", &Hex::<1>(self.function));
    }
}

impl Content for PciAddress {
    fn read(element: &Element) -> Result<Self> {
        Self::read(element)
    }

    fn write(&self, w: &mut Writer) {
        self.write_attrs(w);
    }
}

/// A number in decimal, or with the signs of another base.
pub(crate) fn any_base(element: &Element, name: &str) -> Result<Option<u32>> {
    Ok(attr::<Hex<1>>(element, name)?.map(|Hex(value)| value))
}

fn hexadecimal(element: &Element, name: &str) -> Result<Option<u64>> {
    let Some(text) = element.attr(name) else { return Ok(None) };
    let digits = text.trim_start().trim_start_matches("0x").trim_start_matches("0X");
    match u64::from_str_radix(digits, 16) {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(u64::invalid(name, &element.name, text)),
    }
}

impl Address {
    /// Which kind it is.
    pub fn kind(&self) -> AddressType {
        match self {
            Self::Pci(_) => AddressType::Pci,
            Self::Drive { .. } => AddressType::Drive,
            Self::VirtioSerial { .. } => AddressType::VirtioSerial,
            Self::Ccid { .. } => AddressType::Ccid,
            Self::Usb { .. } => AddressType::Usb,
            Self::SpaprVio { .. } => AddressType::SpaprVio,
            Self::Ccw(_) => AddressType::Ccw,
            Self::Isa { .. } => AddressType::Isa,
            Self::Dimm { .. } => AddressType::Dimm,
            Self::VirtioMmio => AddressType::VirtioMmio,
            Self::Unassigned => AddressType::Unassigned,
        }
    }

    /// Reads `<address>`; none for `type='none'` and the kind of old that said nothing.
    ///
    /// # Errors
    /// No type, a type there is not, numbers that are none or too large.
    pub fn read(element: &Element) -> Result<Option<Self>> {
        let text = element.attr("type").ok_or_else(|| missing("type", "address"))?;
        if text == "none" {
            return Ok(None);
        }
        let kind: AddressType = value_of(text, "type", element)?;
        let number = |name: &str| attr::<u32>(element, name);
        let or_zero = |name: &str| number(name).map(|n| n.unwrap_or(0));
        Ok(Some(match kind {
            AddressType::Pci => Self::Pci(PciAddress::read(element)?),
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
            AddressType::Ccid => Self::Ccid { controller: or_zero("controller")?, slot: or_zero("slot")? },
            AddressType::Usb => {
                let port = element.attr("port").map(usb_port).transpose()?;
                Self::Usb { bus: or_zero("bus")?, port }
            }
            AddressType::SpaprVio => Self::SpaprVio { reg: hexadecimal(element, "reg")? },
            AddressType::Ccw => Self::Ccw(ccw(element)?),
            AddressType::Isa => {
                let number = |name: &str| hexadecimal(element, name);
                let small = |value: Option<u64>| {
                    value
                        .filter(|value| *value > 0)
                        .map(|value| Hex(u32::try_from(value).unwrap_or(u32::MAX)))
                };
                Self::Isa { iobase: small(number("iobase")?), irq: small(number("irq")?) }
            }
            AddressType::Dimm => Self::Dimm {
                slot: or_zero("slot")?,
                base: hexadecimal(element, "base")?.filter(|base| *base > 0),
            },
            AddressType::VirtioMmio => Self::VirtioMmio,
            AddressType::VirtioS390 => return Ok(None),
            AddressType::Unassigned => Self::Unassigned,
        }))
    }

    /// Writes `<address>`.
    pub fn write(&self, w: &mut Writer) {
        w.start("address");
        w.attr("type", self.kind().as_str());
        let mut number = |name: &str, value: u32| w.attr_value(name, &value);
        match self {
            Self::Pci(pci) => {
                if !pci.is_empty() {
                    pci.write_attrs(w);
                    w.attr_opt("multifunction", pci.multifunction.map(|on| if on { "on" } else { "off" }));
                }
                if let Some(Zpci { uid, fid }) = pci.zpci
                    && (uid.is_some() || fid.is_some())
                {
                    w.start("zpci");
                    w.attr_value("uid", &Hex::<4>(uid.unwrap_or(0)));
                    w.attr_value("fid", &Hex::<8>(fid.unwrap_or(0)));
                    w.end();
                }
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
                number("port", port.unwrap_or(0));
            }
            Self::Ccid { controller, slot } => {
                number("controller", *controller);
                number("slot", *slot);
            }
            Self::Usb { bus, port } => {
                number("bus", *bus);
                w.attr_opt("port", port.as_deref());
            }
            Self::SpaprVio { reg } => w.attr_opt("reg", reg.map(|reg| format!("0x{reg:08x}")).as_deref()),
            Self::Ccw(address) => {
                let CcwAddress { cssid, ssid, devno } = address.unwrap_or_default();
                w.attr_value("cssid", &Hex::<1>(cssid));
                w.attr_value("ssid", &Hex::<1>(ssid));
                w.attr_value("devno", &Hex::<4>(devno));
            }
            Self::Isa { iobase, irq } => {
                for (name, value) in [("iobase", iobase), ("irq", irq)] {
                    if let Some(value) = value {
                        w.attr_value(name, value);
                    }
                }
            }
            Self::Dimm { slot, base } => {
                number("slot", *slot);
                w.attr_opt("base", base.map(|base| format!("0x{base:x}")).as_deref());
            }
            Self::VirtioMmio | Self::Unassigned => {}
        }
        w.end();
    }
}

/// A port and those of the hubs before it: `1.2.3.4` at most; an empty first port is none.
fn usb_port(text: &str) -> Result<String> {
    let ports: Vec<Option<u32>> = text.split('.').map(|port| port.trim_start().parse().ok()).collect();
    if ports.len() > 4 || ports.iter().any(Option::is_none) {
        bail!(Device, InternalError, "Cannot parse <address> 'port' attribute");
    }
    let mut shown: Vec<String> = ports.iter().flatten().map(u32::to_string).collect();
    while shown.len() > 1 && shown.last().is_some_and(|port| port == "0") {
        shown.pop();
    }
    Ok(shown.join("."))
}

fn ccw(element: &Element) -> Result<Option<CcwAddress>> {
    let parts = (any_base(element, "cssid")?, any_base(element, "ssid")?, any_base(element, "devno")?);
    let (cssid, ssid, devno) = (parts.0.unwrap_or(0), parts.1.unwrap_or(0), parts.2.unwrap_or(0));
    if cssid > 254 || ssid > 3 || devno > 0xffff {
        bail!(
            Device,
            InternalError,
            "Invalid specification for virtio ccw address: cssid='0x{cssid:x}' ssid='0x{ssid:x}' devno='0x{devno:04x}'"
        );
    }
    match parts {
        (Some(_), Some(_), Some(_)) => Ok(Some(CcwAddress { cssid, ssid, devno })),
        (None, None, None) => Ok(None),
        _ => Err(err!(Device, InternalError, "Invalid partial specification for virtio ccw address")),
    }
}

impl DeviceInfo {
    /// The PCI address, if it has one.
    pub fn pci(&self) -> Option<&PciAddress> {
        match &self.address {
            Some(Address::Pci(pci)) if !pci.is_empty() => Some(pci),
            _ => None,
        }
    }

    /// Whether a place on a PCI bus is to be chosen for it.
    pub fn wants_pci(&self) -> bool {
        match &self.address {
            None => true,
            Some(Address::Pci(pci)) => pci.is_empty(),
            Some(_) => false,
        }
    }
}

/// The error for a value of an address that is none.
pub fn invalid(name: &str, text: &str) -> vir_base::Error {
    invalid_value(name, "address", text)
}
