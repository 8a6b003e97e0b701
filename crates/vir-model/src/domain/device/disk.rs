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
    /// A disk, or a drive for CDs or floppies. Since 0.0.3. Drivers: qemu, xen, lxc, bhyve, ch, vz, vmware,
    /// esx, hyperv, vbox.
    pub struct Disk "disk" => settle {
        /// What the source is; `file` if nothing is said. `dir` since 0.7.5, `network` since 0.8.7, `volume`
        /// since 1.0.5, `nvme` since 6.0.0, `vhostuser` since 7.1.0, `vhostvdpa` since 9.8.0.
        attr kind "type": Option<DiskType>,
        /// What the guest sees; `disk` if nothing is said. `lun`, a disk that takes the guest's SCSI
        /// commands, since 0.9.10. Since 0.1.4.
        attr device "device": Option<DiskDevice>,
        /// Which kind of virtio device, for bus `virtio`. Since 5.2.0. Drivers: qemu.
        attr model "model": Option<DiskModel>,
        /// Whether the hypervisor's process may send any SCSI command, for device `lun`; `no` if nothing is
        /// said. It then may for all disks. Since 0.9.10. Drivers: qemu.
        attr rawio "rawio": Option<YesNo>,
        /// Whether the guest's SCSI commands are filtered, for device `lun`. Read and kept, but without
        /// effect. Since 1.0.2. Drivers: none.
        attr sgio "sgio": Option<Sgio>,
        /// How snapshots treat it; if nothing is said, `no` where it is read-only, else as the snapshot says.
        /// Since 0.9.5. Drivers: qemu.
        attr snapshot "snapshot": Option<SnapshotLocation>,
        /// How the hypervisor serves it. Since 0.1.8.
        maybe driver "driver": Option<DiskDriver>,
        /// How we prove who we are to the server; newer documents have it in the source. Since 0.9.7.
        /// Drivers: qemu, xen.
        child auth "auth": Option<Auth>,
        /// Where its content lies; none for an empty drive.
        maybe source "source": Option<DiskSource>,
        /// The image below. Before release 5.10.0 it was shown and not read. Since 1.2.4. Drivers: qemu.
        child backing_store "backingStore": Option<BackingStore>,
        /// The domain that serves it; the host's own (`Domain-0`) if nothing is said. Since 1.2.13. Drivers:
        /// xen.
        maybe backenddomain "backenddomain": Option<BackendDomain>,
        /// Cylinders, heads and sectors that the guest is told of. Since 0.10.0. Drivers: qemu.
        child geometry "geometry": Option<Geometry>,
        /// Sizes of blocks that the guest is told of. Since 0.10.2. Drivers: qemu.
        maybe blockio "blockio": Option<BlockIo>,
        /// Where it is being copied to. Drivers: qemu.
        part mirror "": MirrorPart,
        /// The disk as the guest sees it.
        child target "target": Option<DiskTarget>,
        /// Limits of input and output. Since 0.9.8. Drivers: qemu.
        maybe iotune "iotune": Option<IoTune>,
        /// Groups whose limits it shares. Not together with `<iotune>`. Since 11.2.0. Drivers: qemu.
        maybe throttlefilters "throttlefilters": Option<ThrottleFilters>,
        /// The guest cannot write.
        flag readonly "readonly": bool,
        /// Several domains use it at once; the hypervisor then does not cache. Since 0.1.9.
        flag shareable "shareable": bool,
        /// What the guest writes is gone when it stops. Since 0.9.5. Drivers: qemu, vmware, esx.
        child transient "transient": Option<Transient>,
        /// Serial number that the guest sees. Since 0.7.1. Drivers: qemu, vz.
        leaf serial "serial": Option<String>,
        /// World wide name that the guest sees, 16 hexadecimal digits. Since 0.10.1. Drivers: qemu.
        leaf wwn "wwn": Option<String>,
        /// Vendor that the guest sees, up to 8 characters, of bus `scsi`. Since 1.0.1. Drivers: qemu.
        leaf vendor "vendor": Option<String>,
        /// Product that the guest sees: of bus `scsi` up to 16 characters, of `sata` and `ide` (since 11.1.0)
        /// up to 40. Since 1.0.1. Drivers: qemu.
        leaf product "product": Option<String>,
        /// How the content is encrypted; newer documents have it in the source. Since 0.7.1. Drivers: qemu.
        block encryption "encryption": Option<Encryption>,
        part info "": DeviceInfo,
        /// What the daemon notes of the disk. Drivers: qemu.
        private private "privateData": Option<Box<DiskPrivate>>,
        /// Which of its secrets stood in the disk itself. Drivers: qemu.
        private placement "diskSecretsPlacement": Option<SecretsPlacement>,
    }

    /// How the hypervisor serves a disk.
    pub struct DiskDriver "driver" => settle {
        /// Which of the hypervisor's drivers: `qemu` of QEMU, `loop` or `nbd` of LXC, `phy`, `file`, `tap`,
        /// `tap2` or `qemu` of Xen. Drivers: qemu, xen, lxc.
        attr name "name": Option<String>,
        /// Format of the image: `raw`, `qcow2`, …; `raw` if nothing is said. It is not found out, since what
        /// a guest writes must not decide it.
        attr format "type": Option<String>,
        /// How the host caches; the hypervisor's default if nothing is said. `directsync` since 0.9.5,
        /// `unsafe` since 0.9.7. Since 0.6.0. Drivers: qemu, lxc, vmware, esx.
        attr cache "cache": Option<DiskCache>,
        /// What happens on an error: the guest stops, is told, is not told, or stops only where there is no
        /// space; the hypervisor's default if nothing is said. `report` since 0.9.7. Since 0.8.0. Drivers:
        /// qemu.
        attr error_policy "error_policy": Option<ErrorPolicy>,
        /// What happens on an error when reading; as `error_policy` if nothing is said. Since 0.9.7. Drivers:
        /// qemu.
        attr rerror_policy "rerror_policy": Option<ErrorPolicy>,
        /// How the hypervisor does I/O; its default if nothing is said. `io_uring` since 6.3.0. Since 0.8.8.
        /// Drivers: qemu.
        attr io "io": Option<DiskIo>,
        /// Whether the guest's requests are taken by a thread of their own. Since 0.9.3. Drivers: qemu.
        attr ioeventfd "ioeventfd": Option<OnOff>,
        /// Whether fewer interrupts are sent. Since 0.9.5. Drivers: qemu.
        attr event_idx "event_idx": Option<OnOff>,
        /// Whether what is read from images below is copied into this one; `off` if nothing is said. Since
        /// 0.9.10. Drivers: qemu.
        attr copy_on_read "copy_on_read": Option<OnOff>,
        /// Whether the guest's discards free space or are passed over. Since 1.0.6. Drivers: qemu, xen.
        attr discard "discard": Option<DiskDiscard>,
        /// I/O thread that serves it, from 1, of bus `virtio` or a controller's. Since 1.2.8. Drivers: qemu.
        count iothread "iothread": Option<u32>,
        /// Whether zeroes that the guest writes are written, made a hole, or discarded. Since 2.0.0. Drivers:
        /// qemu.
        attr detect_zeroes "detect_zeroes": Option<DetectZeroes>,
        /// Whether discarded clusters keep their place in a qcow2 image, so that it does not fragment. Since
        /// 9.5.0. Drivers: qemu.
        attr discard_no_unref "discard_no_unref": Option<OnOff>,
        /// Number of virtio queues; of type `vhostuser` since 7.1.0. Since 3.9.0. Drivers: qemu.
        count queues "queues": Option<u32>,
        /// Entries in each queue, a power of two. Since 7.8.0. Drivers: qemu.
        count queue_size "queue_size": Option<u32>,
        part virtio "": VirtioOptions,
        /// The hypervisor's cache of a qcow2 image's tables. Since 7.0.0. Drivers: qemu.
        maybe metadata_cache "metadata_cache": Option<MetadataCache>,
        /// Several I/O threads that serve its queues, of bus `virtio`. Not together with `iothread`. Since
        /// 10.0.0. Drivers: qemu.
        maybe iothreads "iothreads": Option<IothreadMap>,
    }

    /// A domain that serves devices to others.
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
        /// How the BIOS translates them; the BIOS decides if nothing is said.
        attr trans "trans": Option<GeometryTrans>,
    }
    /// Sizes of blocks in bytes.
    pub struct BlockIo "blockio" {
        /// Bytes that the guest addresses at least; 512 if nothing is said.
        count logical_block_size "logical_block_size": Option<u32>,
        /// Bytes that the disk writes at once, for the guest to align to.
        count physical_block_size "physical_block_size": Option<u32>,
        /// Bytes that can be discarded at least; a guest must not assume that less can.
        count discard_granularity "discard_granularity": Option<u32>,
    }
    /// The disk as the guest sees it.
    pub struct DiskTarget "target" {
        /// Name that calls go by, such as `vda`: it gives the order of disks on the bus, and need not be the
        /// name in the guest.
        attr dev "dev": Option<String>,
        /// How the guest reaches it; follows from the name if nothing is said. `usb` since 0.4.5, `sata`
        /// since 0.9.7, `sd` since 1.1.2. Since 0.4.3.
        attr bus "bus": Option<DiskBus>,
        /// Whether the tray of a removable medium is open; `closed` if nothing is said. Since 0.9.11.
        /// Drivers: qemu.
        attr tray "tray": Option<Tray>,
        /// Whether the guest takes a USB or SCSI disk for a removable one; `off` if nothing is said. Since
        /// 1.1.3. Drivers: qemu.
        attr removable "removable": Option<OnOff>,
        /// Rounds a minute, from 1025 to 65534; 1 for a disk without moving parts. Since 7.3.0. Drivers:
        /// qemu.
        count rotation_rate "rotation_rate": Option<u32>,
    }
    /// Groups whose limits a disk shares.
    pub struct ThrottleFilters "throttlefilters" {
        /// The groups, in the order of their application.
        list filters "throttlefilter": Vec<ThrottleFilter>,
    }
    /// One of them.
    pub struct ThrottleFilter "throttlefilter" {
        /// Name of the group, which `<throttlegroups>` declares.
        attr group "group": String,
    }
    /// What the guest writes is gone when it stops.
    pub struct Transient "transient" => settle {
        /// Whether several domains can use the image below at once; `no` if nothing is said. Since 7.4.0.
        /// Drivers: qemu.
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
