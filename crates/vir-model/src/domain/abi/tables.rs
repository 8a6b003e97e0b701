//! Which values count, and the peer's words when they differ: `{t}` is the target's, `{s}` the source's.
//!
//! The order is the peer's, which reports the first difference.

/// A path as [`super::values::value`] takes it, what stands for a value that is not there, the message.
pub(super) type Row = (&'static str, &'static str, &'static str);

/// Devices of one sort.
pub(super) struct Group {
    pub(super) element: &'static str,
    /// What is said if their numbers differ.
    pub(super) count: &'static str,
    pub(super) rows: &'static [Row],
    /// Whether they have virtio's options.
    pub(super) virtio: bool,
}

pub(super) const IDENTITY: &[Row] = &[
    ("@type", "", "Target domain virt type {t} does not match source {s}"),
    ("uuid", "", "Target domain uuid {t} does not match source {s}"),
    ("genid?", "no", "Target domain requested genid does not match source"),
    ("genid", "", "Target domain genid {t} does not match source {s}"),
    ("name", "", "Target domain name '{t}' does not match source '{s}'"),
];

pub(super) const BALLOON: &[Row] =
    &[("currentMemory", "0", "Target domain current memory {t} does not match source {s}")];

pub(super) const MEMORY: &[Row] = &[
    ("maxMemory", "0", "Target maximum memory size '{t}' doesn't match source '{s}'"),
    ("maxMemory/@slots", "0", "Target domain memory slots count '{t}' doesn't match source '{s}'"),
];

pub(super) const OS: &[Row] = &[
    ("os/type", "", "Target domain OS type {t} does not match source {s}"),
    ("os/type/@arch", "none", "Target domain architecture {t} does not match source {s}"),
    ("os/type/@machine", "(null)", "Target domain machine type {t} does not match source {s}"),
    ("os/smbios/@mode", "none", "Target domain SMBIOS mode {t} does not match source {s}"),
];

pub(super) const TIMER: &[Row] = &[
    ("@name", "", "Target timer {t} does not match source {s}"),
    ("@present", "default", "Target timer presence '{t}' does not match source '{s}'"),
];

pub(super) const TSC: &[Row] = &[
    ("@frequency", "0", "Target TSC frequency {t} does not match source {s}"),
    ("@mode", "auto", "Target TSC mode {t} does not match source {s}"),
];

pub(super) const CPU: &[Row] = &[
    ("cpu?", "no", "Target CPU does not match source"),
    ("cpu/@mode", "custom", "Target CPU mode {t} does not match source {s}"),
    ("cpu/@check", "default", "Target CPU check {t} does not match source {s}"),
    ("cpu/model", "<null>", "Target CPU model {t} does not match source {s}"),
    ("cpu/vendor", "<null>", "Target CPU vendor {t} does not match source {s}"),
    ("cpu/model/@vendor_id", "<null>", "Target CPU vendor id {t} does not match source {s}"),
    ("cpu/topology/@sockets", "0", "Target CPU sockets {t} does not match source {s}"),
    ("cpu/topology/@dies", "0", "Target CPU dies {t} does not match source {s}"),
    ("cpu/topology/@clusters", "0", "Target CPU clusters {t} does not match source {s}"),
    ("cpu/topology/@cores", "0", "Target CPU cores {t} does not match source {s}"),
    ("cpu/topology/@threads", "0", "Target CPU threads {t} does not match source {s}"),
    ("cpu/maxphysaddr/@mode", "", "Target CPU maxphysaddr does not match source"),
    ("cpu/maxphysaddr/@bits", "", "Target CPU maxphysaddr does not match source"),
    ("cpu/maxphysaddr/@limit", "", "Target CPU maxphysaddr does not match source"),
    ("cpu/cache/@mode", "", "Target CPU cache does not match source"),
    ("cpu/cache/@level", "", "Target CPU cache does not match source"),
];

pub(super) const CPU_FEATURE: &[Row] = &[
    ("@name", "", "Target CPU feature {t} does not match source {s}"),
    ("@policy", "require", "Target CPU feature policy {t} does not match source {s}"),
];

pub(super) const SYSINFO: &[Row] = &[("@type", "", "Target sysinfo {t} does not match source {s}")];

/// Blocks of a sysinfo with their entries and what the peer calls these.
pub(super) const SMBIOS: &[(&str, &[(&str, &str)])] = &[
    (
        "bios",
        &[
            ("vendor", "BIOS vendor"),
            ("version", "BIOS version"),
            ("date", "BIOS date"),
            ("release", "BIOS release"),
        ],
    ),
    (
        "system",
        &[
            ("manufacturer", "system vendor"),
            ("product", "system product"),
            ("version", "system version"),
            ("serial", "system serial"),
            ("uuid", "system uuid"),
            ("sku", "system sku"),
            ("family", "system family"),
        ],
    ),
    (
        "baseBoard",
        &[
            ("manufacturer", "base board vendor"),
            ("product", "base board product"),
            ("version", "base board version"),
            ("serial", "base board serial"),
            ("asset", "base board asset"),
            ("location", "base board location"),
        ],
    ),
    (
        "chassis",
        &[
            ("manufacturer", "chassis vendor"),
            ("version", "chassis version"),
            ("serial", "chassis serial"),
            ("asset", "chassis asset"),
            ("sku", "chassis sku"),
        ],
    ),
];

pub(super) const VIRTIO: &[Row] = &[
    ("driver/@iommu", "default", "Target device iommu option '{t}' does not match source '{s}'"),
    ("driver/@ats", "default", "Target device ats option '{t}' does not match source '{s}'"),
    ("driver/@packed", "default", "Target device packed option '{t}' does not match source '{s}'"),
    ("driver/@page_per_vq", "default", "Target device page_per_vq option '{t}' does not match source '{s}'"),
];

pub(super) const VIRTIO_SERIAL: &[Row] = &[
    ("@ports", "-1", "Target controller ports {t} does not match source {s}"),
    ("@vectors", "-1", "Target controller vectors {t} does not match source {s}"),
];

pub(super) const USB_CONTROLLER: &[Row] =
    &[("@ports", "-1", "Target controller ports {t} does not match source {s}")];

pub(super) const DIMM_BASE: &[Row] =
    &[("address/@base", "0", "Target device dimm base address '{t}' does not match source '{s}'")];

/// What counts of memory of a model, beyond what counts of all.
pub(super) fn memory_of(model: &str) -> &'static [Row] {
    match model {
        // the peer names the two sizes the wrong way round
        "nvdimm" => &[
            (
                "target/label/size",
                "0",
                "Target NVDIMM label size '{s}' doesn't match source NVDIMM label size '{t}'",
            ),
            (
                "source/alignsize",
                "0",
                "Target NVDIMM alignment '{s}' doesn't match source NVDIMM alignment '{t}'",
            ),
            ("source/pmem?", "no", "Target NVDIMM pmem flag doesn't match source NVDIMM pmem flag"),
            (
                "target/readonly?",
                "no",
                "Target NVDIMM readonly flag doesn't match source NVDIMM readonly flag",
            ),
            ("uuid", "", "Target NVDIMM UUID doesn't match source NVDIMM"),
        ],
        "virtio-pmem" => &[(
            "target/address/@base",
            "0x0",
            "Target memory device address '{t}' doesn't match source memory device address '{s}'",
        )],
        "virtio-mem" => &[
            (
                "target/block",
                "0",
                "Target memory device block size '{t}' doesn't match source memory device block size '{s}'",
            ),
            (
                "target/requested",
                "0",
                "Target memory device requested size '{t}' doesn't match source memory device requested size '{s}'",
            ),
            (
                "target/address/@base",
                "0x0",
                "Target memory device address '{t}' doesn't match source memory device address '{s}'",
            ),
            (
                "target/@dynamicMemslots",
                "",
                "Target memory device 'dynamicMemslots' property doesn't match source memory device",
            ),
        ],
        _ => &[],
    }
}

