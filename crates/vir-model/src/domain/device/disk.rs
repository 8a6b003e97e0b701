//! `<disk>`.

use super::info::{DeviceInfo, VirtioOptions};
use super::iotune::IoTune;
use super::private::{DiskPrivate, SecretsPlacement};
pub use super::source::StartupPolicy;
use super::source::{DiskSource, ImageFormat, MetadataCache, StoreFormat};
use super::storage::{Auth, Encryption};
use crate::domain::iothreads::IothreadMap;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, OnOff, Value, Writer, YesNo, element, value_of, xml_enum};

xml_enum! {
    /// What a disk's source is.
    pub enum DiskType {
        File = "file", Block = "block", Dir = "dir", Network = "network", Volume = "volume", Nvme = "nvme",
        Vhostuser = "vhostuser", Vhostvdpa = "vhostvdpa",
    }
    /// What the guest sees.
    pub enum DiskDevice { Disk = "disk", Cdrom = "cdrom", Floppy = "floppy", Lun = "lun", }
    /// How the guest reaches it.
    pub enum DiskBus {
        Ide = "ide", Fdc = "fdc", Scsi = "scsi", Virtio = "virtio", Xen = "xen", Usb = "usb", Uml = "uml",
        Sata = "sata", Sd = "sd",
    }
    /// Which kind of virtio device.
    pub enum DiskModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    unsaid ["default"]
    /// How the host caches.
    pub enum DiskCache {
        Default = "default", None = "none", Writethrough = "writethrough", Writeback = "writeback",
        Directsync = "directsync", Unsafe = "unsafe",
    }
    unsaid ["default"]
    /// How the hypervisor does I/O.
    pub enum DiskIo { Native = "native", Threads = "threads", IoUring = "io_uring", }
    /// What becomes of discards.
    pub enum DiskDiscard { Unmap = "unmap", Ignore = "ignore", }
    /// What becomes of written zeroes.
    pub enum DetectZeroes { Off = "off", On = "on", Unmap = "unmap", }
    /// The tray of a removable medium.
    pub enum Tray { Closed = "closed", Open = "open", }
    /// What happens on an I/O error.
    pub enum ErrorPolicy { Stop = "stop", Report = "report", Ignore = "ignore", Enospace = "enospace", }
    /// Whether snapshots include it.
    pub enum SnapshotLocation { No = "no", Internal = "internal", External = "external", Manual = "manual", }
    /// Whether the guest's SCSI commands are filtered.
    pub enum Sgio { Filtered = "filtered", Unfiltered = "unfiltered", }
    /// How a BIOS translates a geometry.
    pub enum GeometryTrans { None = "none", Auto = "auto", Lba = "lba", }
    /// What copies a disk.
    pub enum MirrorJob { Copy = "copy", ActiveCommit = "active-commit", }
    /// How far the copying is.
    pub enum MirrorReady { Yes = "yes", Abort = "abort", Pivot = "pivot", }
    unsaid ["none"]
}

