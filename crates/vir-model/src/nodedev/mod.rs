//! `<device>`: a device of the host, with all that it can do.
//!
//! What a device can do stands in `<capability>` elements, one kind each: one file a family here. What is wrong in one
//! is said with the device's name, so values are read as they are ([`Checked`](crate::words::Checked)) and refused by
//! `check` when the name is known. Reading sysfs and its like belongs to the driver.

pub mod drm;
pub mod mdev;
pub mod net;
pub mod pci;
pub mod s390;
pub mod scsi;
pub mod storage;
pub mod system;
mod tables;
pub mod usb;
pub mod vpd;
pub mod words;

use crate::words::{root, said};
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail};
use vir_xml::table::Table;
use vir_xml::{Content, Element, Format, Writer, element, missing, value_of, xml_enum};

xml_enum! {
    /// What devices can do, in the order of the numbers that they have.
    pub enum Kind {
        System = "system", Pci = "pci", UsbDevice = "usb_device", Usb = "usb", Net = "net", ScsiHost = "scsi_host",
        ScsiTarget = "scsi_target", Scsi = "scsi", Storage = "storage", FcHost = "fc_host", Vports = "vports",
        ScsiGeneric = "scsi_generic", Drm = "drm", MdevTypes = "mdev_types", Mdev = "mdev", Ccw = "ccw", Css = "css",
        Vdpa = "vdpa", ApCard = "ap_card", ApQueue = "ap_queue", ApMatrix = "ap_matrix", Vpd = "vpd",
        CcwGroup = "ccwgroup", CcwGroupMember = "ccwgroup_member",
    }
    /// What a name in `/dev` is.
    pub enum DevNodeKind {
        /// The node itself.
        Dev = "dev",
        /// A link to it.
        Link = "link",
    }
}

#[allow(clippy::derivable_impls)] // the macro derives, and the node is its first value by chance only
impl Default for DevNodeKind {
    fn default() -> Self {
        Self::Dev
    }
}

element! {
    /// A device of the host. Since 0.5.0. Drivers: nodedev, test.
    pub struct NodeDevice "device" => settle {
        /// Its name; of a device that is to be made it is not read.
        leaf name "name": Option<String>,
        /// Its place in sysfs. Since 1.2.4.
        leaf path "path": Option<String>,
        /// Its names in `/dev`. Since 2.5.0.
        list devnodes "devnode": Vec<DevNode>,
        /// The device that it belongs to.
        child parent "parent": Option<Parent>,
        /// The host's driver that has it; documents that are read do not say it. Since 0.6.5.
        block driver "driver": Option<Driver>,
        /// What it can do.
        blocks capabilities "capability": Vec<Capability>,
    }
    /// A name in `/dev`.
    pub struct DevNode "devnode" {
        /// Whether it is the node or a link.
        attr kind "type": DevNodeKind,
        /// The path.
        text path "": String,
    }
    /// The device that another belongs to: by name, or for a new vHBA by its world wide names. Since 3.0.0.
    pub struct Parent "parent" => settle {
        /// World wide node name; for new devices.
        attr wwnn "wwnn": Option<String>,
        /// World wide port name; for new devices.
        attr wwpn "wwpn": Option<String>,
        /// World wide name of the fabric; for new devices.
        attr fabric_wwn "fabric_wwn": Option<String>,
        /// Its name.
        text name "": Option<String>,
    }
    /// The host's driver of a device.
    pub struct Driver "driver" {
        /// Its name.
        leaf name "name": Option<String>,
    }
}

