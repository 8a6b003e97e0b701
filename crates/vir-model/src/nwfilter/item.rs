//! What stands in the attributes of a protocol's element: how each kind reads and prints.

use crate::domain::device::netparts::Mac;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use vir_xml::Value;

/// The most bytes that are kept of a comment.
const COMMENT_BYTES: usize = 256;
/// The most bytes of a set's name.
const SET_BYTES: usize = 31;
/// The most sides of a set.
const SET_SIDES: usize = 6;
/// The largest number of an iterator.
const MAX_ITERATOR: u32 = 1000;

/// A kind of attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A number in decimal or hexadecimal digits, or one of some names.
    Number {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
        /// Whether hexadecimal digits will do.
        hex: bool,
        /// Names of numbers.
        names: &'static [(u32, &'static str)],
        /// Whether a number without a name is printed in decimal digits, however it was said.
        decimal: bool,
    },
    /// A MAC address.
    Mac,
    /// A mask for MAC addresses.
    MacMask,
    /// An IPv4 address.
    Ipv4,
    /// A mask for IPv4 addresses, or its length.
    Ipv4Mask,
    /// An IPv6 address.
    Ipv6,
    /// A mask for IPv6 addresses, or its length.
    Ipv6Mask,
    /// Text for people.
    Comment,
    /// Yes or no.
    Flag,
    /// States of a connection.
    States,
    /// Flags of TCP: which are looked at, and which of these are set.
    TcpFlags,
    /// Name of a set of addresses.
    Set,
    /// Which sides of a packet are looked up in the set.
    Sides,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// A variable, which the binding of the filter gives values.
    Variable(Variable),
    /// A number.
    Number {
        /// The number.
        value: u32,
        /// Whether it was said in hexadecimal digits.
        hex: bool,
    },
    /// A MAC address or mask.
    Mac(Mac),
    /// An address.
    Ip(IpAddr),
    /// Length of a mask.
    Length(u32),
    /// Text, or the name of a set.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// States of a connection, a bit each.
    States(u32),
    /// Flags of TCP, a bit each.
    TcpFlags {
        /// Which are looked at.
        mask: u32,
        /// Which of these are set.
        set: u32,
    },
    /// Sides of a packet: true for the source.
    Sides(Vec<bool>),
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Which of its values.
    pub access: Access,
}

/// Which of a variable's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// All, one after the other; those with the same number go together.
    Iterator(u32),
    /// One.
    Element(u32),
}

const STATES: [(u32, &str); 5] =
    [(1, "NEW"), (2, "ESTABLISHED"), (4, "RELATED"), (8, "INVALID"), (NO_STATE, "NONE")];
const NO_STATE: u32 = 16;
const TCP_FLAGS: [(u32, &str); 8] = [
    (1, "FIN"),
    (2, "SYN"),
    (4, "RST"),
    (8, "PSH"),
    (0x10, "ACK"),
    (0x20, "URG"),
    (ALL_TCP_FLAGS, "ALL"),
    (0, "NONE"),
];
const ALL_TCP_FLAGS: u32 = 0x3f;

impl Kind {
    /// Reads a value; `None` if it is none.
    pub fn read(&self, text: &str) -> Option<Datum> {
        if let Some(variable) = text.strip_prefix('$') {
            return Variable::parse(variable).map(Datum::Variable);
        }
        match *self {
            Kind::Number { min, max, hex, names, .. } => {
                let fits = |value: &u32| *value <= max;
                let text = text.trim_start();
                let decimal = text.parse().ok().filter(fits).map(|value| (value, false));
                let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
                let hexadecimal = || {
                    let value = u32::from_str_radix(digits, 16).ok().filter(fits)?;
                    hex.then_some((value, true))
                };
                if let Some((value, hex)) = decimal.or_else(hexadecimal) {
                    return (value >= min).then_some(Datum::Number { value, hex });
                }
                let named = names.iter().find(|(_, name)| name.eq_ignore_ascii_case(text))?;
                Some(Datum::Number { value: named.0, hex: false })
            }
            Kind::Mac => Mac::parse(text).map(Datum::Mac),
            Kind::MacMask => {
                let mac = Mac::parse(text)?;
                let bits = mac.0.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << 16;
                (bits.leading_ones() == bits.count_ones()).then_some(Datum::Mac(mac))
            }
            Kind::Ipv4 => text.parse::<Ipv4Addr>().ok().map(|ip| Datum::Ip(ip.into())),
            Kind::Ipv6 => text.parse::<Ipv6Addr>().ok().map(|ip| Datum::Ip(ip.into())),
            Kind::Ipv4Mask => length(text, 32, || {
                let bits = text.parse::<Ipv4Addr>().ok()?.to_bits();
                (bits.leading_ones() == bits.count_ones()).then(|| bits.leading_ones())
            }),
            Kind::Ipv6Mask => length(text, 128, || {
                let bits = text.parse::<Ipv6Addr>().ok()?.to_bits();
                (bits.leading_ones() == bits.count_ones()).then(|| bits.leading_ones())
            }),
            Kind::Comment => {
                let mut end = text.len().min(COMMENT_BYTES);
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                Some(Datum::Text(text[..end].to_owned()))
            }
            Kind::Flag => Some(Datum::Flag(matches!(text, "true" | "1" | "yes"))),
            Kind::States => {
                let states = words(text, &STATES)?;
                Some(Datum::States(if states & NO_STATE != 0 { NO_STATE } else { states }))
            }
            Kind::TcpFlags => {
                let (mask, set) = text.split_once('/')?;
                Some(Datum::TcpFlags { mask: words(mask, &TCP_FLAGS)?, set: words(set, &TCP_FLAGS)? })
            }
            Kind::Set => {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-+ ".contains(&byte);
                (text.len() <= SET_BYTES && text.bytes().all(fits)).then(|| Datum::Text(text.to_owned()))
            }
            Kind::Sides => {
                let side = |text: &str| match text {
                    _ if text.eq_ignore_ascii_case("src") => Some(true),
                    _ if text.eq_ignore_ascii_case("dst") => Some(false),
                    _ => None,
                };
                let sides: Option<Vec<bool>> = text.split(',').map(side).collect();
                sides.filter(|sides| sides.len() <= SET_SIDES).map(Datum::Sides)
            }
        }
    }