element! {
    /// A disk.
    pub struct Disk "disk" => settle {
        /// What the source is; `file` if nothing is said.
        attr kind "type": Option<DiskType>,
        /// What the guest sees: `disk` (default), `cdrom`, `floppy`, `lun`.
        attr device "device": Option<DiskDevice>,
        /// Which kind of virtio device, for bus `virtio`.
        attr model "model": Option<DiskModel>,
        /// Whether the process may send any SCSI command, for device `lun`.
        attr rawio "rawio": Option<YesNo>,
        /// Whether the guest's SCSI commands are filtered, for device `lun`.
        attr sgio "sgio": Option<Sgio>,
        /// How snapshots treat it: `no`, `internal`, `external`, `manual`; chosen by the snapshot if nothing is said.
        attr snapshot "snapshot": Option<SnapshotLocation>,
        /// How the hypervisor serves it.
        maybe driver "driver": Option<DiskDriver>,
        /// How we prove who we are; newer documents have it in the source.
        child auth "auth": Option<Auth>,
        /// Where its content lies; none for an empty drive.
        maybe source "source": Option<DiskSource>,
        /// The image below.
        child backing_store "backingStore": Option<BackingStore>,
        /// The domain that serves it.
        maybe backenddomain "backenddomain": Option<BackendDomain>,
        /// Cylinders, heads and sectors.
        child geometry "geometry": Option<Geometry>,
        /// Sizes of blocks.
        maybe blockio "blockio": Option<BlockIo>,
        /// Where it is being copied to.
        part mirror "": MirrorPart,
        /// The disk as the guest sees it.
        child target "target": Option<DiskTarget>,
        /// Limits of input and output.
        maybe iotune "iotune": Option<IoTune>,
        /// Groups whose limits it shares.
        maybe throttlefilters "throttlefilters": Option<ThrottleFilters>,
        /// The guest cannot write.
        flag readonly "readonly": bool,
        /// Several domains use it at once.
        flag shareable "shareable": bool,
        /// What the guest writes is gone when it stops.
        child transient "transient": Option<Transient>,
        /// Serial number.
        leaf serial "serial": Option<String>,
        /// World wide name, 16 hexadecimal digits.
        leaf wwn "wwn": Option<String>,
        /// Vendor of a SCSI disk, up to 8 characters.
        leaf vendor "vendor": Option<String>,
        /// Product, up to 16 characters.
        leaf product "product": Option<String>,
        /// How the content is encrypted; newer documents have it in the source.
        block encryption "encryption": Option<Encryption>,
        part info "": DeviceInfo,
        /// What the daemon notes of the disk.
        private private "privateData": Option<Box<DiskPrivate>>,
        /// Which of its secrets stood in the disk itself.
        private placement "diskSecretsPlacement": Option<SecretsPlacement>,
    }

    /// How the hypervisor serves a disk.
    pub struct DiskDriver "driver" => settle {
        /// Driver: `qemu`, for Xen `tap2`, `phy`, `file`.
        attr name "name": Option<String>,
        /// Format of the image.
        attr format "type": Option<String>,
        /// How the host caches; the hypervisor's default if nothing is said.
        attr cache "cache": Option<DiskCache>,
        /// What happens on an error.
        attr error_policy "error_policy": Option<ErrorPolicy>,
        /// What happens on an error when reading; as `error_policy` if nothing is said.
        attr rerror_policy "rerror_policy": Option<ErrorPolicy>,
        /// How the hypervisor does I/O.
        attr io "io": Option<DiskIo>,
        /// Whether the guest's requests are taken by a thread of their own.
        attr ioeventfd "ioeventfd": Option<OnOff>,
        /// Whether fewer interrupts are sent.
        attr event_idx "event_idx": Option<OnOff>,
        /// Whether what is read from images below is copied.
        attr copy_on_read "copy_on_read": Option<OnOff>,
        /// What becomes of discards.
        attr discard "discard": Option<DiskDiscard>,
        /// I/O thread that serves it, from 1.
        count iothread "iothread": Option<u32>,
        /// What becomes of written zeroes.
        attr detect_zeroes "detect_zeroes": Option<DetectZeroes>,
        /// Whether discarded clusters keep their place in a qcow2 image.
        attr discard_no_unref "discard_no_unref": Option<OnOff>,
        /// Number of queues, of virtio.
        count queues "queues": Option<u32>,
        /// Length of each, a power of two.
        count queue_size "queue_size": Option<u32>,
        part virtio "": VirtioOptions,
        /// The hypervisor's cache of the image's tables.
        maybe metadata_cache "metadata_cache": Option<MetadataCache>,
        /// Several I/O threads that serve it.
        maybe iothreads "iothreads": Option<IothreadMap>,
    }

    /// A domain.
    pub struct BackendDomain "backenddomain" {
        /// Its name.
        attr name "name": Option<String>,
    }
    /// Cylinders, heads and sectors.
    pub struct Geometry "geometry" {
        /// Cylinders.
        attr cyls "cyls": Option<u32>,
        /// Heads.
        attr heads "heads": Option<u32>,
        /// Sectors in a track.
        attr secs "secs": Option<u32>,
        /// How the BIOS translates them.
        attr trans "trans": Option<GeometryTrans>,
    }
    /// Sizes of blocks in bytes.
    pub struct BlockIo "blockio" {
        /// What the guest addresses.
        count logical_block_size "logical_block_size": Option<u32>,
        /// What the disk writes at once.
        count physical_block_size "physical_block_size": Option<u32>,
        /// What can be discarded.
        count discard_granularity "discard_granularity": Option<u32>,
    }
    /// The disk as the guest sees it.
    pub struct DiskTarget "target" {
        /// Name that calls go by; what it is called in the guest is the guest's choice.
        attr dev "dev": Option<String>,
        /// How the guest reaches it; follows from the name if nothing is said.
        attr bus "bus": Option<DiskBus>,
        /// The tray of a removable medium.
        attr tray "tray": Option<Tray>,
        /// Whether the guest takes a USB disk for a removable one.
        attr removable "removable": Option<OnOff>,
        /// Rounds a minute; 1 for none.
        count rotation_rate "rotation_rate": Option<u32>,
    }
    /// Groups whose limits a disk shares.
    pub struct ThrottleFilters "throttlefilters" {
        /// The groups, in the order of their application.
        list filters "throttlefilter": Vec<ThrottleFilter>,
    }
    /// One of them.
    pub struct ThrottleFilter "throttlefilter" {
        /// Name of the group.
        attr group "group": String,
    }
    /// What the guest writes is gone when it stops.
    pub struct Transient "transient" => settle {
        /// Whether several domains can use the image below at once.
        attr share_backing "shareBacking": Option<YesNo>,
    }
}

