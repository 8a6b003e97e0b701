//! `<pool>`: storage that volumes are made in.

use super::kind::PoolType;
use super::options::Options;
use super::parts::{Permissions, Told, check_permissions, clean_path};
use super::source::Source;
use crate::words::{Checked, root, said};
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Content, Element, Format, YesNo, element, invalid_value, xml_enum};

xml_enum! {
    /// How much a volume takes of its pool.
    pub enum Allocation {
        /// What it takes now.
        Default = "default",
        /// All that it can hold: faster to find out.
        Capacity = "capacity",
    }
    unsaid [""]
    refused Storage ConfigUnsupported "unknown storage pool volume refresh allocation type {}"
}

element! {
    /// A pool. Since 0.4.1. Drivers: esx, vbox, storage, test.
    pub struct Pool "pool" {
        /// Its kind.
        attr kind "type": PoolType,
        /// Its name; the source's if it has one and nothing is said.
        leaf name "name": Option<String>,
        /// Its UUID; made up if nothing is said.
        leaf uuid "uuid": Option<Checked<Uuid>>,
        /// How much it can hold.
        child capacity "capacity": Option<Told>,
        /// How much its volumes take.
        child allocation "allocation": Option<Told>,
        /// How much is free.
        child available "available": Option<Told>,
        /// What its file system does. Since 6.6.0. Drivers: storage.
        maybe features "features": Option<Features>,
        /// Where it comes from. Drivers: esx, storage, test.
        block source "source": Option<Source>,
        /// Where the host sees it.
        block target "target": Option<Target>,
        /// How it is looked through. Since 5.2.0. Drivers: storage.
        child refresh "refresh": Option<Refresh>,
        /// Options for what serves it, under namespaces of their own. Since 5.1.0. Drivers: storage.
        part options "fs:mount_opts": Options,
    }
    /// What a pool's file system does.
    pub struct Features "features" {
        /// Copying on writing.
        maybe cow "cow": Option<Cow>,
    }
    /// Copying on writing.
    pub struct Cow "cow" {
        /// Whether it is done.
        attr state "state": Option<Checked<YesNo>>,
    }
    /// Where the host sees a pool.
    pub struct Target "target" {
        /// The directory; known from the source for some kinds.
        leaf path "path": Option<String>,
        /// Who owns the directory, when it is made.
        maybe permissions "permissions": Option<Permissions>,
    }
    /// How a pool is looked through.
    pub struct Refresh "refresh" {
        /// What is found out of each volume.
        maybe volume "volume": Option<RefreshVolume>,
    }
    /// What is found out of each volume.
    pub struct RefreshVolume "volume" {
        /// How much it takes.
        attr allocation "allocation": Option<Allocation>,
    }
}

