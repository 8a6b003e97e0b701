//! Devices with little to say: memory balloon, random numbers, watchdog, panic notifier.

use super::info::DeviceInfo;
use vir_xml::{OnOff, element, xml_enum};

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
    pub enum PanicModel { Default = "default", Pseries = "pseries", Isa = "isa", HyperV = "hyperv", S390 = "s390", Pvpanic = "pvpanic", }
}

element! {
    /// A memory balloon.
    pub struct Balloon "memballoon" {
        attr model "model": Option<BalloonModel>,
        attr autodeflate "autodeflate": Option<OnOff>,
        attr free_page_reporting "freePageReporting": Option<OnOff>,
        child stats "stats": Option<BalloonStats>,
        part info "": DeviceInfo,
    }
    /// How often the guest tells of its memory, in seconds.
    pub struct BalloonStats "stats" { attr period "period": u32, }

    /// A source of random numbers.
    pub struct Rng "rng" {
        attr model "model": Option<RngModel>,
        child rate "rate": Option<RngRate>,
        child backend "backend": Option<RngBackend>,
        part info "": DeviceInfo,
    }
    /// How much at most: bytes in a period of milliseconds.
    pub struct RngRate "rate" { attr bytes "bytes": u32, attr period "period": Option<u32>, }
    /// Where they come from.
    pub struct RngBackend "backend" {
        attr model "model": Option<RngBackendModel>,
        text path "": Option<String>,
    }

    /// A watchdog.
    pub struct Watchdog "watchdog" {
        attr model "model": Option<WatchdogModel>,
        attr action "action": Option<WatchdogAction>,
        part info "": DeviceInfo,
    }

    /// A panic notifier.
    pub struct Panic "panic" {
        attr model "model": Option<PanicModel>,
        part info "": DeviceInfo,
    }
}

impl Balloon {
    /// Whether the guest has one.
    pub fn is_there(&self) -> bool {
        self.model.is_some_and(|model| model != BalloonModel::None)
    }
}
