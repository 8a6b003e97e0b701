//! The functions of the API that are about the host, as all drivers of guests on this host answer
//! them. A driver keeps a [`Node`] and passes calls on.
//!
//! It checks arguments, gives the host's facts the API's shape, and finds nothing out by itself:
//! that is vir-host.

pub mod document;
pub mod sysinfo;

use vir_api::constants::{
    VIR_NODE_ALLOC_PAGES_SET, VIR_NODE_CPU_STATS_ALL_CPUS, VIR_NODE_CPU_STATS_IDLE,
    VIR_NODE_CPU_STATS_IOWAIT, VIR_NODE_CPU_STATS_KERNEL, VIR_NODE_CPU_STATS_USER,
    VIR_NODE_MEMORY_STATS_ALL_CELLS,
};
use vir_api::types::{NodeGetCpuMapRet, NodeGetCpuStats, NodeGetInfoRet, NodeGetMemoryStats};
use vir_base::error::check_flags;
use vir_base::typed::{Accepted, validate};
use vir_base::{Error, ErrorDomain, Result, TypedParam, TypedValue, bail};
use vir_host::Host;
use vir_host::power::SuspendTarget;

/// What the names of memory sharing's parameters begin with.
const SHARED: &str = "shm_";

/// The host, as the API speaks about it.
#[derive(Clone, Debug, Default)]
pub struct Node {
    host: Host,
}

impl Node {
    /// The node that this host is.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// The host's facts beyond these functions.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// `virConnectGetHostname`.
    pub fn hostname(&self) -> String {
        vir_host::hostname::hostname()
    }

    /// What the host's firmware says of it, for `virConnectGetSysinfo`.
    ///
    /// # Errors
    /// It cannot be found out.
    pub fn sysinfo(&self) -> Result<String> {
        sysinfo::read(&self.host).map(|tables| tables.to_document())
    }

    /// `virNodeGetInfo`.
    pub fn info(&self) -> Result<NodeGetInfoRet> {
        let info = self.host.node_info()?;
        let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        Ok(NodeGetInfoRet {
            model: info.model,
            memory: info.memory,
            cpus: count(info.cpus),
            mhz: count(info.mhz),
            nodes: count(info.nodes),
            sockets: count(info.sockets),
            cores: count(info.cores),
            threads: count(info.threads),
        })
    }

    /// `virNodeGetCPUMap`.
    pub fn cpu_map(&self, need_map: bool, need_online: bool, flags: u32) -> Result<NodeGetCpuMapRet> {
        check_flags(ErrorDomain::None, flags, 0, "virHostCPUGetMap")?;
        let map = self.host.cpu_map()?;
        let length = map.present.div_ceil(8) as usize;
        Ok(NodeGetCpuMapRet {
            cpumap: if need_map { map.online.to_bytes(length) } else { Vec::new() },
            online: if need_online { map.online.count() as u32 } else { 0 },
            ret: map.present as i32,
        })
    }

    /// `virNodeGetCPUStats`.
    pub fn cpu_stats(&self, cpu_num: i32, flags: u32) -> Result<Vec<NodeGetCpuStats>> {
        check_flags(ErrorDomain::None, flags, 0, "virHostCPUGetStats")?;
        let cpu = one_or_all(cpu_num, VIR_NODE_CPU_STATS_ALL_CPUS, "cpuNum", "virNodeGetCPUStats")?;
        let stats = self.host.cpu_stats(cpu)?;
        let values = [
            (VIR_NODE_CPU_STATS_KERNEL, stats.kernel),
            (VIR_NODE_CPU_STATS_USER, stats.user),
            (VIR_NODE_CPU_STATS_IDLE, stats.idle),
            (VIR_NODE_CPU_STATS_IOWAIT, stats.iowait),
        ];
        Ok(values.map(|(field, value)| NodeGetCpuStats { field: field.to_owned(), value }).into())
    }

    /// `virNodeGetMemoryStats`.
    pub fn memory_stats(&self, cell_num: i32, flags: u32) -> Result<Vec<NodeGetMemoryStats>> {
        check_flags(ErrorDomain::None, flags, 0, "virHostMemGetStats")?;
        let all = VIR_NODE_MEMORY_STATS_ALL_CELLS;
        let cell = one_or_all(cell_num, all, "cellNum", "virNodeGetMemoryStats")?;
        let stats = self.host.memory_stats(cell)?.into_iter();
        Ok(stats.map(|(field, value)| NodeGetMemoryStats { field: field.to_owned(), value }).collect())
    }

    /// `virNodeGetFreeMemory`.
    pub fn free_memory(&self) -> Result<u64> {
        self.host.free_memory()
    }

    /// `virNodeGetCellsFreeMemory`.
    pub fn cells_free_memory(&self, start_cell: i32, max_cells: i32) -> Result<Vec<u64>> {
        let function = "virNodeGetCellsFreeMemory";
        if max_cells <= 0 {
            return Err(bad("maxCells", function, "must be greater than zero"));
        }
        if start_cell < 0 {
            return Err(bad("startCell", function, "must be zero or greater"));
        }
        self.host.cells_free_memory(start_cell, max_cells)
    }

