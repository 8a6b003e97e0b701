//! Amounts of memory: `<memory unit='MiB'>`, kept in KiB.

use vir_base::{Bitmap, Result, bail, err};
use vir_xml::{Content, Element, OnOff, Value, Writer, element, invalid_value, xml_enum};

/// KiB; printed as such, read with any unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kib(pub u64);

/// `<memory>`: the amount, and whether a dump of the guest has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// Amount in KiB.
    pub kib: u64,
    /// Whether a dump of the guest has it.
    pub dump_core: Option<OnOff>,
}

/// `<maxMemory>`: how far it can grow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaxMemory {
    /// Amount in KiB.
    pub kib: u64,
    /// How many memory devices can be plugged.
    pub slots: Option<u32>,
}

/// Bytes in a unit, as the peer names them; none for no unit.
pub fn unit_bytes(unit: &str) -> Option<u64> {
    let lower = unit.to_ascii_lowercase();
    Some(match lower.as_str() {
        "b" | "byte" | "bytes" => 1,
        _ => {
            let mut chars = lower.chars();
            let power = "kmgtpe".find(chars.next()?)? as u32 + 1;
            match chars.as_str() {
                "" | "ib" => 1u64.checked_shl(10 * power)?,
                "b" => 1000u64.checked_pow(power)?,
                _ => return None,
            }
        }
    })
}

/// An amount in bytes: a number in a unit, or in the unit of `default` bytes.
///
/// # Errors
/// No unit, or more than can be counted.
pub fn scale(number: u64, unit: Option<&str>, default: u64) -> Result<u64> {
    let bytes = match unit {
        None => default,
        Some(unit) => unit_bytes(unit).ok_or_else(|| err!(None, InvalidArg, "unknown suffix '{unit}'"))?,
    };
    number
        .checked_mul(bytes)
        .ok_or_else(|| err!(None, Overflow, "value too large: {number}{}", unit.unwrap_or_default()))
}

/// Reads an element's text and its `unit` as bytes; without a unit, it counts `default` bytes.
///
/// # Errors
/// What is no number, and more than can be counted.
pub fn read_bytes(element: &Element, default: u64) -> Result<u64> {
    let text = element.text();
    let text = text.trim();
    let Ok(number) = text.parse::<u64>() else {
        return Err(err!(
            Xml,
            XmlError,
            "Invalid value '{text}' for element or attribute './{}[1]'",
            element.name
        )
        .with_hint(element.position.to_string()));
    };
    scale(number, element.attr("unit"), default)
        .map_err(|error| error.with_hint(element.position.to_string()))
}

/// Reads an element's text as an amount in KiB, rounded up.
fn read_kib(element: &Element) -> Result<u64> {
    let bytes = read_bytes(element, 1024)?;
    match bytes <= i64::MAX as u64 {
        true => Ok(bytes.div_ceil(1024)),
        false => {
            Err(err!(None, Overflow, "value too large: {bytes}").with_hint(element.position.to_string()))
        }
    }
}

/// Bytes; printed as such, read with any unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl Content for Bytes {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Bytes::table()
    }

    fn read(element: &Element) -> Result<Self> {
        read_bytes(element, 1).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("unit", "bytes");
        w.content(&self.0.to_string());
    }
}

impl Content for Kib {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Kib::table()
    }

    fn read(element: &Element) -> Result<Self> {
        read_kib(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("unit", "KiB");
        w.content(&self.0.to_string());
    }
}

impl Content for Memory {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Memory::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let dump_core = match element.attr("dumpCore") {
            None => None,
            Some(text) => Some(OnOff::parse(text).ok_or_else(|| invalid_value("dumpCore", "memory", text))?),
        };
        Ok(Self { kib: read_kib(element)?, dump_core })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("dumpCore", self.dump_core.map(OnOff::as_str));
        w.attr("unit", "KiB");
        w.content(&self.kib.to_string());
    }
}

impl Content for MaxMemory {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::MaxMemory::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let slots = match element.attr("slots") {
            None => None,
            Some("") => None,
            Some(text) => match u32::parse(text) {
                Some(slots) => Some(slots).filter(|slots| *slots > 0),
                None => bail!(Domain, XmlError, "Failed to parse memory slot count"),
            },
        };
        Ok(Self { kib: read_kib(element)?, slots })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("slots", self.slots.map(|n| n.to_string()).as_deref());
        w.attr("unit", "KiB");
        w.content(&self.kib.to_string());
    }
}

xml_enum! {
    /// Whether other processes see the guest's memory.
    pub enum MemoryAccess { Shared = "shared", Private = "private", }
    /// What memory is made of.
    pub enum MemorySource { File = "file", Anonymous = "anonymous", Memfd = "memfd", }
    /// When memory is taken from the host.
    pub enum Allocation { Immediate = "immediate", Ondemand = "ondemand", }
}