/// The image below, or, without a type, the end of the chain of images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackingStore {
    /// The image; none at the end.
    pub image: Option<Box<BackingImage>>,
}

/// An image below another.
#[derive(Clone, Debug, PartialEq)]
pub struct BackingImage {
    /// Kind of storage.
    pub kind: DiskType,
    /// Number in the chain, of a running domain.
    pub index: Option<u32>,
    /// Its format.
    pub format: StoreFormat,
    /// Where it lies.
    pub source: DiskSource,
    /// The image below.
    pub below: Option<BackingStore>,
}

/// A domain that serves a disk being copied; see [`Mirror`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MirrorPart(pub Option<Box<Mirror>>);

/// Where a disk is being copied to, of a running domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mirror {
    /// Kind of storage.
    pub kind: DiskType,
    /// What copies.
    pub job: Option<MirrorJob>,
    /// How far it is.
    pub ready: Option<MirrorReady>,
    /// Format.
    pub format: Option<StoreFormat>,
    /// Where it lies.
    pub source: DiskSource,
    /// The image below.
    pub below: Option<BackingStore>,
}

/// `on` or `off`.
pub type OnOffValue = OnOff;
/// `yes` or `no`.
pub type YesNoValue = YesNo;

impl Content for BackingStore {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::BackingStore::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let Some(kind) = element.attr("type") else { return Ok(Self::default()) };
        let Some(format) = element.child("format").filter(|f| f.attr("type").is_some_and(|t| !t.is_empty()))
        else {
            bail!(Domain, XmlError, "missing disk backing store format")
        };
        let Some(source) = element.child("source") else {
            bail!(Domain, XmlError, "missing disk backing store source")
        };
        let Some(kind) = DiskType::parse(kind) else {
            bail!(Domain, XmlError, "unknown storage source type '{kind}'")
        };
        let text = format.attr("type").unwrap_or_default();
        if ImageFormat::parse(text).is_none() {
            bail!(Domain, XmlError, "unknown storage source format '{text}'");
        }
        let mut source: DiskSource = Content::read(source)?;
        source.settle_as(kind)?;
        (source.startup_policy, source.index) = (None, None);
        let index = match element.attr("index") {
            None => None,
            Some(text) => match text.parse::<u32>() {
                Ok(index) => Some(index).filter(|index| *index > 0),
                Err(_) => bail!(Domain, XmlError, "invalid storage source index '{text}'"),
            },
        };
        let format = Content::read(format)?;
        let below = element.child("backingStore").map(Self::read).transpose()?;
        Ok(Self { image: Some(Box::new(BackingImage { kind, index, format, source, below })) })
    }

    fn write(&self, w: &mut Writer) {
        let Some(image) = &self.image else { return };
        w.attr("type", image.kind.as_str());
        w.attr_opt("index", image.index.map(|index| index.to_string()).as_deref());
        w.element("format", |w| image.format.write(w));
        w.maybe("source", |w| image.source.write(w));
        if let Some(below) = &image.below {
            w.element("backingStore", |w| below.write(w));
        }
    }
}

