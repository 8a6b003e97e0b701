//! What a daemon notes of a running domain's devices for itself. It stands in the document in which the daemon keeps the
//! domain's state, and nowhere else: [`crate::status`].

use super::hostdev::HostdevSource;
use vir_xml::{Content, Element, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What one of QEMU's nodes does for an image.
    pub enum NodeKind {
        Storage = "storage", Format = "format", SliceStorage = "slice-storage", CopyOnRead = "copyOnRead",
        ThrottleFilter = "throttle-filter",
    }
    /// What a secret that QEMU was given is for.
    pub enum SecretKind { Auth = "auth", Encryption = "encryption", HttpCookie = "httpcookie", TlsKey = "tlskey", }
}

element! {
    /// What is noted of an image. Since 3.10.0.
    pub struct StoragePrivate "privateData" {
        /// QEMU's nodes that serve it.
        maybe nodes "nodenames": Option<Nodes>,
        /// Who makes persistent reservations. Since 4.4.0.
        child reservations "reservations": Option<ReservationsPrivate>,
        /// The image's path, as the image above it has it.
        leaf relative_path "relPath": Option<String>,
        /// Secrets and certificates that QEMU was given.
        maybe objects "objects": Option<Objects>,
        /// Files that QEMU was passed.
        maybe fdsets "fdsets": Option<FdSets>,
        /// How a threshold is told of.
        child threshold_event "thresholdEvent": Option<ThresholdEvent>,
        /// The `nbdkit` that serves it. Since 9.8.0.
        child nbdkit "nbdkit": Option<Nbdkit>,
    }
    /// QEMU's nodes.
    pub struct Nodes "nodenames" {
        /// Each by what it does.
        list nodes "nodename": Vec<NodeName>,
    }
    /// A node of QEMU's.
    pub struct NodeName "nodename" {
        /// What it does.
        attr kind "type": Option<NodeKind>,
        /// Its name.
        attr name "name": Option<String>,
        /// The group whose limits it applies, of `throttle-filter`.
        attr group "group": Option<String>,
    }
    /// Who makes persistent reservations.
    pub struct ReservationsPrivate "reservations" {
        /// Alias of the manager in QEMU.
        attr alias "mgralias": Option<String>,
    }
    /// Secrets and certificates that QEMU was given.
    pub struct Objects "objects" {
        /// Secrets.
        list secrets "secret": Vec<SecretAlias>,
        /// Certificates.
        child tls "TLSx509": Option<ObjectAlias>,
    }
    /// A secret that QEMU was given.
    pub struct SecretAlias "secret" {
        /// What it is for.
        attr kind "type": Option<SecretKind>,
        /// Its alias in QEMU.
        attr alias "alias": Option<String>,
    }
    /// An object of QEMU's.
    pub struct ObjectAlias "TLSx509" {
        /// Its alias.
        attr alias "alias": Option<String>,
    }
    /// Files that QEMU was passed.
    pub struct FdSets "fdsets" {
        /// Each by what it is for.
        list sets "fdset": Vec<FdSet>,
    }
    /// A file that QEMU was passed.
    pub struct FdSet "fdset" {
        /// What it is for: `storage`.
        attr kind "type": Option<String>,
        /// Its number in QEMU.
        attr id "id": Option<u32>,
    }
    /// How a threshold is told of.
    pub struct ThresholdEvent "thresholdEvent" {
        /// By the image's number in the chain.
        attr index_used "indexUsed": Option<YesNo>,
    }
    /// An `nbdkit`.
    pub struct Nbdkit "nbdkit" {
        /// File with its process number.
        leaf pidfile "pidfile": Option<String>,
        /// Its socket.
        leaf socketfile "socketfile": Option<String>,
    }

    /// What is noted of a disk. Since 3.10.0.
    pub struct DiskPrivate "privateData" {
        /// Where it is in QEMU's tree of objects.
        child qom "qom": Option<QomName>,
        /// Nodes between the disk and its image.
        maybe nodes "nodenames": Option<Nodes>,
    }
    /// A place in QEMU's tree of objects.
    pub struct QomName "qom" {
        /// The path, or the alias alone.
        attr name "name": Option<String>,
    }
    /// Which of a disk's secrets stood in the disk, not in its source.
    pub struct SecretsPlacement "diskSecretsPlacement" {
        /// `true`: how we prove who we are.
        attr auth "auth": Option<String>,
        /// `true`: how the content is encrypted.
        attr encryption "enc": Option<String>,
    }

    /// What is noted of an interface.
    pub struct InterfacePrivate "privateData" {
        /// Whether we made the host's device.
        child created "created": Option<Created>,
    }
    /// Whether something was made.
    pub struct Created "created" {
        /// Whether.
        attr value "value": Option<YesNo>,
    }

    /// What is noted of a TPM.
    pub struct TpmPrivate "privateData" {
        /// Its emulator.
        child swtpm "swtpm": Option<SwtpmPrivate>,
    }
    /// What is noted of a TPM's emulator. Since 9.0.0.
    pub struct SwtpmPrivate "swtpm" {
        /// Whether it can move to another host with its state where it is.
        attr shared_storage "can_migrate_shared_storage": Option<YesNo>,
    }

    /// What is undone when the host gets a PCI device back.
    pub struct OrigStates "origstates" {
        /// It is detached from the driver that gives it. Drivers: qemu.
        flag unbind "unbind": bool,
        /// It is taken out of that driver's list.
        flag remove_slot "removeslot": bool,
        /// The host looks for a driver anew.
        flag reprobe "reprobe": bool,
    }

    /// The class of an interface's traffic on its bridge.
    pub struct TrafficClass "class" {
        /// Its number. Drivers: qemu, xen, lxc.
        attr id "id": Option<u32>,
    }
}

