//! Amounts of memory: `<memory unit='MiB'>`, kept in KiB.

use vir_base::{Result, err};
use vir_xml::{Content, Element, OnOff, Value, Writer, invalid_value, unsupported_attribute};

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

/// Reads an element's text as an amount in KiB, rounded up.
fn read_kib(element: &Element) -> Result<u64> {
    let text = element.text();
    let text = text.trim();
    let unit = element.attr("unit").unwrap_or("KiB");
    let bytes = unit_bytes(unit).ok_or_else(|| err!(None, InvalidArg, "unknown suffix '{unit}'"))?;
    let Ok(number) = text.parse::<u64>() else {
        return Err(err!(
            Xml,
            XmlError,
            "Invalid value '{text}' for element or attribute './{}[1]'",
            element.name
        )
        .with_hint(element.position.to_string()));
    };
    match number.checked_mul(bytes).filter(|bytes| *bytes <= i64::MAX as u64) {
        Some(bytes) => Ok(bytes.div_ceil(1024)),
        None => {
            Err(err!(None, Overflow, "value too large: {number}{unit}")
                .with_hint(element.position.to_string()))
        }
    }
}

fn other_attrs(element: &Element, known: &[&str]) -> Result<()> {
    match element.attrs.iter().find(|a| a.name != "unit" && !known.contains(&a.name.as_str())) {
        Some(attr) => Err(unsupported_attribute(element, attr, known)),
        None => Ok(()),
    }
}

impl Content for Kib {
    fn read(element: &Element) -> Result<Self> {
        other_attrs(element, &[])?;
        read_kib(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        w.attr("unit", "KiB");
        w.content(&self.0.to_string());
    }
}

impl Content for Memory {
    fn read(element: &Element) -> Result<Self> {
        other_attrs(element, &["dumpCore"])?;
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
    fn read(element: &Element) -> Result<Self> {
        other_attrs(element, &["slots"])?;
        let slots = match element.attr("slots") {
            None => None,
            Some(text) => Some(u32::parse(text).ok_or_else(|| u32::invalid("slots", "maxMemory", text))?),
        };
        Ok(Self { kib: read_kib(element)?, slots })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("slots", self.slots.map(|n| n.to_string()).as_deref());
        w.attr("unit", "KiB");
        w.content(&self.kib.to_string());
    }
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
