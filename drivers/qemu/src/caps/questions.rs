//! What a binary can do beyond the objects that it can make: which commands it has and what they take, what its
//! objects, machines and options can be told.

use super::flag::{Flag, Flags};
use super::schema::Schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use vir_base::Result;

/// Commands.
const COMMANDS: &[(&str, Flag)] = &[
    ("query-vnc", Flag::Vnc),
    ("rtc-reset-reinjection", Flag::RtcResetReinjection),
    ("query-cpu-model-expansion", Flag::QueryCpuModelExpansion),
    ("query-cpu-definitions", Flag::QueryCpuDefinitions),
    ("query-cpu-model-baseline", Flag::QueryCpuModelBaseline),
    ("query-cpu-model-comparison", Flag::QueryCpuModelComparison),
    ("set-action", Flag::SetAction),
    ("query-dirty-rate", Flag::QueryDirtyRate),
    ("sev-inject-launch-secret", Flag::SevInjectLaunchSecret),
    ("calc-dirty-rate", Flag::CalcDirtyRate),
    ("query-stats", Flag::QueryStats),
    ("query-stats-schemas", Flag::QueryStatsSchemas),
    ("display-reload", Flag::DisplayReload),
    ("blockdev-set-active", Flag::BlockdevSetActive),
];

/// What commands take and answer, by paths of [`Schema`].
const PATHS: &[(&str, Flag)] = &[
    ("blockdev-add/arg-type/+file/drop-cache", Flag::MigrationFileDropCache),
    ("blockdev-add/arg-type/+nvme", Flag::DriveNvme),
    ("blockdev-add/arg-type/+file/aio/^io_uring", Flag::AioIoUring),
    ("blockdev-add/arg-type/+rbd/encrypt", Flag::RbdEncryption),
    ("blockdev-add/arg-type/+rbd/encrypt/parent", Flag::RbdEncryptionLayering),
    ("blockdev-add/arg-type/+rbd/encrypt/format/^luks-any", Flag::RbdEncryptionLuksAny),
    ("blockdev-add/arg-type/+nbd/tls-hostname", Flag::BlockdevNbdTlsHostname),
    ("blockdev-add/arg-type/+qcow2/discard-no-unref", Flag::Qcow2DiscardNoUnref),
    ("blockdev-add/arg-type/+virtio-blk-vhost-vdpa/$fdset", Flag::DeviceVirtioBlkVhostVdpa),
    ("calc-dirty-rate/arg-type/mode", Flag::DirtyrateMode),
    ("chardev-add/arg-type/backend/+socket/data/reconnect", Flag::ChardevReconnect),
    ("chardev-add/arg-type/backend/+socket/data/reconnect-ms", Flag::ChardevReconnectMiliseconds),
    ("chardev-add/arg-type/backend/+qemu-vdagent", Flag::ChardevQemuVdagent),
    ("device_add/$json-cli-hotplug", Flag::DeviceJson),
    ("nbd-server-start/arg-type/tls-creds", Flag::NbdTls),
    ("netdev_add/arg-type/+stream", Flag::NetdevStream),
    ("netdev_add/arg-type/+stream/reconnect", Flag::NetdevStreamReconnect),
    ("netdev_add/arg-type/+vhost-vdpa", Flag::NetdevVhostVdpa),
    // options in JSON came with this one
    ("netdev_add/arg-type/type/^dgram", Flag::NetdevJson),
    ("netdev_add/arg-type/+user", Flag::NetdevUser),
    ("netdev_add/arg-type/+stream/reconnect-ms", Flag::NetdevStreamReconnectMiliseconds),
    ("object-add/arg-type/+sev-guest/kernel-hashes", Flag::SevGuestKernelHashes),
    ("object-add/arg-type/+iothread/thread-pool-max", Flag::IothreadThreadPoolMax),
    ("query-display-options/ret-type/+egl-headless/rendernode", Flag::EglHeadlessRendernode),
    ("query-display-options/ret-type/+sdl", Flag::Sdl),
    ("query-display-options/ret-type/+egl-headless", Flag::EglHeadless),
    ("query-display-options/ret-type/+dbus", Flag::DisplayDbus),
    ("query-hotpluggable-cpus/ret-type/props/die-id", Flag::SmpDies),
    ("query-hotpluggable-cpus/ret-type/props/cluster-id", Flag::SmpClusters),
    ("query-migrate/ret-type/blocked-reasons", Flag::MigrationBlockedReasons),
    ("screendump/arg-type/device", Flag::ScreendumpDevice),
    ("screendump/arg-type/format/^png", Flag::ScreenshotFormatPng),
    ("set-numa-node/arg-type/+hmat-lb", Flag::NumaHmat),
    ("query-cpu-model-expansion/ret-type/deprecated-props", Flag::QueryCpuModelExpansionDeprecatedProps),
    ("migrate-incoming/arg-type/exit-on-error", Flag::MigrateIncomingExitOnError),
];

