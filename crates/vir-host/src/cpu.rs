//! Which processors there are, and how they are arranged.

use crate::Host;
use std::collections::{BTreeMap, BTreeSet};
use vir_base::{Bitmap, Error, ErrorDomain, Result, bail};

/// The host in a few numbers (`virNodeInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeInfo {
    /// Architecture.
    pub model: String,
    /// Memory, in KiB.
    pub memory: u64,
    /// Processors that are online.
    pub cpus: u32,
    /// Clock of the processors, in MHz; 0 where it is not known.
    pub mhz: u32,
    /// NUMA nodes, sockets in each, cores in each of those, threads in each of those. Where the
    /// truth is not that regular it is one node with one socket that has them all.
    pub nodes: u32,
    /// Sockets per node.
    pub sockets: u32,
    /// Cores per socket.
    pub cores: u32,
    /// Threads per core.
    pub threads: u32,
}

/// Which processors there are (`virNodeGetCPUMap`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuMap {
    /// The highest number that a present one has, plus one.
    pub present: u32,
    /// Those that are online.
    pub online: Bitmap,
}

/// Where a processor sits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuPlace {
    /// Its number.
    pub id: u32,
    /// Socket.
    pub socket: u32,
    /// Die in the socket.
    pub die: u32,
    /// Cluster in the die.
    pub cluster: u32,
    /// Core in the cluster.
    pub core: u32,
    /// The threads of its core, itself among them.
    pub siblings: Bitmap,
}

/// What is counted in one NUMA node.
#[derive(Default)]
struct Counts {
    online: u32,
    offline: u32,
    sockets: u32,
    cores: u32,
    threads: u32,
}

impl Host {
    /// The host in a few numbers.
    pub fn node_info(&self) -> Result<NodeInfo> {
        let memory = self.memory_info()?.total / 1024;
        let mhz = self.mhz()?;
        let present = self.need_bitmap(&self.system("cpu/present"))?;
        let online = self.need_bitmap(&self.system("cpu/online"))?;
        let subcores = self.threads_per_subcore(&online);
        let mut info =
            NodeInfo { model: self.arch(), memory, cpus: 0, mhz, nodes: 0, sockets: 0, cores: 0, threads: 0 };
        let mut offline = 0;
        let mut add = |info: &mut NodeInfo, dir: &str| -> Result<()> {
            let counts = self.count(dir, &present, &online, subcores)?;
            info.nodes += 1;
            info.cpus += counts.online;
            offline += counts.offline;
            info.sockets = info.sockets.max(counts.sockets);
            info.cores = info.cores.max(counts.cores);
            info.threads = info.threads.max(counts.threads);
            Ok(())
        };
        for node in self.numbered(&self.system("node"), "node")?.unwrap_or_default() {
            add(&mut info, &self.system(&format!("node/node{node}")))?;
        }
        if info.cpus == 0 {
            info.nodes = 0;
            add(&mut info, &self.system("cpu"))?;
        }
        for (count, what) in [(info.cpus, "CPUs"), (info.sockets, "sockets"), (info.threads, "threads")] {
            if count == 0 {
                bail!(None, InternalError, "no {what} found");
            }
        }
        // some machines hide nodes, some show threads as cores too: then the truth does not fit
        let product: u64 =
            [info.nodes, info.sockets, info.cores, info.threads].into_iter().map(u64::from).product();
        if u64::from(info.cpus) + u64::from(offline) != product {
            (info.nodes, info.sockets, info.cores, info.threads) = (1, 1, info.cpus + offline, 1);
        }
        Ok(info)
    }

    /// Which processors there are.
    pub fn cpu_map(&self) -> Result<CpuMap> {
        let present = self.need_bitmap(&self.system("cpu/present"))?;
        let online = self.need_bitmap(&self.system("cpu/online"))?;
        Ok(CpuMap { present: present.last().map_or(0, |n| n as u32 + 1), online })
    }

    /// Where a processor sits. What the kernel does not say is 0.
    pub fn cpu_place(&self, cpu: u32) -> Result<CpuPlace> {
        // -1 where the architecture has no such thing
        let id = |file: &str| -> Result<u32> {
            let path = self.system(&format!("cpu/cpu{cpu}/topology/{file}"));
            Ok(self.number::<i32>(&path)?.map_or(0, |id| u32::try_from(id).unwrap_or(0)))
        };
        Ok(CpuPlace {
            id: cpu,
            socket: id("physical_package_id")?,
            die: id("die_id")?,
            cluster: id("cluster_id")?,
            core: id("core_id")?,
            siblings: self.siblings(cpu)?,
        })
    }

    fn siblings(&self, cpu: u32) -> Result<Bitmap> {
        let list = self.bitmap(&self.system(&format!("cpu/cpu{cpu}/topology/thread_siblings_list")))?;
        Ok(list.unwrap_or_else(|| [cpu as usize].into_iter().collect()))
    }

