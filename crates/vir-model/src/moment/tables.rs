//! What documents of moments may hold, as tables: see [`crate::domain::tables`].

use super::checkpoint::CheckpointDisks;
use super::snapshot::{Cookie, SnapshotDisks, SnapshotMemory, SnapshotState};
use crate::domain::Domain;
use vir_base::Result;
use vir_xml::table::Table;
use vir_xml::{Content, Element, Writer, describe, element};

element! {
    /// The moment before this one.
    pub struct Parent "parent" {
        /// Its name.
        leaf name "name": Option<String>,
    }
}

/// A domain inside another document: what it may hold is the domain's own.
#[derive(Debug)]
struct Inside;

impl Content for Inside {
    fn table() -> Option<&'static Table> {
        Domain::table()
    }

    fn read(_: &Element) -> Result<Self> {
        Ok(Self)
    }

    fn write(&self, _: &mut Writer) {}
}

describe! {
    /// A domain as it was, and where its disks and memory of that time are kept. Since 0.8.0. Drivers: qemu, vz, esx,
    /// vbox, test.
    pub struct Snapshot "domainsnapshot" {
        /// Its name; made up from the time if nothing is said.
        leaf "name": Option<String>,
        /// What it is, for people.
        leaf "description": Option<String>,
        /// What the domain was doing; of snapshots that are known already.
        leaf "state": Option<SnapshotState>,
        /// The snapshot before it.
        child "parent": Option<Parent>,
        /// When it was made, in seconds since 1970.
        leaf "creationTime": Option<i64>,
        /// Where the memory of the time is kept. Since 1.0.1. Drivers: qemu.
        child "memory": Option<SnapshotMemory>,
        /// The disks. Since 0.9.5. Drivers: qemu, vbox, test.
        child "disks": Option<SnapshotDisks>,
        /// Disks that were written since the domain went back to it. Since 9.9.0. Drivers: qemu.
        child "revertDisks": Option<SnapshotDisks>,
        /// The domain as it was. Since 0.9.5. Drivers: qemu, vz, esx, vbox, test.
        child "domain": Option<Inside>,
        /// The definition that the domain had beside the one that ran. Since 5.10.0. Drivers: qemu.
        child "inactiveDomain": Option<Inside>,
        /// What the hypervisor keeps of a domain that ran. Since 4.0.0. Drivers: qemu.
        child "cookie": Option<Cookie>,
        /// Whether the domain's state comes from it; in the hypervisor's own files only. Since 0.8.0.
        leaf "active": Option<u32>,
    }
    /// From when on changes of disks are tracked. Since 5.6.0. Drivers: qemu, test.
    pub struct Checkpoint "domaincheckpoint" {
        /// Its name; made up from the time if nothing is said.
        leaf "name": Option<String>,
        /// What it is, for people.
        leaf "description": Option<String>,
        /// The checkpoint before it.
        child "parent": Option<Parent>,
        /// When it was made, in seconds since 1970.
        leaf "creationTime": Option<i64>,
        /// The disks.
        child "disks": Option<CheckpointDisks>,
        /// The domain as it was. Since 5.6.0. Drivers: qemu, test.
        child "domain": Option<Inside>,
    }
}