/// Declares what a device can do: a variant, what it is made of.
macro_rules! capabilities {
    ($($(#[doc = $doc:literal])* $variant:ident: $ty:ty $(, read $check:literal)?;)+) => {
        /// Something that a device can do.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Capability { $($(#[doc = $doc])* $variant(Box<$ty>),)+ }

        impl Capability {
            /// Which kind it is.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$variant(_) => Kind::$variant,)+ }
            }

            /// What each kind is made of.
            pub fn tables() -> Vec<(Kind, Option<&'static Table>)> {
                vec![$((Kind::$variant, <$ty>::table()),)+]
            }

            fn write_content(&self, w: &mut Writer) {
                match self { $(Self::$variant(it) => it.write(w),)+ }
            }

            /// Whether documents may have it; the rest is only written.
            fn is_read(kind: Kind) -> bool {
                match kind { $($(Kind::$variant => $check,)?)+ _ => false }
            }

            fn of(kind: Kind, element: &Element) -> Result<Option<Self>> {
                Ok(Some(match kind {
                    $(Kind::$variant => Self::$variant(Box::new(<$ty>::read(element)?)),)+
                    _ => return Ok(None),
                }))
            }
        }
    };
}

capabilities! {
    /// The host itself.
    System: system::System, read true;
    /// A PCI function.
    Pci: pci::Pci, read true;
    /// A USB device.
    UsbDevice: usb::UsbDevice, read true;
    /// A USB device's interface.
    Usb: usb::UsbInterface, read true;
    /// A network interface.
    Net: net::Net, read true;
    /// A SCSI host adapter.
    ScsiHost: scsi::ScsiHost, read true;
    /// A SCSI target.
    ScsiTarget: scsi::ScsiTarget, read true;
    /// A SCSI device.
    Scsi: scsi::Scsi, read true;
    /// A disk or drive.
    Storage: storage::Storage, read true;
    /// A SCSI device's node for commands.
    ScsiGeneric: scsi::ScsiGeneric;
    /// A graphics node.
    Drm: drm::Drm, read true;
    /// A parent of mediated devices.
    MdevTypes: mdev::MdevTypes;
    /// A mediated device.
    Mdev: mdev::Mdev, read true;
    /// A channel-attached device of s390.
    Ccw: s390::Ccw, read true;
    /// A subchannel of s390.
    Css: s390::Css, read true;
    /// A vDPA device.
    Vdpa: net::Vdpa;
    /// An adjunct processor of s390.
    ApCard: s390::ApCard, read true;
    /// A queue of an adjunct processor.
    ApQueue: s390::ApQueue, read true;
    /// The parent of all mediated queues.
    ApMatrix: s390::ApMatrix, read true;
    /// Several channel-attached devices that work as one.
    CcwGroup: s390::CcwGroup, read true;
}

impl Content for Capability {
    fn table() -> Option<&'static vir_xml::table::Table> {
        Some(tables::capability())
    }

    fn read(element: &Element) -> Result<Self> {
        let kind = kind_of(element)?;
        Self::of(kind, element)?.ok_or_else(|| unread(kind, ""))
    }

    fn write(&self, w: &mut Writer) {
        w.attr("type", self.kind().as_str());
        self.write_content(w);
    }
}

fn kind_of(element: &Element) -> Result<Kind> {
    let text = element.attr("type").ok_or_else(|| missing("type", &element.name))?;
    value_of(text, "type", element)
}

/// The error for a kind that documents cannot have at their top.
fn unread(kind: Kind, device: &str) -> Error {
    let number = kind as i32;
    vir_base::err!(Nodedev, InternalError, "unknown capability type '{number}' for '{device}'")
}

/// Whether a document is of a device that is there, or of one to be made.
pub enum Origin<'a> {
    /// It is there.
    Existing,
    /// It is to be made: it has no name and number yet, and names for a vHBA are made up by this function.
    New(&'a mut dyn FnMut() -> Result<String>),
}

impl Capability {
    fn check(&mut self, device: &str, element: &Element, origin: &mut Origin<'_>) -> Result<()> {
        match self {
            Self::System(it) => it.check(device),
            Self::Pci(it) => it.check(device),
            Self::UsbDevice(it) => it.check(device),
            Self::Usb(it) => it.check(device),
            Self::Net(it) => it.check(device),
            Self::ScsiHost(it) => it.check(device, element, origin),
            Self::ScsiTarget(it) => it.check(device, element),
            Self::Scsi(it) => it.check(device),
            Self::Storage(it) => it.check(device, element),
            Self::Drm(it) => it.check(device),
            Self::Mdev(it) => it.check(device),
            Self::Ccw(it) => it.check(device),
            Self::Css(it) => it.check(device),
            Self::ApCard(it) => it.check(device),
            Self::ApQueue(it) => it.check(device, element),
            Self::CcwGroup(it) => it.check(device),
            Self::ApMatrix(_) | Self::ScsiGeneric(_) | Self::MdevTypes(_) | Self::Vdpa(_) => Ok(()),
        }
    }

