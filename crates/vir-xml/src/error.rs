//! Where something stands, and the errors that say so.

use crate::suggest::nearest;
use crate::tree::{Attr, Element};
use std::fmt;
use vir_base::{Error, err};

/// A place in the input, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// An element that the reader of `parent` does not know; `known` are those it does.
pub fn unsupported_element(parent: &Element, child: &Element, known: &[&str]) -> Error {
    let hint = match nearest(&child.name, known) {
        Some(name) => format!("{}: did you mean <{name}>?", child.position),
        None => format!("{}: it would be lost", child.position),
    };
    err!(Xml, ConfigUnsupported, "element '{}' in element '{}' is not supported", child.name, parent.name)
        .with_hint(hint)
}

/// An attribute that the reader of `element` does not know; `known` are those it does.
pub fn unsupported_attribute(element: &Element, attr: &Attr, known: &[&str]) -> Error {
    let hint = match nearest(&attr.name, known) {
        Some(name) => format!("{}: did you mean '{name}'?", element.position),
        None => format!("{}: it would be lost", element.position),
    };
    err!(Xml, ConfigUnsupported, "attribute '{}' in element '{}' is not supported", attr.name, element.name)
        .with_hint(hint)
}

/// Text in an element that has none.
pub fn unsupported_text(element: &Element, text: &str) -> Error {
    let text: String = text.chars().take(40).collect();
    err!(Xml, ConfigUnsupported, "text '{text}' in element '{}' is not supported", element.name)
        .with_hint(element.position.to_string())
}
