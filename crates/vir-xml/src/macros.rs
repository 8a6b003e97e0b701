//! The table macro: an element's attributes and children, declared once, read and written from that.
//!
//! ```
//! vir_xml::element! {
//!     /// A disk's driver.
//!     pub struct Driver "driver" {
//!         attr name "name": Option<String>,
//!         attr queues "queues": Option<u32>,
//!         leaf note "note": Option<String>,
//!         child tune "iotune": Option<Tune>,
//!         list host "host": Vec<Tune>,
//!     }
//!     /// Limits.
//!     pub struct Tune "iotune" { attr weight "weight": u32, }
//! }
//!
//! use vir_xml::Content;
//! let tree = vir_xml::parse("<driver name='qemu'><iotune weight='3'/></driver>", None).unwrap();
//! let driver = Driver::read(&tree).unwrap();
//! assert_eq!(driver.tune.as_ref().unwrap().weight, 3);
//! assert_eq!(driver.to_xml(Default::default()), "<driver name='qemu'>\n  <iotune weight='3'/>\n</driver>\n");
//! ```
//!
//! What a table does not name is passed over, as the peer does it.
//!
//! A row is KIND FIELD "NAME": TYPE. Kinds:
//! - `attr`: an attribute; `Option<T>` may be missing, a plain `T` must be there.
//! - `count`: an attribute, `Option<T>`, of which 0 says nothing.
//! - `live`: an attribute that only a running domain's document shows.
//! - `secret`: an attribute that is shown on request only.
//! - `status`: an attribute, `Option<T>`, of the document alone in which a daemon keeps a running object; a value that
//!   is none says nothing.
//! - `leaf`: a child with text only.
//! - `amount`: a child with text only, `Option<T>`, of which 0 says nothing.
//! - `flag`: a child without content; the field is a `bool`.
//! - `child`: one child that is an element of its own; `Option<T>`.
//! - `maybe`: as `child`, but not written if it says nothing.
//! - `private`: as `maybe`, but of such a document alone as is `status`.
//! - `list`: any number of such children; `Vec<T>`.
//! - `block`, `blocks`: as `child` and `list`, with an end tag of its own even if nothing is inside.
//! - `leaves`: any number of children with text only; `Vec<T>`.
//! - `text`: the element's own text; the name is not used.
//! - `part`: several attributes and children that a part takes ([`crate::Content`]'s sibling
//!   [`Part`]): what all devices share, for example.
//!
//! What stands in `///` above a row, its name and its type are kept as well ([`crate::table`]): reference
//! pages, schemas and the list of what a document has and no table knows are made of that.
//!
//! `pub struct Name "tag" => settle { … }` calls `Name::settle(&mut self, &Element) -> Result<()>` when
//! all is read: there stands what a table cannot say.

use crate::{Attr, Element, Writer};
use vir_base::Result;

/// Attributes and children that belong together and occur in several elements.
pub trait Part: Default {
    /// Takes an attribute; false if it is none of its own.
    fn take_attr(&mut self, element: &Element, attr: &Attr) -> Result<bool>;
    /// Takes a child; false if it is none of its own.
    fn take_child(&mut self, element: &Element, child: &Element) -> Result<bool>;
    /// Writes its attributes.
    fn write_attrs(&self, w: &mut Writer);
    /// Writes its children.
    fn write_children(&self, w: &mut Writer);

    /// What it takes, if it is declared as a table.
    fn table() -> Option<&'static crate::table::Table> {
        None
    }
}

