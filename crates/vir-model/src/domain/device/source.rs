//! `<source>` of a disk: where its content lies, in every kind of storage.

use super::disk::DiskType;
use super::private::StoragePrivate;
pub use super::sourceparts::{NvmeAddress, SourceCookies};
use super::storage::{Auth, Encryption, Initiator, Reservations, SourceLabel};
use vir_base::{Result, bail, err};
use vir_xml::{Element, Value, YesNo, element, missing, xml_enum};

xml_enum! {
    /// A source that is missing at start.
    pub enum StartupPolicy { Mandatory = "mandatory", Requisite = "requisite", Optional = "optional", }
    /// What a network source speaks.
    pub enum NetProtocol {
        None = "none", Nbd = "nbd", Rbd = "rbd", Sheepdog = "sheepdog", Gluster = "gluster", Iscsi = "iscsi",
        Http = "http", Https = "https", Ftp = "ftp", Ftps = "ftps", Tftp = "tftp", Ssh = "ssh", Vxhs = "vxhs",
        Nfs = "nfs",
    }
    /// How a host is reached.
    pub enum HostTransport { Tcp = "tcp", Unix = "unix", Rdma = "rdma", Fd = "fd", }
    /// How a volume of an iSCSI pool is reached.
    pub enum PoolMode { Host = "host", Direct = "direct", }
    /// Formats of images.
    pub enum ImageFormat {
        Raw = "raw", Dir = "dir", Bochs = "bochs", Cloop = "cloop", Dmg = "dmg", Iso = "iso", Vpc = "vpc", Vdi = "vdi",
        Fat = "fat", Vhd = "vhd", Ploop = "ploop", Cow = "cow", Qcow = "qcow", Qcow2 = "qcow2", Qed = "qed",
        Vmdk = "vmdk",
    }
}