    /// Counts the processors that a directory has links to.
    fn count(&self, dir: &str, present: &Bitmap, online: &Bitmap, subcores: u32) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut cores: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let by_core = !self.arch().starts_with("s390");
        for cpu in self.numbered(dir, "cpu")?.unwrap_or_default() {
            if !present.contains(cpu as usize) {
                continue;
            }
            if !online.contains(cpu as usize) {
                // with subcores, secondary threads are offline but usable if the primary one is
                let usable =
                    subcores > 0 && cpu % subcores != 0 && online.contains((cpu - cpu % subcores) as usize);
                if usable {
                    counts.online += 1
                } else {
                    counts.offline += 1
                }
                continue;
            }
            counts.online += 1;
            let place = self.cpu_place(cpu)?;
            cores.entry(place.socket).or_default().insert(if by_core { place.core } else { cpu });
            counts.threads = counts.threads.max(place.siblings.count() as u32);
        }
        counts.sockets = cores.len() as u32;
        counts.cores = cores.values().map(BTreeSet::len).max().unwrap_or(0) as u32;
        counts.threads *= subcores.max(1);
        Ok(counts)
    }

    /// Threads in a subcore of a POWER host that runs KVM: 8, unless a secondary thread is online.
    /// 0 where there is no such thing.
    fn threads_per_subcore(&self, online: &Bitmap) -> u32 {
        const THREADS: usize = 8;
        let power = self.arch().starts_with("ppc64") && self.exists("dev/kvm");
        match power && online.iter().all(|cpu| cpu % THREADS == 0) {
            true => THREADS as u32,
            false => 0,
        }
    }

    /// The clock as `/proc/cpuinfo` has it, of the last processor listed.
    fn mhz(&self) -> Result<u32> {
        let arch = self.arch();
        let key = match arch.as_str() {
            _ if self.is_x86() => "cpu MHz",
            a if a.starts_with("ppc") => "clock",
            a if a.starts_with("s390") => "cpu MHz dynamic",
            a if a.starts_with("loongarch") => "CPU MHz",
            _ => return Ok(0),
        };
        let text = std::fs::read_to_string(self.path("proc/cpuinfo"))
            .map_err(|e| Error::io(ErrorDomain::None, &e, "cannot open /proc/cpuinfo"))?;
        let mhz = |value: &str| value.split(['.', ' ', '\t']).next().and_then(|number| number.parse().ok());
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        let values = lines.filter(|(name, _)| name.trim() == key).map(|(_, value)| value.trim());
        Ok(values.filter_map(|value| mhz(value.trim_end_matches("MHz"))).next_back().unwrap_or(0))
    }

    /// The CPU's vendor, name, family, model and stepping in one line; `None` where `/proc/cpuinfo`
    /// does not have them all.
    pub fn cpu_signature(&self) -> Option<String> {
        let text = self.text("proc/cpuinfo").ok()?;
        let field = |name: &str| {
            let pairs = text.lines().filter_map(|line| line.split_once(": "));
            pairs.map(|(n, value)| (n.trim(), value.trim())).find(|(n, _)| *n == name).map(|(_, v)| v)
        };
        let arch = self.arch();
        if self.is_x86() {
            let [vendor, name] = [field("vendor_id")?, field("model name")?];
            let [family, model, stepping] = [field("cpu family")?, field("model")?, field("stepping")?];
            return Some(format!("{vendor}, {name}, family: {family}, model: {model}, stepping: {stepping}"));
        }
        if arch.starts_with("ppc64") {
            return Some(format!("{}, rev {}", field("cpu")?, field("revision")?));
        }
        None
    }

    /// The microcode's version; 0 where it is not known.
    pub fn microcode(&self) -> u32 {
        if !self.is_x86() {
            return 0;
        }
        let text = self.text("proc/cpuinfo").unwrap_or_default();
        let value =
            text.lines().filter_map(|line| line.split_once(':')).find(|(n, _)| n.trim() == "microcode");
        value.map_or(0, |(_, v)| match v.trim().strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).unwrap_or(0),
            None => v.trim().parse().unwrap_or(0),
        })
    }

    /// How many bits a physical address has, where `/proc/cpuinfo` says so.
    pub fn physical_address_bits(&self) -> Option<u32> {
        let text = self.text("proc/cpuinfo").ok()?;
        let value = text.lines().filter_map(|line| line.split_once(':'));
        let (_, sizes) = value.into_iter().find(|(n, _)| n.trim().eq_ignore_ascii_case("address sizes"))?;
        sizes.split_ascii_whitespace().next()?.parse().ok()
    }
}

#[cfg(test)]
#[path = "cpu_tests.rs"]
mod tests;
