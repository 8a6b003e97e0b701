//! `<source>`: where a pool's storage comes from; and `<sources>`, what a search for some has found.

use super::adapter::Adapter;
use super::kind::{NETWORK_FILE_SYSTEMS, PoolType};
use super::parts::{Extent, clean_path};
use crate::domain::device::storage::{Auth, Initiator};
use crate::words::{root, said};
use vir_base::{ErrorDomain, Result, bail, err};
use vir_xml::{Content, Element, Format, YesNo, element};

element! {
    /// Where a pool's storage comes from.
    pub struct Source "source" {
        /// Servers that have it.
        list hosts "host": Vec<Host>,
        /// Devices of the host that hold it.
        list devices "device": Vec<Device>,
        /// Directory of the server.
        child dir "dir": Option<Dir>,
        /// The host's adapter that leads to it. Since 0.6.2.
        child adapter "adapter": Option<Adapter>,
        /// Its name there. Since 0.4.5.
        leaf name "name": Option<String>,
        /// Who we are to an iSCSI server. Since 4.7.0. Drivers: storage.
        maybe initiator "initiator": Option<Initiator>,
        /// Its format.
        maybe format "format": Option<FormatName>,
        /// How we prove who we are. Since 0.9.7. Drivers: storage.
        block auth "auth": Option<Auth>,
        /// How we talk to the server. Since 5.1.0. Drivers: storage.
        maybe protocol "protocol": Option<Protocol>,
        /// Who made it. Since 0.8.4. Drivers: storage.
        maybe vendor "vendor": Option<Named>,
        /// What it is called by them. Since 0.8.4. Drivers: storage.
        maybe product "product": Option<Named>,
    }
    /// A server.
    pub struct Host "host" => settle {
        /// Its name or address.
        attr name "name": Option<String>,
        /// Its port.
        count port "port": Option<i32>,
    }
    /// A device that holds a pool.
    pub struct Device "device" => settle {
        /// Its path, or the target's name of iSCSI.
        attr path "path": Option<String>,
        /// Whether a `p` stands between its path and the number of a partition. Since 1.3.1.
        attr part_separator "part_separator": Option<YesNo>,
        /// What of it is free. Drivers: storage.
        list free "freeExtent": Vec<Extent>,
    }
    /// A directory.
    pub struct Dir "dir" {
        /// Its path.
        attr path "path": Option<String>,
    }
    /// The format of a pool's source, or of a volume: what it may be depends on the pool's kind.
    pub struct FormatName "format" {
        /// Its name.
        attr kind "type": Option<String>,
    }
    /// How we talk to a server.
    pub struct Protocol "protocol" {
        /// The version, for NFS.
        attr version "ver": Option<String>,
    }
    /// A name.
    pub struct Named "vendor" {
        /// The name itself.
        attr name "name": Option<String>,
    }
    /// Sources that pools could be made of. Since 0.4.5. Drivers: storage.
    pub struct SourceList "sources" {
        /// A source each.
        blocks sources "source": Vec<Source>,
    }
}

impl Host {
    fn settle(&mut self, element: &Element) -> Result<()> {
        match self.name {
            Some(_) => Ok(()),
            None => Err(err!(Storage, XmlError, "missing storage pool host name")
                .with_hint(element.position.to_string())),
        }
    }
}

impl Device {
    fn settle(&mut self, element: &Element) -> Result<()> {
        self.free.clear();
        match self.path {
            Some(_) => Ok(()),
            None => Err(err!(Storage, XmlError, "missing storage pool source device path")
                .with_hint(element.position.to_string())),
        }
    }
}

impl Source {
    /// Reads a document of its own, for a pool of this kind.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, kind: PoolType) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Storage, xml, Some("(storage_source_specification)"))?;
        let mut it = Self::read(root(&tree, Self::NAME)?)?;
        it.check(kind)?;
        Ok(it)
    }

    /// The directory of the server.
    pub fn directory(&self) -> Option<&str> {
        self.dir.as_ref()?.path.as_deref()
    }

    /// The format's name.
    pub fn format(&self) -> Option<&str> {
        self.format.as_ref()?.kind.as_deref()
    }

    /// Our name for an iSCSI server.
    pub fn initiator_name(&self) -> Option<&str> {
        self.initiator.as_ref()?.iqn.as_ref()?.name.as_deref().filter(|name| !name.is_empty())
    }

    /// Checks what stands in it and fills in what is meant if nothing is said.
    pub(super) fn check(&mut self, kind: PoolType) -> Result<()> {
        said(&mut self.name);
        if kind == PoolType::Rbd && self.name.is_none() {
            bail!(Storage, XmlError, "element 'name' is mandatory for RBD pool");
        }
        self.check_format(kind)?;
        let path = self.directory().filter(|path| !path.is_empty()).map(clean_path);
        // nothing said is all there is, for gluster
        let path = path.or_else(|| (kind == PoolType::Gluster).then(|| "/".to_owned()));
        self.dir = path.map(|path| Dir { path: Some(path) });
        if self.initiator_name().is_none() {
            self.initiator = None;
        }
        if self.auth.as_ref().is_some_and(|auth| auth.kind.is_none()) {
            bail!(Storage, ConfigUnsupported, "storage pool missing auth type");
        }
        self.check_protocol(kind)?;
        for named in [&mut self.vendor, &mut self.product] {
            named.take_if(|named| named.name.as_ref().is_none_or(String::is_empty));
        }
        Ok(())
    }

    fn check_format(&mut self, kind: PoolType) -> Result<()> {
        let Some(formats) = kind.source_formats() else {
            self.format = None;
            return Ok(());
        };
        let name = match self.format().filter(|name| !name.is_empty()) {
            None => formats.default().to_owned(),
            Some(name) if formats.accepts(name) => name.to_owned(),
            Some(name) => bail!(Storage, ConfigUnsupported, "unknown pool format type {name}"),
        };
        self.format = Some(FormatName { kind: Some(name) });
        Ok(())
    }

    /// Only NFS has versions. The peer compares numbers of formats without looking at what they are formats of, so
    /// the first two of any kind pass.
    fn check_protocol(&mut self, kind: PoolType) -> Result<()> {
        self.protocol.take_if(|protocol| protocol.version.as_ref().is_none_or(String::is_empty));
        let Some(version) = self.protocol.as_ref().and_then(|protocol| protocol.version.as_deref()) else {
            return Ok(());
        };
        let all = kind.source_formats().map_or(&[][..], |formats| formats.all);
        let number = all.iter().position(|name| Some(*name) == self.format()).unwrap_or(0);
        if number > 1 {
            let name = NETWORK_FILE_SYSTEMS.get(number).unwrap_or(&"(null)");
            bail!(Storage, ConfigUnsupported, "storage pool protocol ver unsupported for pool type '{name}'");
        }
        if version.contains(',') {
            bail!(Storage, XmlDetail, "storage pool protocol ver '{version}' must not contain ','");
        }
        Ok(())
    }

    /// Drops what pools of this kind do not have.
    pub(super) fn keep(&mut self, kind: PoolType) {
        let has = kind.sources();
        if !has.host {
            self.hosts.clear();
        }
        if !has.device {
            self.devices.clear();
        }
        self.dir.take_if(|_| !has.dir);
        self.adapter.take_if(|_| !has.adapter);
        self.name.take_if(|_| !has.name);
        self.initiator.take_if(|_| !has.initiator);
    }
}

impl SourceList {
    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }
}
