//! `<domaincheckpoint>`: from when on changes of disks are tracked.

use super::{Moment, ReadDomain, disk_named, is_empty, named_twice, unknown_disk};
use crate::domain::device::disk::Disk;
use crate::words::root;
use vir_base::{ErrorDomain, Result, bail};
use vir_xml::{Content, Element, Format, Writer, element, xml_enum};

xml_enum! {
    /// How changes of a disk are tracked.
    pub enum CheckpointType { No = "no", Bitmap = "bitmap", }
    unsaid ["default"]
}

element! {
    /// The disks of a checkpoint.
    pub struct CheckpointDisks "disks" {
        /// Each by its name.
        list disks "disk": Vec<CheckpointDisk>,
    }
    /// A disk of a checkpoint.
    pub struct CheckpointDisk "disk" => settle {
        /// Its target or its path.
        attr name "name": Option<String>,
        /// How its changes are tracked; `bitmap` if nothing is said.
        attr kind "checkpoint": Option<CheckpointType>,
        /// Name of the bitmap in its image; the checkpoint's if nothing is said.
        attr bitmap "bitmap": Option<String>,
        /// How much has changed since, in bytes, where that was asked for. Since 5.6.0.
        attr size "size": Option<u64>,
    }
}

impl CheckpointDisk {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.kind.get_or_insert(CheckpointType::Bitmap);
        // it is measured, not said
        self.size = None;
        Ok(())
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// A checkpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// What it has in common with snapshots.
    pub moment: Moment,
    /// Its disks.
    pub disks: CheckpointDisks,
}

/// What of a checkpoint is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Secrets in the domain.
    pub secure: bool,
    /// Not the domain.
    pub without_domain: bool,
    /// How much has changed.
    pub size: bool,
}

impl Checkpoint {
    /// What it is made of.
    pub fn table() -> Option<&'static vir_xml::table::Table> {
        super::tables::Checkpoint::table()
    }

    /// Reads a document: of a new checkpoint, or of one that is known already.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, redefine: bool, domain: ReadDomain<'_>) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::DomainCheckpoint, xml, None)?;
        let element = root(&tree, "domaincheckpoint")?;
        let mut moment = Moment::read(element, redefine, "checkpoint", ErrorDomain::DomainCheckpoint)?;
        check_name(&moment)?;
        if redefine && let Some(inside) = element.child("domain") {
            moment.domain = Some(Box::new(domain(inside)?));
        }
        let disks = element.child("disks").map(Content::read).transpose()?.unwrap_or_default();
        Ok(Self { moment, disks })
    }

    /// The document.
    pub fn to_document(&self, shown: Shown) -> String {
        let mut w = Writer::new(Format { inactive: true, secure: shown.secure, ..Format::default() });
        w.element("domaincheckpoint", |w| {
            w.leaf("name", self.moment.name());
            if let Some(description) = &self.moment.description {
                w.leaf("description", description);
            }
            self.moment.write_parent(w);
            let mut disks = self.disks.clone();
            if !shown.size {
                disks.disks.iter_mut().for_each(|disk| disk.size = None);
            }
            w.maybe("disks", |w| disks.write(w));
            if let Some(domain) = self.moment.domain.as_deref().filter(|_| !shown.without_domain) {
                domain.write_into(w);
            }
        });
        w.finish()
    }

    /// Names every disk of its domain, in the domain's order; those that are not named are left out, unless none is.
    ///
    /// # Errors
    /// Disks that there are not, are named twice, or cannot be tracked.
    pub fn align_disks(&mut self) -> Result<()> {
        let Some(domain) = &self.moment.domain else {
            bail!(DomainCheckpoint, InternalError, "missing domain in checkpoint");
        };
        let disks = &domain.devices.disks;
        if self.disks.disks.len() > disks.len() {
            bail!(DomainCheckpoint, ConfigUnsupported, "too many disk checkpoint requests for domain");
        }
        if disks.is_empty() {
            bail!(
                DomainCheckpoint,
                ConfigUnsupported,
                "domain must have at least one disk to perform checkpoints"
            );
        }
        let fixed = |disk: &Disk| is_empty(disk) || disk.readonly;
        let usual = if self.disks.disks.is_empty() { CheckpointType::Bitmap } else { CheckpointType::No };
        let mut named: Vec<CheckpointDisk> = vec![];
        for mut asked in std::mem::take(&mut self.disks.disks) {
            let Some(disk) = disk_named(domain, asked.name()) else {
                return Err(unknown_disk(ErrorDomain::DomainCheckpoint, asked.name()));
            };
            if named.iter().any(|other| other.name() == disk.dst()) {
                return Err(named_twice(ErrorDomain::DomainCheckpoint, asked.name()));
            }
            if fixed(disk) && asked.kind != Some(CheckpointType::No) {
                bail!(DomainCheckpoint, ConfigUnsupported, "disk '{}' is empty or readonly", asked.name());
            }
            asked.name = Some(disk.dst().to_owned());
            named.push(asked);
        }
        for disk in disks {
            let known = named.iter().position(|other| other.name() == disk.dst());
            let kind = if fixed(disk) { CheckpointType::No } else { usual };
            let new = || CheckpointDisk {
                name: Some(disk.dst().to_owned()),
                kind: Some(kind),
                ..CheckpointDisk::default()
            };
            self.disks.disks.push(known.map_or_else(new, |at| named.swap_remove(at)));
        }
        self.name_bitmaps();
        Ok(())
    }

    /// Bitmaps bear the checkpoint's name unless they have one of their own.
    pub fn name_bitmaps(&mut self) {
        let name = &self.moment.name;
        for disk in &mut self.disks.disks {
            if disk.kind == Some(CheckpointType::Bitmap) && disk.bitmap.is_none() {
                disk.bitmap.clone_from(name);
            }
        }
    }
}

/// A checkpoint is kept in a file of its name.
fn check_name(moment: &Moment) -> Result<()> {
    let good = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\n']);
    match &moment.name {
        Some(name) if !good(name) => bail!(
            Xml,
            XmlInvalidSchema,
            "Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng\n\
             Element domaincheckpoint failed to validate content: invalid name '{name}'\n"
        ),
        _ => Ok(()),
    }
}