const fn plain(element: &'static str, count: &'static str, rows: &'static [Row]) -> Group {
    Group { element, count, rows, virtio: false }
}

const fn virtio(element: &'static str, count: &'static str, rows: &'static [Row]) -> Group {
    Group { element, count, rows, virtio: true }
}

/// Devices, in the peer's order.
pub(super) const GROUPS: &[Group] = &[
    virtio(
        "disk",
        "Target domain disk count {t} does not match source {s}",
        &[
            ("@device", "disk", "Target disk device {t} does not match source {s}"),
            ("target/@bus", "none", "Target disk bus {t} does not match source {s}"),
            ("target/@dev", "", "Target disk {t} does not match source {s}"),
            ("serial", "<null>", "Target disk serial {t} does not match source {s}"),
            ("wwn", "<null>", "Target disk wwn '{t}' does not match source '{s}'"),
            ("readonly?", "no", "Target disk access mode does not match source"),
            ("@model", "default", "Target disk model {t} does not match source {s}"),
            ("target/@rotation_rate", "0", "Target disk rotation rate {t} RPM does not match source {s} RPM"),
            ("driver/@queues", "0", "Target disk queue count {t} does not match source {s}"),
            ("driver/@queue_size", "0", "Target disk queue size {t} does not match source {s}"),
            (
                "blockio/@logical_block_size",
                "0",
                "Target disk logical_block_size {t} does not match source {s}",
            ),
            (
                "blockio/@physical_block_size",
                "0",
                "Target disk physical_block_size {t} does not match source {s}",
            ),
            (
                "blockio/@discard_granularity",
                "0",
                "Target disk discard_granularity {t} does not match source {s}",
            ),
        ],
    ),
    virtio(
        "controller",
        "Target domain controller count {t} does not match source {s}",
        &[
            ("@type", "", "Target controller type {t} does not match source {s}"),
            ("@index", "", "Target controller index {t} does not match source {s}"),
            ("@model", "default", "Target controller model {t} does not match source {s}"),
        ],
    ),
    virtio(
        "filesystem",
        "Target domain filesystem count {t} does not match source {s}",
        &[
            ("target/@dir", "<null>", "Target filesystem guest target {t} does not match source {s}"),
            ("readonly?", "no", "Target filesystem access mode does not match source"),
            ("@model", "default", "Target filesystem model does not match source"),
        ],
    ),
    virtio(
        "interface",
        "Target domain net card count {t} does not match source {s}",
        &[
            ("mac/@address", "", "Target network card mac {t} does not match source {s}"),
            ("model/@type", "<null>", "Target network card model {t} does not match source {s}"),
            ("mtu/@size", "0", "Target network card MTU {t} does not match source {s}"),
        ],
    ),
    virtio(
        "input",
        "Target domain input device count {t} does not match source {s}",
        &[
            ("@type", "", "Target input device type {t} does not match source {s}"),
            ("@bus", "default", "Target input device bus {t} does not match source {s}"),
            ("@model", "default", "Target input model {t} does not match source {s}"),
        ],
    ),
    plain(
        "sound",
        "Target domain sound card count {t} does not match source {s}",
        &[
            ("@model", "", "Target sound card model {t} does not match source {s}"),
            (
                "@multichannel",
                "default",
                "Target sound card multichannel setting '{t}' does not match source '{s}'",
            ),
        ],
    ),
    virtio(
        "video",
        "Target domain video card count {t} does not match source {s}",
        &[
            ("model/@type", "default", "Target video card model {t} does not match source {s}"),
            ("model/@ram", "0", "Target video card ram {t} does not match source {s}"),
            ("model/@vram", "0", "Target video card vram {t} does not match source {s}"),
            ("model/@vram64", "0", "Target video card vram64 {t} does not match source {s}"),
            ("model/@vgamem", "0", "Target video card vgamem {t} does not match source {s}"),
            ("model/@heads", "0", "Target video card heads {t} does not match source {s}"),
            ("model/acceleration?", "no", "Target video card acceleration does not match source"),
            (
                "model/acceleration/@accel2d",
                "default",
                "Target video card 2d accel {t} does not match source {s}",
            ),
            (
                "model/acceleration/@accel3d",
                "default",
                "Target video card 3d accel {t} does not match source {s}",
            ),
        ],
    ),
    plain(
        "hostdev",
        "Target domain host device count {t} does not match source {s}",
        &[("@mode", "subsystem", "Target host device mode {t} does not match source {s}")],
    ),
    plain("smartcard", "Target domain smartcard count {t} does not match source {s}", &[]),
    plain(
        "serial",
        "Target domain serial port count {t} does not match source {s}",
        &[
            ("target/@type", "none", "Target serial type {t} does not match source {s}"),
            ("target/model/@name", "none", "Target serial model {t} does not match source {s}"),
            ("target/@port", "-1", "Target serial port {t} does not match source {s}"),
        ],
    ),
    plain(
        "parallel",
        "Target domain parallel port count {t} does not match source {s}",
        &[("target/@port", "-1", "Target parallel port {t} does not match source {s}")],
    ),
    plain(
        "channel",
        "Target domain channel count {t} does not match source {s}",
        &[("target/@type", "none", "Target channel type {t} does not match source {s}")],
    ),
    plain(
        "console",
        "Target domain console count {t} does not match source {s}",
        &[("target/@type", "none", "Target console type {t} does not match source {s}")],
    ),
    plain(
        "hub",
        "Target domain hub device count {t} does not match source {s}",
        &[("@type", "", "Target hub device type {t} does not match source {s}")],
    ),
    plain(
        "redirdev",
        "Target domain redirected devices count {t} does not match source {s}",
        &[
            ("@bus", "usb", "Target redirected device bus {t} does not match source {s}"),
            (
                "@type",
                "",
                "Target redirected device source type {t} does not match source device source type {s}",
            ),
        ],
    ),
    plain(
        "watchdog",
        "Target domain watchdog device count {t} does not match source {s}",
        &[("@model", "", "Target watchdog model {t} does not match source {s}")],
    ),
    virtio(
        "rng",
        "Target domain RNG device count {t} does not match source {s}",
        &[("@model", "", "Target RNG model '{t}' does not match source '{s}'")],
    ),
    plain(
        "panic",
        "Target domain panic device count {t} does not match source {s}",
        &[("@model", "default", "Target panic model '{t}' does not match source '{s}'")],
    ),
    plain(
        "shmem",
        "Target domain shared memory device count {t} does not match source {s}",
        &[
            ("@role", "default", "Target shared memory role '{t}' does not match source role '{s}'"),
            ("model/@type", "", "Target shared memory model '{t}' does not match source model '{s}'"),
            ("size", "0", "Target shared memory size '{t}' does not match source size '{s}'"),
            ("server?", "no", "Target shared memory server usage doesn't match source"),
            ("msi?", "no", "Target shared memory MSI configuration doesn't match source"),
            ("msi/@vectors", "0", "Target shared memory MSI configuration doesn't match source"),
            ("msi/@ioeventfd", "default", "Target shared memory MSI configuration doesn't match source"),
        ],
    ),
    plain(
        "tpm",
        "Target domain TPM device count {t} does not match source {s}",
        &[
            ("backend/@type", "", "Target TPM device type doesn't match source"),
            ("@model", "default", "Target TPM device model doesn't match source"),
            ("backend/@version", "default", "Target TPM version doesn't match source"),
        ],
    ),
    plain(
        "memory",
        "Target domain memory device count {t} does not match source {s}",
        &[
            ("@model", "", "Target memory device model '{t}' doesn't match source model '{s}'"),
            (
                "target/node",
                "-1",
                "Target memory device targetNode '{t}' doesn't match source targetNode '{s}'",
            ),
            (
                "target/size",
                "0",
                "Target memory device size '{t}' doesn't match source memory device size '{s}'",
            ),
        ],
    ),
];

