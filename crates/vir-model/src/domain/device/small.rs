//! Devices with little to say: memory balloon, random numbers, watchdog, panic notifier, …

use super::chardev::CharSource;
use super::info::{DeviceInfo, VirtioOptions};
use crate::domain::memory::Kib;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, OnOff, Part, Value, Writer, YesNo, element, missing, xml_enum};

xml_enum! {
    /// A memory balloon.
    pub enum BalloonModel {
        Virtio = "virtio", Xen = "xen", None = "none", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    /// A source of random numbers as the guest sees it.
    pub enum RngModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    /// Where random numbers come from.
    pub enum RngBackendModel { Random = "random", Egd = "egd", Builtin = "builtin", }
    /// A watchdog.
    pub enum WatchdogModel { I6300esb = "i6300esb", Ib700 = "ib700", Diag288 = "diag288", Itco = "itco", }
    /// What a watchdog does.
    pub enum WatchdogAction {
        Reset = "reset", Shutdown = "shutdown", Poweroff = "poweroff", Pause = "pause", Dump = "dump", None = "none",
        InjectNmi = "inject-nmi",
    }
    /// A panic notifier.
    pub enum PanicModel {
        Default = "default", Isa = "isa", Pseries = "pseries", HyperV = "hyperv", S390 = "s390", Pvpanic = "pvpanic",
    }
    unsaid ["default"]
    /// An IOMMU.
    pub enum IommuModel { Intel = "intel", Smmuv3 = "smmuv3", Virtio = "virtio", }
    /// A virtual socket.
    pub enum VsockModel {
        Virtio = "virtio", VirtioTransitional = "virtio-transitional",
        VirtioNonTransitional = "virtio-non-transitional",
    }
    unsaid ["default"]
    /// A cryptographic device as the guest sees it.
    pub enum CryptoModel { Virtio = "virtio", }
    /// Who makes it.
    pub enum CryptoType { Qemu = "qemu", }
    /// What it computes with.
    pub enum CryptoBackendModel { Builtin = "builtin", Lkcf = "lkcf", }
    /// Where a guest keeps what it says in dying.
    pub enum PstoreBackend { AcpiErst = "acpi-erst", }
    /// A hub.
    pub enum HubType { Usb = "usb", }
}

element! {
    /// A memory balloon.
    pub struct Balloon "memballoon" => settle {
        /// Which device; `none` for none.
        attr model "model": Option<BalloonModel>,
        /// Whether the guest gets memory back before it runs out. Since 1.3.1. Drivers: qemu.
        attr autodeflate "autodeflate": Option<OnOff>,
        /// Whether the guest tells which memory it does not use. Since 6.9.0. Drivers: qemu.
        attr free_page_reporting "freePageReporting": Option<OnOff>,
        /// How often the guest tells of its memory. Since 1.1.1. Drivers: qemu.
        maybe stats "stats": Option<BalloonStats>,
        part info "": DeviceInfo,
        /// What virtio devices have in common. Since 3.5.0. Drivers: qemu.
        maybe driver "driver": Option<VirtioOptions>,
    }
    /// How often the guest tells of its memory.
    pub struct BalloonStats "stats" => settle {
        /// Seconds; 0 for never.
        attr period "period": Option<i32>,
    }

    /// A source of random numbers.
    pub struct Rng "rng" => settle {
        /// Which device.
        attr model "model": Option<RngModel>,
        /// How much at most. Since 1.0.4. Drivers: qemu.
        maybe rate "rate": Option<RngRate>,
        /// Where they come from.
        child backend "backend": Option<RngBackend>,
        /// What virtio devices have in common. Since 3.5.0. Drivers: qemu.
        maybe driver "driver": Option<VirtioOptions>,
        part info "": DeviceInfo,
    }
    /// How much at most.
    pub struct RngRate "rate" {
        /// Bytes in a period.
        count bytes "bytes": Option<u32>,
        /// Length of a period in milliseconds.
        count period "period": Option<u32>,
    }

    /// A watchdog.
    pub struct Watchdog "watchdog" => settle {
        /// Which device.
        attr model "model": Option<WatchdogModel>,
        /// What it does to a guest that hangs; `reset` if nothing is said.
        attr action "action": Option<WatchdogAction>,
        part info "": DeviceInfo,
    }

    /// A panic notifier.
    pub struct Panic "panic" {
        /// Which device; the machine's own if nothing is said.
        attr model "model": Option<PanicModel>,
        part info "": DeviceInfo,
    }

    /// Memory that a pseries guest keeps while it is off.
    pub struct NvramDevice "nvram" { part info "": DeviceInfo, }

    /// A hub.
    pub struct Hub "hub" {
        /// Of which bus: `usb`.
        attr kind "type": HubKind,
        part info "": DeviceInfo,
    }

    /// An IOMMU.
    pub struct Iommu "iommu" => settle {
        /// Which device.
        attr model "model": Option<IommuModel>,
        /// How it works.
        maybe driver "driver": Option<IommuDriver>,
        part info "": DeviceInfo,
    }
    /// How an IOMMU works. Since 3.4.0. Drivers: qemu.
    pub struct IommuDriver "driver" {
        /// Whether interrupts are remapped.
        attr intremap "intremap": Option<OnOff>,
        /// Whether the guest tells of every change, which host devices need.
        attr caching_mode "caching_mode": Option<OnOff>,
        /// Whether there are more than 255 processors.
        attr eim "eim": Option<OnOff>,
        /// Whether devices may cache translations. Since 3.5.0.
        attr iotlb "iotlb": Option<OnOff>,
        /// Width of addresses in bits. Since 6.5.0.
        count aw_bits "aw_bits": Option<u32>,
        /// Whether addresses are translated at all. Since 10.7.0.
        attr dma_translation "dma_translation": Option<OnOff>,
    }

    /// A virtual socket.
    pub struct Vsock "vsock" {
        /// Which device. Since 5.2.0.
        attr model "model": Option<VsockModel>,
        /// The guest's number.
        maybe cid "cid": Option<Cid>,
        part info "": DeviceInfo,
        /// What virtio devices have in common. Since 7.1.0.
        maybe driver "driver": Option<VirtioOptions>,
    }
    /// A guest's number.
    pub struct Cid "cid" {
        /// Whether it is chosen at start.
        attr auto "auto": Option<YesNo>,
        /// The number, from 3.
        count address "address": Option<u32>,
    }

    /// A cryptographic device.
    pub struct Crypto "crypto" => settle {
        /// Which device: `virtio`.
        attr model "model": Option<CryptoModel>,
        /// Who makes it: `qemu`.
        attr kind "type": Option<CryptoType>,
        /// What it computes with.
        child backend "backend": Option<CryptoBackend>,
        /// What virtio devices have in common.
        maybe driver "driver": Option<VirtioOptions>,
        part info "": DeviceInfo,
    }
    /// What a cryptographic device computes with.
    pub struct CryptoBackend "backend" => settle {
        /// `builtin`, or `lkcf` for the host's kernel.
        attr model "model": Option<CryptoBackendModel>,
        /// Number of queues.
        count queues "queues": Option<u32>,
    }

    /// Where a guest keeps what it says in dying.
    pub struct Pstore "pstore" => settle {
        /// Which device: `acpi-erst`.
        attr backend "backend": Option<PstoreBackend>,
        /// File on the host.
        leaf path "path": Option<String>,
        /// Its size.
        child size "size": Option<Kib>,
        part info "": DeviceInfo,
    }

    /// A lock that the domain holds while it runs.
    pub struct Lease "lease" => settle {
        /// Lock space.
        leaf lockspace "lockspace": Option<String>,
        /// Its name there.
        leaf key "key": Option<String>,
        /// Where it is kept.
        child target "target": Option<LeaseTarget>,
    }
    /// Where a lock is kept.
    pub struct LeaseTarget "target" {
        /// Path of the file.
        attr path "path": Option<String>,
        /// First byte in it.
        count offset "offset": Option<u64>,
    }
}

/// A hub's kind, in which the peer has errors of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubKind;

impl Value for HubKind {
    fn parse(text: &str) -> Option<Self> {
        HubType::parse(text).map(|_| Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed("usb")
    }

    fn invalid(_: &str, _: &str, text: &str) -> vir_base::Error {
        vir_base::err!(Domain, ConfigUnsupported, "unknown hub device type '{text}'")
    }
}

/// Where random numbers come from: a file, a daemon at the other end of a socket, the hypervisor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RngBackend {
    /// Which of them.
    pub model: Option<RngBackendModel>,
    /// Path of the file.
    pub path: Option<String>,
    /// The daemon.
    pub source: Option<Box<CharSource>>,
}

impl Content for RngBackend {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::RngBackend::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let model = vir_xml::attr(element, "model")?;
        let Some(model) = model else { return Err(missing("model", "backend")) };
        let mut it = Self { model: Some(model), ..Self::default() };
        match model {
            RngBackendModel::Random => {
                it.path = Some(element.text().into_owned()).filter(|path| !path.is_empty())
            }
            RngBackendModel::Egd => {
                let Some(kind) = element.attr("type") else {
                    bail!(Domain, XmlError, "missing EGD backend type")
                };
                if super::chardev::CharType::parse(kind).is_none() {
                    bail!(Domain, ConfigUnsupported, "unknown backend type '{kind}' for egd");
                }
                it.source = Some(Box::new(CharSource::read(element)?));
            }
            RngBackendModel::Builtin => {}
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("model", self.model.map(RngBackendModel::as_str));
        if let Some(source) = &self.source {
            source.write_attrs(w);
            source.write_children(w);
        } else if let Some(path) = &self.path {
            w.content(path);
        }
    }
}

impl Balloon {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.model.is_none() {
            return Err(missing("model", "memballoon"));
        }
        if self.model == Some(BalloonModel::None) {
            self.info = DeviceInfo::default();
        }
        Ok(())
    }

    /// Whether the guest has one.
    pub fn is_there(&self) -> bool {
        self.model.is_some_and(|model| model != BalloonModel::None)
    }

    /// Seconds between what the guest tells of its memory; 0 for never.
    pub fn period(&self) -> u32 {
        self.stats
            .as_ref()
            .and_then(|stats| stats.period)
            .and_then(|period| u32::try_from(period).ok())
            .unwrap_or(0)
    }
}

