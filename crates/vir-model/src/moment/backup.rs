//! `<domainbackup>`: a copy of disks as they are at one moment, which the hypervisor writes, or a client reads.

use super::{disk_named, is_empty, named_twice, unknown_disk};
use crate::domain::Domain;
use crate::domain::device::disk::{Disk, DiskType};
use crate::domain::device::source::{DiskSource, HostTransport, ImageFormat};
use crate::words::root;
use vir_base::{ErrorDomain, Result, bail};
use vir_xml::{Content, Element, Format, Value, YesNo, element, xml_enum};

xml_enum! {
    /// Who moves the data.
    pub enum BackupMode { Push = "push", Pull = "pull", }
    /// What of a disk is copied.
    pub enum DiskMode { Full = "full", Incremental = "incremental", }
    /// How far a disk is.
    pub enum DiskState {
        Running = "running", Complete = "complete", Failed = "failed", Cancelling = "cancelling",
        Cancelled = "cancelled",
    }
}

element! {
    /// A backup. Since 6.0.0. Drivers: qemu.
    pub struct Backup "domainbackup" => settle {
        /// Whether the hypervisor writes the copy (`push`, if nothing is said) or a client reads it (`pull`).
        attr mode "mode": Option<BackupMode>,
        /// The checkpoint since which changes are copied; everything if nothing is said.
        leaf incremental "incremental": Option<String>,
        /// Where a client reads, of `pull`.
        maybe server "server": Option<BackupServer>,
        /// The disks.
        maybe disks "disks": Option<BackupDisks>,
        /// What the hypervisor keeps while it goes on.
        maybe private "privateData": Option<BackupPrivate>,
    }
    /// Where a client reads.
    pub struct BackupServer "server" => settle {
        /// `tcp`, `unix` or `fd`.
        attr transport "transport": Option<HostTransport>,
        /// Whether the connection is encrypted. Since 6.6.0.
        attr tls "tls": Option<YesNo>,
        /// Name or address that it listens on.
        attr name "name": Option<String>,
        /// Port.
        count port "port": Option<u32>,
        /// Path, of `unix`.
        attr socket "socket": Option<String>,
        /// Name of file descriptors that a client passed, of `fd`. Since 11.3.0.
        attr fdgroup "fdgroup": Option<String>,
    }
    /// The disks of a backup.
    pub struct BackupDisks "disks" {
        /// Each by its target.
        list disks "disk": Vec<BackupDisk>,
    }
    /// A disk of a backup.
    pub struct BackupDisk "disk" => settle {
        /// Its target.
        attr name "name": Option<String>,
        /// Whether it is copied; `yes` if nothing is said.
        attr backup "backup": Option<YesNo>,
        /// How far it is, while it goes on. Drivers: qemu.
        attr state "state": Option<DiskState>,
        /// Kind of the storage that holds the copy, or what the guest writes meanwhile: `file` or `block`.
        attr kind "type": Option<DiskType>,
        /// What is copied. Since 6.10.0.
        attr mode "backupmode": Option<DiskMode>,
        /// The checkpoint since which changes are copied; the backup's if nothing is said. Since 6.10.0.
        attr incremental "incremental": Option<String>,
        /// Its name for clients, of `pull`. Since 6.1.0.
        attr exportname "exportname": Option<String>,
        /// Name of the map of what has changed, of `pull`. Since 6.1.0.
        attr exportbitmap "exportbitmap": Option<String>,
        /// Number of the storage among the domain's, while it goes on.
        count index "index": Option<u32>,
        /// How the storage is written.
        maybe driver "driver": Option<BackupDriver>,
        /// Where the copy goes, of `push`.
        maybe target "target": Option<DiskSource>,
        /// Where it is kept what the guest writes meanwhile, of `pull`.
        maybe scratch "scratch": Option<DiskSource>,
    }
    /// How the storage of a copy is written.
    pub struct BackupDriver "driver" {
        /// The format of the image.
        attr format "type": Option<ImageFormat>,
    }
    /// What the hypervisor keeps while a backup goes on. Since 6.0.0.
    pub struct BackupPrivate "privateData" {
        /// Objects that it made.
        maybe objects "objects": Option<BackupObjects>,
    }
    /// Objects that the hypervisor made.
    pub struct BackupObjects "objects" {
        /// The key of its certificate.
        maybe secret "secret": Option<BackupSecret>,
        /// The certificate.
        maybe tls "TLSx509": Option<BackupTls>,
    }
    /// The key of a certificate.
    pub struct BackupSecret "secret" {
        /// `tlskey`.
        attr kind "type": Option<String>,
        /// Its name in the hypervisor.
        attr alias "alias": Option<String>,
    }
    /// A certificate.
    pub struct BackupTls "TLSx509" {
        /// Its name in the hypervisor.
        attr alias "alias": Option<String>,
    }
}

