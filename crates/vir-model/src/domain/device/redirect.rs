//! `<redirdev>` and `<redirfilter>`: USB devices of a viewer.

use super::chardev::{CharSource, CharSourceElement, CharType};
use super::display::usb_place;
use super::info::DeviceInfo;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, Part, Value, Writer, YesNo, attr, missing, xml_enum};

xml_enum! {
    /// The bus of what a viewer brings.
    pub enum RedirdevBus { Usb = "usb", }
}

/// A place for a USB device of a viewer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Redirdev {
    /// Its bus.
    pub bus: Option<RedirdevBus>,
    /// What leads to the viewer.
    pub source: CharSource,
    /// What every device has.
    pub info: DeviceInfo,
}

impl Content for Redirdev {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Redirdev::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let bus = match element.attr("bus") {
            None => RedirdevBus::Usb,
            Some(text) => match RedirdevBus::parse(text) {
                Some(bus) => bus,
                None => bail!(Domain, ConfigUnsupported, "unknown redirdev bus '{text}'"),
            },
        };
        let Some(text) = element.attr("type") else {
            bail!(Domain, InternalError, "missing type in redirdev")
        };
        let Some(kind) = CharType::parse(text) else {
            bail!(Domain, ConfigUnsupported, "unknown redirdev character device type '{text}'")
        };
        let mut it = Self { bus: Some(bus), source: CharSource::new(kind), info: DeviceInfo::default() };
        for child in element.children() {
            if !it.source.take_child(element, child)? {
                it.info.take_child(element, child)?;
            }
        }
        it.source.settle()?;
        if kind == CharType::Dbus && it.source.sources.is_empty() {
            let channel = Some("org.qemu.usbredir".to_owned());
            it.source.sources.push(CharSourceElement { channel, ..Default::default() });
        }
        usb_place(&it.info)?;
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("bus", self.bus.map(RedirdevBus::as_str));
        self.source.write_attrs(w);
        self.source.write_children(w);
        self.info.write_children(w);
    }
}

/// Which USB devices a viewer may bring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RedirFilter {
    /// Rules, of which the first that fits counts.
    pub rules: Vec<UsbRule>,
}

/// A rule for USB devices; what is not said fits all.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct UsbRule {
    pub class: Option<u32>,
    pub vendor: Option<u32>,
    pub product: Option<u32>,
    /// Major and minor version.
    pub version: Option<(u32, u32)>,
    pub allow: bool,
}

impl Content for RedirFilter {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::RedirFilter::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let rules = element.children().filter(|child| child.name == "usbdev").map(UsbRule::read);
        Ok(Self { rules: rules.collect::<Result<_>>()? })
    }

    fn write(&self, w: &mut Writer) {
        for rule in &self.rules {
            w.element("usbdev", |w| rule.write(w));
        }
    }
}

impl UsbRule {
    fn read(element: &Element) -> Result<Self> {
        let number = |name: &str| match element.attr(name) {
            Some("-1") => Ok(None),
            _ => super::address::any_base(element, name),
        };
        let class = number("class")?;
        if let Some(class) = class.filter(|class| *class > 0xff) {
            bail!(Domain, InternalError, "Invalid USB Class code 0x{class:x}");
        }
        let version = match element.attr("version") {
            None | Some("-1") => None,
            Some(text) => match version(text) {
                Some(version) => Some(version),
                None => bail!(Domain, XmlError, "Cannot parse USB device version {text}"),
            },
        };
        let allow = attr::<YesNo>(element, "allow")?.ok_or_else(|| missing("allow", "usbdev"))?;
        Ok(Self {
            class,
            vendor: number("vendor")?,
            product: number("product")?,
            version,
            allow: allow.is_yes(),
        })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("class", self.class.map(|n| format!("0x{n:02X}")).as_deref());
        w.attr_opt("vendor", self.vendor.map(|n| format!("0x{n:04X}")).as_deref());
        w.attr_opt("product", self.product.map(|n| format!("0x{n:04X}")).as_deref());
        w.attr_opt("version", self.version.map(|(major, minor)| format!("{major}.{minor:02}")).as_deref());
        w.attr("allow", YesNo::from(self.allow).as_str());
    }
}

/// `1.1` is version 1.10: one digit counts tenths.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    let tenths = if minor.len() == 1 { 10 } else { 1 };
    let (major, minor) = (major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?);
    (major < 100 && minor < 100).then_some((major, minor * tenths))
}
