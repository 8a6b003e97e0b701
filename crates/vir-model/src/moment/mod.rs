//! Moments of a domain: snapshots and checkpoints, which are kept, and backups, which are made.

pub mod backup;
pub mod checkpoint;
mod files;
pub mod snapshot;
mod tables;

use crate::domain::Domain;
use crate::domain::device::disk::Disk;
use vir_base::{ErrorCode, ErrorDomain, Result};
use vir_xml::{Element, Writer};

/// Reads a domain that stands in another document, and completes it as its hypervisor does.
pub type ReadDomain<'a> = &'a dyn Fn(&Element) -> Result<Domain>;

/// What snapshots and checkpoints have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// Its name; made up from the time if nothing is said.
    pub name: Option<String>,
    /// What it is, for people.
    pub description: Option<String>,
    /// The moment before it.
    pub parent: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// The domain as it was.
    pub domain: Option<Box<Domain>>,
}

/// The text of a child, unless that is empty.
fn leaf(element: &Element, name: &str) -> Option<String> {
    element.child(name).map(|it| it.text().into_owned()).filter(|text| !text.is_empty())
}

impl Moment {
    /// Reads what a document says; of `redefine`d moments more than of new ones. `what` is the kind of moment.
    fn read(element: &Element, redefine: bool, what: &str, domain: ErrorDomain) -> Result<Self> {
        let mut it = Self {
            name: leaf(element, "name"),
            description: leaf(element, "description"),
            ..Self::default()
        };
        let wrong = |code: ErrorCode, text: String| vir_base::Error::new(domain, code, text);
        if !redefine {
            return Ok(it);
        }
        if it.name.is_none() {
            return Err(wrong(ErrorCode::XmlError, format!("a redefined {what} must have a name")));
        }
        it.created = leaf(element, "creationTime").and_then(|text| text.trim().parse().ok());
        if it.created.is_none() {
            return Err(wrong(
                ErrorCode::InternalError,
                format!("missing creationTime from existing {what}"),
            ));
        }
        it.parent = element.child("parent").and_then(|parent| leaf(parent, "name"));
        Ok(it)
    }

    fn write_parent(&self, w: &mut Writer) {
        if let Some(parent) = &self.parent {
            w.element("parent", |w| w.leaf("name", parent));
        }
        if let Some(created) = self.created {
            w.leaf("creationTime", &created.to_string());
        }
    }

    /// The name; empty before there is one.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// The disk that a document means by its target or its path.
fn disk_named<'a>(domain: &'a Domain, name: &str) -> Option<&'a Disk> {
    let disks = &domain.devices.disks;
    if name.starts_with('/') {
        disks.iter().find(|disk| disk.path() == Some(name))
    } else {
        disks.iter().find(|disk| disk.dst() == name)
    }
}

/// Whether there is no medium in a drive.
fn is_empty(disk: &Disk) -> bool {
    disk.source.as_ref().is_none_or(|source| !source.is_somewhere())
}

fn unknown_disk(domain: ErrorDomain, name: &str) -> vir_base::Error {
    vir_base::Error::new(domain, ErrorCode::ConfigUnsupported, format!("no disk named '{name}'"))
}

fn named_twice(domain: ErrorDomain, name: &str) -> vir_base::Error {
    vir_base::Error::new(domain, ErrorCode::ConfigUnsupported, format!("disk '{name}' specified twice"))
}