    /// `virNodeGetFreePages`.
    pub fn free_pages(&self, sizes: &[u32], start: i32, cells: u32, flags: u32) -> Result<Vec<u64>> {
        let function = "virNodeGetFreePages";
        need_pages(sizes.len(), cells, function)?;
        check_flags(ErrorDomain::Qemu, flags, 0, "qemuNodeGetFreePages")?;
        self.host.free_pages(sizes, start, cells)
    }

    /// `virNodeAllocPages`.
    pub fn alloc_pages(
        &self,
        sizes: &[u32],
        counts: &[u64],
        start: i32,
        cells: u32,
        flags: u32,
    ) -> Result<i32> {
        need_pages(sizes.len(), cells, "virNodeAllocPages")?;
        if sizes.len() != counts.len() {
            bail!(None, InternalError, "{} page sizes, but {} counts", sizes.len(), counts.len());
        }
        let set = VIR_NODE_ALLOC_PAGES_SET;
        check_flags(ErrorDomain::Qemu, flags, set, "qemuNodeAllocPages")?;
        let pools: Vec<_> = sizes.iter().copied().zip(counts.iter().copied()).collect();
        let done = self.host.allocate_pages(&pools, start, cells, flags & set == 0)?;
        Ok(i32::try_from(done).unwrap_or(i32::MAX))
    }

    /// `virNodeGetMemoryParameters`.
    pub fn memory_parameters(&self, flags: u32) -> Result<Vec<TypedParam>> {
        const STRING_OKAY: u32 = 1 << 2;
        check_flags(ErrorDomain::None, flags, STRING_OKAY, "virHostMemGetParameters")?;
        let parameters = self.host.sharing_parameters()?.into_iter();
        let typed = parameters.map(|(name, value)| match u32::try_from(value) {
            Ok(value) if is_settable(name) => TypedParam::new(format!("{SHARED}{name}"), value),
            _ => TypedParam::new(format!("{SHARED}{name}"), value),
        });
        Ok(typed.collect())
    }

    /// `virNodeSetMemoryParameters`.
    pub fn set_memory_parameters(&self, params: &[TypedParam], flags: u32) -> Result<()> {
        check_flags(ErrorDomain::None, flags, 0, "virHostMemSetParameters")?;
        validate(params, &SETTABLE.map(|name| Accepted { name, kind: 2, multiple: false }))?;
        let values = params.iter().filter_map(|param| match &param.value {
            TypedValue::Uint(value) => Some((param.field.strip_prefix(SHARED)?, *value)),
            _ => None,
        });
        self.host.set_sharing_parameters(&values.collect::<Vec<_>>())
    }

    /// `virNodeSuspendForDuration`: refused for a way of sleeping that the host does not have; for
    /// the others not served yet.
    pub fn suspend_for_duration(&self, target: u32, _duration: u64, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::None, flags, 0, "virNodeSuspend")?;
        let (target, name) = match target {
            0 => (SuspendTarget::Memory, "Suspend-to-RAM"),
            1 => (SuspendTarget::Disk, "Suspend-to-Disk"),
            2 => (SuspendTarget::Hybrid, "Hybrid-Suspend"),
            _ => bail!(None, InvalidArg, "Invalid suspend target"),
        };
        match self.host.suspend_targets().contains(&target) {
            false => bail!(None, ArgumentUnsupported, "{name}"),
            true => Err(Error::no_support(ErrorDomain::None, "virNodeSuspendForDuration")),
        }
    }
}

/// The parameters of memory sharing that can be set.
const SETTABLE: [&str; 3] = ["shm_pages_to_scan", "shm_sleep_millisecs", "shm_merge_across_nodes"];

fn is_settable(name: &str) -> bool {
    SETTABLE.iter().any(|settable| settable.strip_prefix(SHARED) == Some(name))
}

/// A number, or `None` for the value that stands for all.
fn one_or_all(number: i32, all: i32, argument: &str, function: &str) -> Result<Option<u32>> {
    match u32::try_from(number) {
        Ok(number) => Ok(Some(number)),
        Err(_) if number == all => Ok(None),
        Err(_) => {
            let text = format!("{argument} in {function} only accepts {all} as a negative value");
            Err(Error::bad_argument(ErrorDomain::None, function, "cpuNum", text))
        }
    }
}

fn need_pages(sizes: usize, cells: u32, function: &str) -> Result<()> {
    match (sizes, cells) {
        (0, _) => Err(bad("npages", function, "must not be zero")),
        (_, 0) => Err(bad("cellCount", function, "must not be zero")),
        _ => Ok(()),
    }
}

fn bad(argument: &str, function: &str, what: &str) -> Error {
    Error::bad_argument(ErrorDomain::None, function, argument, format!("{argument} in {function} {what}"))
}

#[cfg(test)]
mod tests;
