//! `<volume>`: a part of a pool that a guest can have as a disk.

use super::kind::{PoolType, VolumeType};
use super::parts::{Extents, Permissions, Size, Told, check_permissions};
use super::source::FormatName;
use crate::domain::device::storage::Encryption;
use crate::domain::memory::scale;
use crate::words::{root, said};
use std::borrow::Cow;
use vir_base::{Error, ErrorDomain, Result, bail, err};
use vir_xml::table::Table;
use vir_xml::{Content, Element, Format, Value, Writer, element};

element! {
    /// A volume. Since 0.4.1. Drivers: esx, vbox, storage, test.
    pub struct Volume "volume" {
        /// What it is for those who open it; of a pool's volumes the pool says it. Since 1.2.0.
        attr kind "type": Option<VolumeType>,
        /// Its name in its pool.
        leaf name "name": Option<String>,
        /// By which it is found in all pools.
        leaf key "key": Option<String>,
        /// What it takes of its pool's devices.
        maybe source "source": Option<VolumeSource>,
        /// How much it holds.
        child capacity "capacity": Option<Size>,
        /// How much it takes of its pool.
        child allocation "allocation": Option<Size>,
        /// How large its file or device is. Since 3.0.0.
        child physical "physical": Option<Told>,
        /// Where it is, and what of.
        block target "target": Option<VolumeTarget>,
        /// What it has where nothing was written to it yet.
        block backing "backingStore": Option<Backing>,
    }
    /// What a volume takes of its pool's devices.
    pub struct VolumeSource "source" {
        /// Parts of a device each.
        list devices "device": Vec<Extents>,
    }
    /// Where a volume is, and what of.
    pub struct VolumeTarget "target" {
        /// Its path.
        leaf path "path": Option<String>,
        /// Its format.
        child format "format": Option<FormatName>,
        /// Who owns it.
        maybe permissions "permissions": Option<Permissions>,
        /// When it was used. Since 0.10.0. Drivers: storage.
        child timestamps "timestamps": Option<Timestamps>,
        /// How its content is encrypted. Since 0.7.1. Drivers: storage.
        block encryption "encryption": Option<Encryption>,
        /// The version of the format, for `qcow2`. Since 1.1.0. Drivers: storage.
        leaf compat "compat": Option<String>,
        /// Whether its file is made so that it is written in place. Since 1.2.7. Drivers: storage.
        maybe nocow "nocow": Option<NoCow>,
        /// The unit of its allocation in bytes, for `qcow2`. Since 7.4.0. Drivers: storage.
        maybe cluster_size "clusterSize": Option<ClusterSize>,
        /// What the format can do besides, for `qcow2`. Since 1.1.0. Drivers: storage.
        child features "features": Option<VolumeFeatures>,
    }
    /// What a volume has where nothing was written to it. Since 0.6.0. Drivers: storage.
    pub struct Backing "backingStore" {
        /// Its path.
        leaf path "path": Option<String>,
        /// Its format.
        child format "format": Option<FormatName>,
        /// Who owns it.
        maybe permissions "permissions": Option<Permissions>,
    }
    /// When a volume was used.
    pub struct Timestamps "timestamps" {
        /// Last read.
        leaf atime "atime": Option<Timestamp>,
        /// Last written.
        leaf mtime "mtime": Option<Timestamp>,
        /// Last changed, in content or in what is known of it.
        leaf ctime "ctime": Option<Timestamp>,
        /// Made.
        leaf btime "btime": Option<Timestamp>,
    }
    /// What a format can do besides.
    pub struct VolumeFeatures "features" => settle {
        /// Counts of references are written late.
        flag lazy_refcounts "lazy_refcounts": bool,
        /// Clusters are allocated in parts. Since 8.0.0.
        flag extended_l2 "extended_l2": bool,
    }
}

/// Since 1970. It is told, and not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds.
    pub seconds: u64,
    /// And nanoseconds.
    pub nanoseconds: u32,
}

impl Value for Timestamp {
    fn parse(_: &str) -> Option<Self> {
        Some(Self::default())
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(match self.nanoseconds {
            0 => self.seconds.to_string(),
            nanoseconds => format!("{}.{nanoseconds:09}", self.seconds),
        })
    }
}

/// A volume's file is made so that it is written in place. It is not told again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoCow;

impl Content for NoCow {
    fn read(_: &Element) -> Result<Self> {
        Ok(Self)
    }

    fn write(&self, _: &mut Writer) {}

    fn table() -> Option<&'static Table> {
        super::tables::Empty::table()
    }
}

/// A unit of allocation in bytes; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterSize(pub u64);

impl Content for ClusterSize {
    fn read(element: &Element) -> Result<Self> {
        let text = element.text();
        if text.is_empty() {
            return Ok(Self(0));
        }
        let place = |error: Error| error.with_hint(element.position.to_string());
        let number = <u64 as Value>::parse(&text).ok_or_else(|| {
            place(err!(
                Xml,
                XmlError,
                "Invalid value '{text}' for element or attribute './target/clusterSize'"
            ))
        })?;
        scale(number, element.attr("unit").filter(|unit| !unit.is_empty()), 1).map(Self).map_err(place)
    }

