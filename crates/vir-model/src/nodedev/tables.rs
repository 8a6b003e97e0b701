//! What the elements of node devices that are read by hand may hold, as tables: see [`crate::domain::tables`].
//! A capability's table is made of those of its kinds.

use super::vpd::{ReadOnly, ReadWrite};
use super::{Capability, Kind};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use vir_xml::describe;
use vir_xml::table::{Inside, Row, Table};

describe! {
    /// Which kind of capability it is.
    struct CapabilityType "" {
        /// The kind; it says what else there may be.
        attr "type": Option<Kind>,
    }
    /// Which kind of capability it is, of those inside others.
    struct NestedType "" {
        /// The kind.
        attr "type": String,
    }
    /// The vital product data of a device. Since 7.9.0.
    pub struct Vpd "capability" {
        /// The device's name.
        leaf "name": Option<String>,
        /// What its maker wrote, or its owner.
        list "fields": Fields,
    }
    /// What a device's maker wrote, or its owner.
    pub struct Fields "fields" {
        /// Who may write it: `readonly` or `readwrite`.
        attr "access": String,
        parts "": Option<ReadOnly>,
        parts "": Option<ReadWrite>,
    }
    /// What can be attached while the host runs.
    pub struct Hotpluggable "capability" {}
    /// What a PCI function's header says. Since 1.3.3.
    pub struct HeaderType "" {
        /// The kind of header.
        child "capability": Header,
    }
    /// The kind of a PCI function's header.
    pub struct Header "capability" {
        /// The kind.
        attr "type": String,
    }
}

fn parts(inside: Inside) -> Row {
    Row { kind: "parts", name: "", doc: &[], ty: "", required: false, inside }
}

fn lasting(table: Table) -> &'static Table {
    Box::leak(Box::new(table))
}

/// What a device can do, of all kinds.
pub(super) fn capability() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let mut rows = vec![parts(Inside::Table(CapabilityType::table))];
        for (_, table) in Capability::tables() {
            rows.extend(table.map(|table| parts(Inside::Known(table))));
        }
        Table {
            name: "Capability",
            element: "capability",
            doc: &[" Something that a device can do. What stands in it depends on its kind."],
            settles: false,
            rows: Box::leak(rows.into_boxed_slice()),
        }
    });
    &TABLE
}

/// A capability inside another, of the kind `kind` that `inside` describes.
pub(super) fn nested(kind: &'static str, inside: Option<&'static Table>) -> &'static Table {
    static TABLES: Mutex<BTreeMap<&'static str, &'static Table>> = Mutex::new(BTreeMap::new());
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    tables.entry(kind).or_insert_with(|| {
        let mut rows = vec![parts(Inside::Table(NestedType::table))];
        rows.extend(inside.map(|table| parts(Inside::Known(table))));
        let capability = lasting(Table {
            name: inside.map_or("Nested", |table| table.name),
            element: "capability",
            doc: inside.map_or(&[], |table| table.doc),
            settles: false,
            rows: Box::leak(rows.into_boxed_slice()),
        });
        let row = Row {
            kind: "child",
            name: "capability",
            doc: capability.doc,
            ty: kind,
            required: false,
            inside: Inside::Known(capability),
        };
        lasting(Table { name: kind, element: "", doc: &[], settles: false, rows: Box::leak(Box::new([row])) })
    })
}
