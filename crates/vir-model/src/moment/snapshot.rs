//! `<domainsnapshot>`: a domain as it was, and where its disks and memory of that time are kept.

use super::{Moment, ReadDomain, disk_named, is_empty, leaf, named_twice, unknown_disk};
use crate::domain::Domain;
use crate::domain::cpu::Cpu;
use crate::domain::device::disk::{DiskType, SnapshotLocation};
use crate::domain::device::source::{DiskSource, ImageFormat, MetadataCache};
use crate::words::root;
use vir_base::{ErrorDomain, Result, bail};
use vir_xml::{Content, Element, Format, Value, Writer, element, xml_enum};

xml_enum! {
    /// What the domain was doing.
    pub enum SnapshotState {
        Running = "running", Blocked = "blocked", Paused = "paused", Shutdown = "shutdown", Shutoff = "shutoff",
        Crashed = "crashed", Pmsuspended = "pmsuspended", DiskSnapshot = "disk-snapshot",
    }
}

element! {
    /// Where the memory of the time is kept. Since 1.0.1. Drivers: qemu, esx.
    pub struct SnapshotMemory "memory" {
        /// With the disks, in a file of its own, or nowhere.
        attr snapshot "snapshot": Option<SnapshotLocation>,
        /// The file, of `external`.
        attr file "file": Option<String>,
    }
    /// The disks of a snapshot.
    pub struct SnapshotDisks "disks" {
        /// Each by its name.
        list disks "disk": Vec<SnapshotDisk>,
    }
    /// A disk of a snapshot.
    pub struct SnapshotDisk "disk" => settle {
        /// Its target or its path.
        attr name "name": Option<String>,
        /// Where its content of the time is kept; the domain says it if nothing is said.
        attr snapshot "snapshot": Option<SnapshotLocation>,
        /// Kind of the storage that holds what was written since, of `external`. Since 1.2.2.
        attr kind "type": Option<DiskType>,
        /// Its deletion has begun. Since 9.0.0.
        flag deleting "snapshotDeleteInProgress": bool,
        /// How that storage is read.
        maybe driver "driver": Option<SnapshotDriver>,
        /// Where it lies.
        maybe source "source": Option<DiskSource>,
    }
    /// What the hypervisor keeps of a domain that ran, beside its document. Since 4.0.0. Drivers: qemu.
    pub struct Cookie "cookie" {
        /// The processor that the guest saw.
        child cpu "cpu": Option<Cpu>,
        /// Its user network was served by a helper. Since 5.8.0.
        flag slirp_helper "slirpHelper": bool,
    }
    /// How the storage of a disk's snapshot is read.
    pub struct SnapshotDriver "driver" {
        /// The format of its image.
        attr format "type": Option<String>,
        /// The hypervisor's cache of its tables. Since 7.0.0.
        maybe metadata_cache "metadata_cache": Option<MetadataCache>,
    }
}

impl SnapshotDisk {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.name.is_none() {
            bail!(DomainSnapshot, InternalError, "missing name from disk snapshot element");
        }
        let kind = self.kind.unwrap_or(DiskType::File);
        if matches!(kind, DiskType::Volume | DiskType::Dir) {
            bail!(DomainSnapshot, XmlError, "unsupported disk snapshot type '{kind}'");
        }
        if let Some(source) = &mut self.source {
            source.settle_as(kind)?;
        }
        if let Some(format) = self.driver.as_ref().and_then(|driver| driver.format.as_deref())
            && ImageFormat::parse(format).is_none()
        {
            bail!(DomainSnapshot, ConfigUnsupported, "unknown disk snapshot driver '{format}'");
        }
        if let Some(path) = self.path().filter(|path| kind != DiskType::Network && !path.starts_with('/')) {
            bail!(DomainSnapshot, XmlError, "disk snapshot image path '{path}' must be absolute");
        }
        let said = self.path().is_some() || self.format().is_some();
        if said {
            self.snapshot.get_or_insert(SnapshotLocation::External);
        }
        // of what is not said, the kind says nothing
        self.kind = said.then_some(kind);
        if !said {
            (self.driver, self.source) = (None, None);
        }
        Ok(())
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    pub(super) fn path(&self) -> Option<&str> {
        self.source.as_ref().and_then(DiskSource::place)
    }

    fn format(&self) -> Option<&str> {
        self.driver.as_ref().and_then(|driver| driver.format.as_deref())
    }
}

