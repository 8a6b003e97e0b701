//! Since when there is an element or attribute, and which drivers use it: `Since 1.2.3.` and `Drivers: qemu, xen.`
//! at the end of a row's comment, or of its table's. What says nothing has it from the element around it, and nothing is
//! older than that, or used by others; an element that stands in several has the earliest release of them, and the
//! drivers of all.

use crate::names::doc;
use std::collections::HashMap;
use std::fmt;
use vir_model::documents::Document;
use vir_xml::table::{Row, Table};

/// Every name that may stand behind `Drivers:`, in the order in which they are shown. `all` are those of hypervisors;
/// `none` is said of what is read and kept, but has no effect.
const DRIVERS: [&str; 20] = [
    "all",
    "qemu",
    "xen",
    "lxc",
    "bhyve",
    "ch",
    "vz",
    "openvz",
    "vmware",
    "esx",
    "hyperv",
    "vbox",
    "network",
    "nwfilter",
    "storage",
    "nodedev",
    "interface",
    "secret",
    "test",
    "none",
];

/// What a comment says beyond what the thing means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    since: Option<[u32; 3]>,
    /// In the order of [`DRIVERS`].
    drivers: Vec<&'static str>,
}

/// The release; nothing if none is said.
pub(crate) struct Since<'a>(&'a Tags);

impl fmt::Display for Since<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.since {
            Some([major, minor, release]) => write!(f, "{major}.{minor}.{release}"),
            None => Ok(()),
        }
    }
}

impl Tags {
    /// Since when.
    pub(crate) fn since(&self) -> Since<'_> {
        Since(self)
    }

    /// Which drivers, between commas.
    pub(crate) fn drivers(&self) -> String {
        self.drivers.join(", ")
    }

    /// Whether one of them is not said.
    #[cfg(test)]
    fn lacks(&self) -> bool {
        self.since.is_none() || self.drivers.is_empty()
    }

    /// Where this says nothing, what another says.
    fn or(mut self, other: &Self) -> Self {
        self.since = self.since.or(other.since);
        if self.drivers.is_empty() {
            self.drivers.clone_from(&other.drivers);
        }
        self
    }

    /// The same inside an element: nothing is older than what it stands in, or used by other drivers. Drivers that have
    /// nothing in common with those around are of another kind (those of storage in a domain) and stay.
    fn within(mut self, around: &Self) -> Self {
        self.since = self.since.max(around.since);
        let both: Vec<&str> =
            self.drivers.iter().filter(|name| around.drivers.contains(name)).copied().collect();
        match (self.drivers.as_slice(), around.drivers.as_slice()) {
            (_, [] | ["all"]) if !self.drivers.is_empty() => {}
            ([] | ["all"], _) => self.drivers.clone_from(&around.drivers),
            _ if both.is_empty() => {}
            _ => self.drivers = both,
        }
        self
    }

    /// The earliest release of both, and the drivers of both.
    pub(crate) fn join(self, other: &Self) -> Self {
        let since = match (self.since, other.since) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let both = |name: &&&str| self.drivers.contains(name) || other.drivers.contains(name);
        let mut drivers: Vec<&str> = DRIVERS.iter().filter(both).copied().collect();
        if drivers.contains(&"all") {
            drivers = vec!["all"];
        } else if drivers.len() > 1 {
            drivers.retain(|name| *name != "none");
        }
        Self { since, drivers }
    }
}

/// A comment's prose, and what its tags say.
///
/// # Errors
/// A release or a driver that there is not, and a tag that is not at the end.
fn split(text: &str) -> Result<(&str, Tags), String> {
    let mut tags = Tags::default();
    let mut prose = text.trim_end();
    if let Some((before, names)) = tag(prose, "Drivers:") {
        for name in names.split(',').map(str::trim) {
            let known = DRIVERS.iter().find(|known| **known == name);
            tags.drivers.push(known.ok_or_else(|| format!("no driver is called '{name}'"))?);
        }
        tags = tags.join(&Tags::default());
        prose = before;
    }
    if let Some((before, release)) = tag(prose, "Since ").filter(|(_, release)| !release.contains(' ')) {
        let numbers: Vec<&str> = release.split('.').collect();
        let numbers = <[&str; 3]>::try_from(numbers).map(|numbers| numbers.map(str::parse));
        let Ok([Ok(major), Ok(minor), Ok(micro)]) = numbers else {
            return Err(format!("'{release}' is no release"));
        };
        tags.since = Some([major, minor, micro]);
        prose = before;
    }
    match prose.contains("Drivers:") {
        true => Err("'Drivers:' is not at the end".to_owned()),
        false => Ok((prose, tags)),
    }
}

/// The last sentence, if it begins so: what stands before it, and the rest of it without the full stop.
fn tag<'a>(text: &'a str, begin: &str) -> Option<(&'a str, &'a str)> {
    let (before, said) = text.rsplit_once(begin)?;
    let said = said.strip_suffix('.')?;
    (before.is_empty() || before.ends_with(". ")).then(|| (before.trim_end(), said.trim()))
}

/// What a comment means, without its tags.
pub(crate) fn prose(lines: &[&str]) -> String {
    let text = doc(lines);
    split(&text).map_or(text.as_str(), |(prose, _)| prose).to_owned()
}

fn said(lines: &[&str]) -> Tags {
    split(&doc(lines)).map(|(_, tags)| tags).unwrap_or_default()
}

