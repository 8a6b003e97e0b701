//! PCI functions.

use super::mdev::MdevTypes;
use super::vpd::Vpd;
use super::words::{AnyBase, HexId, Nested, Number, Sub, all_typed, may, need};
use crate::domain::device::address::PciAddress;
use crate::words::{Checked, said};
use std::borrow::Cow;
use vir_base::{Result, bail, err};
use vir_xml::{Attr, Element, Part, Value, Writer, element, xml_enum};

xml_enum! {
    /// What a function's header says it is, if it is no end point.
    pub enum Header { PciBridge = "pci-bridge", CardbusBridge = "cardbus-bridge", }
    /// Gigatransfers a second of a PCI Express link.
    pub enum Speed { S2_5 = "2.5", S5 = "5", S8 = "8", S16 = "16", S32 = "32", S64 = "64", }
    unsaid [""]
}

element! {
    /// A PCI function.
    pub struct Pci "capability" => settle {
        /// Its class, hexadecimal. Since 5.2.0.
        leaf class "class": Option<Checked<Class>>,
        /// Its domain (segment).
        leaf domain "domain": Option<Checked<Number<true>>>,
        /// Its bus.
        leaf bus "bus": Option<Checked<Number<false>>>,
        /// Its slot.
        leaf slot "slot": Option<Checked<Number<false>>>,
        /// Its function.
        leaf function "function": Option<Checked<Number<false>>>,
        /// Its product.
        child product "product": Option<Named>,
        /// Who made it.
        child vendor "vendor": Option<Named>,
        /// For a virtual function: the physical one.
        part physical "capability": Nested<PhysicalFunction>,
        /// For a physical function: the virtual ones.
        part virtuals "capability": Nested<VirtualFunctions>,
        /// What its header says.
        part header "capability": HeaderType,
        /// Mediated devices that can be made of it.
        part mdev_types "capability": Nested<MdevTypes>,
        /// Its vital product data.
        part vpd "capability": Nested<Vpd>,
        /// The devices that can only be given away together with it. Since 1.1.0.
        child iommu_group "iommuGroup": Option<IommuGroup>,
        /// The NUMA node that it is near. Since 1.2.5.
        child numa "numa": Option<NumaNode>,
        /// For PCI Express: its links. Since 1.2.5.
        child express "pci-express": Option<Express>,
    }
    /// A number and the name that it stands for.
    pub struct Named "product" {
        /// The number, hexadecimal.
        attr id "id": Option<Checked<HexId>>,
        /// The name, if it is known.
        text name "": Option<String>,
    }
    /// The physical function of a virtual one.
    pub struct PhysicalFunction "capability" => settle {
        /// Its address.
        child address "address": Option<PciAddress>,
    }
    /// The virtual functions of a physical one.
    pub struct VirtualFunctions "capability" => settle {
        /// How many there can be. Since 1.3.0.
        attr max "maxCount": Option<Checked<u32>>,
        /// Their addresses.
        list addresses "address": Vec<PciAddress>,
    }
    /// Devices that the host's memory unit cannot tell apart.
    pub struct IommuGroup "iommuGroup" {
        /// Its number.
        attr number "number": u32,
        /// The devices.
        list addresses "address": Vec<PciAddress>,
    }
    /// A NUMA node.
    pub struct NumaNode "numa" {
        /// Its number.
        attr node "node": Option<Checked<i32>>,
    }
    /// The links of a PCI Express function.
    pub struct Express "pci-express" => settle {
        /// What it can do, and what it does.
        list links "link": Vec<Link>,
    }
    /// A PCI Express link.
    pub struct Link "link" => settle {
        /// `cap`: what it can do, `sta`: what it does.
        attr validity "validity": Option<String>,
        /// Its port.
        attr port "port": Option<i32>,
        /// Its speed.
        attr speed "speed": Option<Speed>,
        /// Its lanes.
        attr width "width": AnyBase,
    }
}

impl Sub for PhysicalFunction {
    const TYPE: &'static str = "phys_function";
}

impl Sub for VirtualFunctions {
    const TYPE: &'static str = "virt_functions";
}

/// The class of a PCI function, of 24 bits; none below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class(pub i32);

impl Value for Class {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
        let value = i32::from_str_radix(digits, 16).ok()?.checked_mul(sign)?;
        (value <= 0xff_ffff).then_some(Self(value))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(format!("0x{:06x}", self.0))
    }
}

/// What a function's header says, as a capability without content; the first one counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderType(pub Option<Header>);

impl Part for HeaderType {
    fn table() -> Option<&'static vir_xml::table::Table> {
        super::tables::HeaderType::table()
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        let said = child.attr("type").filter(|_| child.name == "capability").and_then(Header::parse);
        self.0 = self.0.or(said);
        Ok(said.is_some())
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(header) = self.0 {
            w.start("capability");
            w.attr("type", header.as_str());
            w.end();
        }
    }
}

impl Pci {
    fn settle(&mut self, element: &Element) -> Result<()> {
        all_typed(element)?;
        self.iommu_group.take_if(|group| group.addresses.is_empty());
        Ok(())
    }

    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        may(&mut self.class, "PCI class", device)?;
        self.class.take_if(|class| class.good().is_some_and(|class| class.0 < 0));
        need(&self.domain, "PCI domain ID", device)?;
        need(&self.bus, "PCI bus ID", device)?;
        need(&self.slot, "PCI slot ID", device)?;
        need(&self.function, "PCI function ID", device)?;
        Named::check(&mut self.vendor, "PCI vendor ID", device)?;
        Named::check(&mut self.product, "PCI product ID", device)?;
        if let Some(numa) = &mut self.numa {
            may(&mut numa.node, "NUMA node ID", device)?;
        }
        let near =
            |numa: &NumaNode| numa.node.as_ref().and_then(Checked::good).is_some_and(|node| *node >= 0);
        self.numa.take_if(|numa| !near(numa));
        Ok(())
    }
}

impl Named {
    pub(super) fn check(named: &mut Option<Self>, what: &str, device: &str) -> Result<()> {
        let named = named.get_or_insert_default();
        said(&mut named.name);
        need(&named.id, what, device)
    }
}

impl PhysicalFunction {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match self.address {
            Some(_) => Ok(()),
            None => bail!(Nodedev, XmlError, "Missing address in 'phys_function' capability"),
        }
    }
}

impl VirtualFunctions {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.max.take_if(|max| matches!(max, Checked::Bad(text) if text.is_empty()));
        if let Some(max) = &self.max {
            max.check(|_| err!(Nodedev, XmlError, "Malformed 'maxCount' parameter"))?;
        }
        self.max.take_if(|max| *max == Checked::Good(0));
        Ok(())
    }
}

impl Express {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let links = std::mem::take(&mut self.links);
        let first = |validity| links.iter().find(|link| link.validity.as_deref() == Some(validity)).cloned();
        self.links = first("cap").into_iter().chain(first("sta")).collect();
        Ok(())
    }
}

impl Link {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.port.take_if(|port| *port < 0);
        Ok(())
    }
}
