//! Kinds of pools: what the source of each must and may name, and the formats of sources and volumes.

use vir_xml::xml_enum;

xml_enum! {
    /// The kind of a pool.
    pub enum PoolType {
        Dir = "dir", Fs = "fs", Netfs = "netfs", Logical = "logical", Disk = "disk", Iscsi = "iscsi",
        IscsiDirect = "iscsi-direct", Scsi = "scsi", Mpath = "mpath", Rbd = "rbd", Sheepdog = "sheepdog",
        Gluster = "gluster", Zfs = "zfs", Vstorage = "vstorage",
    }
    /// What a volume is for those who open it.
    pub enum VolumeType {
        File = "file", Block = "block", Dir = "dir", Network = "network", Netdir = "netdir", Ploop = "ploop",
    }
    unsaid [""]
    refused Storage ConfigUnsupported "unknown volume type '{}'"
}

impl Default for PoolType {
    /// A directory, the plainest.
    fn default() -> Self {
        Self::Dir
    }
}

/// What a pool's source may name; what is not here is not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Hosts; at least one is needed.
    pub host: bool,
    /// Devices; if nothing else is named, at least one is needed.
    pub device: bool,
    /// A directory, which is needed.
    pub dir: bool,
    /// An adapter, which is needed.
    pub adapter: bool,
    /// A name; the pool's if nothing is said.
    pub name: bool,
    /// Who we are to an iSCSI server.
    pub initiator: bool,
    /// Volumes are not seen in the host's file system: the pool has no target.
    pub network: bool,
}

impl Sources {
    /// Devices are all that can be named.
    pub fn only_devices(self) -> bool {
        self == Self { device: true, ..Self::default() }
    }
}

/// Formats that something can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// All, in the peer's order.
    pub all: &'static [&'static str],
    /// Where in `all` the one stands that is meant if nothing is said.
    default: usize,
    /// How many of them at most are listed in the capabilities.
    listed: usize,
    /// Whether the first is only a name for none.
    none_first: bool,
}

impl Formats {
    const fn new(all: &'static [&'static str], default: usize) -> Self {
        Self { all, default, listed: all.len(), none_first: false }
    }

    /// The one that is meant if nothing is said.
    pub fn default(&self) -> &'static str {
        self.all[self.default]
    }

    /// Those that the capabilities list.
    pub fn listed(&self) -> &'static [&'static str] {
        &self.all[..self.listed]
    }

    /// Whether a document may name this one.
    pub fn accepts(&self, name: &str) -> bool {
        self.all[usize::from(self.none_first)..].contains(&name)
    }
}

/// Formats of images, as volumes have them.
pub const IMAGES: &[&str] = &[
    "none", "raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "cow", "qcow",
    "qcow2", "qed", "vmdk",
];

/// Kinds of network file systems.
pub const NETWORK_FILE_SYSTEMS: &[&str] = &["auto", "nfs", "glusterfs", "cifs"];

const FILE_SYSTEMS: &[&str] = &[
    "auto", "ext2", "ext3", "ext4", "ufs", "iso9660", "udf", "gfs", "gfs2", "vfat", "hfs+", "xfs", "ocfs2",
    "vmfs",
];
const PARTITION_TABLES: &[&str] = &["unknown", "dos", "dvh", "gpt", "mac", "bsd", "pc98", "sun", "lvm2"];
const PARTITIONS: &[&str] =
    &["none", "linux", "fat16", "fat32", "linux-swap", "linux-lvm", "linux-raid", "extended"];

impl PoolType {
    /// What its source may name.
    pub fn sources(self) -> Sources {
        let none = Sources::default();
        let net = Sources { host: true, network: true, ..none };
        match self {
            Self::Dir | Self::Mpath => none,
            Self::Fs | Self::Disk => Sources { device: true, ..none },
            Self::Netfs => Sources { host: true, dir: true, ..none },
            Self::Logical | Self::Zfs => Sources { name: true, device: true, ..none },
            Self::Iscsi => Sources { host: true, device: true, initiator: true, ..none },
            Self::IscsiDirect => Sources { device: true, initiator: true, ..net },
            Self::Scsi => Sources { adapter: true, ..none },
            Self::Rbd | Self::Sheepdog => Sources { name: true, ..net },
            Self::Gluster => Sources { name: true, dir: true, ..net },
            Self::Vstorage => Sources { name: true, ..none },
        }
    }

    /// Formats that its source can have, if it has any.
    pub fn source_formats(self) -> Option<Formats> {
        Some(match self {
            Self::Fs => Formats::new(FILE_SYSTEMS, 0),
            Self::Netfs => Formats::new(NETWORK_FILE_SYSTEMS, 0),
            Self::Logical => Formats::new(&["unknown", "lvm2"], 1),
            Self::Disk => Formats::new(PARTITION_TABLES, 0),
            _ => return None,
        })
    }

    /// Formats that its volumes can have, if they have any.
    pub fn volume_formats(self) -> Option<Formats> {
        let images = Formats { none_first: true, ..Formats::new(IMAGES, 1) };
        Some(match self {
            Self::Dir | Self::Fs | Self::Netfs | Self::Gluster | Self::Vstorage => images,
            Self::Rbd => Formats { listed: 0, ..images },
            Self::Disk => Formats::new(PARTITIONS, 0),
            _ => return None,
        })
    }

    /// What its volumes are.
    pub fn volume_type(self) -> VolumeType {
        match self {
            Self::Dir | Self::Fs | Self::Netfs | Self::Vstorage => VolumeType::File,
            Self::Sheepdog | Self::IscsiDirect | Self::Gluster | Self::Rbd => VolumeType::Network,
            Self::Logical | Self::Disk | Self::Mpath | Self::Iscsi | Self::Scsi | Self::Zfs => {
                VolumeType::Block
            }
        }
    }
}
