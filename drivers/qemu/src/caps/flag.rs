//! The things that one QEMU can do and another cannot, each by the name that libvirt's documents have
//! for it, in the order in which they came up.

use std::fmt;

macro_rules! flags {
    ($($flag:ident = $name:literal,)*) => {
        /// Something that a QEMU binary can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // the names say it
        pub enum Flag { $($flag,)* }

        impl Flag {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$flag,)*];

            /// The name in documents.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$flag => $name,)* }
            }

            /// The flag of that name.
            pub fn of(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$flag),)* _ => None }
            }
        }
    };
}

flags! {
    Kvm = "kvm",
    Sdl = "sdl",
    Spice = "spice",
    HdaDuplex = "hda-duplex",
    CcidEmulated = "ccid-emulated",
    CcidPassthru = "ccid-passthru",
    Piix3UsbUhci = "piix3-usb-uhci",
    Piix4UsbUhci = "piix4-usb-uhci",
    UsbEhci = "usb-ehci",
    Ich9UsbEhci1 = "ich9-usb-ehci1",
    Vt82c686bUsbUhci = "vt82c686b-usb-uhci",
    PciOhci = "pci-ohci",
    UsbRedir = "usb-redir",
    UsbHub = "usb-hub",
    Ich9Ahci = "ich9-ahci",
    VirtioBlkScsi = "virtio-blk-pci.scsi",
    ScsiDiskChannel = "scsi-disk.channel",
    ScsiBlock = "scsi-block",
    HdaMicro = "hda-micro",
    NecUsbXhci = "nec-usb-xhci",
    ScsiLsi = "lsi",
    VirtioScsi = "virtio-scsi-pci",
    UsbRedirFilter = "usb-redir.filter",
    SeccompSandbox = "seccomp-sandbox",
    Vnc = "vnc",
    DeviceQxl = "qxl",
    DeviceVga = "VGA",
    DeviceCirrusVga = "cirrus-vga",
    DeviceVmwareSvga = "vmware-svga",
    DeviceSclpconsole = "s390-sclp",
    DeviceUsbSerial = "usb-serial",
    DeviceVirtioRng = "virtio-rng",
    ObjectRngRandom = "rng-random",
    ObjectRngEgd = "rng-egd",
    VirtioCcw = "virtio-ccw",
    ScsiMegasas = "megasas",
    DeviceTpmPassthrough = "tpm-passthrough",
    DeviceTpmTis = "tpm-tis",
    DeviceNvram = "nvram",
    DevicePciBridge = "pci-bridge",
    DeviceVfioPci = "vfio-pci",
    DeviceDmiToPciBridge = "dmi-to-pci-bridge",
    DeviceUsbStorage = "usb-storage",
    DeviceVirtioMmio = "virtio-mmio",
    DeviceIch9IntelHda = "ich9-intel-hda",
    KvmPitTickPolicy = "kvm-pit-lost-tick-policy",
    DevicePanic = "pvpanic",
    DeviceUsbKbd = "usb-kbd",
    ObjectUsbAudio = "usb-audio",
    RtcResetReinjection = "rtc-reset-reinjection",
    MigrateRdma = "migrate-rdma",
    VgaVgamem = "VGA.vgamem_mb",
    VmwareSvgaVgamem = "vmware-svga.vgamem_mb",
    QxlVgamem = "qxl.vgamem_mb",
    DevicePcDimm = "pc-dimm",
    MachineVmportOpt = "machine-vmport-opt",
    DevicePciSerial = "pci-serial",
    DeviceIoh3420 = "ioh3420",
    DeviceX3130Upstream = "x3130-upstream",
    DeviceXio3130Downstream = "xio3130-downstream",
    DeviceRtl8139 = "rtl8139",
    DeviceE1000 = "e1000",
    DeviceVirtioNet = "virtio-net",
    DeviceVirtioGpu = "virtio-gpu",
    VirtioGpuVirgl = "virtio-gpu.virgl",
    VirtioKeyboard = "virtio-keyboard",
    VirtioMouse = "virtio-mouse",
    VirtioTablet = "virtio-tablet",
    VirtioInputHost = "virtio-input-host",
    VirtioBalloonAutodeflate = "virtio-balloon-pci.deflate-on-oom",
    ScsiMptsas1068 = "mptsas1068",
    SpiceGl = "spice-gl",
    QxlVram64 = "qxl.vram64_size_mb",
    DevicePxb = "pxb",
    DevicePxbPcie = "pxb-pcie",
    DeviceIntelIommu = "intel-iommu",
    DeviceVirtioVga = "virtio-vga",
    DeviceIvshmemPlain = "ivshmem-plain",
    DeviceIvshmemDoorbell = "ivshmem-doorbell",
    DeviceVhostScsi = "vhost-scsi",
    QueryCpuModelExpansion = "query-cpu-model-expansion",
    SpiceRendernode = "spice-rendernode",
    DeviceNvdimm = "nvdimm",
    DevicePcieRootPort = "pcie-root-port",
    QueryCpuDefinitions = "query-cpu-definitions",
    DeviceQemuXhci = "qemu-xhci",
    IntelIommuIntremap = "intel-iommu.intremap",
    IntelIommuCachingMode = "intel-iommu.caching-mode",
    IntelIommuEim = "intel-iommu.eim",
    IntelIommuDeviceIotlb = "intel-iommu.device-iotlb",
    DeviceSpaprPciHostBridge = "spapr-pci-host-bridge",
    SpaprPciHostBridgeNumaNode = "spapr-pci-host-bridge.numa_node",
    ChardevReconnect = "chardev-reconnect",
    DeviceVmcoreinfo = "vmcoreinfo",
    DeviceSpaprVty = "spapr-vty",
    DeviceSclplmconsole = "sclplmconsole",
    DeviceIsaSerial = "isa-serial",
    DevicePl011 = "pl011",
    DeviceVirtioGpuCcw = "virtio-gpu-ccw",
    DeviceVirtioKeyboardCcw = "virtio-keyboard-ccw",
    DeviceVirtioMouseCcw = "virtio-mouse-ccw",
    DeviceVirtioTabletCcw = "virtio-tablet-ccw",
    DevicePciePciBridge = "pcie-pci-bridge",
    NbdTls = "nbd-tls",
    DeviceTpmCrb = "tpm-crb",
    PrManagerHelper = "pr-manager-helper",
    DeviceVfioCcw = "vfio-ccw",
    ScreendumpDevice = "screendump_device",
    HdaOutput = "hda-output",
    DeviceVmgenid = "vmgenid",
    DeviceVhostVsock = "vhost-vsock",
    DeviceTpmEmulator = "tpm-emulator",
    DeviceMch = "mch",
    MchExtendedTsegMbytes = "mch.extended-tseg-mbytes",
    SevGuest = "sev-guest",
    EglHeadless = "egl-headless",
    DeviceVfioAp = "vfio-ap",
    DeviceZpci = "zpci",
    ObjectMemoryMemfd = "memory-backend-memfd",
    ObjectMemoryMemfdHugetlb = "memory-backend-memfd.hugetlb",
    EglHeadlessRendernode = "egl-headless.rendernode",
    ObjectMemoryFilePmem = "memory-backend-file.pmem",
    DeviceNvdimmUnarmed = "nvdimm.unarmed",
    VirtioPciTransitional = "virtio-pci-non-transitional",
    MachineVirtIommu = "machine.virt.iommu",
    X86MaxCpu = "x86-max-cpu",
    CpuUnavailableFeatures = "cpu-unavailable-features",
    CanonicalCpuFeatures = "canonical-cpu-features",
    DeviceBochsDisplay = "bochs-display",
    MigrationFileDropCache = "migration-file-drop-cache",
    DbusVmstate = "dbus-vmstate",
    DeviceVhostUserGpu = "vhost-user-gpu",
    DeviceVhostUserVga = "vhost-user-vga",
    QueryCpuModelBaseline = "query-cpu-model-baseline",
    QueryCpuModelComparison = "query-cpu-model-comparison",
    DeviceRamfb = "ramfb",
    ArmMaxCpu = "arm-max-cpu",
    DriveNvme = "drive-nvme",
    SmpDies = "smp-dies",
    DeviceI8042 = "i8042",
    ObjectRngBuiltin = "rng-builtin",
    DeviceTpmSpapr = "tpm-spapr",
    CpuKvmNoAdjvtime = "cpu.kvm-no-adjvtime",
    DeviceVhostUserFs = "vhost-user-fs",
    FsdevMultidevs = "fsdev.multidevs",
    PcieRootPortHotplug = "pcie-root-port.hotplug",
    AioIoUring = "aio.io_uring",
    Tcg = "tcg",
    VirtioBlkScsiDefaultDisabled = "virtio-blk-pci.scsi.default.disabled",
    ScsiPvscsi = "pvscsi",
    CpuMigratable = "cpu.migratable",
    IntelIommuAwBits = "intel-iommu.aw-bits",
    DeviceSpaprTpmProxy = "spapr-tpm-proxy",
    NumaHmat = "numa.hmat",
    UsbHostHostdevice = "usb-host.hostdevice",
    VirtioBalloonFreePageReporting = "virtio-balloon.free-page-reporting",
    NetdevVhostVdpa = "netdev.vhost-vdpa",
    ScsiNcr53c90 = "ncr53c90",
    ScsiDc390 = "dc390",
    ScsiAm53c974 = "am53c974",
    DeviceVirtioPmemPci = "virtio-pmem-pci",
    VhostUserFsBootindex = "vhost-user-fs.bootindex",
    DeviceVhostUserBlk = "vhost-user-blk",
    CpuMax = "cpu-max",
    XUseCanonicalPathForRamblockId = "memory-backend-file.x-use-canonical-path-for-ramblock-id",
    VncPowerControl = "vnc-power-control",
    RotationRate = "rotation-rate",
    AcpiIndex = "acpi-index",
    InputLinux = "input-linux",
    VirtioGpuGlPci = "virtio-gpu-gl-pci",
    VirtioVgaGl = "virtio-vga-gl",
    MachineConfidentalGuestSupport = "confidential-guest-support",
    S390PvGuest = "s390-pv-guest",
    SetAction = "set-action",
    VirtioBlkQueueSize = "virtio-blk.queue-size",
    DeviceVirtioMemPci = "virtio-mem-pci",
    MemoryBackendReserve = "memory-backend-file.reserve",
    Piix4AcpiRootPciHotplug = "piix4.acpi-root-pci-hotplug",
    NetdevJson = "netdev.json",
    ChardevJson = "chardev.json",
    QueryDirtyRate = "query-dirty-rate",
    RbdEncryption = "rbd-encryption",
    SevGuestKernelHashes = "sev-guest-kernel-hashes",
    SevInjectLaunchSecret = "sev-inject-launch-secret",
    DeviceJson = "device.json+hotplug",
    Hvf = "hvf",
    DeviceVirtioMemPciPrealloc = "virtio-mem-pci.prealloc",
    CalcDirtyRate = "calc-dirty-rate",
    DirtyrateMode = "dirtyrate-param.mode",
    BlockdevNbdTlsHostname = "blockdev.nbd.tls-hostname",
    MemoryBackendPreallocThreads = "memory-backend-file.prealloc-threads",
    DeviceVirtioIommuPci = "virtio-iommu-pci",
    VirtioIommuBootBypass = "virtio-iommu.boot-bypass",
    VirtioNetRss = "virtio-net.rss",
    ChardevQemuVdagent = "chardev.qemu-vdagent",
    DisplayDbus = "display-dbus",
    IothreadThreadPoolMax = "iothread.thread-pool-max",
    UsbHostGuestsResetsAll = "usb-host.guest-resets-all",
    MigrationBlockedReasons = "migration.blocked-reasons",
    QueryStats = "query-stats",
    QueryStatsSchemas = "query-stats-schemas",
    SgxEpc = "sgx-epc",
    ThreadContext = "thread-context",
    ScreenshotFormatPng = "screenshot-format-png",
    MachineHpet = "machine-hpet",
    NetdevStream = "netdev.stream",
    DeviceVirtioCrypto = "virtio-crypto",
    ObjectCryptoLkcf = "cryptodev-backend-lkcf",
    DevicePanicPci = "pvpanic-pci",
    NetdevStreamReconnect = "netdev.stream.reconnect",
    VirtioGpuBlob = "virtio-gpu.blob",
    RbdEncryptionLayering = "rbd-encryption-layering",
    RbdEncryptionLuksAny = "rbd-encryption-luks-any",
    Qcow2DiscardNoUnref = "qcow2-discard-no-unref",
    RunWithAsyncTeardown = "run-with.async-teardown",
    DeviceVirtioBlkVhostVdpa = "virtio-blk-vhost-vdpa",
    VirtioBlkIothreadMapping = "virtio-blk.iothread-mapping",
    SmpClusters = "smp-clusters",
    DeviceVirtioMemPciDynamicMemslots = "virtio-mem-pci.dynamic-memslots",
    BlockjobBackingMaskProtocol = "blockjob.backing-mask-protocol",
    DisplayReload = "display-reload",
    DeviceUsbMtp = "usb-mtp",
    MachineVirtRas = "machine.virt.ras",
    DeviceVirtioSound = "virtio-sound",
    SevSnpGuest = "sev-snp-guest",
    NetdevUser = "netdev.user",
    DeviceAcpiErst = "acpi-erst",
    IntelIommuDmaTranslation = "intel-iommu.dma-translation",
    MachineI8042Opt = "machine-i8042-opt",
    ChardevReconnectMiliseconds = "chardev-reconnect-miliseconds",
    VirtioCcwDeviceLoadparm = "virtio-ccw.loadparm",
    NetdevStreamReconnectMiliseconds = "netdev-stream-reconnect-miliseconds",
    QueryCpuModelExpansionDeprecatedProps = "query-cpu-model-expansion.deprecated-props",
    MigrateIncomingExitOnError = "migrate-incoming.exit-on-error",
    MachineVirtAia = "machine.virt.aia",
    DeviceVirtioMemCcw = "virtio-mem-ccw",
    BlockdevSetActive = "blockdev-set-active",
    MachineShim = "shim",
    VirtioScsiIothreadMapping = "virtio-scsi.iothread-mapping",
}