impl BalloonStats {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.period = self.period.filter(|period| *period > 0);
        Ok(())
    }
}

impl Rng {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.model.is_none() {
            return Err(missing("model", "rng"));
        }
        if element.children().filter(|child| child.name == "backend").count() != 1 {
            bail!(Domain, XmlError, "only one RNG backend is supported");
        }
        self.rate.take_if(|rate| rate.bytes.is_none());
        Ok(())
    }
}

impl Watchdog {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.model.is_none() {
            return Err(missing("model", &element.name));
        }
        self.action.get_or_insert(WatchdogAction::Reset);
        Ok(())
    }
}

impl Iommu {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.model.is_some(), "model", element)
    }
}

impl Crypto {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.model.is_some(), "model", element)?;
        required(self.kind.is_some(), "type", element)?;
        if element.children().filter(|child| child.name == "backend").count() != 1 {
            bail!(Domain, XmlError, "only one crypto backend is supported");
        }
        Ok(())
    }
}

impl CryptoBackend {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.model.is_some(), "model", element)
    }
}

impl Pstore {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.backend.is_some(), "backend", element)?;
        if self.size.is_none() {
            bail!(Domain, XmlError, "missing element or attribute './size'");
        }
        Ok(())
    }
}

impl Lease {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.key.is_none() {
            bail!(Domain, XmlError, "Missing 'key' element for lease");
        }
        match &self.target {
            None => bail!(Domain, XmlError, "Missing 'target' element for lease"),
            Some(target) if target.path.is_none() => {
                bail!(Domain, XmlError, "Missing 'path' attribute to 'target' element for lease")
            }
            Some(_) => Ok(()),
        }
    }
}

/// The error for an attribute that must be there.
pub(crate) fn required(there: bool, name: &str, element: &Element) -> Result<()> {
    match there {
        true => Ok(()),
        false => Err(missing(name, &element.name).with_hint(element.position.to_string())),
    }
}