element! {
    /// Where a disk's content lies. Which attributes and children count depends on the disk's type.
    pub struct DiskSource "source" {
        /// Storage pool, for type `volume`. Since 1.0.5. Drivers: qemu.
        attr pool "pool": Option<String>,
        /// Volume in it. Since 1.0.5. Drivers: qemu.
        attr volume "volume": Option<String>,
        /// How an iSCSI volume is reached: `host` (default), by its device on the host, or `direct`, by the
        /// hypervisor itself. Since 1.1.1. Drivers: qemu.
        attr mode "mode": Option<PoolMode>,
        /// What the volume turned out to be when the domain started.
        status actual_type "actualType": Option<DiskType>,
        /// Path, for type `file`.
        attr file "file": Option<String>,
        /// Name of file descriptors that a client passed, for type `file`. Since 9.0.0. Drivers: qemu.
        attr fdgroup "fdgroup": Option<String>,
        /// Path of a device, for types `block` and `vhostvdpa`.
        attr dev "dev": Option<String>,
        /// Path of a directory that is shown as a FAT disk, for type `dir`. Since 0.7.5. Drivers: qemu.
        attr dir "dir": Option<String>,
        /// Protocol, for type `network`. Since 0.8.7. Drivers: qemu, xen.
        attr protocol "protocol": Option<NetProtocol>,
        /// Image on the server, for type `network`; for iSCSI the target's name, with `/` and the unit's number where
        /// it is not 0. Since 0.8.7. Drivers: qemu, xen.
        attr name "name": Option<String>,
        /// What follows `?` in the URL, for `http` and `https`. Since 6.2.0. Drivers: qemu.
        attr query "query": Option<String>,
        /// Whether the connection is encrypted, of `nbd`; as the hypervisor's configuration says if nothing
        /// is said. Since 4.5.0. Drivers: qemu.
        attr tls "tls": Option<YesNo>,
        /// Name that the server's certificate must bear; the host's name if nothing is said. Since 8.2.0.
        /// Drivers: qemu.
        attr tls_hostname "tlsHostname": Option<String>,
        /// 1 if the hypervisor's configuration said that the connection is encrypted.
        status tls_from_config "tlsFromConfig": Option<u8>,
        /// `pci` for type `nvme`, `unix` for type `vhostuser`. Since 6.0.0. Drivers: qemu.
        attr kind "type": Option<String>,
        /// Whether the host's driver is detached from the NVMe device at start. Since 6.0.0. Drivers: qemu.
        attr managed "managed": Option<YesNo>,
        /// Namespace on the NVMe device, from 1. Since 6.0.0. Drivers: qemu.
        attr namespace "namespace": Option<u64>,
        /// Path of the socket, for type `vhostuser`. Since 7.1.0. Drivers: qemu.
        attr path "path": Option<String>,
        /// What happens if it is missing at start: nothing starts (default), it may be missing after
        /// migration and restoring only, or always; of drives, floppies and (since 1.1.2) disks. Since 0.9.7.
        /// Drivers: qemu, vmware, esx.
        attr startup_policy "startupPolicy": Option<StartupPolicy>,
        /// Number of the image in its chain, of a running domain. Since 1.2.4. Drivers: qemu.
        attr index "index": Option<u32>,
        /// Servers, in the order of trial. Since 0.8.7. Drivers: qemu, xen.
        list hosts "host": Vec<SourceHost>,
        /// Who an NFS server takes us for (since 7.0.0), or how an SSH server knows us (since 9.8.0). Since 7.0.0.
        /// Drivers: qemu.
        maybe identity "identity": Option<SourceIdentity>,
        /// How a lost connection is dealt with, for `nbd` and type `vhostuser`. Since 7.1.0. Drivers: qemu.
        maybe reconnect "reconnect": Option<SourceReconnect>,
        /// Snapshot in the image that is read. Since 1.2.11. Drivers: qemu.
        maybe snapshot "snapshot": Option<SourceSnapshot>,
        /// The protocol's own configuration file, of `rbd`. Since 1.2.11. Drivers: qemu, xen.
        maybe config "config": Option<SourceConfig>,
        /// Who we are to an iSCSI server. Since 4.7.0. Drivers: qemu.
        maybe initiator "initiator": Option<Initiator>,
        /// Checks of certificates, for `https` and `ftps`. Since 6.2.0. Drivers: qemu.
        maybe ssl "ssl": Option<SourceSsl>,
        /// Cookies, for `http` and `https`. Since 6.2.0. Drivers: qemu.
        child cookies "cookies": Option<SourceCookies>,
        /// How much is read ahead, for `http` and `ftp`. Since 6.2.0. Drivers: qemu.
        maybe readahead "readahead": Option<SourceReadahead>,
        /// How long an answer may take, for `http`, `https`, `ftp` and `ftps`. Since 6.2.0. Drivers: qemu.
        maybe timeout "timeout": Option<SourceTimeout>,
        /// Known hosts, for `ssh`. Since 9.8.0. Drivers: qemu.
        maybe known_hosts "knownHosts": Option<SourceKnownHosts>,
        /// As `identity`, in its place for `ssh`. Since 9.8.0. Drivers: qemu.
        maybe ssh_identity "identity": Option<SourceIdentity>,
        /// Place of the NVMe device. Since 6.0.0. Drivers: qemu.
        child address "address": Option<NvmeAddress>,
        /// Parts of the file that are used. Since 6.1.0. Drivers: qemu.
        maybe slices "slices": Option<SourceSlices>,
        /// Labels of security drivers. Since 0.9.9. Drivers: qemu.
        list seclabels "seclabel": Vec<SourceLabel>,
        /// How we prove who we are. Since 3.9.0. Drivers: qemu, xen.
        child auth "auth": Option<Auth>,
        /// How the content is encrypted. Since 3.9.0. Drivers: qemu.
        block encryption "encryption": Option<Encryption>,
        /// Persistent reservations of SCSI devices. Since 4.4.0. Drivers: qemu.
        child reservations "reservations": Option<Reservations>,
        /// Where qcow2 keeps data apart from its tables. Since 10.10.0. Drivers: qemu.
        child data_store "dataStore": Option<Box<DataStore>>,
        /// What the daemon notes of the image. Drivers: qemu.
        private private "privateData": Option<Box<StoragePrivate>>,
    }

    /// A server.
    pub struct SourceHost "host" => settle {
        /// Name or address.
        attr name "name": Option<String>,
        /// Port; each protocol has its own default.
        count port "port": Option<u32>,
        /// `tcp` (default), `unix`, `rdma`. Since 1.0.1. Drivers: qemu.
        attr transport "transport": Option<HostTransport>,
        /// Path, for transport `unix`. Since 1.0.1. Drivers: qemu.
        attr socket "socket": Option<String>,
    }
    /// Who a server takes us for.
    pub struct SourceIdentity "identity" {
        /// User on the file server: a name, or `+` and a number. Since 7.0.0.
        attr user "user": Option<String>,
        /// Group there. Since 7.0.0.
        attr group "group": Option<String>,
        /// User on the SSH server. Since 9.8.0.
        attr username "username": Option<String>,
        /// Path of a private key. Since 9.8.0.
        attr keyfile "keyfile": Option<String>,
        /// Path of an agent's socket. Since 9.8.0.
        attr agentsock "agentsock": Option<String>,
    }
    /// How a lost connection is dealt with.
    pub struct SourceReconnect "reconnect" {
        /// Whether it is made again, of character devices and vhost-user.
        attr enabled "enabled": Option<YesNo>,
        /// Seconds between attempts, of character devices and vhost-user.
        attr timeout "timeout": Option<u32>,
        /// Seconds that requests wait for it, for `nbd`; 0 if nothing is said, so that they fail at once.
        /// Since 9.2.0.
        count delay "delay": Option<u32>,
    }
    /// A snapshot.
    pub struct SourceSnapshot "snapshot" {
        /// Its name.
        attr name "name": Option<String>,
    }
    /// A configuration file.
    pub struct SourceConfig "config" {
        /// Its path.
        attr file "file": Option<String>,
    }
    /// Checks of certificates.
    pub struct SourceSsl "ssl" {
        /// Whether the server's is checked; `yes` if nothing is said.
        attr verify "verify": Option<YesNo>,
    }
    /// How much is read ahead.
    pub struct SourceReadahead "readahead" {
        /// Bytes; QEMU's own default if nothing is said.
        count size "size": Option<u64>,
    }
    /// How long an answer may take.
    pub struct SourceTimeout "timeout" {
        /// Seconds.
        count seconds "seconds": Option<u64>,
    }
    /// Known hosts.
    pub struct SourceKnownHosts "knownHosts" {
        /// Path of the file.
        attr path "path": Option<String>,
    }
    /// Parts of a file.
    pub struct SourceSlices "slices" => settle {
        /// The part that is the disk.
        list slices "slice": Vec<SourceSlice>,
    }
    /// A part of a file.
    pub struct SourceSlice "slice" => settle {
        /// What it is for: `storage`.
        attr kind "type": Option<String>,
        /// Its first byte.
        attr offset "offset": Option<u64>,
        /// Its length in bytes.
        attr size "size": Option<u64>,
    }
    /// Where qcow2 keeps data apart from its tables.
    pub struct DataStore "dataStore" {
        /// Kind of storage.
        attr kind "type": DiskType,
        /// Format: `raw`.
        child format "format": Option<StoreFormat>,
        /// Where it lies.
        child source "source": Option<DiskSource>,
    }
    /// The format of an image.
    pub struct StoreFormat "format" {
        /// Its name.
        attr kind "type": Option<ImageFormat>,
        /// The hypervisor's cache of its tables. Since 7.0.0. Drivers: qemu.
        maybe metadata_cache "metadata_cache": Option<MetadataCache>,
    }
    /// The hypervisor's cache of an image's tables.
    pub struct MetadataCache "metadata_cache" {
        /// Its largest size, with the unit in `unit`; QEMU's own default if nothing is said.
        child max_size "max_size": Option<crate::domain::memory::Bytes>,
    }
}

