//! Values and helpers that the smaller documents share: values whose errors name more than their place, empty text that
//! says nothing, the root's name.

use std::borrow::Cow;
use vir_base::{Error, Result, err};
use vir_xml::{Element, Value};

/// A value whose error must name more than the place it stands in (the network, mostly): it is read as it is, and what
/// is bad is refused when the whole document is checked. After that check none is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked<T> {
    /// A value.
    Good(T),
    /// Text that is none.
    Bad(String),
}

impl<T: Value> Value for Checked<T> {
    fn parse(text: &str) -> Option<Self> {
        Some(T::parse(text).map_or_else(|| Self::Bad(text.to_owned()), Self::Good))
    }

    fn print(&self) -> Cow<'_, str> {
        match self {
            Self::Good(value) => value.print(),
            Self::Bad(text) => Cow::Borrowed(text),
        }
    }

    fn names() -> &'static [&'static str] {
        T::names()
    }

    fn fits(text: &str) -> bool {
        text.is_empty() || T::fits(text)
    }
}

impl<T> Checked<T> {
    /// The value.
    pub fn good(&self) -> Option<&T> {
        match self {
            Self::Good(value) => Some(value),
            Self::Bad(_) => None,
        }
    }

    /// The value, or the error that `error` makes of the text.
    ///
    /// # Errors
    /// The text is no value.
    pub fn check(&self, error: impl FnOnce(&str) -> Error) -> Result<&T> {
        match self {
            Self::Good(value) => Ok(value),
            Self::Bad(text) => Err(error(text)),
        }
    }
}

impl<T> From<T> for Checked<T> {
    fn from(value: T) -> Self {
        Self::Good(value)
    }
}

/// `yes` in any case, and everything else is no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyYes(pub bool);

impl Value for AnyYes {
    fn parse(text: &str) -> Option<Self> {
        Some(Self(text.eq_ignore_ascii_case("yes")))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Borrowed(if self.0 { "yes" } else { "no" })
    }

    fn names() -> &'static [&'static str] {
        &["yes", "no"]
    }
}

/// Text that is empty says as much as none.
pub fn said(text: &mut Option<String>) {
    text.take_if(|text| text.is_empty());
}

/// Checks the name of a document's root.
///
/// # Errors
/// It is another.
pub fn root<'a, 'x>(element: &'a Element<'x>, name: &str) -> Result<&'a Element<'x>> {
    match element.name == name {
        true => Ok(element),
        false => Err(err!(Xml, XmlError, "expecting root element of '{name}', not '{}'", element.name)
            .with_hint(element.position.to_string())),
    }
}
