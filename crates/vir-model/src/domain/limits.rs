//! What a domain may use of its host: memory, block input and output, and where its processes stand.

use super::memory::Kib;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, Value, Writer, YesNo, element, missing, xml_enum};

xml_enum! {
    /// Performance counters, in the order in which they are printed.
    pub enum PerfEvent {
        Cmt = "cmt", Mbmt = "mbmt", Mbml = "mbml", CpuCycles = "cpu_cycles", Instructions = "instructions",
        CacheReferences = "cache_references", CacheMisses = "cache_misses",
        BranchInstructions = "branch_instructions", BranchMisses = "branch_misses", BusCycles = "bus_cycles",
        StalledCyclesFrontend = "stalled_cycles_frontend", StalledCyclesBackend = "stalled_cycles_backend",
        RefCpuCycles = "ref_cpu_cycles", CpuClock = "cpu_clock", TaskClock = "task_clock",
        PageFaults = "page_faults", ContextSwitches = "context_switches", CpuMigrations = "cpu_migrations",
        PageFaultsMin = "page_faults_min", PageFaultsMaj = "page_faults_maj",
        AlignmentFaults = "alignment_faults", EmulationFaults = "emulation_faults",
    }
}

/// A limit that does not limit (`VIR_DOMAIN_MEMORY_PARAM_UNLIMITED`), in KiB.
pub const UNLIMITED: u64 = 9_007_199_254_740_991;

element! {
    /// Limits of memory.
    pub struct MemTune "memtune" => settle {
        /// Most memory.
        child hard_limit "hard_limit": Option<Kib>,
        /// Memory to be left with when it gets scarce.
        child soft_limit "soft_limit": Option<Kib>,
        /// Memory that it has in any case. Drivers: qemu, lxc, vz, openvz, vmware, esx.
        child min_guarantee "min_guarantee": Option<Kib>,
        /// Most memory and swap together.
        child swap_hard_limit "swap_hard_limit": Option<Kib>,
    }

    /// Shares of block input and output.
    pub struct BlkioTune "blkiotune" => settle {
        /// Share, from 100 to 1000.
        amount weight "weight": Option<u32>,
        /// Devices with shares and limits of their own. Since 0.9.8.
        list devices "device": Vec<BlkioDevice>,
    }
    /// A device's share and limits.
    pub struct BlkioDevice "device" => settle {
        /// Path of the device.
        leaf path "path": Option<String>,
        /// Share.
        amount weight "weight": Option<u32>,
        /// Most reads a second. Since 1.2.2.
        amount read_iops_sec "read_iops_sec": Option<u32>,
        /// Most writes a second. Since 1.2.2.
        amount write_iops_sec "write_iops_sec": Option<u32>,
        /// Most bytes read a second. Since 1.2.2.
        amount read_bytes_sec "read_bytes_sec": Option<u64>,
        /// Most bytes written a second. Since 1.2.2.
        amount write_bytes_sec "write_bytes_sec": Option<u64>,
    }

    /// Where the domain's processes stand.
    pub struct Resource "resource" {
        /// Path among the control groups.
        leaf partition "partition": Option<String>,
        /// How a fibre channel knows it. Since 7.7.0. Drivers: qemu.
        maybe fibrechannel "fibrechannel": Option<FibreChannel>,
    }
    /// How a fibre channel knows a domain.
    pub struct FibreChannel "fibrechannel" {
        /// Up to 128 characters.
        attr appid "appid": Option<String>,
    }

    /// Whose numbers a container's users are on the host.
    pub struct IdMap "idmap" => settle {
        /// Users.
        list uids "uid": Vec<IdMapEntry>,
        /// Groups.
        list gids "gid": Vec<IdMapEntry>,
    }
    /// A range of numbers.
    pub struct IdMapEntry "uid" {
        /// The first, in the container.
        attr start "start": IdNumber,
        /// The first, on the host.
        attr target "target": IdNumber,
        /// How many.
        attr count "count": IdNumber,
    }

    /// The name of a performance counter, and whether it runs.
    pub struct PerfEventElement "event" => settle {
        /// Name.
        attr name "name": Option<PerfEvent>,
        /// Whether it runs.
        attr enabled "enabled": Option<YesNo>,
    }
    /// Performance counters.
    pub struct Perf "perf" => settle {
        /// Those that are switched on or off.
        list events "event": Vec<PerfEventElement>,
    }
}

/// A number of a user or group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdNumber(pub u32);

impl Value for IdNumber {
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(self.0.to_string())
    }

    fn invalid(_: &str, _: &str, _: &str) -> vir_base::Error {
        vir_base::err!(Domain, XmlError, "invalid idmap start/target/count settings")
    }
}

impl IdMap {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.uids.sort_by_key(|range| range.start);
        self.gids.sort_by_key(|range| range.start);
        Ok(())
    }
}

impl MemTune {
    fn settle(&mut self, _: &Element) -> Result<()> {
        for limit in [&mut self.hard_limit, &mut self.soft_limit, &mut self.swap_hard_limit] {
            limit.take_if(|limit| limit.0 >= UNLIMITED);
        }
        self.min_guarantee.take_if(|size| size.0 == 0);
        Ok(())
    }
}

impl BlkioTune {
    fn settle(&mut self, _: &Element) -> Result<()> {
        for (i, device) in self.devices.iter().enumerate() {
            if self.devices[..i].iter().any(|other| other.path == device.path) {
                bail!(
                    Domain,
                    XmlError,
                    "duplicate blkio device path '{}'",
                    device.path.as_deref().unwrap_or_default()
                );
            }
        }
        self.devices.retain(|device| {
            let BlkioDevice {
                path: _,
                weight,
                read_iops_sec,
                write_iops_sec,
                read_bytes_sec,
                write_bytes_sec,
            } = device;
            weight.is_some()
                || read_iops_sec.is_some()
                || write_iops_sec.is_some()
                || read_bytes_sec.is_some()
                || write_bytes_sec.is_some()
        });
        Ok(())
    }
}

impl BlkioDevice {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.path.is_none() {
            bail!(Domain, XmlError, "missing per-device path");
        }
        Ok(())
    }
}

impl PerfEventElement {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match (self.name, self.enabled) {
            (None, _) => Err(missing("name", "event")),
            (_, None) => Err(missing("enabled", "event")),
            _ => Ok(()),
        }
    }
}

impl Perf {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.events.sort_by_key(|event| event.name);
        for pair in self.events.windows(2) {
            if pair[0].name == pair[1].name {
                let name = pair[0].name.map_or("", PerfEvent::as_str);
                bail!(Domain, XmlError, "perf event '{name}' was already specified");
            }
        }
        Ok(())
    }
}

/// Writes a map of numbers if there is a map of users, as the peer does.
pub(crate) fn write_idmap(map: &IdMap, w: &mut Writer) {
    if !map.uids.is_empty() {
        w.element("idmap", |w| map.write(w));
    }
}
