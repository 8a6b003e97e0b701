//! Every kind of document, listed once: what schemas, reference pages, validation and tests walk over.
//!
//! A new document is a row in [`DOCUMENTS`], and nothing else.

use crate::capabilities::{self, Capabilities, HostCpu};
use crate::domain::cpu::Cpu;
use crate::domain::security::SeclabelType;
use crate::domain::{Domain, ParseOptions, namespaces};
use crate::domaincaps::DomainCapabilities;
use crate::interface::Interface;
use crate::migration::Cookie;
use crate::moment::backup::Backup;
use crate::moment::checkpoint::{self, Checkpoint};
use crate::moment::snapshot::{self, Reading, Snapshot};
use crate::network::Network;
use crate::network::port::NetworkPort;
use crate::nodedev::{Capability, NodeDevice, Origin};
use crate::nwfilter::Filter;
use crate::nwfilter::binding::Binding;
use crate::secret::Secret;
use crate::status::{Notes, Status};
use crate::storage::{Capacity, Pool, PoolCapabilities, PoolType, Volume};
use crate::words::root;
use vir_base::{ErrorDomain, Result};
use vir_xml::table::Table;
use vir_xml::{Content, Format, describe};

/// A kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Its name among schemas: `domain`, `storagepool`.
    pub name: &'static str,
    /// Name of its root element.
    pub root: &'static str,
    /// The least that is one.
    pub least: &'static str,
    /// What it is made of.
    pub table: fn() -> Option<&'static Table>,
    /// Reads and prints it, completely and with all that is secret; nothing is chosen that it does not say.
    pub round: fn(&str) -> Result<String>,
    /// Whether what is printed reads as the very same value.
    pub same: fn(&str) -> Result<bool>,
}

impl Document {
    /// Whether it is one in which a daemon keeps what it notes for itself, of devices too.
    pub fn kept(&self) -> bool {
        self.root == Notes::NAME
    }
}

/// A row: name, root, the least, table, reading, printing.
macro_rules! document {
    ($name:literal, $root:literal, $least:literal, $table:expr, $parse:expr, $print:expr) => {
        Document {
            name: $name,
            root: $root,
            least: $least,
            table: $table,
            round: |xml| Ok(($print)(&($parse)(xml)?)),
            same: |xml| {
                let value = ($parse)(xml)?;
                Ok(($parse)(&($print)(&value))? == value)
            },
        }
    };
}

/// Every kind, in the order of their names.
pub const DOCUMENTS: &[Document] = &[
    document!(
        "capability",
        "capabilities",
        "<capabilities/>",
        Capabilities::table,
        |xml| read::<Capabilities>(xml, Capabilities::NAME),
        capabilities::print
    ),
    document!("cpu", "cpu", "<cpu/>", CpuDocument::table, CpuDocument::parse, CpuDocument::print),
    document!(
        "domain",
        "domain",
        "<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>",
        Domain::table,
        domain,
        |it: &Domain| it.to_xml(Format { secure: true, ..Format::default() })
    ),
    document!(
        "domainbackup",
        "domainbackup",
        "<domainbackup/>",
        Backup::table,
        |xml| Backup::parse(xml, true),
        |it: &Backup| it.to_document(true)
    ),
    document!(
        "domaincaps",
        "domainCapabilities",
        "<domainCapabilities/>",
        DomainCapabilities::table,
        |xml| read::<DomainCapabilities>(xml, DomainCapabilities::NAME),
        |it: &DomainCapabilities| it.to_xml(Format::default())
    ),
    document!(
        "domaincheckpoint",
        "domaincheckpoint",
        "<domaincheckpoint/>",
        Checkpoint::table,
        checkpoint,
        |it: &Checkpoint| it.to_document(checkpoint::Shown {
            secure: true,
            size: true,
            ..Default::default()
        })
    ),
    document!(
        "domainsnapshot",
        "domainsnapshot",
        "<domainsnapshot/>",
        Snapshot::table,
        snapshot,
        |it: &Snapshot| {
            it.to_document(None, snapshot::Shown { secure: true, internal: it.current.is_some() })
        }
    ),
    document!(
        "domainstatus",
        "domstatus",
        "<domstatus state='running' pid='1'><monitor path='/a' type='unix'/><domain type='qemu'><name>a</name>\
         <memory>1024</memory><os><type>hvm</type></os></domain></domstatus>",
        Status::table,
        Status::parse,
        Status::to_document
    ),
    document!(
        "interface",
        "interface",
        "<interface type='ethernet' name='lan0'/>",
        Interface::table,
        Interface::parse,
        Interface::to_document
    ),
    document!(
        "network",
        "network",
        "<network><name>a</name></network>",
        Network::table,
        |xml| Network::parse(xml, true),
        |it: &Network| it.to_document(Format::default())
    ),
    document!(
        "networkport",
        "networkport",
        "<networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid><owner>\
         <uuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</uuid><name>a</name></owner>\
         <mac address='52:54:00:00:00:01'/></networkport>",
        NetworkPort::table,
        NetworkPort::parse,
        NetworkPort::to_document
    ),
    document!(
        "nodedev",
        "device",
        "<device><name>computer</name><capability type='net'><interface>lan0</interface></capability></device>",
        NodeDevice::table,
        |xml| NodeDevice::parse(xml, Origin::Existing),
        node_device
    ),
    document!("nwfilter", "filter", "<filter name='a'/>", Filter::table, Filter::parse, Filter::to_document),
    document!(
        "nwfilterbinding",
        "filterbinding",
        "<filterbinding><owner><name>a</name><uuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</uuid></owner>\
         <portdev name='vnet0'/><mac address='52:54:00:00:00:01'/><filterref filter='b'/></filterbinding>",
        Binding::table,
        Binding::parse,
        Binding::to_document
    ),
    document!(
        "qemumigration",
        "qemu-migration",
        "<qemu-migration><name>a</name><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid><hostname>a</hostname>\
         <hostuuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</hostuuid></qemu-migration>",
        Cookie::table,
        Cookie::parse,
        Cookie::to_document
    ),
    document!("secret", "secret", "<secret/>", Secret::table, Secret::parse, Secret::to_document),
    document!(
        "storagepool",
        "pool",
        "<pool type='dir'><name>a</name><target><path>/a</path></target></pool>",
        Pool::table,
        Pool::parse,
        Pool::to_document
    ),
    document!(
        "storagepoolcaps",
        "storagepoolCapabilities",
        "<storagepoolCapabilities/>",
        PoolCapabilities::table,
        |xml| read::<PoolCapabilities>(xml, PoolCapabilities::NAME),
        PoolCapabilities::to_document
    ),
    document!(
        "storagevol",
        "volume",
        "<volume><name>a</name><capacity>0</capacity></volume>",
        Volume::table,
        volume,
        Volume::to_document
    ),
];