impl vir_xml::Part for MirrorPart {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::MirrorPart::table()
    }

    fn take_attr(&mut self, _: &Element, _: &vir_xml::Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, child: &Element) -> Result<bool> {
        if child.name != "mirror" {
            return Ok(false);
        }
        if self.0.is_none() {
            self.0 = Some(Box::new(Mirror::read(child)?));
        }
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(mirror) = &self.0
            && !w.format().inactive
        {
            w.element("mirror", |w| mirror.write(w));
        }
    }
}

impl Mirror {
    fn read(element: &Element) -> Result<Self> {
        let job = match element.attr("job") {
            None => MirrorJob::Copy,
            Some(text) => match MirrorJob::parse(text) {
                Some(job) => job,
                None => bail!(Domain, ConfigUnsupported, "unknown mirror job type '{text}'"),
            },
        };
        let mut it = Self { job: Some(job), ..Self::default() };
        match element.attr("type") {
            Some(kind) => {
                it.kind = match DiskType::parse(kind) {
                    Some(kind) => kind,
                    None => bail!(Domain, XmlError, "unknown storage source type '{kind}'"),
                };
                let Some(source) = element.child("source") else {
                    bail!(Domain, XmlError, "mirror requires source element")
                };
                it.source = Content::read(source)?;
                it.source.settle_as(it.kind)?;
                it.source.startup_policy = None;
                it.format = element.child("format").map(Content::read).transpose()?;
                it.below = element.child("backingStore").map(Content::read).transpose()?;
            }
            None => {
                if job != MirrorJob::Copy {
                    bail!(Domain, XmlError, "mirror without type only supported by copy job");
                }
                let Some(file) = element.attr("file") else {
                    bail!(Domain, XmlError, "mirror requires file name")
                };
                it.source.file = Some(file.to_owned());
                let format: Option<ImageFormat> = vir_xml::attr(element, "format")?;
                it.format = format.map(|kind| StoreFormat { kind: Some(kind), metadata_cache: None });
            }
        }
        it.ready = match element.attr("ready") {
            None | Some("none") => None,
            Some(text) => match MirrorReady::parse(text) {
                Some(ready) => Some(ready),
                None => bail!(Domain, XmlError, "unknown mirror ready state {text}"),
            },
        };
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        let format = self.format.as_ref().and_then(|format| format.kind).map(ImageFormat::as_str);
        w.attr("type", self.kind.as_str());
        if self.kind == DiskType::File && self.job == Some(MirrorJob::Copy) {
            w.attr_opt("file", self.source.file.as_deref());
            w.attr_opt("format", format);
        }
        w.attr_opt("job", self.job.map(MirrorJob::as_str));
        w.attr_opt("ready", self.ready.map(MirrorReady::as_str));
        if let Some(format) = &self.format {
            w.maybe("format", |w| format.write(w));
        }
        w.maybe("source", |w| self.source.write(w));
        if let Some(below) = &self.below {
            w.element("backingStore", |w| below.write(w));
        }
    }
}

impl DiskDriver {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if let Some(format) = &mut self.format {
            *format = super::source::format_of(format)?.as_str().to_owned();
        }
        if let Some(ErrorPolicy::Enospace) = self.rerror_policy {
            bail!(Domain, ConfigUnsupported, "Invalid disk read error policy: 'enospace'");
        }
        if let Some(text) = element.attr("iothread")
            && value_of::<u32>(text, "iothread", element)? == 0
        {
            bail!(
                Xml,
                XmlError,
                "Invalid value for attribute 'iothread' in element 'driver': Zero is not permitted"
            );
        }
        Ok(())
    }
}

impl Transient {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.share_backing.take_if(|share| *share == YesNo::No);
        Ok(())
    }
}

