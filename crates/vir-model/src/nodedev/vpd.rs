//! Vital product data: what a PCI device's maker wrote into it.

use super::words::Sub;
use crate::words::said;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, Writer, element, missing};

/// The vital product data of a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vpd {
    /// The device's name.
    pub name: String,
    /// What only its maker writes.
    pub readonly: Option<ReadOnly>,
    /// What its owner may write.
    pub readwrite: Option<ReadWrite>,
}

element! {
    /// What only the maker writes.
    pub struct ReadOnly "fields" => settle {
        /// Engineering change level.
        leaf change_level "change_level": Option<String>,
        /// Who made it.
        leaf manufacture_id "manufacture_id": Option<String>,
        /// Its part number.
        leaf part_number "part_number": Option<String>,
        /// Its serial number.
        leaf serial_number "serial_number": Option<String>,
        /// The maker's own fields.
        list vendor "vendor_field": Vec<Field>,
    }
    /// What the owner may write.
    pub struct ReadWrite "fields" => settle {
        /// The owner's name for it.
        leaf asset_tag "asset_tag": Option<String>,
        /// The maker's own fields.
        list vendor "vendor_field": Vec<Field>,
        /// The system's own fields.
        list system "system_field": Vec<Field>,
    }
    /// A field.
    pub struct Field "vendor_field" => settle {
        /// Its letter or digit.
        attr index "index": String,
        /// What it says.
        text value "": Option<String>,
    }
}

impl Sub for Vpd {
    const TYPE: &'static str = "vpd";
}

impl Content for Vpd {
    fn table() -> Option<&'static vir_xml::table::Table> {
        super::tables::Vpd::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let name = element.child("name").map(|it| it.text().into_owned()).unwrap_or_default();
        if name.is_empty() {
            bail!(Nodedev, XmlError, "Could not read a device name from the <name> element");
        }
        let mut it = Self { name, ..Self::default() };
        for fields in element.children().filter(|child| child.name == "fields") {
            match fields.attr("access") {
                None => return Err(missing("access", "fields")),
                Some("readonly") => it.readonly = Some(ReadOnly::read(fields)?),
                Some("readwrite") => it.readwrite = Some(ReadWrite::read(fields)?),
                Some(access) => {
                    bail!(Nodedev, XmlError, "Unsupported VPD field access type '{access}'")
                }
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.leaf("name", &self.name);
        fields(w, "readonly", self.readonly.as_ref());
        fields(w, "readwrite", self.readwrite.as_ref());
    }
}

fn fields(w: &mut Writer, access: &str, fields: Option<&impl Content>) {
    if let Some(fields) = fields {
        w.start("fields");
        w.attr("access", access);
        fields.write(w);
        w.end_full();
    }
}

impl ReadOnly {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let Self { change_level, manufacture_id, part_number, serial_number, vendor } = self;
        [change_level, manufacture_id, part_number, serial_number].into_iter().for_each(said);
        *vendor = Field::known(std::mem::take(vendor));
        Ok(())
    }
}

impl ReadWrite {
    fn settle(&mut self, _: &Element) -> Result<()> {
        said(&mut self.asset_tag);
        self.vendor = Field::known(std::mem::take(&mut self.vendor));
        // the system's field A is the asset tag by another name
        let (tags, system) =
            std::mem::take(&mut self.system).into_iter().partition::<Vec<_>, _>(|field| field.index == "A");
        if let Some(tag) = tags.into_iter().next_back() {
            self.asset_tag = tag.value;
        }
        self.system = Field::known(system);
        Ok(())
    }
}

impl Field {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.index.len() != 1 {
            let (name, index) = (&element.name, &self.index);
            bail!(Nodedev, XmlError, "'{name}' 'index' value '{index}' malformed");
        }
        Ok(())
    }

    /// Those with an index that there can be; one of an index, with the last value and in the first one's place.
    fn known(fields: Vec<Self>) -> Vec<Self> {
        let mut kept: Vec<Self> = vec![];
        let there = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
        for field in fields.into_iter().filter(|field| field.index.bytes().all(there)) {
            match kept.iter_mut().find(|other| other.index == field.index) {
                Some(other) => *other = field,
                None => kept.push(field),
            }
        }
        kept
    }
}