impl SourceHost {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let transport = self.transport.unwrap_or(HostTransport::Tcp);
        self.transport.take_if(|transport| *transport == HostTransport::Tcp);
        match transport {
            HostTransport::Unix => {
                if self.socket.is_none() {
                    bail!(Domain, XmlError, "missing socket for unix transport");
                }
                (self.name, self.port) = (None, None);
            }
            HostTransport::Tcp | HostTransport::Rdma => {
                if self.socket.is_some() {
                    bail!(Domain, XmlError, "transport '{transport}' does not support socket attribute");
                }
                if self.name.is_none() {
                    bail!(Domain, XmlError, "missing name for host");
                }
            }
            HostTransport::Fd => bail!(Domain, XmlError, "transport 'fd' is now allowed"),
        }
        Ok(())
    }
}

impl SourceSlices {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.slices.retain(|slice| slice.kind.as_deref() == Some("storage"));
        self.slices.truncate(1);
        Ok(())
    }
}

impl SourceSlice {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.kind.as_deref() == Some("storage") && (self.offset.is_none() || self.size.is_none()) {
            return Err(err!(Domain, XmlError, "missing offset or size attribute of slice")
                .with_hint(element.position.to_string()));
        }
        Ok(())
    }
}

impl NetProtocol {
    /// The port that it is served at, if it has one.
    pub fn default_port(self) -> Option<u32> {
        Some(match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Ftp => 21,
            Self::Ftps => 990,
            Self::Tftp => 69,
            Self::Sheepdog => 7000,
            Self::Nbd => 10809,
            Self::Ssh => 22,
            Self::Iscsi => 3260,
            Self::Gluster => 24007,
            Self::Vxhs => 9999,
            // Ceph's own configuration knows it; NFS is not asked by port
            Self::Rbd | Self::Nfs | Self::None => return None,
        })
    }
}

