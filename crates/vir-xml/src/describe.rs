//! Tables of elements that are read by hand: the rows of [`element!`](crate::element) without their fields.
//!
//! ```
//! vir_xml::describe! {
//!     /// How far another node is.
//!     pub struct Sibling "sibling" {
//!         /// The other node.
//!         attr "id": u32,
//!         /// How far; 10 is the distance to itself.
//!         attr "value": u32,
//!     }
//! }
//! assert_eq!(Sibling::table().unwrap().rows[0].name, "id");
//! ```
//!
//! The type holds nothing: it stands in rows (`list "sibling": Sibling`) and in the `table` of what is read by hand.
//! One kind of row is for these tables alone:
//! - `tree`: a child that is kept as it is, whatever is inside.

/// Declares tables of elements that are read by hand; see the module.
#[macro_export]
macro_rules! describe {
    ($($(#[doc = $doc:literal])* $vis:vis struct $name:ident $tag:literal {
        $($(#[doc = $fdoc:literal])* $kind:ident $xml:literal: $ty:ty,)*
    })+) => {
        $($(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        $vis struct $name;

        impl $name {
            /// What the element is made of.
            #[allow(clippy::unnecessary_wraps)] // as all tables are asked for
            $vis fn table() -> Option<&'static $crate::table::Table> {
                static TABLE: $crate::table::Table = $crate::table::Table {
                    name: stringify!($name),
                    element: $tag,
                    doc: &[$($doc),*],
                    settles: false,
                    rows: &[$($crate::table::Row {
                        kind: stringify!($kind),
                        name: $xml,
                        doc: &[$($fdoc),*],
                        ty: stringify!($ty),
                        required: $crate::element!(@required $kind $xml, $ty).1,
                        inside: $crate::element!(@inside $kind $ty),
                    },)*],
                };
                Some(&TABLE)
            }
        }

        impl $crate::__support::Nest for $name {
            fn table() -> Option<&'static $crate::table::Table> {
                Self::table()
            }
        })+
    };
}
