//! `<sysinfo>`: what the guest's firmware says of its machine, and files that it finds there.

use vir_base::{Result, Uuid, bail, err};
use vir_xml::{Content, Element, Format, Writer, missing};

/// What the firmware says, or files that it offers.
#[derive(Clone, Debug, PartialEq)]
pub enum Sysinfo {
    /// Tables of SMBIOS.
    Smbios(Smbios),
    /// Files of QEMU's firmware configuration.
    Fwcfg(Vec<FwCfg>),
}

impl Default for Sysinfo {
    fn default() -> Self {
        Self::Smbios(Smbios::default())
    }
}

/// Tables of SMBIOS, each a list of names and values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Smbios {
    /// The firmware.
    pub bios: Entries,
    /// The machine.
    pub system: Entries,
    /// Its boards.
    pub base_boards: Vec<Entries>,
    /// Its case.
    pub chassis: Entries,
    /// A host's processors; domains do not say them.
    pub processors: Vec<Entries>,
    /// A host's memory, a device each; domains do not say it.
    pub memory: Vec<Entries>,
    /// Texts of its maker.
    pub oem_strings: Vec<String>,
}

/// Names and values, in the order in which they are printed.
pub type Entries = Vec<(&'static str, String)>;

/// A file of QEMU's firmware configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FwCfg {
    /// Its name in the guest.
    pub name: String,
    /// Its content.
    pub value: Option<String>,
    /// Or a file of the host that holds it.
    pub file: Option<String>,
}

const BIOS: &[&str] = &["vendor", "version", "date", "release"];
const SYSTEM: &[&str] = &["manufacturer", "product", "version", "serial", "uuid", "sku", "family"];
const BASE_BOARD: &[&str] = &["manufacturer", "product", "version", "serial", "asset", "location"];
const CHASSIS: &[&str] = &["manufacturer", "version", "serial", "asset", "sku"];

/// The values of known names; the first of each counts, and empty ones do not.
fn entries(element: Option<&Element>, names: &[&'static str]) -> Entries {
    let Some(element) = element else { return vec![] };
    let value = |name: &str| {
        let entry = element.children().find(|e| e.name == "entry" && e.attr("name") == Some(name));
        entry.map(|it| it.text().into_owned()).filter(|text| !text.is_empty())
    };
    names.iter().filter_map(|name| value(name).map(|value| (*name, value))).collect()
}

impl Content for Sysinfo {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Sysinfo::table()
    }

    fn read(element: &Element) -> Result<Self> {
        match element.attr("type") {
            Some("smbios") => Smbios::read(element).map(Self::Smbios),
            Some("fwcfg") => {
                let entries = element.children().filter(|child| child.name == "entry").map(FwCfg::read);
                entries.collect::<Result<_>>().map(Self::Fwcfg)
            }
            Some(text) => Err(vir_xml::invalid_value("type", "sysinfo", text)),
            None => Err(missing("type", "sysinfo")),
        }
    }

    fn write(&self, w: &mut Writer) {
        match self {
            Self::Smbios(smbios) => {
                w.attr("type", "smbios");
                smbios.write(w);
            }
            Self::Fwcfg(entries) => {
                w.attr("type", "fwcfg");
                for entry in entries {
                    w.element("entry", |w| entry.write(w));
                }
            }
        }
    }
}

impl Smbios {
    fn read(element: &Element) -> Result<Self> {
        let mut it = Self {
            bios: entries(element.child("bios"), BIOS),
            system: entries(element.child("system"), SYSTEM),
            chassis: entries(element.child("chassis"), CHASSIS),
            ..Self::default()
        };
        if let Some((_, date)) = it.bios.iter().find(|(name, _)| *name == "date")
            && !is_date(date)
        {
            bail!(Domain, XmlDetail, "Invalid BIOS 'date' format");
        }
        if let Some((_, uuid)) = it.system.iter_mut().find(|(name, _)| *name == "uuid") {
            let parsed: Uuid =
                uuid.parse().map_err(|_| err!(Domain, XmlDetail, "malformed <sysinfo> uuid element"))?;
            *uuid = parsed.to_string();
        }
        for board in element.children().filter(|child| child.name == "baseBoard") {
            it.base_boards.push(entries(Some(board), BASE_BOARD));
        }
        it.base_boards.retain(|board| !board.is_empty());
        if let Some(texts) = element.child("oemStrings") {
            it.oem_strings =
                texts.children().filter(|c| c.name == "entry").map(|it| it.text().into_owned()).collect();
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        let mut table = |name: &'static str, entries: &Entries| {
            w.maybe(name, |w| {
                for (name, value) in entries {
                    w.start("entry");
                    w.attr("name", name);
                    w.text_end(value);
                }
            });
        };
        table("bios", &self.bios);
        table("system", &self.system);
        self.base_boards.iter().for_each(|board| table("baseBoard", board));
        table("chassis", &self.chassis);
        self.processors.iter().for_each(|processor| table("processor", processor));
        self.memory.iter().for_each(|device| table("memory_device", device));
        w.maybe("oemStrings", |w| self.oem_strings.iter().for_each(|text| w.leaf("entry", text)));
    }

    /// The document of a host.
    pub fn to_document(&self) -> String {
        let mut w = Writer::new(Format::default());
        w.start("sysinfo");
        w.attr("type", "smbios");
        self.write(&mut w);
        w.end();
        w.finish()
    }

    /// The machine's UUID, which must be the domain's.
    pub fn uuid(&self) -> Option<Uuid> {
        self.system.iter().find(|(name, _)| *name == "uuid").and_then(|(_, uuid)| uuid.parse().ok())
    }
}

impl FwCfg {
    fn read(element: &Element) -> Result<Self> {
        let Some(name) = element.attr("name") else {
            bail!(Domain, XmlError, "Firmware entry is missing 'name' attribute")
        };
        let value = Some(element.text().into_owned()).filter(|text| !text.is_empty());
        let file = element.attr("file").map(str::to_owned);
        if value.is_none() && file.is_none() {
            bail!(Domain, XmlError, "Firmware entry must have either value or 'file' attribute");
        }
        Ok(Self { name: name.to_owned(), value, file })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("name", &self.name);
        match (&self.file, &self.value) {
            (Some(file), _) => w.attr("file", file),
            (None, Some(value)) => w.content(value),
            (None, None) => {}
        }
    }
}

/// Month, day and year, of two or four digits.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, ['/', '-', '.']).map(|part| part.trim().parse::<u32>().ok());
    let (month, day, year) = (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
    matches!((month, day, year), (Some(1..=12), Some(1..=31), Some(0..=99 | 1900..)))
}