/// The tags of everything that documents are made of: of each table, by its address, those of what it stands in.
pub(crate) struct Told(HashMap<usize, Tags>);

impl Told {
    /// Those of a document.
    ///
    /// # Errors
    /// Each comment whose tags are wrong, a line each.
    pub(crate) fn of(document: &Document) -> Result<Self, String> {
        let mut it = Self(HashMap::new());
        let mut wrong = vec![];
        if let Some(root) = (document.table)() {
            it.add(root, &Tags::default(), &mut wrong);
        }
        match wrong.is_empty() {
            true => Ok(it),
            false => Err(wrong.join("\n")),
        }
    }

    fn add(&mut self, table: &'static Table, around: &Tags, wrong: &mut Vec<String>) {
        let address = std::ptr::from_ref(table).addr();
        let known = self.0.get(&address);
        if known.is_none() {
            check(table, wrong);
        }
        let joined = known.map_or(around.clone(), |known| around.clone().join(known));
        if known == Some(&joined) {
            return;
        }
        self.0.insert(address, joined);
        for (row, tags) in self.rows(table) {
            if let Some(inside) = row.table() {
                self.add(inside, &tags, wrong);
            }
        }
    }

    /// A table's own, or what it has from around it.
    pub(crate) fn table(&self, table: &'static Table) -> Tags {
        let around = self.0.get(&std::ptr::from_ref(table).addr());
        around.map_or_else(Tags::default, |around| said(table.doc).within(around))
    }

    /// The rows of a table and of its parts, each with what is told of it there.
    pub(crate) fn rows(&self, table: &'static Table) -> Vec<(&'static Row, Tags)> {
        rows(table, &self.table(table))
    }
}

fn rows(table: &'static Table, around: &Tags) -> Vec<(&'static Row, Tags)> {
    let mut all = vec![];
    for row in table.rows {
        let inside = row.table();
        let inner = inside.map(|inside| said(inside.doc)).unwrap_or_default();
        let tags = said(row.doc).or(&inner).within(around);
        match inside.filter(|_| row.is_part()) {
            Some(part) => all.extend(rows(part, &tags)),
            None => all.push((row, tags)),
        }
    }
    all
}

/// Every comment of a table, its parts included, whose tags are wrong.
fn check(table: &'static Table, wrong: &mut Vec<String>) {
    let comments = table.rows.iter().map(|row| (row.name, row.doc));
    for (name, lines) in std::iter::once(("", table.doc)).chain(comments) {
        if let Err(why) = split(&doc(lines)) {
            wrong.push(format!("{}/{name}: {why}", table.name));
        }
    }
    for part in table.rows.iter().filter(|row| row.is_part()).filter_map(Row::table) {
        check(part, wrong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;
    use vir_model::documents::DOCUMENTS;

    #[test]
    fn tags_stand_at_the_end() {
        let (prose, tags) = split("A lamp, `led` since 0.9.7. Since 0.10.2. Drivers: xen, qemu.").unwrap();
        assert_eq!(prose, "A lamp, `led` since 0.9.7.");
        assert_eq!((tags.since().to_string().as_str(), tags.drivers().as_str()), ("0.10.2", "qemu, xen"));
        assert_eq!(split("A lamp.").unwrap(), ("A lamp.", Tags::default()));
        assert_eq!(split("Since 1970 it is told.").unwrap().1, Tags::default());
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        for text in ["A. Since 1.2.", "A. Since 1.2.x.", "A. Drivers: qmu.", "A. Drivers: qemu. Since 1.2.3."]
        {
            assert!(split(text).is_err(), "{text}");
        }
    }

    vir_xml::describe! {
        /// A house. Since 1.0.0. Drivers: xen.
        struct House "house" {
            /// A lamp.
            child "lamp": Lamp,
            /// A room. Since 2.0.0. Drivers: qemu.
            child "room": Room,
        }
        /// A room.
        struct Room "room" {
            /// A lamp. Since 3.0.0.
            child "lamp": Lamp,
            /// A window. Since 1.5.0. Drivers: xen, qemu.
            flag "window": bool,
        }
        /// A lamp.
        struct Lamp "lamp" {
            /// How bright.
            attr "watt": u32,
        }
    }

    #[test]
    fn nothing_is_older_than_what_it_stands_in() {
        let mut told = Told(HashMap::new());
        told.add(House::table().unwrap(), &Tags::default(), &mut vec![]);
        let shown = |tags: Tags| format!("{} {}", tags.since(), tags.drivers());
        assert_eq!(shown(told.rows(Room::table().unwrap())[0].1.clone()), "3.0.0 qemu");
        assert_eq!(shown(told.rows(Room::table().unwrap())[1].1.clone()), "2.0.0 qemu");
        assert_eq!(shown(told.rows(Lamp::table().unwrap())[0].1.clone()), "1.0.0 qemu, xen");
    }

    #[test]
    fn of_everything_it_is_told_since_when_and_for_whom() {
        let mut missing = vec![];
        for document in DOCUMENTS {
            let told = Told::of(document).unwrap();
            for (table, name) in Names::of(std::slice::from_ref(document)).iter() {
                let lacking = told.rows(table).into_iter().filter(|(_, tags)| tags.lacks());
                missing.extend(lacking.map(|(row, _)| format!("{}: {name}/{}", document.name, row.name)));
            }
        }
        assert!(missing.is_empty(), "nothing is told of {missing:#?}");
    }
}
