//! Places of devices, as options name them: `pci:0000.00.03.0`, `scsi:0.0.1`.

use std::fmt;

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// Domain, bus, slot and function.
    Pci { place: [u64; 4], multifunction: bool },
    /// Controller, bus and unit, on a bus of that kind.
    Drive { bus: &'static str, place: [u64; 3] },
    /// Subchannel's set, its set and the device.
    Ccw([u64; 3]),
    /// Bus and port.
    Usb([u64; 2]),
}

impl Address {
    /// Reads `kind:number.number…`; what follows the numbers does not count.
    pub(super) fn parse(text: &str, multifunction: bool) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        Some(match kind {
            "pci" => Self::Pci { place: numbers(rest, 16)?, multifunction },
            "scsi" => Self::Drive { bus: "scsi", place: numbers(rest, 10)? },
            "ide" => Self::Drive { bus: "ide", place: numbers(rest, 10)? },
            "sata" => Self::Drive { bus: "sata", place: numbers(rest, 10)? },
            "ccw" => Self::Ccw(numbers(rest, 16)?),
            "usb" => Self::Usb(numbers(rest, 10)?),
            _ => return None,
        })
    }

    /// The word before the colon.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Pci { .. } => "pci",
            Self::Drive { bus, .. } => bus,
            Self::Ccw(_) => "ccw",
            Self::Usb(_) => "usb",
        }
    }
}

/// So many numbers, with one character of any kind between two.
fn numbers<const N: usize>(mut text: &str, radix: u32) -> Option<[u64; N]> {
    let mut all = [0; N];
    for (at, number) in all.iter_mut().enumerate() {
        if at > 0 {
            text = text.get(text.chars().next()?.len_utf8()..)?;
        }
        if radix == 16 {
            text = text.strip_prefix("0x").unwrap_or(text);
        }
        let end = text.find(|c: char| !c.is_digit(radix)).unwrap_or(text.len());
        *number = u64::from_str_radix(&text[..end], radix).ok().filter(|n| *n <= u64::from(u32::MAX))?;
        text = &text[end..];
    }
    Some(all)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pci { place: [domain, bus, slot, function], multifunction } => {
                write!(f, "<address type='pci' domain='0x{domain:04x}' bus='0x{bus:02x}' ")?;
                write!(f, "slot='0x{slot:02x}' function='0x{function:x}'")?;
                f.write_str(if *multifunction { " multifunction='on'/>" } else { "/>" })
            }
            Self::Drive { place: [controller, bus, unit], .. } => {
                write!(f, "<address type='drive' controller='{controller}' bus='{bus}' unit='{unit}'/>")
            }
            Self::Ccw([cssid, ssid, devno]) => {
                write!(
                    f,
                    "<address type='ccw' cssid='0x{cssid:02x}' ssid='0x{ssid:x}' devno='0x{devno:04x}'/>"
                )
            }
            Self::Usb([bus, port]) => write!(f, "<address type='usb' bus='{bus}' port='{port}'/>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_written() {
        for (text, xml) in [
            (
                "pci:0000.00.1f.7",
                "<address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x7' multifunction='on'/>",
            ),
            ("scsi:0.1.2", "<address type='drive' controller='0' bus='1' unit='2'/>"),
            ("ccw:fe.0.0001", "<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>"),
            ("usb:1:4 and more", "<address type='usb' bus='1' port='4'/>"),
        ] {
            assert_eq!(Address::parse(text, true).map(|a| a.to_string()).as_deref(), Some(xml), "{text}");
        }
        for text in ["pci", "pci:", "pci:0.0.3", "isa:1.2", "usb:a.b", "scsi:-1.0.0", "usb:1"] {
            assert_eq!(Address::parse(text, false), None, "{text}");
        }
    }
}