impl Disk {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let kind = *self.kind.get_or_insert(DiskType::File);
        match &mut self.source {
            Some(source) => source.settle_as(kind)?,
            None => self.kind = Some(DiskType::File),
        }
        let source = self.source.as_ref();
        if self.auth.is_some() && source.is_some_and(|source| source.auth.is_some()) {
            bail!(Domain, ConfigUnsupported, "an <auth> definition already found for disk source");
        }
        if self.encryption.is_some() && source.is_some_and(|source| source.encryption.is_some()) {
            bail!(Domain, ConfigUnsupported, "an <encryption> definition already found for disk source");
        }
        let stood = |here: bool| here.then(|| "true".to_owned());
        let (auth, encryption) = (stood(self.auth.is_some()), stood(self.encryption.is_some()));
        let somewhere = auth.is_some() || encryption.is_some();
        self.placement = somewhere.then_some(SecretsPlacement { auth, encryption });
        self.geometry.take_if(|g| [g.cyls, g.heads, g.secs].iter().any(|n| n.unwrap_or(0) == 0));
        if let Some(filters) = &self.throttlefilters {
            for (i, filter) in filters.filters.iter().enumerate() {
                if filters.filters[..i].contains(filter) {
                    bail!(Domain, XmlError, "duplicate filter name '{}' found", filter.group);
                }
            }
        }
        let device = self.device();
        if let Some(target) = &mut self.target {
            let removable = matches!(device, DiskDevice::Floppy | DiskDevice::Cdrom);
            target.tray.take_if(|tray| !removable || *tray == Tray::Closed);
        }
        Ok(())
    }

    /// Drops what only a daemon's own document says.
    pub fn forget_status(&mut self) {
        self.private = None;
        self.sources_mut().into_iter().for_each(DiskSource::forget_status);
    }

    /// Its source and those of all images below it, and where it is being copied to.
    pub fn sources_mut(&mut self) -> Vec<&mut DiskSource> {
        let mut all: Vec<&mut DiskSource> = self.source.iter_mut().collect();
        let mut stores = vec![self.backing_store.as_mut()];
        if let Some(mirror) = &mut self.mirror.0 {
            all.push(&mut mirror.source);
            stores.push(mirror.below.as_mut());
        }
        for mut below in stores {
            while let Some(image) = below.and_then(|store| store.image.as_deref_mut()) {
                all.push(&mut image.source);
                below = image.below.as_mut();
            }
        }
        all
    }

    /// Forgets the numbers of its images, which only a running domain's have.
    pub fn forget_indexes(&mut self) {
        let mut below = self.backing_store.as_mut();
        while let Some(image) = below.and_then(|store| store.image.as_mut()) {
            image.index = None;
            below = image.below.as_mut();
        }
    }

    /// The path of its file or device; none for an empty drive.
    pub fn path(&self) -> Option<&str> {
        self.source.as_ref().and_then(DiskSource::path)
    }

    /// `vda`, the name that calls go by.
    pub fn dst(&self) -> &str {
        self.target.as_ref().and_then(|target| target.dev.as_deref()).unwrap_or_default()
    }

    /// What the source is.
    pub fn kind(&self) -> DiskType {
        self.kind.unwrap_or(DiskType::File)
    }

    /// What the guest sees.
    pub fn device(&self) -> DiskDevice {
        self.device.unwrap_or(DiskDevice::Disk)
    }

    /// The bus, which is there after defaults are set.
    pub fn bus(&self) -> Option<DiskBus> {
        self.target.as_ref().and_then(|target| target.bus)
    }

    /// Whether its content is a file or a device of the host.
    pub fn is_local(&self) -> bool {
        matches!(self.kind(), DiskType::File | DiskType::Block | DiskType::Dir)
    }

    /// Whether nothing is in the drive.
    pub fn is_empty(&self) -> bool {
        let Some(source) = &self.source else { return true };
        self.is_local() && source.path().is_none()
    }

    /// The format of its image.
    pub fn format(&self) -> Option<&str> {
        self.driver.as_ref().and_then(|driver| driver.format.as_deref())
    }
}