impl Pool {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        Self::of(&vir_xml::parse_as(ErrorDomain::Storage, xml, None)?)
    }

    /// As [`Pool::parse`], of a tree.
    ///
    /// # Errors
    /// As for [`Pool::parse`].
    pub fn of(tree: &Element) -> Result<Self> {
        let mut it = Self::read(root(tree, Self::NAME)?)?;
        it.check()?;
        Ok(it)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }

    /// The document of a pool that is on, for the one who keeps it.
    pub fn to_state(&self) -> String {
        let mut w = vir_xml::Writer::new(Format::default());
        w.element("poolstate", |w| w.element(Self::NAME, |w| self.write(w)));
        w.finish()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Its UUID, unless it has yet to get one.
    pub fn uuid(&self) -> Option<Uuid> {
        self.uuid.as_ref().and_then(Checked::good).copied()
    }

    /// Where the host sees it, if it does.
    pub fn target_path(&self) -> Option<&str> {
        self.target.as_ref()?.path.as_deref()
    }

    /// How much it can hold, how much of that its volumes take, and how much is free, in bytes.
    pub fn sizes(&self) -> (u64, u64, u64) {
        let bytes = |told: Option<Told>| told.unwrap_or_default().0;
        (bytes(self.capacity), bytes(self.allocation), bytes(self.available))
    }

    /// Tells how much it can hold and how much of that its volumes take; the rest is free.
    pub fn tell_sizes(&mut self, capacity: u64, allocation: u64) {
        self.capacity = Some(Told(capacity));
        self.allocation = Some(Told(allocation));
        self.available = Some(Told(capacity.saturating_sub(allocation)));
    }

    fn check(&mut self) -> Result<()> {
        let has = self.kind.sources();
        let said_source = self.source.is_some();
        let mut source = self.source.take().unwrap_or_default();
        // no source says no more than an empty one, but nothing in it is missed yet
        match said_source {
            true => source.check(self.kind)?,
            false => {
                source.format = self
                    .kind
                    .source_formats()
                    .map(|formats| super::source::FormatName { kind: Some(formats.default().to_owned()) });
            }
        }
        self.check_name(&source)?;
        self.check_features()?;
        if has.host && source.hosts.is_empty() {
            bail!(Storage, XmlError, "missing storage pool source host name");
        }
        if has.dir && source.dir.is_none() {
            bail!(Storage, XmlError, "missing storage pool source path");
        }
        if has.name {
            source.name = source.name.or_else(|| self.name.clone());
        }
        match &source.adapter {
            Some(adapter) if has.adapter => adapter.check()?,
            None if has.adapter => bail!(Storage, XmlError, "missing storage pool source adapter"),
            _ => {}
        }
        if has.only_devices() && source.devices.is_empty() {
            bail!(Storage, XmlError, "missing storage pool source device name");
        }
        self.check_target(source.name.as_deref())?;
        if self.kind == PoolType::IscsiDirect && source.initiator_name().is_none() {
            bail!(Storage, ConfigUnsupported, "missing initiator IQN");
        }
        self.refresh
            .take_if(|refresh| refresh.volume.as_ref().is_none_or(|volume| volume.allocation.is_none()));
        self.options.check(self.kind)?;
        source.keep(self.kind);
        self.source = Some(source);
        self.tell_sizes(0, 0);
        Ok(())
    }

    fn check_name(&mut self, source: &Source) -> Result<()> {
        said(&mut self.name);
        if self.name.is_none() && self.kind.sources().name {
            self.name.clone_from(&source.name);
        }
        let Some(name) = &self.name else {
            bail!(Storage, XmlError, "missing pool source name element");
        };
        if name.contains('/') {
            bail!(Storage, XmlError, "name {name} cannot contain '/'");
        }
        self.uuid.take_if(|uuid| *uuid == Checked::Bad(String::new()));
        if let Some(uuid) = &self.uuid {
            uuid.check(|_| err!(Storage, XmlError, "malformed uuid element"))?;
        }
        Ok(())
    }

    fn check_features(&self) -> Result<()> {
        let cow = self.features.as_ref().and_then(|features| features.cow.as_ref()?.state.as_ref());
        let Some(cow) = cow else { return Ok(()) };
        cow.check(|text| invalid_value("state", "cow", text))?;
        match self.kind {
            PoolType::Fs | PoolType::Dir => Ok(()),
            _ => bail!(Storage, NoSupport, "cow feature may only be used for 'fs' and 'dir' pools"),
        }
    }

    fn check_target(&mut self, source: Option<&str>) -> Result<()> {
        if self.kind.sources().network {
            self.target = None;
            return Ok(());
        }
        let target = self.target.get_or_insert_default();
        said(&mut target.path);
        let source = source.unwrap_or_default();
        target.path = match (self.kind, &target.path) {
            (PoolType::Logical, _) => Some(clean_path(&format!("/dev/{source}"))),
            (PoolType::Zfs, _) => Some(clean_path(&format!("/dev/zvol/{source}"))),
            (_, Some(path)) => Some(clean_path(path)),
            (_, None) => bail!(Storage, XmlError, "missing storage pool target path"),
        };
        check_permissions(&mut target.permissions)
    }
}