impl StoragePrivate {
    /// The alias of a secret, if QEMU was given one for that.
    pub fn secret(&self, kind: SecretKind) -> Option<&str> {
        let secrets = self.objects.iter().flat_map(|objects| &objects.secrets);
        secrets
            .into_iter()
            .find(|secret| secret.kind == Some(kind))
            .and_then(|secret| secret.alias.as_deref())
    }

    /// Notes the alias of a secret.
    pub fn add_secret(&mut self, kind: SecretKind, alias: String) {
        let secrets = &mut self.objects.get_or_insert_default().secrets;
        let place = secrets.iter().position(|other| other.kind > Some(kind)).unwrap_or(secrets.len());
        secrets.insert(place, SecretAlias { kind: Some(kind), alias: Some(alias) });
    }

    /// The name of a node.
    pub fn node(&self, kind: NodeKind) -> Option<&str> {
        self.nodes.as_ref()?.named(kind)
    }

    /// Notes the name of a node.
    pub fn set_node(&mut self, kind: NodeKind, name: String) {
        let nodes = &mut self.nodes.get_or_insert_default().nodes;
        nodes.retain(|node| node.kind != Some(kind));
        let place = nodes.iter().position(|other| other.kind > Some(kind)).unwrap_or(nodes.len());
        nodes.insert(place, NodeName { kind: Some(kind), name: Some(name), group: None });
    }
}

impl Nodes {
    /// The name of the node that does this.
    pub fn named(&self, kind: NodeKind) -> Option<&str> {
        self.nodes.iter().find(|node| node.kind == Some(kind)).and_then(|node| node.name.as_deref())
    }
}

/// What only a daemon's own document says: what cannot be read says nothing.
pub(super) fn kept<T: Content>(source: &Element, name: &str) -> Option<T> {
    source.child(name).and_then(|child| T::read(child).ok())
}

/// Writes what is noted, where it belongs.
pub(super) fn write_private(private: Option<&StoragePrivate>, w: &mut Writer) {
    if let Some(private) = private.filter(|_| w.format().status) {
        w.maybe("privateData", |w| private.write(w));
    }
}

impl HostdevSource {
    /// Drops what only a daemon's own document says.
    pub fn forget_status(&mut self) {
        match self {
            Self::Pci(pci) => pci.origstates = None,
            Self::Scsi { private, .. } => *private = None,
            Self::Iscsi(iscsi) => iscsi.private = None,
            Self::Usb(_)
            | Self::Vhost { .. }
            | Self::Mdev(_)
            | Self::Block(_)
            | Self::Char(_)
            | Self::Net(_) => {}
        }
    }

    /// What the daemon notes of a SCSI unit; made if there is nothing yet.
    pub fn private_mut(&mut self) -> Option<&mut StoragePrivate> {
        match self {
            Self::Scsi { private, .. } => Some(private.get_or_insert_default()),
            Self::Iscsi(iscsi) => Some(iscsi.private.get_or_insert_default()),
            _ => None,
        }
    }
}