/// The kind of that name.
pub fn named(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}

/// The kind with that root element.
pub fn rooted(root: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.root == root)
}

/// Namespaces of single hypervisors, and the prefixes that they are printed under.
const NAMESPACES: [(&str, &str); 5] = [
    (namespaces::QEMU, "qemu"),
    (namespaces::LXC, "lxc"),
    (namespaces::XEN, "xen"),
    (namespaces::BHYVE, "bhyve"),
    (namespaces::VMWARE, "vmware"),
];

/// Reads what has no checks beyond its tables.
fn read<T: Content>(xml: &str, name: &str) -> Result<T> {
    T::read(root(&vir_xml::parse_as(ErrorDomain::None, xml, None)?, name)?)
}

fn domain(xml: &str) -> Result<Domain> {
    let used = |(uri, _): &&(&str, &str)| xml.contains(uri);
    let (uri, prefix) = NAMESPACES.iter().find(used).unwrap_or(&NAMESPACES[0]);
    Domain::parse_with(xml, ParseOptions { live: true }, uri, prefix).map(without_default_labels)
}

/// A label that says no more than that there is one is never printed; a driver may refuse it.
fn without_default_labels(mut it: Domain) -> Domain {
    it.seclabels.retain(|label| label.kind != SeclabelType::Default);
    it
}

/// A domain inside another document, with nothing chosen.
fn inside(element: &vir_xml::Element) -> Result<Domain> {
    Domain::read(element, ParseOptions { live: true }).map(without_default_labels)
}

fn checkpoint(xml: &str) -> Result<Checkpoint> {
    Checkpoint::parse(xml, xml.contains("<creationTime>"), &inside)
}

fn snapshot(xml: &str) -> Result<Snapshot> {
    let (redefine, internal) = (xml.contains("<creationTime>"), xml.contains("<active>"));
    Snapshot::parse(xml, Reading { redefine, internal, offline: false, domain: &inside })
}

/// A mediated device reads only as it is defined; all others have more to say as they are.
fn node_device(it: &NodeDevice) -> String {
    let inactive = it.capabilities.iter().any(|capability| matches!(capability, Capability::Mdev(_)));
    it.to_document(Format { inactive, ..Format::default() })
}

/// A volume does not say what kind its pool is of, and the formats of partitions are others than those of images.
fn volume(xml: &str) -> Result<Volume> {
    let read = |pool| Volume::parse(xml, pool, Capacity::Optional);
    read(PoolType::Dir).or_else(|error| read(PoolType::Disk).map_err(|_| error))
}

/// A processor: the one that a guest is to have, or the host's.
#[derive(PartialEq)]
enum CpuDocument {
    Guest(Cpu),
    Host(HostCpu),
}

describe! {
    /// A processor: the one that a guest is to have, or the host's. Since 0.7.5. Drivers: qemu, xen, bhyve.
    struct EitherCpu "cpu" {
        parts "": Option<Cpu>,
        parts "": Option<HostCpu>,
    }
}

impl CpuDocument {
    fn table() -> Option<&'static Table> {
        EitherCpu::table()
    }

    fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Cpu, xml, None)?;
        let tree = root(&tree, Cpu::NAME)?;
        // the host's says its architecture
        match tree.child("arch") {
            Some(_) => Ok(Self::Host(HostCpu::read(tree)?)),
            None => Ok(Self::Guest(Cpu::read(tree)?)),
        }
    }

    fn print(&self) -> String {
        match self {
            Self::Guest(cpu) => cpu.to_xml(Format::default()),
            Self::Host(cpu) => cpu.to_xml(Format::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_table_a_name_and_a_root_of_its_own() {
        for (i, document) in DOCUMENTS.iter().enumerate() {
            assert!((document.table)().is_some(), "{}", document.name);
            assert!((document.round)("<x/>").is_err(), "{}", document.name);
            let printed = (document.round)(document.least).unwrap();
            assert!((document.same)(&printed).unwrap(), "{}", document.name);
            assert!(DOCUMENTS[..i].iter().all(|other| other.root != document.root));
            assert!(DOCUMENTS[..i].iter().all(|other| other.name < document.name), "{}", document.name);
        }
    }
}