    /// Prints a value.
    pub fn print(&self, datum: &Datum) -> String {
        match datum {
            Datum::Variable(variable) => format!("${variable}"),
            Datum::Number { value, hex } => {
                let Kind::Number { names, decimal, .. } = self else { return value.to_string() };
                match names.iter().find(|(number, _)| number == value) {
                    Some((_, name)) => (*name).to_owned(),
                    None if *hex && !decimal => format!("0x{value:x}"),
                    None => value.to_string(),
                }
            }
            Datum::Mac(mac) => mac.to_string(),
            Datum::Ip(ip) => ip.to_string(),
            Datum::Length(length) => length.to_string(),
            Datum::Text(text) => text.clone(),
            Datum::Flag(flag) => flag.to_string(),
            Datum::States(states) => listed(*states, &STATES),
            Datum::TcpFlags { mask, set } => {
                let show = |flags: u32| match flags {
                    0 => "NONE".to_owned(),
                    ALL_TCP_FLAGS => "ALL".to_owned(),
                    flags => listed(flags, &TCP_FLAGS),
                };
                format!("{}/{}", show(*mask), show(*set))
            }
            Datum::Sides(sides) => {
                let sides: Vec<&str> = sides.iter().map(|src| if *src { "src" } else { "dst" }).collect();
                sides.join(",")
            }
        }
    }
}

/// The length of a mask, as a number or as the mask.
fn length(text: &str, max: u32, mask: impl FnOnce() -> Option<u32>) -> Option<Datum> {
    match text.trim_start().parse::<u32>() {
        Ok(length) => (length <= max).then_some(Datum::Length(length)),
        Err(_) => mask().map(Datum::Length),
    }
}

/// The bits that words stand for; commas and spaces stand between them, and need not.
fn words(text: &str, known: &[(u32, &str)]) -> Option<u32> {
    let mut bits = 0;
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_ascii_whitespace());
        if rest.is_empty() {
            return Some(bits);
        }
        let starts =
            |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let (bit, word) = known.iter().find(|(_, word)| starts(word))?;
        bits |= bit;
        rest = &rest[word.len()..];
    }
}

fn listed(bits: u32, known: &[(u32, &str)]) -> String {
    let set = known.iter().filter(|(bit, _)| bit.is_power_of_two() && bits & bit != 0);
    set.map(|(_, word)| *word).collect::<Vec<_>>().join(",")
}

impl Variable {
    /// Reads what stands behind the dollar sign: `NAME`, `NAME[1]`, `NAME[@1]`.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let name = name.to_owned();
        if rest.is_empty() {
            return Some(Self { name, access: Access::Iterator(0) });
        }
        let inside = rest.strip_prefix('[')?.trim_start();
        let (iterator, inside) = inside.strip_prefix('@').map_or((false, inside), |inside| (true, inside));
        let inside = inside.trim_start();
        let end = inside.find(|c: char| !c.is_ascii_digit()).unwrap_or(inside.len());
        let number: u32 = inside[..end].parse().ok()?;
        if !inside[end..].trim_start().starts_with(']') || iterator && number > MAX_ITERATOR {
            return None;
        }
        let access = if iterator { Access::Iterator(number) } else { Access::Element(number) };
        Some(Self { name, access })
    }
}

impl std::fmt::Display for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.access {
            Access::Iterator(0) => f.write_str(&self.name),
            Access::Iterator(number) => write!(f, "{}[@{number}]", self.name),
            Access::Element(number) => write!(f, "{}[{number}]", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_in_one_form() {
        let number = Kind::Number { min: 0, max: 0xffff, hex: true, names: &[(6, "tcp")], decimal: false };
        for (kind, text, printed) in [
            (number, "0x1F", Some("0x1f")),
            (number, "31", Some("31")),
            (number, "1f", Some("0x1f")),
            (number, "TCP", Some("tcp")),
            (number, "6", Some("tcp")),
            (number, "70000", None),
            (Kind::MacMask, "ff:ff:0:0:0:0", Some("ff:ff:00:00:00:00")),
            (Kind::MacMask, "ff:0:ff:0:0:0", None),
            (Kind::Ipv4Mask, "255.255.0.0", Some("16")),
            (Kind::Ipv4Mask, "33", None),
            (Kind::States, "new, established", Some("NEW,ESTABLISHED")),
            (Kind::States, "NEW,NONE", Some("NONE")),
            (Kind::TcpFlags, "SYN,ACK/ALL", Some("SYN,ACK/ALL")),
            (Kind::TcpFlags, "SYN", None),
            (Kind::Sides, "SRC,dst", Some("src,dst")),
            (Kind::Sides, "src,src,src,src,src,src,src", None),
            (Kind::Mac, "$MAC[ @3 ]", Some("$MAC[@3]")),
            (Kind::Mac, "$MAC[@0]", Some("$MAC")),
            (Kind::Mac, "$MAC[2]", Some("$MAC[2]")),
            (Kind::Mac, "$MAC[x]", None),
        ] {
            let read = kind.read(text).map(|datum| kind.print(&datum));
            assert_eq!(read.as_deref(), printed, "{text}");
        }
    }
}
