//! Values in attributes and text: how each type reads and prints, and the peer's words for bad ones.

use crate::Element;
use crate::suggest::nearest;
use crate::writer::escape;
use std::borrow::Cow;
use std::net::IpAddr;
use vir_base::bitmap::Bitmap;
use vir_base::{Error, Result, Uuid, err};

/// A value that stands in an attribute or as an element's text.
pub trait Value: Sized {
    /// Reads it; `None` if it is not one.
    fn parse(text: &str) -> Option<Self>;
    /// Prints it.
    fn print(&self) -> Cow<'_, str>;

    /// Appends it to a document, whose characters it must not contain unescaped.
    fn append(&self, out: &mut String) {
        escape(out, &self.print());
    }

    /// The error for text that is not one.
    fn invalid(attr: &str, element: &str, text: &str) -> Error {
        invalid_value(attr, element, text)
    }

    /// The values there are, for hints; empty if they cannot be listed.
    fn names() -> &'static [&'static str] {
        &[]
    }

    /// Values that say the same as no value at all.
    fn unsaid() -> &'static [&'static str] {
        &[]
    }

    /// Values that documents may hold and that are not served.
    fn beyond() -> &'static [&'static str] {
        &[]
    }

    /// Whether the text is a value, or may stand in its place.
    fn fits(text: &str) -> bool {
        Self::unsaid().contains(&text) || Self::beyond().contains(&text) || Self::parse(text).is_some()
    }
}

/// An attribute's value, if the element has it.
///
/// # Errors
/// What [`Value::invalid`] says, or that the value is not served; with the place and a hint.
pub fn attr<T: Value>(element: &Element, name: &str) -> Result<Option<T>> {
    element.attr(name).map(|text| value_of(text, name, element)).transpose()
}

/// The value in `text`, which stands in the attribute (or is the text of the element) `name`.
///
/// # Errors
/// As for [`attr`].
pub fn value_of<T: Value>(text: &str, name: &str, element: &Element) -> Result<T> {
    if let Some(value) = T::parse(text) {
        return Ok(value);
    }
    let place = element.position;
    if T::beyond().contains(&text) {
        let message = if name == element.name {
            format!("'{text}' in element '{name}' is not supported")
        } else {
            format!("{name} '{text}' in element '{}' is not supported", element.name)
        };
        return Err(err!(Xml, ConfigUnsupported, "{message}").with_hint(place.to_string()));
    }
    let error = T::invalid(name, &element.name, text);
    Err(match (nearest(text, T::names()), T::names()) {
        (Some(name), _) => error.with_hint(format!("{place}: did you mean '{name}'?")),
        (None, []) => error.with_hint(place.to_string()),
        (None, names) => error.with_hint(format!("{place}: one of {}", names.join(", "))),
    })
}

/// "Invalid value for attribute 'x' in element 'y': 'z'."
pub fn invalid_value(attr: &str, element: &str, text: &str) -> Error {
    err!(Xml, XmlError, "Invalid value for attribute '{attr}' in element '{element}': '{text}'.")
}

/// "Missing required attribute 'x' in element 'y'"
pub fn missing(attr: &str, element: &str) -> Error {
    err!(Xml, XmlError, "Missing required attribute '{attr}' in element '{element}'")
}

impl Value for String {
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

macro_rules! integers {
    ($($ty:ty),*) => {
        $(impl Value for $ty {
            fn parse(text: &str) -> Option<Self> {
                text.trim_start().trim_start_matches('+').parse().ok()
            }

            fn print(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }

            fn append(&self, out: &mut String) {
                #[allow(unused_comparisons)] // some have no sign
                if *self < 0 {
                    out.push('-');
                }
                append_digits(out, u64::from(self.abs_diff(0)), 10, 1);
            }

            fn invalid(attr: &str, element: &str, text: &str) -> Error {
                let kind = if <$ty>::MIN == 0 { "non-negative integer" } else { "integer" };
                err!(Xml, XmlError, "Invalid value for attribute '{attr}' in element '{element}': '{text}'. Expected {kind} value")
            }
        })*
    };
}
integers!(i32, u32, i64, u64, u8, u16);

/// Appends a number with at least so many digits.
fn append_digits(out: &mut String, value: u64, base: u64, at_least: usize) {
    let mut digits = [b'0'; 24];
    let (mut first, mut left) = (digits.len(), value);
    while left > 0 {
        first -= 1;
        digits[first] = b"0123456789abcdef"[(left % base) as usize];
        left /= base;
    }
    let first = first.min(digits.len().saturating_sub(at_least));
    out.push_str(std::str::from_utf8(&digits[first..]).unwrap_or_default());
}

impl Value for Uuid {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }

    fn invalid(attr: &str, element: &str, text: &str) -> Error {
        err!(
            Xml,
            XmlError,
            "Invalid value for attribute '{attr}' in element '{element}': '{text}'. Expected UUID"
        )
    }
}

impl Value for IpAddr {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }

    fn invalid(_: &str, _: &str, text: &str) -> Error {
        err!(None, SystemError, "Cannot parse socket address '{text}': Name or service not known")
    }
}

impl Value for Bitmap {
    fn parse(text: &str) -> Option<Self> {
        // as many processors as any domain or host can have
        Bitmap::parse(text, 16_384).ok()
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }

    fn invalid(_: &str, _: &str, text: &str) -> Error {
        err!(None, InvalidArg, "Failed to parse bitmap '{text}'")
    }
}

/// A number printed with `0x` and `DIGITS` hexadecimal digits at least; read in any base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const DIGITS: usize>(pub u32);

impl<const DIGITS: usize> Value for Hex<DIGITS> {
    fn parse(text: &str) -> Option<Self> {
        let value = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(&text[1..], 8),
            None => text.parse(),
        };
        value.ok().map(Self)
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(format!("0x{:0width$x}", self.0, width = DIGITS))
    }

    fn append(&self, out: &mut String) {
        out.push_str("0x");
        append_digits(out, u64::from(self.0), 16, DIGITS);
    }

    fn invalid(attr: &str, element: &str, text: &str) -> Error {
        err!(
            Xml,
            XmlError,
            "Invalid value for attribute '{attr}' in element '{element}': '{text}'. Expected non-negative integer value"
        )
    }
}

/// `xml_enum! { /// doc pub enum CacheMode { None = "none", … } }`: an enumeration with its names.
/// `unsaid ["default"]` after it names values that say as much as none, `beyond ["a", …]` those that
/// documents may hold and that are not served, `refused Domain Code "… {}"` the error for others where it is not that
/// of any attribute.
#[macro_export]
macro_rules! xml_enum {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }
        $(unsaid [$($unsaid:literal),+])? $(beyond [$($beyond:literal),+])?
        $(refused $domain:ident $code:ident $words:literal)?)+) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // the names are the documents' own
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the peer's own list.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The name in documents.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::Value for $name {
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            fn print(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(self.as_str())
            }

            fn names() -> &'static [&'static str] {
                &[$($text,)+]
            }

            $(fn unsaid() -> &'static [&'static str] {
                &[$($unsaid),+]
            })?

            $(fn beyond() -> &'static [&'static str] {
                &[$($beyond),+]
            })?

            $(fn invalid(_: &str, _: &str, text: &str) -> vir_base::Error {
                vir_base::err!($domain, $code, $words, text)
            })?
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        })+
    };
}

xml_enum! {
    /// `yes` or `no`.
    pub enum YesNo { Yes = "yes", No = "no", }
    /// `on` or `off`.
    pub enum OnOff { On = "on", Off = "off", }
}

impl YesNo {
    /// `yes`.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}
