//! `<disk>`.

use super::info::DeviceInfo;
use vir_xml::{YesNo, element, xml_enum};

xml_enum! {
    /// What a disk's source is.
    pub enum DiskType { File = "file", Block = "block", }
    beyond ["dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa"]
    /// What the guest sees.
    pub enum DiskDevice { Disk = "disk", Cdrom = "cdrom", Floppy = "floppy", Lun = "lun", }
    /// How the guest reaches it.
    pub enum DiskBus {
        Ide = "ide", Fdc = "fdc", Scsi = "scsi", Virtio = "virtio", Xen = "xen", Usb = "usb", Uml = "uml",
        Sata = "sata", Sd = "sd", Nvme = "nvme",
    }
    /// How the host caches.
    pub enum DiskCache {
        Default = "default", None = "none", Writethrough = "writethrough", Writeback = "writeback",
        Directsync = "directsync", Unsafe = "unsafe",
    }
    /// How the hypervisor does I/O.
    pub enum DiskIo { Default = "default", Native = "native", Threads = "threads", IoUring = "io_uring", }
    /// What becomes of discards.
    pub enum DiskDiscard { Default = "default", Unmap = "unmap", Ignore = "ignore", }
    /// What becomes of written zeroes.
    pub enum DetectZeroes { Default = "default", Off = "off", On = "on", Unmap = "unmap", }
    /// The tray of a removable medium.
    pub enum Tray { Closed = "closed", Open = "open", }
    /// What happens on an I/O error.
    pub enum ErrorPolicy {
        Default = "default", Stop = "stop", Report = "report", Ignore = "ignore", Enospace = "enospace",
    }
    /// A source that is missing at start.
    pub enum StartupPolicy { Default = "default", Mandatory = "mandatory", Requisite = "requisite", Optional = "optional", }
    /// Whether snapshots include it.
    pub enum SnapshotLocation { No = "no", Internal = "internal", External = "external", Manual = "manual", }
}

element! {
    /// A disk.
    pub struct Disk "disk" {
        attr kind "type": Option<DiskType>,
        attr device "device": Option<DiskDevice>,
        attr model "model": Option<String>,
        attr snapshot "snapshot": Option<SnapshotLocation>,
        child driver "driver": Option<DiskDriver>,
        child source "source": Option<DiskSource>,
        child backing_store "backingStore": Option<BackingStore>,
        child target "target": Option<DiskTarget>,
        flag readonly "readonly": bool,
        flag shareable "shareable": bool,
        flag transient "transient": bool,
        leaf serial "serial": Option<String>,
        leaf wwn "wwn": Option<String>,
        leaf vendor "vendor": Option<String>,
        leaf product "product": Option<String>,
        part info "": DeviceInfo,
    }

    /// How the hypervisor serves a disk.
    pub struct DiskDriver "driver" {
        attr name "name": Option<String>,
        attr format "type": Option<String>,
        attr cache "cache": Option<DiskCache>,
        attr error_policy "error_policy": Option<ErrorPolicy>,
        attr rerror_policy "rerror_policy": Option<ErrorPolicy>,
        attr io "io": Option<DiskIo>,
        attr discard "discard": Option<DiskDiscard>,
        attr queues "queues": Option<u32>,
        attr detect_zeroes "detect_zeroes": Option<DetectZeroes>,
    }

    /// Where a disk's content lies.
    pub struct DiskSource "source" {
        attr file "file": Option<String>,
        attr dev "dev": Option<String>,
        attr startup_policy "startupPolicy": Option<StartupPolicy>,
        attr index "index": Option<u32>,
    }

    /// The end of the chain of images, as shown of a running guest.
    pub struct BackingStore "backingStore" {}

    /// The disk as the guest sees it.
    pub struct DiskTarget "target" {
        attr dev "dev": String,
        attr bus "bus": Option<DiskBus>,
        attr tray "tray": Option<Tray>,
        attr removable "removable": Option<OnOffValue>,
    }
}

/// `on` or `off`.
pub type OnOffValue = vir_xml::OnOff;
/// `yes` or `no`.
pub type YesNoValue = YesNo;

impl Disk {
    /// The path of its file or device; none for an empty drive.
    pub fn path(&self) -> Option<&str> {
        let source = self.source.as_ref()?;
        source.file.as_deref().or(source.dev.as_deref())
    }

    /// `vda`, the name that calls go by.
    pub fn dst(&self) -> &str {
        self.target.as_ref().map_or("", |target| &target.dev)
    }

    /// What the guest sees.
    pub fn device(&self) -> DiskDevice {
        self.device.unwrap_or(DiskDevice::Disk)
    }

    /// The bus, which is there after defaults are set.
    pub fn bus(&self) -> Option<DiskBus> {
        self.target.as_ref().and_then(|target| target.bus)
    }

    /// The format of its image.
    pub fn format(&self) -> Option<&str> {
        self.driver.as_ref().and_then(|driver| driver.format.as_deref())
    }
}