    /// Its kind, and the kinds of what it includes.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds = vec![self.kind()];
        let mut also = |there: bool, kind| kinds.extend(there.then_some(kind));
        match self {
            Self::ScsiHost(it) => {
                also(it.fc_host.0.is_some(), Kind::FcHost);
                also(it.vport_ops.0.is_some(), Kind::Vports);
            }
            Self::Pci(it) => {
                also(it.mdev_types.0.is_some(), Kind::MdevTypes);
                also(it.vpd.0.is_some(), Kind::Vpd);
            }
            Self::Css(it) => also(it.mdev_types.0.is_some(), Kind::MdevTypes),
            Self::ApMatrix(it) => also(it.mdev_types.0.is_some(), Kind::MdevTypes),
            Self::Ccw(it) => also(it.group.0.is_some(), Kind::CcwGroupMember),
            _ => {}
        }
        kinds
    }
}

impl NodeDevice {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, origin: Origin<'_>) -> Result<Self> {
        Self::of(&vir_xml::parse_as(ErrorDomain::Nodedev, xml, None)?, origin)
    }

    /// As [`NodeDevice::parse`], of a tree.
    ///
    /// # Errors
    /// As for [`NodeDevice::parse`].
    pub fn of(tree: &Element, mut origin: Origin<'_>) -> Result<Self> {
        let root = root(tree, Self::NAME)?;
        let name = match origin {
            Origin::New(_) => "new device".to_owned(),
            Origin::Existing => root.child("name").map(|it| it.text().into_owned()).unwrap_or_default(),
        };
        if name.is_empty() {
            return Err(Error::bare(ErrorDomain::Nodedev, ErrorCode::NoName));
        }
        let capabilities = || root.children().filter(|child| child.name == "capability");
        if capabilities().next().is_none() {
            bail!(Nodedev, InternalError, "no device capabilities for '{name}'");
        }
        for capability in capabilities() {
            let kind = kind_of(capability)?;
            if !Capability::is_read(kind) {
                return Err(unread(kind, &name));
            }
        }
        let mut it = Self::read(root)?;
        for (capability, element) in it.capabilities.iter_mut().zip(capabilities()) {
            capability.check(&name, element, &mut origin)?;
        }
        it.name = Some(name);
        Ok(it)
    }

    /// The document; `inactive` as it is configured, without what only a device that is there has.
    pub fn to_document(&self, format: Format) -> String {
        let mut it = self.clone();
        if format.inactive {
            (it.path, it.driver) = (None, None);
            it.devnodes.clear();
        }
        it.parent = it.parent_name().map(|name| Parent { name: Some(name.to_owned()), ..Parent::default() });
        it.to_xml(format)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The name of the device that it belongs to.
    pub fn parent_name(&self) -> Option<&str> {
        self.parent.as_ref().and_then(|parent| parent.name.as_deref())
    }

    /// Whether it can do that, at the top or inside something else.
    pub fn has(&self, kind: Kind) -> bool {
        self.capabilities.iter().any(|capability| capability.kinds().contains(&kind))
    }

    /// The world wide names of its node and port.
    ///
    /// # Errors
    /// It is no Fibre Channel adapter.
    pub fn world_wide_names(&self) -> Result<(&str, &str)> {
        let adapter = self.capabilities.iter().find_map(|capability| match capability {
            Capability::ScsiHost(host) => host.fc_host.0.as_ref(),
            _ => None,
        });
        match adapter {
            Some(it) => Ok((it.wwnn.as_deref().unwrap_or_default(), it.wwpn.as_deref().unwrap_or_default())),
            None => bail!(Nodedev, InternalError, "Device is not a fibre channel HBA"),
        }
    }

    /// What is configured of mediated devices is what they run with.
    pub fn activate(&mut self) {
        for capability in &mut self.capabilities {
            if let Capability::Mdev(mdev) = capability {
                mdev.activate();
            }
        }
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        [&mut self.name, &mut self.path].into_iter().for_each(said);
        self.driver = None;
        // the last node counts, and comes before the links
        let (nodes, links): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.devnodes).into_iter().partition(|it| it.kind == DevNodeKind::Dev);
        self.devnodes = nodes.into_iter().next_back().into_iter().chain(links).collect();
        Ok(())
    }
}

impl Parent {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let Self { wwnn, wwpn, fabric_wwn, name } = self;
        [&mut *wwnn, &mut *wwpn, fabric_wwn, name].into_iter().for_each(said);
        match (wwnn, wwpn) {
            (Some(wwnn), None) => bail!(
                Nodedev,
                XmlError,
                "when providing parent wwnn='{wwnn}', the wwpn must also be provided"
            ),
            (None, Some(wwpn)) => bail!(
                Nodedev,
                XmlError,
                "when providing parent wwpn='{wwpn}', the wwnn must also be provided"
            ),
            _ => Ok(()),
        }
    }
}