    fn write(&self, w: &mut Writer) {
        if self.0 > 0 {
            w.attr("unit", "B");
            w.content(&self.0.to_string());
        }
    }

    fn table() -> Option<&'static Table> {
        super::tables::Amount::table()
    }
}

impl VolumeFeatures {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let known = ["lazy_refcounts", "extended_l2"];
        match element.children().find(|child| !known.contains(&&*child.name)) {
            None => Ok(()),
            Some(other) => Err(err!(Storage, ConfigUnsupported, "unsupported feature {}", other.name)
                .with_hint(other.position.to_string())),
        }
    }
}

/// Whether a volume's document must say how much it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capacity {
    /// It must.
    #[default]
    Needed,
    /// Unless it has something behind it, which says it.
    OrBacking,
    /// It need not.
    Optional,
}

impl Volume {
    /// Reads a document of a volume in a pool of this kind.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, pool: PoolType, capacity: Capacity) -> Result<Self> {
        Self::of(&vir_xml::parse_as(ErrorDomain::Storage, xml, None)?, pool, capacity)
    }

    /// As [`Volume::parse`], of a tree.
    ///
    /// # Errors
    /// As for [`Volume::parse`].
    pub fn of(tree: &Element, pool: PoolType, capacity: Capacity) -> Result<Self> {
        let mut it = Self::read(root(tree, Self::NAME)?)?;
        it.check(pool, capacity)?;
        Ok(it)
    }

    /// Says where it is; that is also by what it is found.
    pub fn place(&mut self, path: &str) {
        self.target.get_or_insert_default().path = Some(path.to_owned());
        self.key = Some(path.to_owned());
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// By which it is found in all pools.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// Its path, once it is known.
    pub fn path(&self) -> Option<&str> {
        self.target.as_ref()?.path.as_deref()
    }

    /// The name of its format, in pools whose volumes have any.
    pub fn format(&self) -> Option<&str> {
        self.target.as_ref()?.format.as_ref()?.kind.as_deref()
    }

    /// How much it holds and how much it takes of its pool, in bytes.
    pub fn sizes(&self) -> (u64, u64) {
        let bytes = |size: Option<Size>| size.unwrap_or_default().bytes;
        (bytes(self.capacity), bytes(self.allocation))
    }

    fn check(&mut self, pool: PoolType, capacity: Capacity) -> Result<()> {
        said(&mut self.name);
        if self.name.is_none() {
            bail!(Storage, XmlError, "missing volume name element");
        }
        said(&mut self.key);
        self.kind.get_or_insert(VolumeType::File);
        self.backing.take_if(|backing| backing.path.as_ref().is_none_or(String::is_empty));
        if let Some(backing) = &mut self.backing {
            backing.format = format(backing.format.take(), pool)?;
            check_permissions(&mut backing.permissions)?;
        }
        let needed = match capacity {
            Capacity::Needed => true,
            Capacity::OrBacking => self.backing.is_none(),
            Capacity::Optional => false,
        };
        let capacity = self.capacity.unwrap_or_default();
        if needed && !capacity.said {
            bail!(Storage, XmlError, "missing capacity element");
        }
        self.capacity = Some(capacity);
        let allocation = self.allocation.filter(|size| size.said);
        self.allocation = Some(allocation.unwrap_or(Size { said: false, ..capacity }));
        // what is told of a volume is looked up anew
        (self.source, self.physical) = (None, None);
        self.target.get_or_insert_default().check(pool)
    }
}

/// The format that is meant, in a pool of this kind.
fn format(format: Option<FormatName>, pool: PoolType) -> Result<Option<FormatName>> {
    let Some(formats) = pool.volume_formats() else { return Ok(None) };
    let name = match format.and_then(|format| format.kind).filter(|name| !name.is_empty()) {
        None => formats.default().to_owned(),
        Some(name) if formats.accepts(&name) => name,
        Some(name) => bail!(Storage, ConfigUnsupported, "unknown volume format type {name}"),
    };
    Ok(Some(FormatName { kind: Some(name) }))
}

impl VolumeTarget {
    fn check(&mut self, pool: PoolType) -> Result<()> {
        said(&mut self.path);
        self.format = format(self.format.take(), pool)?;
        check_permissions(&mut self.permissions)?;
        self.timestamps = None;
        said(&mut self.compat);
        if self.compat.as_ref().is_some_and(|compat| !is_version(compat)) {
            bail!(Storage, XmlError, "forbidden characters in 'compat' attribute");
        }
        if self.features.is_some() {
            self.compat.get_or_insert_with(|| "1.1".into());
        }
        self.cluster_size.take_if(|size| size.0 == 0);
        Ok(())
    }
}

/// Whether it is two numbers with a point between.
fn is_version(compat: &str) -> bool {
    let number = |text: &str| <u32 as Value>::parse(text).is_some();
    compat.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
}
