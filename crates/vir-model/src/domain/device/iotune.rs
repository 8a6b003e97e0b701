//! `<iotune>` and `<throttlegroup>`: limits of a disk's input and output.

use vir_base::{Result, bail};
use vir_xml::{Content, Element, Writer};

/// The limits, each 0 for none.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct IoTune {
    pub total_bytes_sec: u64,
    pub read_bytes_sec: u64,
    pub write_bytes_sec: u64,
    pub total_iops_sec: u64,
    pub read_iops_sec: u64,
    pub write_iops_sec: u64,
    pub total_bytes_sec_max: u64,
    pub read_bytes_sec_max: u64,
    pub write_bytes_sec_max: u64,
    pub total_iops_sec_max: u64,
    pub read_iops_sec_max: u64,
    pub write_iops_sec_max: u64,
    /// Bytes of a request that count as one.
    pub size_iops_sec: u64,
    /// Disks of one group share their limits.
    pub group_name: Option<String>,
    pub total_bytes_sec_max_length: u64,
    pub read_bytes_sec_max_length: u64,
    pub write_bytes_sec_max_length: u64,
    pub total_iops_sec_max_length: u64,
    pub read_iops_sec_max_length: u64,
    pub write_iops_sec_max_length: u64,
}

/// A limit's name, and its field.
type Row = (&'static str, fn(&mut IoTune) -> &mut u64);

/// Limits up to `size_iops_sec`: bytes and requests a second, and as many for a moment.
const FIRST: [Row; 13] = [
    ("total_bytes_sec", |t| &mut t.total_bytes_sec),
    ("read_bytes_sec", |t| &mut t.read_bytes_sec),
    ("write_bytes_sec", |t| &mut t.write_bytes_sec),
    ("total_iops_sec", |t| &mut t.total_iops_sec),
    ("read_iops_sec", |t| &mut t.read_iops_sec),
    ("write_iops_sec", |t| &mut t.write_iops_sec),
    ("total_bytes_sec_max", |t| &mut t.total_bytes_sec_max),
    ("read_bytes_sec_max", |t| &mut t.read_bytes_sec_max),
    ("write_bytes_sec_max", |t| &mut t.write_bytes_sec_max),
    ("total_iops_sec_max", |t| &mut t.total_iops_sec_max),
    ("read_iops_sec_max", |t| &mut t.read_iops_sec_max),
    ("write_iops_sec_max", |t| &mut t.write_iops_sec_max),
    ("size_iops_sec", |t| &mut t.size_iops_sec),
];

/// How many seconds such a moment lasts.
const LENGTHS: [Row; 6] = [
    ("total_bytes_sec_max_length", |t| &mut t.total_bytes_sec_max_length),
    ("read_bytes_sec_max_length", |t| &mut t.read_bytes_sec_max_length),
    ("write_bytes_sec_max_length", |t| &mut t.write_bytes_sec_max_length),
    ("total_iops_sec_max_length", |t| &mut t.total_iops_sec_max_length),
    ("read_iops_sec_max_length", |t| &mut t.read_iops_sec_max_length),
    ("write_iops_sec_max_length", |t| &mut t.write_iops_sec_max_length),
];

impl IoTune {
    fn read_as(element: &Element, what: &str) -> Result<Self> {
        let mut it = Self::default();
        for (name, field) in FIRST.iter().chain(&LENGTHS) {
            let Some(child) = element.child(name) else { continue };
            let text = child.text();
            match text.trim().parse() {
                Ok(value) => *field(&mut it) = value,
                Err(_) if text.is_empty() => {}
                Err(_) => bail!(Domain, XmlError, "{what} field '{name}' must be an integer"),
            }
        }
        it.group_name =
            element.child("group_name").map(|it| it.text().into_owned()).filter(|name| !name.is_empty());
        Ok(it)
    }

    /// Whether anything is limited.
    pub fn has_limits(&self) -> bool {
        let mut copy = self.clone();
        FIRST.iter().chain(&LENGTHS).any(|(_, field)| *field(&mut copy) > 0)
    }

    fn write_rows(&self, w: &mut Writer, rows: &[Row]) {
        let mut copy = self.clone();
        for (name, field) in rows {
            match *field(&mut copy) {
                0 => {}
                value => w.leaf(name, &value.to_string()),
            }
        }
    }
}

impl Content for IoTune {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::IoTune::table()
    }

    fn read(element: &Element) -> Result<Self> {
        Self::read_as(element, "disk iotune")
    }

    fn write(&self, w: &mut Writer) {
        self.write_rows(w, &FIRST);
        if let Some(name) = &self.group_name {
            w.leaf("group_name", name);
        }
        self.write_rows(w, &LENGTHS);
    }
}

/// A group of limits that disks name in their filters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThrottleGroup(pub IoTune);

impl Content for ThrottleGroup {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::IoTune::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let limits = IoTune::read_as(element, "throttle group")?;
        if limits.group_name.is_none() {
            bail!(Domain, XmlError, "missing group name");
        }
        Ok(Self(limits))
    }

    fn write(&self, w: &mut Writer) {
        self.0.write_rows(w, &FIRST);
        self.0.write_rows(w, &LENGTHS);
        if let Some(name) = &self.0.group_name {
            w.leaf("group_name", name);
        }
    }
}
