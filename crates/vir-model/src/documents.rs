//! Every kind of document, listed once: what schemas, reference pages, validation and tests walk over.
//!
//! A new document is a row in [`DOCUMENTS`], and nothing else.

use crate::capabilities::{self, Capabilities, HostCpu};
use crate::domain::cpu::Cpu;
use crate::domain::{Domain, ParseOptions, namespaces};
use crate::domaincaps::DomainCapabilities;
use crate::interface::Interface;
use crate::network::Network;
use crate::network::port::NetworkPort;
use crate::nodedev::{NodeDevice, Origin};
use crate::nwfilter::Filter;
use crate::nwfilter::binding::Binding;
use crate::secret::Secret;
use crate::storage::{Capacity, Pool, PoolCapabilities, PoolType, Volume};
use crate::words::root;
use vir_base::{ErrorDomain, Result};
use vir_xml::table::Table;
use vir_xml::{Content, Format, describe};

describe! {
    /// A processor: the one that a guest is to have, or the host's.
    struct CpuDocument "cpu" {
        parts "": Option<Cpu>,
        parts "": Option<HostCpu>,
    }
}

/// A kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Its name among schemas: `domain`, `storagepool`.
    pub name: &'static str,
    /// Name of its root element.
    pub root: &'static str,
    /// What it is made of.
    pub table: fn() -> Option<&'static Table>,
    /// Reads and prints it, completely and with all that is secret; nothing is chosen that it does not say.
    pub round: fn(&str) -> Result<String>,
}

/// Every kind, in the order of their names.
pub const DOCUMENTS: &[Document] = &[
    Document { name: "capability", root: "capabilities", table: Capabilities::table, round: capability },
    Document { name: "cpu", root: "cpu", table: CpuDocument::table, round: cpu },
    Document { name: "domain", root: "domain", table: Domain::table, round: domain },
    Document {
        name: "domaincaps",
        root: "domainCapabilities",
        table: DomainCapabilities::table,
        round: domain_capabilities,
    },
    Document {
        name: "interface",
        root: "interface",
        table: Interface::table,
        round: |xml| Ok(Interface::parse(xml)?.to_document()),
    },
    Document {
        name: "network",
        root: "network",
        table: Network::table,
        round: |xml| Ok(Network::parse(xml, true)?.to_document(Format::default())),
    },
    Document {
        name: "networkport",
        root: "networkport",
        table: NetworkPort::table,
        round: |xml| Ok(NetworkPort::parse(xml)?.to_document()),
    },
    Document {
        name: "nodedev",
        root: "device",
        table: NodeDevice::table,
        round: |xml| Ok(NodeDevice::parse(xml, Origin::Existing)?.to_document(Format::default())),
    },
    Document {
        name: "nwfilter",
        root: "filter",
        table: Filter::table,
        round: |xml| Ok(Filter::parse(xml)?.to_document()),
    },
    Document {
        name: "nwfilterbinding",
        root: "filterbinding",
        table: Binding::table,
        round: |xml| Ok(Binding::parse(xml)?.to_document()),
    },
    Document {
        name: "secret",
        root: "secret",
        table: Secret::table,
        round: |xml| Ok(Secret::parse(xml)?.to_document()),
    },
    Document {
        name: "storagepool",
        root: "pool",
        table: Pool::table,
        round: |xml| Ok(Pool::parse(xml)?.to_document()),
    },
    Document {
        name: "storagepoolcaps",
        root: "storagepoolCapabilities",
        table: PoolCapabilities::table,
        round: pool_capabilities,
    },
    Document { name: "storagevol", root: "volume", table: Volume::table, round: volume },
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

fn domain(xml: &str) -> Result<String> {
    let used = |(uri, _): &&(&str, &str)| xml.contains(uri);
    let (uri, prefix) = NAMESPACES.iter().find(used).unwrap_or(&NAMESPACES[0]);
    let domain = Domain::parse_with(xml, ParseOptions { live: true }, uri, prefix)?;
    Ok(domain.to_xml(Format { secure: true, ..Format::default() }))
}

fn capability(xml: &str) -> Result<String> {
    let tree = vir_xml::parse_as(ErrorDomain::None, xml, None)?;
    Ok(capabilities::print(&Capabilities::read(root(&tree, Capabilities::NAME)?)?))
}

fn cpu(xml: &str) -> Result<String> {
    let tree = vir_xml::parse_as(ErrorDomain::Cpu, xml, None)?;
    let tree = root(&tree, Cpu::NAME)?;
    // the host's says its architecture
    match tree.child("arch") {
        Some(_) => Ok(HostCpu::read(tree)?.to_xml(Format::default())),
        None => Ok(Cpu::read(tree)?.to_xml(Format::default())),
    }
}

fn domain_capabilities(xml: &str) -> Result<String> {
    let tree = vir_xml::parse_as(ErrorDomain::None, xml, None)?;
    Ok(DomainCapabilities::read(root(&tree, DomainCapabilities::NAME)?)?.to_xml(Format::default()))
}

fn pool_capabilities(xml: &str) -> Result<String> {
    let tree = vir_xml::parse_as(ErrorDomain::Storage, xml, None)?;
    Ok(PoolCapabilities::read(root(&tree, PoolCapabilities::NAME)?)?.to_document())
}

/// A volume does not say what kind its pool is of, and the formats of partitions are others than those of images.
fn volume(xml: &str) -> Result<String> {
    let read = |pool| Volume::parse(xml, pool, Capacity::Optional);
    Ok(read(PoolType::Dir).or_else(|error| read(PoolType::Disk).map_err(|_| error))?.to_document())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_table_a_name_and_a_root_of_its_own() {
        for (i, document) in DOCUMENTS.iter().enumerate() {
            assert!((document.table)().is_some(), "{}", document.name);
            assert!((document.round)("<x/>").is_err(), "{}", document.name);
            assert!(DOCUMENTS[..i].iter().all(|other| other.root != document.root));
            assert!(DOCUMENTS[..i].iter().all(|other| other.name < document.name), "{}", document.name);
        }
    }
}