const VIRTIO_BLK: &[(&str, Flag)] = &[
    ("scsi", Flag::VirtioBlkScsi),
    ("queue-size", Flag::VirtioBlkQueueSize),
    ("acpi-index", Flag::AcpiIndex),
    ("iothread-vq-mapping", Flag::VirtioBlkIothreadMapping),
    ("loadparm", Flag::VirtioCcwDeviceLoadparm),
];
const VIRTIO_NET: &[(&str, Flag)] = &[("acpi-index", Flag::AcpiIndex), ("rss", Flag::VirtioNetRss)];
const VIRTIO_SCSI: &[(&str, Flag)] =
    &[("acpi-index", Flag::AcpiIndex), ("iothread-vq-mapping", Flag::VirtioScsiIothreadMapping)];
const VIRTIO_GPU: &[(&str, Flag)] =
    &[("virgl", Flag::VirtioGpuVirgl), ("acpi-index", Flag::AcpiIndex), ("blob", Flag::VirtioGpuBlob)];
const BALLOON: &[(&str, Flag)] = &[
    ("deflate-on-oom", Flag::VirtioBalloonAutodeflate),
    ("free-page-reporting", Flag::VirtioBalloonFreePageReporting),
    ("acpi-index", Flag::AcpiIndex),
];

/// A type, and what each of its properties says.
type Properties = (&'static str, &'static [(&'static str, Flag)]);

/// Properties of devices.
const DEVICES: &[Properties] = &[
    ("virtio-blk-pci", VIRTIO_BLK),
    ("virtio-blk-ccw", VIRTIO_BLK),
    ("virtio-net-pci", VIRTIO_NET),
    ("virtio-net-ccw", VIRTIO_NET),
    ("virtio-scsi-pci", VIRTIO_SCSI),
    ("virtio-scsi-ccw", VIRTIO_SCSI),
    ("virtio-gpu-pci", VIRTIO_GPU),
    ("virtio-gpu-device", VIRTIO_GPU),
    ("virtio-gpu-ccw", VIRTIO_GPU),
    ("virtio-balloon-pci", BALLOON),
    ("virtio-balloon-ccw", BALLOON),
    ("virtio-balloon-device", BALLOON),
    ("scsi-hd", &[("channel", Flag::ScsiDiskChannel), ("rotation_rate", Flag::RotationRate)]),
    ("PIIX4_PM", &[("acpi-root-pci-hotplug", Flag::Piix4AcpiRootPciHotplug)]),
    ("usb-redir", &[("filter", Flag::UsbRedirFilter)]),
    ("kvm-pit", &[("lost_tick_policy", Flag::KvmPitTickPolicy)]),
    ("VGA", &[("vgamem_mb", Flag::VgaVgamem)]),
    ("vmware-svga", &[("vgamem_mb", Flag::VmwareSvgaVgamem)]),
    ("qxl", &[("vgamem_mb", Flag::QxlVgamem), ("vram64_size_mb", Flag::QxlVram64)]),
    (
        "intel-iommu",
        &[
            ("intremap", Flag::IntelIommuIntremap),
            ("caching-mode", Flag::IntelIommuCachingMode),
            ("eim", Flag::IntelIommuEim),
            ("device-iotlb", Flag::IntelIommuDeviceIotlb),
            ("aw-bits", Flag::IntelIommuAwBits),
            ("dma-translation", Flag::IntelIommuDmaTranslation),
        ],
    ),
    ("spapr-pci-host-bridge", &[("numa_node", Flag::SpaprPciHostBridgeNumaNode)]),
    ("mch", &[("extended-tseg-mbytes", Flag::MchExtendedTsegMbytes)]),
    ("nvdimm", &[("unarmed", Flag::DeviceNvdimmUnarmed)]),
    ("pcie-root-port", &[("hotplug", Flag::PcieRootPortHotplug)]),
    (
        "usb-host",
        &[("hostdevice", Flag::UsbHostHostdevice), ("guest-resets-all", Flag::UsbHostGuestsResetsAll)],
    ),
    ("vhost-user-fs-device", &[("bootindex", Flag::VhostUserFsBootindex)]),
    (
        "virtio-mem-pci",
        &[
            ("prealloc", Flag::DeviceVirtioMemPciPrealloc),
            ("dynamic-memslots", Flag::DeviceVirtioMemPciDynamicMemslots),
        ],
    ),
    ("virtio-iommu-pci", &[("boot-bypass", Flag::VirtioIommuBootBypass)]),
];

const BEST_CPU: &[(&str, Flag)] = &[
    ("unavailable-features", Flag::CpuUnavailableFeatures),
    ("kvm-no-adjvtime", Flag::CpuKvmNoAdjvtime),
    ("migratable", Flag::CpuMigratable),
];

/// Properties of other objects.
const OBJECTS: &[Properties] = &[
    (
        "memory-backend-file",
        &[
            ("pmem", Flag::ObjectMemoryFilePmem),
            ("x-use-canonical-path-for-ramblock-id", Flag::XUseCanonicalPathForRamblockId),
            ("reserve", Flag::MemoryBackendReserve),
            ("prealloc-threads", Flag::MemoryBackendPreallocThreads),
        ],
    ),
    ("memory-backend-memfd", &[("hugetlb", Flag::ObjectMemoryMemfdHugetlb)]),
    ("max-x86_64-cpu", BEST_CPU),
    ("max-arm-cpu", BEST_CPU),
];

/// Properties of machines.
const MACHINES: &[Properties] = &[
    (
        "virt",
        &[("iommu", Flag::MachineVirtIommu), ("ras", Flag::MachineVirtRas), ("aia", Flag::MachineVirtAia)],
    ),
    (
        "none",
        &[("confidential-guest-support", Flag::MachineConfidentalGuestSupport), ("shim", Flag::MachineShim)],
    ),
    ("generic-pc", &[("i8042", Flag::MachineI8042Opt)]),
];

/// Options of the command line, and what they take; some are enough by themselves.
const OPTIONS: &[(&str, Option<&str>, Flag)] = &[
    ("fsdev", Some("multidevs"), Flag::FsdevMultidevs),
    ("machine", Some("hpet"), Flag::MachineHpet),
    ("sandbox", None, Flag::SeccompSandbox),
    ("spice", None, Flag::Spice),
    ("spice", Some("gl"), Flag::SpiceGl),
    ("spice", Some("rendernode"), Flag::SpiceRendernode),
    ("vnc", Some("power-control"), Flag::VncPowerControl),
    ("run-with", Some("async-teardown"), Flag::RunWithAsyncTeardown),
];

/// Trusted platform modules, and who is behind them.
const TPMS: &[(&str, &str, Flag)] = &[
    ("query-tpm-models", "tpm-tis", Flag::DeviceTpmTis),
    ("query-tpm-models", "tpm-crb", Flag::DeviceTpmCrb),
    ("query-tpm-types", "passthrough", Flag::DeviceTpmPassthrough),
    ("query-tpm-types", "emulator", Flag::DeviceTpmEmulator),
];

/// Whom the questions are put to: a command, and what it is told.
pub type Asked<'a> = dyn FnMut(&str, Value) -> Result<Value> + 'a;

/// The names in a list of objects.
fn names(answer: &Value) -> BTreeSet<&str> {
    answer.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect()
}

/// What the binary can do, beside what its `types` say; `arch` is that of its guests.
///
/// # Errors
/// It does not describe its own commands. Other questions may be left unanswered.
pub fn flags(ask: &mut Asked<'_>, types: &BTreeSet<String>, arch: &str) -> Result<Flags> {
    let mut flags = Flags::default();
    let answer = ask("query-qmp-schema", Value::Null)?;
    let schema = Schema::of(&answer);
    let commands = COMMANDS.iter().filter(|(name, _)| schema.has_command(name));
    let paths = PATHS.iter().filter(|(path, _)| schema.has(path));
    commands.chain(paths).for_each(|(_, flag)| flags.set(*flag));
    let masked = |job: &str| schema.has(&format!("{job}/arg-type/backing-mask-protocol"));
    if masked("block-commit") && masked("block-stream") {
        flags.set(Flag::BlockjobBackingMaskProtocol);
    }
    for (kind, properties) in DEVICES.iter().filter(|(kind, _)| types.contains(*kind)) {
        let answer = ask("device-list-properties", json!({"typename": kind})).unwrap_or_default();
        told(&answer, properties, &mut flags);
        let scsi = answer.as_array().and_then(|all| all.iter().find(|one| one["name"] == "scsi"));
        if scsi.is_some_and(|scsi| scsi["default-value"] == false) {
            flags.set(Flag::VirtioBlkScsiDefaultDisabled);
        }
    }
    for (kind, properties) in OBJECTS.iter().filter(|(kind, _)| types.contains(*kind)) {
        let answer = ask("qom-list-properties", json!({"typename": kind})).unwrap_or_default();
        told(&answer, properties, &mut flags);
    }
    machines(ask, matches!(arch, "x86_64" | "i686"), &mut flags);
    let models = ask("query-cpu-definitions", Value::Null).unwrap_or_default();
    if names(&models).contains("max") {
        flags.set(Flag::CpuMax);
    }
    for (command, name, flag) in TPMS {
        let answer = ask(command, Value::Null).unwrap_or_default();
        if answer.as_array().is_some_and(|all| all.iter().any(|one| one == name)) {
            flags.set(*flag);
        }
    }
    options(ask, &mut flags);
    let answer = ask("query-migrate-capabilities", Value::Null).unwrap_or_default();
    let migrations = answer.as_array().into_iter().flatten();
    if migrations.filter_map(|one| one["capability"].as_str()).any(|name| name == "rdma-pin-all") {
        flags.set(Flag::MigrateRdma);
    }
    if flags.has(Flag::CpuUnavailableFeatures) {
        flags.set(Flag::CanonicalCpuFeatures);
    }
    // old workstations have it built in
    if matches!(arch, "sparc" | "m68k" | "mips") {
        flags.set(Flag::ScsiNcr53c90);
    }
    Ok(flags)
}

fn told(answer: &Value, properties: &[(&str, Flag)], flags: &mut Flags) {
    let names = names(answer);
    let there = properties.iter().filter(|(name, _)| names.contains(name));
    there.for_each(|(_, flag)| flags.set(*flag));
}

fn machines(ask: &mut Asked<'_>, x86: bool, flags: &mut Flags) {
    let known = ask("query-machines", Value::Null).unwrap_or_default();
    for (name, properties) in MACHINES {
        let machines = known.as_array().into_iter().flatten();
        let full = machines.clone().find(|one| one["alias"] == *name).and_then(|one| one["name"].as_str());
        let there = full.is_some() || names(&known).contains(name);
        if *name == "none" || (*name == "generic-pc" && x86) || there {
            let kind = format!("{}-machine", full.unwrap_or(name));
            let answer = ask("qom-list-properties", json!({"typename": kind})).unwrap_or_default();
            told(&answer, properties, flags);
        }
    }
}

fn options(ask: &mut Asked<'_>, flags: &mut Flags) {
    let answer = ask("query-command-line-options", Value::Null).unwrap_or_default();
    for (name, parameter, flag) in OPTIONS {
        let mut options = answer.as_array().into_iter().flatten();
        let Some(option) = options.find(|one| one["option"] == *name) else { continue };
        if parameter.is_none_or(|parameter| names(&option["parameters"]).contains(parameter)) {
            flags.set(*flag);
        }
    }
}

/// What the host does not do is taken away again.
pub fn without_host(ask: &mut Asked<'_>, flags: &mut Flags) {
    let encrypting = [Flag::SevGuest, Flag::SevSnpGuest];
    if encrypting.iter().any(|flag| flags.has(*flag)) && ask("query-sev-capabilities", Value::Null).is_err() {
        encrypting.iter().for_each(|flag| flags.clear(*flag));
    }
    if flags.has(Flag::SgxEpc) && ask("query-sgx-capabilities", Value::Null).is_err() {
        flags.clear(Flag::SgxEpc);
    }
}