/// Declares elements; see the module.
#[macro_export]
macro_rules! element {
    ($($(#[doc = $doc:literal])* pub struct $name:ident $tag:literal $(=> $settle:ident)? {
        $($(#[doc = $fdoc:literal])* $kind:ident $field:ident $xml:literal: $ty:ty,)*
    })+) => {
        $($(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs)] // fields are named as in documents
        pub struct $name { $($(#[doc = $fdoc])* pub $field: $ty,)* }

        impl $name {
            /// The element's name.
            pub const NAME: &'static str = $tag;

            /// The element as a document of its own.
            pub fn to_xml(&self, format: $crate::Format) -> String {
                let mut w = $crate::Writer::new(format);
                w.start($tag);
                $crate::Content::write(self, &mut w);
                w.end();
                w.finish()
            }
        }

        impl $crate::Content for $name {
            #[allow(unused_mut, unused_variables, unused_labels, clippy::never_loop)]
            fn read(element: &$crate::Element) -> vir_base::Result<Self> {
                let mut it = Self::default();
                if const { false $(|| $crate::element!(@required $kind $xml, $ty).1)* } {
                    $crate::__support::required(element, &[$($crate::element!(@required $kind $xml, $ty),)*])?;
                }
                'attrs: for attr in &element.attrs {
                    $($crate::element!(@attr $kind it, $field, $xml, element, attr, 'attrs);)*
                }
                'children: for child in element.children() {
                    $($crate::element!(@child $kind it, $field, $xml, element, child, 'children);)*
                }
                $($crate::element!(@text $kind it, $field, $xml, element);)*
                $(it.$settle(element)?;)?
                Ok(it)
            }

            #[allow(unused_variables)]
            fn write(&self, w: &mut $crate::Writer) {
                $($crate::element!(@write_attr $kind self, $field, $xml, w);)*
                $($crate::element!(@write_child $kind self, $field, $xml, w);)*
            }

            fn table() -> Option<&'static $crate::table::Table> {
                static TABLE: $crate::table::Table = $crate::table::Table {
                    name: stringify!($name),
                    element: $tag,
                    doc: &[$($doc),*],
                    settles: $crate::element!(@settles $($settle)?),
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
        })+
    };

    (@settles) => { false };
    (@settles $settle:ident) => { true };

    (@inside flag $ty:ty) => { $crate::table::Inside::Nothing };
    (@inside tree $ty:ty) => { $crate::table::Inside::Nothing };
    (@inside parts $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside child $ty:ty) => { $crate::table::Inside::Table(<$ty as $crate::__support::Nest>::table) };
    (@inside maybe $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside private $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside block $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside blocks $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside list $ty:ty) => { $crate::element!(@inside child $ty) };
    (@inside part $ty:ty) => { $crate::table::Inside::Table(<$ty as $crate::__support::Part>::table) };
    (@inside leaves $ty:ty) => { $crate::table::Inside::Value(<$ty as $crate::__support::Several>::words, <$ty as $crate::__support::Several>::fits) };
    (@inside $kind:ident $ty:ty) => { $crate::table::Inside::Value(<$ty as $crate::__support::Slot>::words, <$ty as $crate::__support::Slot>::fits) };

    (@required attr $xml:literal, $ty:ty) => { ($xml, <$ty as $crate::__support::Slot>::REQUIRED) };
    (@required $kind:ident $xml:literal, $ty:ty) => { ("", false) };

    (@attr attr $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        if $a.name == $xml {
            $crate::__support::Slot::fill(&mut $it.$field, &$a.value, $xml, &$e)?;
            continue $next;
        }
    };
    (@attr count $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        if $a.name == $xml {
            $crate::__support::count(&mut $it.$field, &$a.value, $xml, &$e)?;
            continue $next;
        }
    };
    (@attr live $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        $crate::element!(@attr attr $it, $field, $xml, $e, $a, $next)
    };
    (@attr secret $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        $crate::element!(@attr attr $it, $field, $xml, $e, $a, $next)
    };
    (@attr status $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        if $a.name == $xml {
            $it.$field = $crate::Value::parse(&$a.value);
            continue $next;
        }
    };
    (@attr part $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {
        if $crate::__support::Part::take_attr(&mut $it.$field, $e, $a)? { continue $next; }
    };
    (@attr $kind:ident $it:ident, $field:ident, $xml:literal, $e:ident, $a:ident, $next:lifetime) => {};

    (@child leaf $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml {
            if !$crate::__support::Slot::is_set(&$it.$field) {
                $crate::__support::leaf($c, &mut $it.$field)?;
            }
            continue $next;
        }
    };
    (@child amount $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml {
            if !$crate::__support::Slot::is_set(&$it.$field) {
                $crate::__support::count(&mut $it.$field, &$c.text(), $xml, $c)?;
            }
            continue $next;
        }
    };
    (@child maybe $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        $crate::element!(@child child $it, $field, $xml, $e, $c, $next)
    };
    (@child flag $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml { $it.$field = true; continue $next; }
    };
    (@child child $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml {
            if $it.$field.is_none() { $it.$field = Some($crate::Content::read($c)?); }
            continue $next;
        }
    };
    (@child private $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml {
            if $it.$field.is_none() { $it.$field = $crate::Content::read($c).ok(); }
            continue $next;
        }
    };
    (@child block $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        $crate::element!(@child child $it, $field, $xml, $e, $c, $next)
    };
    (@child blocks $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        $crate::element!(@child list $it, $field, $xml, $e, $c, $next)
    };
    (@child list $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml { $crate::__support::push(&mut $it.$field, $e, $c)?; continue $next; }
    };
    (@child leaves $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $c.name == $xml { $it.$field.push($crate::__support::leaf_value($c)?); continue $next; }
    };
    (@child part $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {
        if $crate::__support::Part::take_child(&mut $it.$field, $e, $c)? { continue $next; }
    };
    (@child $kind:ident $it:ident, $field:ident, $xml:literal, $e:ident, $c:ident, $next:lifetime) => {};

    (@text text $it:ident, $field:ident, $xml:literal, $e:ident) => {
        $crate::__support::text(&mut $it.$field, $xml, $e)?
    };
    (@text $kind:ident $it:ident, $field:ident, $xml:literal, $e:ident) => {};

    (@write_attr attr $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::__support::Slot::write_attr(&$self.$field, $xml, $w);
    };
    (@write_attr count $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::element!(@write_attr attr $self, $field, $xml, $w)
    };
    (@write_attr live $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if !$w.format().inactive { $crate::element!(@write_attr attr $self, $field, $xml, $w) }
    };
    (@write_attr secret $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if $w.format().secure { $crate::element!(@write_attr attr $self, $field, $xml, $w) }
    };
    (@write_attr status $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if $w.format().status { $crate::element!(@write_attr attr $self, $field, $xml, $w) }
    };
    (@write_attr part $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::__support::Part::write_attrs(&$self.$field, $w);
    };
    (@write_attr $kind:ident $self:ident, $field:ident, $xml:literal, $w:ident) => {};

    (@write_child attr $self:ident, $field:ident, $xml:literal, $w:ident) => {};
    (@write_child count $self:ident, $field:ident, $xml:literal, $w:ident) => {};
    (@write_child live $self:ident, $field:ident, $xml:literal, $w:ident) => {};
    (@write_child secret $self:ident, $field:ident, $xml:literal, $w:ident) => {};
    (@write_child status $self:ident, $field:ident, $xml:literal, $w:ident) => {};
    (@write_child private $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if $w.format().status { $crate::element!(@write_child maybe $self, $field, $xml, $w) }
    };
    (@write_child amount $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::element!(@write_child leaf $self, $field, $xml, $w)
    };
    (@write_child maybe $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if let Some(child) = &$self.$field { $w.maybe($xml, |w| $crate::Content::write(child, w)); }
    };
    (@write_child leaf $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::__support::Slot::write_leaf(&$self.$field, $xml, $w);
    };
    (@write_child flag $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if $self.$field { $w.empty($xml); }
    };
    (@write_child child $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if let Some(child) = &$self.$field { $w.start($xml); $crate::Content::write(child, $w); $w.end(); }
    };
    (@write_child list $self:ident, $field:ident, $xml:literal, $w:ident) => {
        for child in &$self.$field { $w.start($xml); $crate::Content::write(child, $w); $w.end(); }
    };
    (@write_child block $self:ident, $field:ident, $xml:literal, $w:ident) => {
        if let Some(child) = &$self.$field { $w.start($xml); $crate::Content::write(child, $w); $w.end_full(); }
    };
    (@write_child blocks $self:ident, $field:ident, $xml:literal, $w:ident) => {
        for child in &$self.$field { $w.start($xml); $crate::Content::write(child, $w); $w.end_full(); }
    };
    (@write_child leaves $self:ident, $field:ident, $xml:literal, $w:ident) => {
        for value in &$self.$field { $w.leaf_value($xml, value); }
    };
    (@write_child part $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::__support::Part::write_children(&$self.$field, $w);
    };
    (@write_child text $self:ident, $field:ident, $xml:literal, $w:ident) => {
        $crate::__support::Slot::write_text(&$self.$field, $w);
    };
}

/// What [`element!`] expands to needs these; not for use by hand.
#[doc(hidden)]
pub mod support {
    pub use super::Part;
    use crate::table::Table;
    use crate::{Content, Element, Value, Writer, missing, value_of};
    use vir_base::Result;

    /// A field that an attribute or text fills: a value, or none.
    pub trait Slot {
        const REQUIRED: bool;
        type Value: Value;
        fn fill(&mut self, text: &str, attr: &str, element: &Element) -> Result<()>;
        fn value(&self) -> Option<&Self::Value>;
        fn is_set(&self) -> bool;
        fn words() -> &'static [&'static str];
        fn fits(text: &str) -> bool;

        fn write_attr(&self, name: &str, w: &mut Writer) {
            if let Some(value) = self.value() {
                w.attr_value(name, value);
            }
        }

        fn write_leaf(&self, name: &'static str, w: &mut Writer) {
            if let Some(value) = self.value() {
                w.leaf_value(name, value);
            }
        }

        fn write_text(&self, w: &mut Writer) {
            if let Some(text) = self.value().map(Value::print).filter(|text| !text.is_empty()) {
                w.content(&text);
            }
        }
    }

    /// A field that child elements fill.
    pub trait Nest {
        fn table() -> Option<&'static Table>;
    }

    impl<T: Content> Nest for Option<T> {
        fn table() -> Option<&'static Table> {
            T::table()
        }
    }

    impl<T: Content> Nest for Vec<T> {
        fn table() -> Option<&'static Table> {
            T::table()
        }
    }

    /// A field that several texts fill.
    pub trait Several {
        fn words() -> &'static [&'static str];
        fn fits(text: &str) -> bool;
    }

    impl<T: Value> Several for Vec<T> {
        fn words() -> &'static [&'static str] {
            T::names()
        }

        fn fits(text: &str) -> bool {
            T::fits(text)
        }
    }

    impl<T: Value> Slot for Option<T> {
        const REQUIRED: bool = false;
        type Value = T;

        fn fill(&mut self, text: &str, attr: &str, element: &Element) -> Result<()> {
            *self = match T::unsaid().contains(&text) {
                true => None,
                false => Some(value_of(text, attr, element)?),
            };
            Ok(())
        }

        fn value(&self) -> Option<&T> {
            self.as_ref()
        }

        fn is_set(&self) -> bool {
            self.is_some()
        }

        fn words() -> &'static [&'static str] {
            T::names()
        }

        fn fits(text: &str) -> bool {
            T::fits(text)
        }
    }

    impl<T: Value + Default> Slot for T {
        const REQUIRED: bool = true;
        type Value = T;

        fn fill(&mut self, text: &str, attr: &str, element: &Element) -> Result<()> {
            *self = value_of(text, attr, element)?;
            Ok(())
        }

        fn value(&self) -> Option<&T> {
            Some(self)
        }

        fn is_set(&self) -> bool {
            false
        }

        fn words() -> &'static [&'static str] {
            T::names()
        }

        fn fits(text: &str) -> bool {
            T::fits(text)
        }
    }

    pub fn required(element: &Element, attrs: &[(&str, bool)]) -> Result<()> {
        match attrs.iter().find(|(name, required)| *required && element.attr(name).is_none()) {
            Some((name, _)) => Err(missing(name, &element.name).with_hint(element.position.to_string())),
            None => Ok(()),
        }
    }

    /// One more of a list. Documents are held by the thousand: a list has room for what it will have, and no more.
    pub fn push<T: Content>(list: &mut Vec<T>, element: &Element, child: &Element) -> Result<()> {
        if list.is_empty() {
            list.reserve_exact(element.children().filter(|other| other.name == child.name).count());
        }
        list.push(T::read(child)?);
        Ok(())
    }

    /// A number of which 0 says nothing.
    pub fn count<T: Value + Default + PartialEq>(
        slot: &mut Option<T>,
        text: &str,
        name: &str,
        element: &Element,
    ) -> Result<()> {
        *slot = Some(value_of(text, name, element)?).filter(|value| *value != T::default());
        Ok(())
    }

    /// An element's own text; none at all leaves an optional field alone.
    pub fn text<S: Slot>(slot: &mut S, name: &str, element: &Element) -> Result<()> {
        let text = element.text();
        match text.is_empty() && !S::REQUIRED {
            true => Ok(()),
            false => slot.fill(&text, name, element),
        }
    }

    pub fn leaf<S: Slot>(child: &Element, slot: &mut S) -> Result<()> {
        slot.fill(&child.text(), &child.name, child)
    }

    pub fn leaf_value<T: Value>(child: &Element) -> Result<T> {
        value_of(&child.text(), &child.name, child)
    }
}
