//! XML as libvirt needs it: a small tree with positions, a canonical writer, and the table macro by
//! which vir-model declares its elements.
//!
//! The reader is our own because its errors are interface: they carry the peer's words and the exact
//! place that its parser stops at. It expands no entities but the five of XML itself, reads no
//! external ones, and bounds depth and size, so that hostile input costs no more than its length.

mod describe;
mod error;
mod macros;
mod reader;
pub mod suggest;
pub mod table;
mod tree;
mod value;
mod writer;

pub use error::{Position, unsupported_attribute, unsupported_element, unsupported_text};
pub use macros::Part;
#[doc(hidden)]
pub use macros::support as __support;
pub use reader::{Limits, parse, parse_as, parse_with};
pub use tree::{Attr, Element, Node, Tree};
pub use value::{Hex, OnOff, Value, YesNo, attr, invalid_value, missing, value_of};
pub use writer::{Format, Writer};

/// What a declared element can do. Written by [`element!`], or by hand in the same shape.
pub trait Content: Sized {
    /// Reads the element, refusing what it does not know.
    fn read(element: &Element) -> vir_base::Result<Self>;

    /// Writes attributes and children of an element that is already started and will be ended.
    fn write(&self, w: &mut Writer);

    /// What the element is made of, if it is declared as a table.
    fn table() -> Option<&'static table::Table> {
        None
    }
}

impl<T: Content> Content for Box<T> {
    fn read(element: &Element) -> vir_base::Result<Self> {
        T::read(element).map(Box::new)
    }

    fn write(&self, w: &mut Writer) {
        (**self).write(w);
    }

    fn table() -> Option<&'static table::Table> {
        T::table()
    }
}
