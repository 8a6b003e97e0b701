//! What pools and volumes share: sizes, owners and modes of files, clean paths.

use crate::domain::memory::scale;
use crate::words::{Checked, said};
use std::borrow::Cow;
use vir_base::{Error, Result, err};
use vir_xml::table::Table;
use vir_xml::{Content, Element, Value, Writer, element};

element! {
    /// Who may do what with a file.
    pub struct Permissions "permissions" {
        /// What owner, group and others may, in octal.
        leaf mode "mode": Option<Checked<Mode>>,
        /// Number of the user that owns it.
        leaf owner "owner": Option<Checked<Id>>,
        /// Number of the group that owns it.
        leaf group "group": Option<Checked<Id>>,
        /// SELinux label.
        leaf label "label": Option<String>,
    }
    /// Extents of a device.
    pub struct Extents "device" {
        /// The device.
        attr path "path": Option<String>,
        /// What is taken of it.
        list extents "extent": Vec<Extent>,
    }
}

impl Permissions {
    /// Checks what stands in it.
    pub(super) fn check(&mut self) -> Result<()> {
        self.mode.take_if(|mode| *mode == Checked::Bad(String::new()));
        if let Some(mode) = &self.mode {
            mode.check(|_| err!(Storage, XmlError, "malformed octal mode"))?;
        }
        for (id, name) in [(&mut self.owner, "owner"), (&mut self.group, "group")] {
            if let Some(id) = id {
                id.check(|_| err!(Storage, XmlError, "malformed {name} element"))?;
            }
            id.take_if(|id| *id == Checked::Good(Id::NONE));
        }
        said(&mut self.label);
        Ok(())
    }

    /// What owner, group and others may.
    pub fn mode(&self) -> Option<u32> {
        self.mode.as_ref().and_then(Checked::good).map(|mode| mode.0)
    }

    /// Numbers of the user and of the group that own it.
    pub fn owners(&self) -> (Option<u32>, Option<u32>) {
        let number = |id: &Option<Checked<Id>>| id.as_ref().and_then(Checked::good).map(|id| id.0);
        (number(&self.owner), number(&self.group))
    }
}

/// Checks permissions, if there are any.
pub(super) fn check_permissions(permissions: &mut Option<Permissions>) -> Result<()> {
    permissions.as_mut().map_or(Ok(()), Permissions::check)
}

/// What owner, group and others may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode(pub u32);

impl Value for Mode {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let mode = u32::from_str_radix(text, 8).ok()?;
        (mode & !0o777 == 0).then_some(Self(mode))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(format!("0{:o}", self.0))
    }
}

/// Number of a user or group; the largest means none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Id(pub u32);

impl Id {
    /// The number that means none.
    const NONE: Self = Self(u32::MAX);
}

impl Value for Id {
    fn parse(text: &str) -> Option<Self> {
        match <i64 as Value>::parse(text)? {
            -1 => Some(Self::NONE),
            id => u32::try_from(id).ok().map(Self),
        }
    }

    fn print(&self) -> Cow<'_, str> {
        // the peer prints them signed
        Cow::Owned(i32::from_ne_bytes(self.0.to_ne_bytes()).to_string())
    }
}

/// A number of bytes that documents tell and that is not read from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told(pub u64);

impl Content for Told {
    fn read(_: &Element) -> Result<Self> {
        Ok(Self::default())
    }

    fn write(&self, w: &mut Writer) {
        w.attr("unit", "bytes");
        w.content(&self.0.to_string());
    }

    fn table() -> Option<&'static Table> {
        super::tables::Amount::table()
    }
}

/// A number of bytes, in any unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes; fewer than 2⁶³, as the offsets of files are signed.
    pub bytes: u64,
    /// Whether the document said so.
    pub said: bool,
}

impl Content for Size {
    fn read(element: &Element) -> Result<Self> {
        let text = element.text();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let place = |error: Error| error.with_hint(element.position.to_string());
        let number = <u64 as Value>::parse(&text)
            .ok_or_else(|| place(err!(Storage, XmlError, "malformed capacity element")))?;
        let unit = element.attr("unit").filter(|unit| !unit.is_empty());
        let bytes = scale(number, unit, 1).map_err(place)?;
        match bytes <= i64::MAX as u64 {
            true => Ok(Self { bytes, said: true }),
            false => {
                Err(place(err!(None, Overflow, "value too large: {number}{}", unit.unwrap_or_default())))
            }
        }
    }

    fn write(&self, w: &mut Writer) {
        Told(self.bytes).write(w);
    }

    fn table() -> Option<&'static Table> {
        super::tables::Amount::table()
    }
}

/// A part of a device, in bytes. It is told, and not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Where it begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
}

impl Content for Extent {
    fn read(_: &Element) -> Result<Self> {
        Ok(Self::default())
    }

    fn write(&self, w: &mut Writer) {
        w.attr("start", &self.start.to_string());
        w.attr("end", &self.end.to_string());
    }

    fn table() -> Option<&'static Table> {
        super::tables::Part::table()
    }
}

/// A path without slashes that say nothing. Two at its beginning stay, and so does everything in a URI.
pub fn clean_path(path: &str) -> String {
    if path.find("://").is_some_and(|scheme| path.find('/').is_some_and(|slash| slash > scheme)) {
        return path.to_owned();
    }
    let two = path.starts_with("//") && !path.starts_with("///");
    let mut clean = String::from(if two { "//" } else { "" });
    let mut slash = false;
    for c in path[clean.len()..].chars() {
        if c != '/' && slash {
            clean.push('/');
        }
        slash = c == '/';
        if !slash {
            clean.push(c);
        }
    }
    // the root is all slash
    if clean.is_empty() && slash {
        clean.push('/');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, clean) in [
            ("", ""),
            ("/", "/"),
            ("//", "//"),
            ("///", "/"),
            ("///var/////lib//", "/var/lib"),
            ("//server/share//", "//server/share"),
            ("/../foo", "/../foo"),
            ("a//b/", "a/b"),
            ("nfs://host//path", "nfs://host//path"),
        ] {
            assert_eq!(clean_path(path), clean, "{path}");
        }
    }

    #[test]
    fn owners_are_numbers_and_none_is_one_of_them() {
        let read = |xml: &str| {
            let mut it = Permissions::read(&vir_xml::parse(xml, None).unwrap())?;
            it.check().map(|()| it)
        };
        let none =
            read("<permissions><owner>-1</owner><group>4294967295</group><mode/></permissions>").unwrap();
        assert_eq!(none, Permissions::default());
        let some = read("<permissions><owner>0744</owner><mode>0750</mode></permissions>").unwrap();
        assert_eq!((some.owners(), some.mode()), ((Some(744), None), Some(0o750)));
        for (xml, words) in [
            ("<permissions><owner>-2</owner></permissions>", "XML error: malformed owner element"),
            ("<permissions><group>x</group></permissions>", "XML error: malformed group element"),
            ("<permissions><mode>1777</mode></permissions>", "XML error: malformed octal mode"),
        ] {
            assert_eq!(read(xml).unwrap_err().message(), words);
        }
    }
}