const WORDS: usize = Flag::ALL.len().div_ceil(64);

/// A set of flags.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags([u64; WORDS]);

impl Flags {
    /// Whether it has that one.
    pub fn has(&self, flag: Flag) -> bool {
        let at = flag as usize;
        self.0[at / 64] & 1 << (at % 64) != 0
    }

    /// Adds one.
    pub fn set(&mut self, flag: Flag) {
        let at = flag as usize;
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// Takes one away.
    pub fn clear(&mut self, flag: Flag) {
        let at = flag as usize;
        self.0[at / 64] &= !(1 << (at % 64));
    }

    /// Each of them, in the order of documents.
    pub fn iter(&self) -> impl Iterator<Item = Flag> + '_ {
        Flag::ALL.iter().copied().filter(|flag| self.has(*flag))
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Flag::name)).finish()
    }
}

impl Extend<Flag> for Flags {
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        flags.into_iter().for_each(|flag| self.set(flag));
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut all = Self::default();
        all.extend(flags);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_a_name_of_its_own() {
        for flag in Flag::ALL {
            assert_eq!(Flag::of(flag.name()), Some(*flag));
        }
        assert_eq!(Flag::of("warp-drive"), None);
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        let mut flags: Flags = [Flag::Kvm, Flag::VirtioScsiIothreadMapping].into_iter().collect();
        assert!(flags.has(Flag::Kvm) && !flags.has(Flag::Tcg));
        assert_eq!(format!("{flags:?}"), "{\"kvm\", \"virtio-scsi.iothread-mapping\"}");
        flags.clear(Flag::Kvm);
        assert_eq!(flags.iter().collect::<Vec<_>>(), [Flag::VirtioScsiIothreadMapping]);
    }
}