element! {
    /// How the host gives memory.
    pub struct MemoryBacking "memoryBacking" {
        /// Large pages. Drivers: qemu.
        child hugepages "hugepages": Option<HugePages>,
        /// Equal pages of several guests are not merged. Since 1.0.6. Drivers: qemu.
        flag nosharepages "nosharepages": bool,
        /// The host does not swap it out. Since 1.0.6. Drivers: qemu, bhyve.
        flag locked "locked": bool,
        /// What it is made of. Since 3.1.0. Drivers: qemu.
        maybe source "source": Option<BackingSource>,
        /// Whether other processes see it. Since 3.1.0. Drivers: qemu.
        maybe access "access": Option<BackingAccess>,
        /// When it is taken from the host. Since 3.1.0. Drivers: qemu.
        maybe allocation "allocation": Option<BackingAllocation>,
        /// Its content is dropped when the guest stops. Since 4.4.0. Drivers: qemu.
        flag discard "discard": bool,
    }
    /// Large pages.
    pub struct HugePages "hugepages" {
        /// Their sizes; the host's default if none is said. Since 1.2.5.
        list pages "page": Vec<HugePage>,
    }
    /// What memory is made of.
    pub struct BackingSource "source" => settle {
        /// `file`, `anonymous` (default) or `memfd`.
        attr kind "type": Option<String>,
    }
    /// Whether other processes see memory.
    pub struct BackingAccess "access" => settle {
        /// `shared` or `private` (default).
        attr mode "mode": Option<String>,
    }
    /// When memory is taken from the host.
    pub struct BackingAllocation "allocation" => settle {
        /// `immediate` or `ondemand` (default).
        attr mode "mode": Option<String>,
        /// Threads that take it. Since 8.2.0.
        attr threads "threads": Option<String>,
    }
}

/// One of a list, in the peer's words for what is none.
fn one_of<T: Value>(text: &mut Option<String>, path: &str) -> Result<()> {
    text.take_if(|text| text.is_empty());
    match text {
        Some(text) if T::parse(text).is_none() => {
            bail!(Domain, ConfigUnsupported, "unknown memoryBacking/{path} '{text}'")
        }
        _ => Ok(()),
    }
}

impl BackingSource {
    fn settle(&mut self, _: &Element) -> Result<()> {
        one_of::<MemorySource>(&mut self.kind, "source/type")
    }
}

impl BackingAccess {
    fn settle(&mut self, _: &Element) -> Result<()> {
        one_of::<MemoryAccess>(&mut self.mode, "access/mode")
    }
}

impl BackingAllocation {
    fn settle(&mut self, _: &Element) -> Result<()> {
        one_of::<Allocation>(&mut self.mode, "allocation/mode")?;
        match &self.threads {
            Some(text) if text.is_empty() || text == "0" => self.threads = None,
            Some(text) if u32::parse(text).is_none() => {
                bail!(Domain, XmlError, "Failed to parse memory allocation threads")
            }
            _ => {}
        }
        Ok(())
    }
}

/// Large pages of one size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HugePage {
    /// Size in KiB.
    pub size: u64,
    /// Guest's NUMA nodes that use them; all others if none is said.
    pub nodeset: Option<Bitmap>,
}

impl Content for HugePage {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::HugePage::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let Some(size) = kib_attr(element, "size", "unit")? else {
            bail!(Xml, XmlError, "missing element or attribute './@size'")
        };
        if size == 0 {
            bail!(Domain, XmlDetail, "hugepage size can't be zero");
        }
        let nodeset: Option<Bitmap> = vir_xml::attr(element, "nodeset")?;
        if nodeset.as_ref().is_some_and(Bitmap::is_empty) {
            let text = element.attr("nodeset").unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "Invalid value of 'nodeset': {text}");
        }
        Ok(Self { size, nodeset })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("size", &self.size.to_string());
        w.attr("unit", "KiB");
        w.attr_opt("nodeset", self.nodeset.as_ref().map(ToString::to_string).as_deref());
    }
}

/// An amount that stands in two attributes, in KiB.
///
/// # Errors
/// What is no number, and more than can be counted.
pub fn kib_attr(element: &Element, name: &str, unit: &str) -> Result<Option<u64>> {
    let Some(text) = element.attr(name) else { return Ok(None) };
    let Ok(number) = text.trim().parse::<u64>() else {
        bail!(Xml, XmlError, "Invalid value '{text}' for element or attribute './@{name}'")
    };
    let unit = element.attr(unit).filter(|unit| !unit.is_empty());
    Ok(Some(scale(number, unit, 1024)?.div_ceil(1024)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_unit_is_read() {
        for (text, kib) in [
            ("<m>4</m>", 4),
            ("<m unit='b'>1025</m>", 2),
            ("<m unit='KB'>2</m>", 2),
            ("<m unit='MiB'>3</m>", 3072),
            ("<m unit='G'>1</m>", 1 << 20),
        ] {
            let element = vir_xml::parse(text, None).unwrap();
            assert_eq!(Kib::read(&element).unwrap(), Kib(kib), "{text}");
        }
        let element = vir_xml::parse("<m unit='yard'>1</m>", None).unwrap();
        assert_eq!(Kib::read(&element).unwrap_err().message(), "invalid argument: unknown suffix 'yard'");
    }
}