/// Devices of which there is one at most: what is said if only one side has it, and whether that has numbers.
pub(super) const SINGLES: &[(&str, &str, bool)] = &[
    ("redirfilter", "Target domain USB redirection filter count {t} does not match source {s}", true),
    ("memballoon", "Target domain memory balloon count {t} does not match source {s}", true),
    ("iommu", "Target domain IOMMU device count does not match source", false),
    ("vsock", "Target domain vsock device count does not match source", false),
    ("pstore", "Target domain pstore device count does not match source", false),
];

/// What counts of such a device.
pub(super) fn single(element: &str) -> Option<&'static Group> {
    const GROUPS: &[Group] = &[
        virtio(
            "memballoon",
            "",
            &[
                ("@model", "", "Target balloon model {t} does not match source {s}"),
                (
                    "@autodeflate",
                    "default",
                    "Target balloon autodeflate attribute value '{t}' does not match source '{s}'",
                ),
                (
                    "@freePageReporting",
                    "default",
                    "Target balloon freePageReporting attribute value '{t}' does not match source '{s}'",
                ),
            ],
        ),
        plain(
            "iommu",
            "",
            &[
                ("@model", "", "Target domain IOMMU device model '{t}' does not match source '{s}'"),
                (
                    "driver/@intremap",
                    "default",
                    "Target domain IOMMU device intremap value '{t}' does not match source '{s}'",
                ),
                (
                    "driver/@caching_mode",
                    "default",
                    "Target domain IOMMU device caching mode '{t}' does not match source '{s}'",
                ),
                (
                    "driver/@eim",
                    "default",
                    "Target domain IOMMU device eim value '{t}' does not match source '{s}'",
                ),
                (
                    "driver/@iotlb",
                    "default",
                    "Target domain IOMMU device iotlb value '{t}' does not match source '{s}'",
                ),
                (
                    "driver/@aw_bits",
                    "0",
                    "Target domain IOMMU device aw_bits value '{t}' does not match source '{s}'",
                ),
                (
                    "driver/@dma_translation",
                    "default",
                    "Target domain IOMMU device dma translation '{t}' does not match source '{s}'",
                ),
            ],
        ),
        virtio(
            "vsock",
            "",
            &[("@model", "default", "Target domain vsock device model '{t}' does not match source '{s}'")],
        ),
        plain(
            "pstore",
            "",
            &[
                ("@backend", "", "Target pstore device backend '{t}' does not match source '{s}'"),
                ("size", "0", "Target pstore size '{t}' does not match source '{s}'"),
            ],
        ),
    ];
    GROUPS.iter().find(|group| group.element == element)
}