/// A snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// What it has in common with checkpoints.
    pub moment: Moment,
    /// What the domain was doing.
    pub state: Option<SnapshotState>,
    /// Where its memory is kept.
    pub memory: SnapshotMemory,
    /// Its disks.
    pub disks: SnapshotDisks,
    /// Disks that were written since the domain went back to it.
    pub revert_disks: SnapshotDisks,
    /// The definition that the domain had beside the one that ran.
    pub inactive: Option<Box<Domain>>,
    /// What the hypervisor keeps of a running domain.
    pub cookie: Option<Cookie>,
    /// It is the one that the domain's state comes from; in the hypervisor's own files only.
    pub current: Option<bool>,
}

/// How a document is read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// It is one that is known already.
    pub redefine: bool,
    /// It comes from the hypervisor's own files.
    pub internal: bool,
    /// The domain does not run, or only its disks are kept.
    pub offline: bool,
    /// Reads the domain in it.
    pub domain: ReadDomain<'a>,
}

/// What of a snapshot is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Secrets in the domain.
    pub secure: bool,
    /// It goes to the hypervisor's own files.
    pub internal: bool,
}

impl Snapshot {
    /// What it is made of.
    pub fn table() -> Option<&'static vir_xml::table::Table> {
        super::tables::Snapshot::table()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, reading: Reading<'_>) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::DomainSnapshot, xml, None)?;
        Self::read(root(&tree, "domainsnapshot")?, reading)
    }

    /// As [`Snapshot::parse`], of an element.
    ///
    /// # Errors
    /// As for [`Snapshot::parse`].
    pub fn read(element: &Element, reading: Reading<'_>) -> Result<Self> {
        let moment = Moment::read(element, reading.redefine, "snapshot", ErrorDomain::DomainSnapshot)?;
        let mut it = Self { moment, ..Self::default() };
        let mut offline = reading.offline;
        if reading.redefine {
            let Some(state) = leaf(element, "state") else {
                bail!(DomainSnapshot, XmlError, "missing state from existing snapshot");
            };
            it.state = SnapshotState::parse(&state);
            if it.state.is_none() {
                bail!(DomainSnapshot, ConfigUnsupported, "Invalid state '{state}' in domain snapshot XML");
            }
            offline = matches!(it.state, Some(SnapshotState::Shutoff | SnapshotState::DiskSnapshot));
            // long ago, there was nothing but a UUID in it
            if let Some(inside) = element.child("domain").filter(|inside| inside.attr("type").is_some()) {
                it.moment.domain = Some(Box::new((reading.domain)(inside)?));
            }
            if let Some(inside) = element.child("inactiveDomain") {
                let named = Element { name: "domain".into(), ..inside.clone() };
                it.inactive = Some(Box::new((reading.domain)(&named)?));
            }
        }
        it.memory = element.child("memory").map(Content::read).transpose()?.unwrap_or_default();
        it.settle_memory(reading.redefine, offline)?;
        let disks = |name: &str| -> Result<SnapshotDisks> {
            Ok(element.child(name).map(Content::read).transpose()?.unwrap_or_default())
        };
        it.disks = disks("disks")?;
        if reading.redefine {
            it.revert_disks = disks("revertDisks")?;
        } else {
            it.disks.disks.iter_mut().for_each(|disk| disk.deleting = false);
        }
        if reading.internal {
            match leaf(element, "active").and_then(|text| text.trim().parse::<i32>().ok()) {
                Some(active) => it.current = Some(active != 0),
                None => bail!(DomainSnapshot, InternalError, "Could not find 'active' element"),
            }
        }
        if !offline {
            it.cookie = element.child("cookie").map(Content::read).transpose()?;
        }
        Ok(it)
    }

    fn settle_memory(&mut self, redefine: bool, offline: bool) -> Result<()> {
        let memory = &mut self.memory;
        if memory.snapshot == Some(SnapshotLocation::Manual) {
            bail!(DomainSnapshot, XmlError, "'manual' memory snapshot mode not supported");
        }
        if memory.snapshot.is_none() {
            memory.snapshot = match (&memory.file, redefine, offline) {
                (Some(_), ..) => Some(SnapshotLocation::External),
                (None, true, true) => Some(SnapshotLocation::No),
                (None, true, false) => Some(SnapshotLocation::Internal),
                (None, false, _) => None,
            };
        }
        let external = memory.snapshot == Some(SnapshotLocation::External);
        match &memory.file {
            Some(file) if !external => {
                bail!(DomainSnapshot, XmlError, "memory filename '{file}' requires external snapshot")
            }
            None if external => {
                bail!(DomainSnapshot, XmlError, "external memory snapshots require a filename")
            }
            _ => {}
        }
        if offline && !matches!(memory.snapshot, None | Some(SnapshotLocation::No)) {
            bail!(
                DomainSnapshot,
                XmlError,
                "memory state cannot be saved with offline or disk-only snapshot"
            );
        }
        if let Some(file) = memory.file.as_ref().filter(|file| !file.starts_with('/')) {
            bail!(DomainSnapshot, XmlError, "memory snapshot file path ({file}) must be absolute");
        }
        Ok(())
    }

    /// The document; `uuid` stands for a domain that is not in it.
    pub fn to_document(&self, uuid: Option<&str>, shown: Shown) -> String {
        let mut w = Writer::new(Format { inactive: true, secure: shown.secure, ..Format::default() });
        w.element("domainsnapshot", |w| self.write(uuid, shown, w));
        w.finish()
    }

    fn write(&self, uuid: Option<&str>, shown: Shown, w: &mut Writer) {
        let leaves = [("name", &self.moment.name), ("description", &self.moment.description)];
        for (name, text) in leaves {
            if let Some(text) = text {
                w.leaf(name, text);
            }
        }
        if let Some(state) = self.state {
            w.leaf("state", state.as_str());
        }
        self.moment.write_parent(w);
        w.maybe("memory", |w| self.memory.write(w));
        w.maybe("disks", |w| self.disks.write(w));
        w.maybe("revertDisks", |w| self.revert_disks.write(w));
        match (&self.moment.domain, uuid) {
            (Some(domain), _) => domain.write_into(w),
            (None, Some(uuid)) => w.element("domain", |w| w.leaf("uuid", uuid)),
            (None, None) => {}
        }
        if let Some(domain) = &self.inactive {
            domain.write_as("inactiveDomain", w);
        }
        if let Some(cookie) = &self.cookie {
            w.element("cookie", |w| cookie.write(w));
        }
        if shown.internal {
            w.leaf("active", if self.current == Some(true) { "1" } else { "0" });
        }
    }

    /// Whether anything of it lies outside the domain's own disks.
    pub fn is_external(&self) -> bool {
        let external = Some(SnapshotLocation::External);
        self.memory.snapshot == external || self.disks.disks.iter().any(|disk| disk.snapshot == external)
    }

    /// Names every disk of a domain, in the domain's order, and where each is kept: `usual` where nothing is said.
    /// With `uniform`, an internal snapshot is one of all disks.
    ///
    /// # Errors
    /// Disks that there are not, are named twice, or cannot be kept so.
    pub fn align_disks(
        &mut self,
        known: Option<&Domain>,
        usual: SnapshotLocation,
        uniform: bool,
    ) -> Result<()> {
        let Some(domain) = self.moment.domain.as_deref().or(known) else {
            bail!(DomainSnapshot, InternalError, "missing domain in snapshot");
        };
        let disks = &domain.devices.disks;
        if self.disks.disks.len() > disks.len() {
            bail!(DomainSnapshot, ConfigUnsupported, "too many disk snapshot requests for domain");
        }
        let uniform = uniform && usual == SnapshotLocation::Internal;
        let mut named: Vec<SnapshotDisk> = vec![];
        for mut asked in std::mem::take(&mut self.disks.disks) {
            let Some(disk) = disk_named(domain, asked.name()) else {
                return Err(unknown_disk(ErrorDomain::DomainSnapshot, asked.name()));
            };
            if named.iter().any(|other| other.name() == disk.dst()) {
                return Err(named_twice(ErrorDomain::DomainSnapshot, asked.name()));
            }
            let without = Some(SnapshotLocation::No);
            match asked.snapshot {
                None => {
                    let own = disk.snapshot.filter(|own| !uniform || Some(*own) == without);
                    asked.snapshot = Some(own.unwrap_or(usual));
                }
                Some(said)
                    if uniform && said != usual && (asked.snapshot, disk.snapshot) != (without, without) =>
                {
                    bail!(
                        DomainSnapshot,
                        ConfigUnsupported,
                        "disk '{}' must use snapshot mode '{usual}'",
                        asked.name()
                    );
                }
                Some(_) => {}
            }
            if let Some(path) = asked.path()
                && asked.snapshot != Some(SnapshotLocation::External)
            {
                bail!(
                    DomainSnapshot,
                    ConfigUnsupported,
                    "file '{path}' for disk '{}' requires use of external snapshot mode",
                    asked.name()
                );
            }
            asked.name = Some(disk.dst().to_owned());
            named.push(asked);
        }
        for disk in disks {
            let place = named.iter().position(|other| other.name() == disk.dst());
            let new = || SnapshotDisk {
                name: Some(disk.dst().to_owned()),
                snapshot: Some(match is_empty(disk) {
                    true => SnapshotLocation::No,
                    false => disk.snapshot.unwrap_or(usual),
                }),
                ..SnapshotDisk::default()
            };
            self.disks.disks.push(place.map_or_else(new, |at| named.swap_remove(at)));
        }
        Ok(())
    }
}
