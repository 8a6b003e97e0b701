//! What the families of capabilities share: numbers as the peer takes them, capabilities inside others, and the two
//! sentences in which it misses a value.

use crate::words::Checked;
use std::borrow::Cow;
use vir_base::{Result, bail, err};
use vir_xml::{Attr, Content, Element, Hex, Part, Value, Writer};

/// A number of 32 bits of which -1 is the largest; printed as one with a sign if `SIGNED`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number<const SIGNED: bool>(pub u32);

impl<const SIGNED: bool> Value for Number<SIGNED> {
    fn parse(text: &str) -> Option<Self> {
        let value = i64::parse(text)?;
        u32::try_from(value.unsigned_abs()).ok()?;
        // as C does it, below zero is counted from the end
        Some(Self(value as u32))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(if SIGNED { (self.0 as i32).to_string() } else { self.0.to_string() })
    }
}

/// A number that is hexadecimal with or without `0x`, and printed with at least four digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HexId(pub u32);

impl Value for HexId {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        u32::from_str_radix(digits, 16).ok().map(Self)
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(format!("0x{:04x}", self.0))
    }
}

/// A number in any base, printed in decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnyBase(pub u32);

impl Value for AnyBase {
    fn parse(text: &str) -> Option<Self> {
        <Hex<1> as Value>::parse(text).map(|Hex(value)| Self(value))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }

    fn invalid(attr: &str, element: &str, text: &str) -> vir_base::Error {
        u32::invalid(attr, element, text)
    }
}

/// What is a capability of another: found by its type.
pub trait Sub: Content {
    /// The value of its `type`.
    const TYPE: &'static str;

    /// Whether there is anything to write.
    fn is_said(&self) -> bool {
        true
    }
}

/// A capability inside another.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested<T>(pub Option<T>);

impl<T> Default for Nested<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Sub> Part for Nested<T> {
    fn table() -> Option<&'static vir_xml::table::Table> {
        Some(super::tables::nested(T::TYPE, T::table()))
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        let mine = child.name == "capability" && child.attr("type") == Some(T::TYPE);
        if mine {
            self.0 = Some(T::read(child)?);
        }
        Ok(mine)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(it) = self.0.as_ref().filter(|it| it.is_said()) {
            w.start("capability");
            w.attr("type", T::TYPE);
            it.write(w);
            w.end();
        }
    }
}

/// Refuses a value that is missing or bad.
pub(super) fn need<T>(value: &Option<Checked<T>>, what: &str, device: &str) -> Result<()> {
    match value {
        None => bail!(Nodedev, InternalError, "no {what} supplied for '{device}'"),
        Some(Checked::Bad(text)) if text.is_empty() => need::<T>(&None, what, device),
        Some(Checked::Bad(_)) => bail!(Nodedev, InternalError, "invalid {what} supplied for '{device}'"),
        Some(Checked::Good(_)) => Ok(()),
    }
}

/// Refuses a value that is bad; what is empty says nothing.
pub(super) fn may<T>(value: &mut Option<Checked<T>>, what: &str, device: &str) -> Result<()> {
    value.take_if(|value| matches!(value, Checked::Bad(text) if text.is_empty()));
    match value {
        Some(_) => need(value, what, device),
        None => Ok(()),
    }
}

/// Refuses capabilities inside another that have no type, or one beside `known`.
pub(super) fn strangers(
    element: &Element,
    known: &[&str],
    missing: &str,
    what: &str,
    device: &str,
) -> Result<()> {
    for child in element.children().filter(|child| child.name == "capability") {
        match child.attr("type") {
            None => bail!(Nodedev, InternalError, "missing {missing} for '{device}'"),
            Some(kind) if !known.contains(&kind) => {
                bail!(Nodedev, InternalError, "unknown {what} capability type '{kind}' for '{device}'")
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Refuses capabilities inside another that have no type.
pub(super) fn all_typed(element: &Element) -> Result<()> {
    let untyped = |child: &&Element| child.name == "capability" && child.attr("type").is_none();
    match element.children().find(untyped) {
        Some(child) => {
            Err(err!(Nodedev, XmlError, "Missing capability type").with_hint(child.position.to_string()))
        }
        None => Ok(()),
    }
}
