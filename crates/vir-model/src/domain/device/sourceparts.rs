//! Children of a disk's source that are read by hand: cookies, and the place of an NVMe device.

use super::address::PciAddress;
use vir_base::{Result, bail, err};
use vir_xml::{Content, Element, Writer};

/// Cookies, which are shown on request only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceCookies {
    /// Names and values.
    pub cookies: Vec<(String, String)>,
}

impl Content for SourceCookies {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::SourceCookies::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mut cookies: Vec<(String, String)> = vec![];
        for cookie in element.children().filter(|child| child.name == "cookie") {
            let name = cookie.attr("name").filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| err!(Domain, XmlError, "missing cookie name"))?;
            let value = Some(cookie.text()).filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| err!(Domain, XmlError, "missing value for cookie '{name}'"))?;
            if cookies.iter().any(|(known, _)| known == name) {
                bail!(Domain, XmlError, "duplicate cookie '{name}'");
            }
            cookies.push((name.to_owned(), value.into_owned()));
        }
        Ok(Self { cookies })
    }

    fn write(&self, w: &mut Writer) {
        if !w.format().secure {
            return;
        }
        for (name, value) in &self.cookies {
            w.start("cookie");
            w.attr("name", name);
            w.text_end(value);
        }
    }
}

/// The place of an NVMe device on the host.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NvmeAddress(pub PciAddress);

impl Content for NvmeAddress {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::PciAddress::table()
    }

    fn read(element: &Element) -> Result<Self> {
        PciAddress::read(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        self.0.write_attrs(w);
    }
}