impl DiskSource {
    /// The path of a file or device, or the image's name on its server.
    pub fn place(&self) -> Option<&str> {
        let known = [&self.file, &self.dev, &self.dir, &self.path, &self.name, &self.volume];
        known.into_iter().find_map(Option::as_deref)
    }

    /// Whether it names anything.
    pub fn is_somewhere(&self) -> bool {
        [&self.file, &self.dev, &self.dir, &self.path, &self.volume].into_iter().any(Option::is_some)
            || self.protocol.is_some()
            || self.address.is_some()
    }

    /// Drops what says nothing for this kind of storage, and checks what must be there.
    ///
    /// # Errors
    /// What is missing, in the peer's words.
    pub fn settle_as(&mut self, kind: DiskType) -> Result<()> {
        let it = std::mem::take(self);
        *self = match (kind, it.actual_type) {
            (DiskType::Volume, Some(actual)) if actual != kind => it.translated(actual)?,
            (DiskType::Network, _) => it.network()?,
            _ => it.local(kind)?,
        };
        if let Some(store) = &mut self.data_store {
            if store.format.as_ref().is_none_or(|format| format.kind.is_none()) {
                bail!(Domain, XmlError, "missing data file store format");
            }
            match &mut store.source {
                Some(source) => source.settle_as(store.kind)?,
                None => bail!(Domain, XmlError, "missing disk data file store source"),
            }
        }
        Ok(())
    }

    /// A volume of a pool that was found: what it is besides that.
    fn translated(mut self, actual: DiskType) -> Result<Self> {
        let (pool, volume, mode) = (self.pool.take(), self.volume.take(), self.mode.take());
        let it = if actual == DiskType::Network { self.network()? } else { self.local(actual)? };
        Ok(Self { pool, volume, mode, actual_type: Some(actual), ..it })
    }

    /// Drops what only a daemon's own document says, here and in what belongs to it.
    pub fn forget_status(&mut self) {
        if self.actual_type.take().is_some_and(|actual| actual != DiskType::Volume) {
            let it = std::mem::take(self);
            *self = Self {
                pool: it.pool,
                volume: it.volume,
                mode: it.mode,
                startup_policy: it.startup_policy,
                index: it.index,
                slices: it.slices,
                seclabels: it.seclabels,
                encryption: it.encryption,
                reservations: it.reservations,
                data_store: it.data_store,
                ..Self::default()
            };
        }
        self.private = None;
        if let Some(from_config) = &mut self.tls_from_config {
            *from_config = 0;
        }
        if let Some(source) = self.data_store.as_mut().and_then(|store| store.source.as_mut()) {
            source.forget_status();
        }
    }

    fn local(self, kind: DiskType) -> Result<Self> {
        let it = self;
        let common = Self {
            startup_policy: it.startup_policy,
            index: it.index,
            slices: it.slices,
            seclabels: it.seclabels,
            auth: it.auth,
            encryption: it.encryption,
            reservations: it.reservations,
            data_store: it.data_store,
            private: it.private,
            ..Self::default()
        };
        let there = |path: Option<String>| path.filter(|path| !path.is_empty());
        Ok(match kind {
            DiskType::File => Self { file: there(it.file), fdgroup: it.fdgroup, ..common },
            DiskType::Block => Self { dev: there(it.dev), ..common },
            DiskType::Dir => Self { dir: there(it.dir), ..common },
            DiskType::Volume => {
                if it.pool.is_some() != it.volume.is_some() {
                    bail!(
                        Domain,
                        XmlError,
                        "'pool' and 'volume' must be specified together for 'pool' type source"
                    );
                }
                let mode = it.mode.filter(|_| it.pool.is_some());
                Self { pool: it.pool, volume: it.volume, mode, auth: None, ..common }
            }
            DiskType::Nvme => {
                match it.kind.as_deref() {
                    Some("pci") => {}
                    None => bail!(Domain, XmlError, "missing 'type' attribute to disk source"),
                    Some(kind) => bail!(Domain, XmlError, "unsupported source type '{kind}'"),
                }
                if it.namespace.is_none() {
                    return Err(missing("namespace", "source"));
                }
                if it.address.is_none() {
                    bail!(Domain, XmlError, "NVMe disk source is missing address");
                }
                let Self { kind, managed, namespace, address, .. } = it;
                Self { kind, managed, namespace, address, ..common }
            }
            DiskType::Vhostuser => {
                match it.kind.as_deref() {
                    Some("unix") => {}
                    None => bail!(Domain, XmlError, "missing 'type' attribute for vhostuser disk source"),
                    Some(_) => bail!(Domain, XmlError, "invalid 'type' attribute for vhostuser disk source"),
                }
                if it.path.is_none() {
                    bail!(Domain, XmlError, "missing 'path' attribute for vhostuser disk source");
                }
                let mut reconnect = it.reconnect;
                if let Some(reconnect) = &mut reconnect {
                    reconnect.delay = None;
                    reconnect.check()?;
                }
                Self { kind: it.kind, path: it.path, reconnect, ..common }
            }
            DiskType::Vhostvdpa => {
                if it.dev.is_none() {
                    return Err(missing("dev", "source"));
                }
                Self { dev: it.dev, ..common }
            }
            DiskType::Network => common,
        })
    }