impl Backup {
    /// Reads a document; `internal` ones are the hypervisor's own.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, internal: bool) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Domain, xml, None)?;
        let element = root(&tree, Self::NAME)?;
        if let Some(mode) = element.attr("mode").filter(|mode| BackupMode::parse(mode).is_none()) {
            bail!(Domain, ConfigUnsupported, "unknown backup mode '{mode}'");
        }
        let mut it = Self::read(element)?;
        for disk in it.disks.iter_mut().flat_map(|disks| &mut disks.disks) {
            disk.settle_for(it.mode == Some(BackupMode::Push), internal)?;
        }
        if !internal {
            it.private = None;
        }
        Ok(it)
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        let mode = *self.mode.get_or_insert(BackupMode::Push);
        if self.server.is_some() && mode != BackupMode::Pull {
            bail!(Domain, ConfigUnsupported, "use of <server> requires pull mode backup");
        }
        Ok(())
    }

    /// The document; `internal` ones are the hypervisor's own.
    pub fn to_document(&self, internal: bool) -> String {
        let mut shown = self.clone();
        if !internal {
            shown.private = None;
            shown.disks.iter_mut().flat_map(|disks| &mut disks.disks).for_each(|disk| disk.state = None);
        }
        shown.to_xml(Format { secure: true, ..Format::default() })
    }

    /// Names every disk of a domain: all of them are copied if none was named. Files that are not named end in
    /// `suffix`.
    ///
    /// # Errors
    /// Disks that there are not, are named twice, or have no place for their copy.
    pub fn align_disks(&mut self, domain: &Domain, suffix: &str) -> Result<()> {
        let push = self.mode == Some(BackupMode::Push);
        if domain.devices.disks.is_empty() {
            bail!(Domain, ConfigUnsupported, "domain must have at least one disk to perform backup");
        }
        let asked = &mut self.disks.get_or_insert_default().disks;
        let all = asked.is_empty();
        for i in 0..asked.len() {
            let name = asked[i].name().to_owned();
            let Some(disk) = disk_named(domain, &name) else {
                return Err(unknown_disk(ErrorDomain::Domain, &name));
            };
            if asked[..i].iter().any(|other| other.name() == name) {
                return Err(named_twice(ErrorDomain::Domain, &name));
            }
            let it = &mut asked[i];
            if it.mode == Some(DiskMode::Incremental)
                && it.incremental.is_none()
                && self.incremental.is_none()
            {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "'incremental' backup mode of disk '{name}' requires setting 'incremental' field for disk or backup"
                );
            }
            if it.backup == Some(YesNo::Yes) {
                it.find_place(disk, suffix, push)?;
            }
        }
        for disk in &domain.devices.disks {
            if asked.iter().any(|other| other.name() == disk.dst()) {
                continue;
            }
            let copied = all && !is_empty(disk) && !disk.readonly;
            let mut new = BackupDisk {
                name: Some(disk.dst().to_owned()),
                backup: Some(YesNo::from(copied)),
                ..BackupDisk::default()
            };
            if copied {
                new.find_place(disk, suffix, push)?;
            }
            asked.push(new);
        }
        for disk in asked.iter_mut().filter(|disk| disk.backup == Some(YesNo::Yes)) {
            let since = disk.incremental.is_some() || self.incremental.is_some();
            let mode = *disk.mode.get_or_insert(if since { DiskMode::Incremental } else { DiskMode::Full });
            if mode == DiskMode::Incremental && disk.incremental.is_none() {
                disk.incremental.clone_from(&self.incremental);
            }
        }
        Ok(())
    }
}

impl BackupServer {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match self.transport {
            Some(HostTransport::Rdma) => {
                bail!(Domain, ConfigUnsupported, "transport rdma is not supported for <server>")
            }
            Some(HostTransport::Unix) => match &self.socket {
                None => bail!(Domain, XmlError, "missing socket for unix transport"),
                Some(socket) if !socket.starts_with('/') => {
                    bail!(Domain, XmlError, "backup socket path '{socket}' must be absolute")
                }
                Some(_) => {}
            },
            _ => {}
        }
        self.transport.get_or_insert(HostTransport::Tcp);
        Ok(())
    }
}

impl BackupDisk {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.name.is_none() {
            bail!(Domain, XmlError, "missing name from disk backup element");
        }
        self.backup.get_or_insert(YesNo::Yes);
        Ok(())
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Keeps what says something for a disk of this kind of backup.
    fn settle_for(&mut self, push: bool, internal: bool) -> Result<()> {
        if self.backup == Some(YesNo::No) {
            *self = Self { name: self.name.take(), backup: self.backup, ..Self::default() };
            return Ok(());
        }
        if push {
            (self.exportname, self.exportbitmap, self.scratch) = (None, None, None);
        } else {
            self.target = None;
        }
        if !internal {
            (self.state, self.index) = (None, None);
        }
        let kind = self.kind.unwrap_or(DiskType::File);
        if !matches!(kind, DiskType::File | DiskType::Block) {
            bail!(Domain, XmlError, "unsupported disk backup type '{kind}'");
        }
        for source in [&mut self.target, &mut self.scratch].into_iter().flatten() {
            source.settle_as(kind)?;
        }
        self.kind = Some(kind);
        Ok(())
    }

    /// A place for the copy, or for what is written meanwhile: beside the disk's own file.
    fn find_place(&mut self, disk: &Disk, suffix: &str, push: bool) -> Result<()> {
        let place = if push { &mut self.target } else { &mut self.scratch };
        if place.as_ref().is_some_and(DiskSource::is_somewhere) {
            return Ok(());
        }
        if is_empty(disk) && self.kind.is_some() {
            bail!(Domain, ConfigUnsupported, "disk '{}' has no media", disk.dst());
        }
        let (DiskType::File, Some(path)) = (disk.kind(), disk.path()) else {
            bail!(Domain, ConfigUnsupported, "refusing to generate file name for disk '{}'", disk.dst());
        };
        self.kind = Some(DiskType::File);
        place.get_or_insert_default().file = Some(format!("{path}.{suffix}"));
        Ok(())
    }
}
