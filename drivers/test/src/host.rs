//! The machine that the driver pretends to run on.

use crate::vcpu::MAX_VCPUS;
use crate::{capabilities, driver::Driver};
use vir_api::constants as c;
use vir_api::types::{NodeGetCpuMapRet, NodeGetCpuStats, NodeGetInfoRet};
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, bail};

/// What is known of the machine.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// `virNodeInfo`; memory in KiB.
    pub info: NodeGetInfoRet,
    /// NUMA cells; none on a machine from a file.
    pub cells: Vec<Cell>,
}

/// A NUMA cell. Sizes are KiB where the topology shows them; the peer gives the same numbers to callers
/// that expect bytes, and so does this.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Memory.
    pub memory: u64,
    /// Free memory.
    pub free: u64,
    /// Size of its small pages, KiB.
    pub page: u64,
    /// First of its processors.
    pub first_cpu: u32,
    /// How many processors it has.
    pub cpus: u32,
}

impl Host {
    /// The machine of `test:///default`.
    pub fn standard() -> Self {
        let cell = |i: u64, first_cpu, page| Cell {
            memory: i * 2 * 1024 * 1024,
            free: i * 1024 * 1024,
            page,
            first_cpu,
            cpus: 8,
        };
        Self { cells: vec![cell(1, 0, 4), cell(2, 8, 8)], ..Self::without_cells() }
    }

    /// The same, without topology: what a file describes starts from it.
    pub fn without_cells() -> Self {
        let info = NodeGetInfoRet {
            model: "i686".to_owned(),
            memory: 3 * 1024 * 1024,
            cpus: 16,
            mhz: 1400,
            nodes: 2,
            sockets: 2,
            cores: 2,
            threads: 2,
        };
        Self { info, cells: vec![] }
    }

    /// How many processors the machine could have: the length of CPU maps.
    pub fn max_cpus(&self) -> u32 {
        let NodeGetInfoRet { nodes, sockets, cores, threads, .. } = self.info;
        let product = [nodes, sockets, cores, threads].into_iter().try_fold(1i32, i32::checked_mul);
        // a file may claim anything; maps stay within reason
        product.and_then(|n| u32::try_from(n).ok()).unwrap_or(0).min(1 << 16)
    }
}

pub(crate) fn kind(_: &Driver) -> Result<String> {
    Ok("TEST".to_owned())
}

pub(crate) fn version(_: &Driver) -> Result<u64> {
    Ok(2)
}

pub(crate) fn hostname(_: &Driver) -> Result<String> {
    Ok(rustix::system::uname().nodename().to_string_lossy().into_owned())
}

pub(crate) fn is_secure(_: &Driver) -> Result<i32> {
    Ok(1)
}

pub(crate) fn max_vcpus(_: &Driver) -> Result<i32> {
    Ok(MAX_VCPUS)
}

pub(crate) fn info(driver: &Driver) -> Result<NodeGetInfoRet> {
    Ok(driver.host.info.clone())
}

pub(crate) fn capabilities(driver: &Driver) -> Result<String> {
    Ok(capabilities::of_host(&driver.host))
}

pub(crate) fn sysinfo(_: &Driver, flags: u32) -> Result<String> {
    check_flags(ErrorDomain::Test, flags, 0, "testConnectGetSysinfo")?;
    Ok(capabilities::SYSINFO.to_owned())
}

pub(crate) fn cpu_model_names(_: &Driver, arch: &str, flags: u32) -> Result<Vec<String>> {
    check_flags(ErrorDomain::Test, flags, 0, "testConnectGetCPUModelNames")?;
    vir_model::processors::model_names(ErrorDomain::Test, arch)
}

pub(crate) fn cells_free_memory(driver: &Driver, start: i32, max: i32) -> Result<Vec<u64>> {
    let cells = &driver.host.cells;
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    if start >= cells.len() {
        bail!(Test, InvalidArg, "Range exceeds available cells");
    }
    let room = usize::try_from(max).unwrap_or(0);
    Ok(cells.iter().skip(start).take(room).map(|cell| cell.memory).collect())
}

pub(crate) fn free_memory(driver: &Driver) -> Result<u64> {
    Ok(driver.host.cells.iter().map(|cell| cell.free).sum())
}

/// Numbers that differ by cell and page size.
pub(crate) fn free_pages(
    _: &Driver,
    pages: &[u32],
    start_cell: i32,
    cell_count: u32,
    flags: u32,
) -> Result<Vec<u64>> {
    check_flags(ErrorDomain::Test, flags, 0, "testNodeGetFreePages")?;
    let cells = (i64::from(start_cell)..).take(usize::try_from(cell_count).unwrap_or(0));
    Ok(cells
        .flat_map(|cell| {
            pages.iter().scan(cell * 6, |last, _| {
                *last = last.wrapping_mul(2).wrapping_add(7);
                Some(last.cast_unsigned())
            })
        })
        .collect())
}

pub(crate) fn cpu_stats(_: &Driver, flags: u32) -> Result<Vec<NodeGetCpuStats>> {
    check_flags(ErrorDomain::Test, flags, 0, "testNodeGetCPUStats")?;
    let values = [
        (c::VIR_NODE_CPU_STATS_USER, 9_797_400_000),
        (c::VIR_NODE_CPU_STATS_KERNEL, 34_678_723_400_000),
        (c::VIR_NODE_CPU_STATS_IDLE, 87_264_900_000),
        (c::VIR_NODE_CPU_STATS_IOWAIT, 763_600_000),
    ];
    Ok(values.map(|(field, value)| NodeGetCpuStats { field: field.to_owned(), value }).into())
}

pub(crate) fn cpu_map(_: &Driver, need_map: i32, need_online: i32, flags: u32) -> Result<NodeGetCpuMapRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testNodeGetCPUMap")?;
    let cpumap = if need_map != 0 { vec![0x15] } else { vec![] };
    Ok(NodeGetCpuMapRet { cpumap, online: if need_online != 0 { 3 } else { 0 }, ret: 8 })
}