    fn network(self) -> Result<Self> {
        let Some(protocol) = self.protocol else { return Err(missing("protocol", "source")) };
        let mut it = Self {
            startup_policy: None,
            seclabels: vec![],
            pool: None,
            volume: None,
            mode: None,
            file: None,
            fdgroup: None,
            dev: None,
            dir: None,
            kind: None,
            managed: None,
            namespace: None,
            path: None,
            address: None,
            actual_type: None,
            ..self
        };
        if it.name.is_none() && protocol != NetProtocol::Nbd {
            bail!(Domain, XmlError, "missing name for disk source");
        }
        it.name = it.name.filter(|name| !name.is_empty());
        it.tls_from_config = Some(u8::from(it.tls_from_config.is_some_and(|n| n != 0)));
        if let (NetProtocol::Gluster | NetProtocol::Rbd, Some(name)) = (protocol, &it.name)
            && name.find('/').is_none_or(|at| at == 0)
        {
            bail!(Domain, XmlError, "can't split path '{name}' into pool name and image name");
        }
        use NetProtocol::{Ftp, Ftps, Http, Https, Nbd, Nfs, Ssh};
        let one_of = |known: &[NetProtocol]| known.contains(&protocol);
        it.query = it.query.filter(|_| one_of(&[Http, Https]));
        it.cookies = it.cookies.filter(|_| one_of(&[Http, Https]));
        it.ssl = it.ssl.filter(|_| one_of(&[Https, Ftps]));
        if !one_of(&[Http, Https, Ftp, Ftps]) {
            (it.readahead, it.timeout) = (None, None);
        }
        it.known_hosts = it.known_hosts.filter(|_| protocol == Ssh);
        it.reconnect = it.reconnect.filter(|_| protocol == Nbd);
        if let Some(reconnect) = &mut it.reconnect {
            (reconnect.enabled, reconnect.timeout) = (None, None);
        }
        let identity = it.identity.take();
        match (protocol, identity) {
            (Nfs, Some(identity)) => {
                let SourceIdentity { user, group, .. } = identity;
                it.identity = Some(SourceIdentity { user, group, ..SourceIdentity::default() });
            }
            (Ssh, Some(identity)) => {
                if identity.username.is_none() {
                    return Err(missing("username", "identity"));
                }
                if identity.keyfile.is_none() && identity.agentsock.is_none() {
                    bail!(
                        Domain,
                        XmlError,
                        "element 'identity' requires either 'keyfile' or 'agentsock' attribute"
                    );
                }
                it.ssh_identity = Some(SourceIdentity { user: None, group: None, ..identity });
            }
            _ => {}
        }
        for host in &mut it.hosts {
            if host.transport.is_none_or(|transport| transport == HostTransport::Rdma) && host.port.is_none()
            {
                host.port = protocol.default_port();
            }
        }
        Ok(it)
    }

    /// The path that messages show; none for what has no path.
    pub fn path(&self) -> Option<&str> {
        [&self.file, &self.dev, &self.dir].into_iter().find_map(Option::as_deref)
    }
}

impl SourceReconnect {
    /// A connection that is made again needs a pause between attempts, and only that one has one.
    ///
    /// # Errors
    /// The pause is missing.
    pub fn check(&mut self) -> Result<()> {
        match self.enabled {
            Some(YesNo::Yes) if self.timeout.is_none() => Err(missing("timeout", "reconnect")),
            Some(YesNo::Yes) => Ok(()),
            _ => {
                self.timeout = None;
                Ok(())
            }
        }
    }
}

impl DiskType {
    /// The default that a required attribute is filled over.
    pub const DEFAULT: Self = Self::File;
}

impl Default for DiskType {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A format by its name.
///
/// # Errors
/// There is none of that name.
pub fn format_of(text: &str) -> Result<ImageFormat> {
    match text {
        "aio" => Ok(ImageFormat::Raw),
        _ => ImageFormat::parse(text)
            .ok_or_else(|| err!(Domain, ConfigUnsupported, "unknown driver format value '{text}'")),
    }
}
