//! NUMA nodes: their processors, pages, distances and memory-side caches.

use crate::cpu::CpuPlace;
use crate::{Host, NodeInfo};
use vir_base::{Bitmap, Result, bail};

/// Pages of one size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// Size, in KiB.
    pub size: u32,
    /// How many there are.
    pub total: u64,
    /// How many are free.
    pub free: u64,
}

/// A NUMA node as the capabilities describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its number.
    pub id: u32,
    /// Memory, in KiB.
    pub memory: u64,
    /// Its pages, smallest first.
    pub pages: Vec<Pages>,
    /// Nodes and how far they are, in the kernel's measure (10: itself).
    pub distances: Vec<(u32, u32)>,
    /// Caches in front of its memory, by level.
    pub caches: Vec<MemoryCache>,
    /// Its processors that are online.
    pub cpus: Vec<CpuPlace>,
}

/// A cache in front of a node's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryCache {
    /// Level.
    pub level: u32,
    /// Size, in KiB.
    pub size: u64,
    /// Line size, in bytes.
    pub line: u32,
    /// How lines are found.
    pub associativity: Associativity,
    /// When memory is written.
    pub policy: WritePolicy,
}

/// How fast memory of one node is from processors of another, as the firmware says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interconnect {
    /// What is measured.
    pub measure: Measure,
    /// The node of the processors.
    pub initiator: u32,
    /// The node of the memory.
    pub target: u32,
    /// Writing, as opposed to reading.
    pub write: bool,
    /// In ns, or in KiB/s.
    pub value: u64,
}

/// A measure of speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names say it
pub enum Measure {
    Latency,
    Bandwidth,
}

/// How the lines of a cache are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Associativity {
    None,
    Direct,
    Full,
}

/// When a cache writes to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum WritePolicy {
    None,
    WriteBack,
    WriteThrough,
}

impl Host {
    /// Whether the kernel knows NUMA nodes; if not, the host is like one node.
    pub fn has_numa(&self) -> bool {
        self.exists(&self.system("node"))
    }

    /// The numbers of the NUMA nodes.
    pub fn numa_nodes(&self) -> Result<Vec<u32>> {
        Ok(self.numbered(&self.system("node"), "node")?.unwrap_or_default())
    }

    /// The highest number of a NUMA node; `None` without NUMA.
    pub fn max_node(&self) -> Result<Option<u32>> {
        Ok(self.numa_nodes()?.last().copied())
    }

    /// The processors of a NUMA node that are online.
    pub fn node_cpus(&self, node: u32) -> Result<Bitmap> {
        Ok(self.bitmap(&self.system(&format!("node/node{node}/cpulist")))?.unwrap_or_default())
    }

    /// The NUMA nodes, with all that the capabilities say about them. Without NUMA the host is one
    /// node, put together from the numbers of [`Host::node_info`].
    pub fn cells(&self) -> Result<Vec<Cell>> {
        if !self.has_numa() {
            return self.made_up_cells(&self.node_info()?);
        }
        self.numa_nodes()?.into_iter().map(|node| self.cell(node)).collect()
    }

    fn cell(&self, node: u32) -> Result<Cell> {
        let cpus = self.node_cpus(node)?;
        Ok(Cell {
            id: node,
            memory: self.node_memory(node)?.total / 1024,
            pages: self.pages(Some(node))?,
            distances: self.distances(node)?,
            caches: self.memory_caches(node)?,
            cpus: cpus.iter().map(|cpu| self.cpu_place(cpu as u32)).collect::<Result<_>>()?,
        })
    }

    fn made_up_cells(&self, info: &NodeInfo) -> Result<Vec<Cell>> {
        let mut cpus = Vec::new();
        let online = self.cpu_map()?.online;
        let per_socket = info.cores * info.threads;
        for id in 0..info.sockets * per_socket {
            let first = (id - id % info.threads) as usize;
            if online.contains(id as usize) {
                let siblings = (first..first + info.threads as usize).collect();
                let (socket, core) = (id / per_socket, id % per_socket / info.threads);
                cpus.push(CpuPlace { id, socket, core, siblings, ..CpuPlace::default() });
            }
        }
        Ok(vec![Cell { memory: info.memory, cpus, ..Cell::default() }])
    }

    /// Distances of a node to the others; empty where the kernel does not say.
    fn distances(&self, node: u32) -> Result<Vec<(u32, u32)>> {
        let text = self.value(&self.system(&format!("node/node{node}/distance")))?.unwrap_or_default();
        let values = text.split_ascii_whitespace().filter_map(|value| value.parse::<u32>().ok());
        // the file has one value for each node that exists
        let pairs = self.numa_nodes()?.into_iter().zip(values);
        Ok(pairs.filter(|(_, distance)| *distance != 0).collect())
    }

    /// The pages of a node, or of the whole host, smallest first.
    pub fn pages(&self, node: Option<u32>) -> Result<Vec<Pages>> {
        let dir = huge_page_dir(node);
        let mut pages = Vec::new();
        let entries = std::fs::read_dir(self.path(&dir)).into_iter().flatten().flatten();
        for name in entries.filter_map(|e| e.file_name().into_string().ok()) {
            let Some(size) = name.strip_prefix("hugepages-") else { continue };
            match size.strip_suffix("kB").and_then(|size| size.parse().ok()) {
                Some(size) => pages.push(self.huge_pages(node, size)?),
                None => bail!(None, InternalError, "unable to parse {name}"),
            }
        }
        // huge pages are taken from the memory that there is; the rest is ordinary pages
        let huge: u64 = pages.iter().map(|p| u64::from(p.size) * p.total).sum();
        let mut ordinary = self.ordinary_pages(node)?;
        ordinary.total = ordinary.total.saturating_sub(huge / u64::from(ordinary.size));
        pages.push(ordinary);
        pages.sort_by_key(|p| p.size);
        Ok(pages)
    }

    /// Pages of one size of a node, or of the whole host.
    pub fn pages_of_size(&self, node: Option<u32>, size: u32) -> Result<Pages> {
        match size == self.page_size() {
            true => self.ordinary_pages(node),
            false => self.huge_pages(node, size),
        }
    }

    fn ordinary_pages(&self, node: Option<u32>) -> Result<Pages> {
        let memory = match node {
            Some(node) => self.node_memory(node)?,
            None => self.memory_info()?,
        };
        let size = self.page_size();
        let count = |bytes: u64| bytes / 1024 / u64::from(size);
        Ok(Pages { size, total: count(memory.total), free: count(memory.free) })
    }

    fn huge_pages(&self, node: Option<u32>, size: u32) -> Result<Pages> {
        let count = |file: &str| -> Result<u64> {
            Ok(self.number(&self.huge_page_file(node, size, file)?)?.unwrap_or(0))
        };
        Ok(Pages { size, total: count("nr_hugepages")?, free: count("free_hugepages")? })
    }

    /// The path of a file about huge pages, if there are any of that size.
    pub(crate) fn huge_page_file(&self, node: Option<u32>, size: u32, file: &str) -> Result<String> {
        let path = format!("{}/hugepages-{size}kB/{file}", huge_page_dir(node));
        match node {
            _ if self.exists(&path) => Ok(path),
            None => bail!(None, OperationFailed, "page size {size} is not available"),
            Some(node) if !self.numa_nodes()?.contains(&node) => {
                bail!(None, OperationFailed, "NUMA node {node} is not available")
            }
            Some(node) => {
                bail!(None, OperationFailed, "page size {size} is not available on node {node}")
            }
        }
    }

    /// How fast the nodes' memory is. The kernel shows the best paths only; of those, the ones that
    /// begin at processors (`access1`) are taken.
    pub fn interconnects(&self) -> Result<Vec<Interconnect>> {
        let mut all = Vec::new();
        for target in self.numa_nodes()? {
            let dir = self.system(&format!("node/node{target}/access1/initiators"));
            for initiator in self.numbered(&dir, "node")?.unwrap_or_default() {
                for (file, measure, write, scale) in [
                    ("read_bandwidth", Measure::Bandwidth, false, 1024),
                    ("write_bandwidth", Measure::Bandwidth, true, 1024),
                    ("read_latency", Measure::Latency, false, 1),
                    ("write_latency", Measure::Latency, true, 1),
                ] {
                    if let Some(value) = self.number::<u64>(&format!("{dir}/{file}"))? {
                        let value = value.saturating_mul(scale);
                        all.push(Interconnect { measure, initiator, target, write, value });
                    }
                }
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    fn memory_caches(&self, node: u32) -> Result<Vec<MemoryCache>> {
        let dir = self.system(&format!("node/node{node}/memory_side_cache"));
        let mut caches = Vec::new();
        for level in self.numbered(&dir, "index")?.unwrap_or_default() {
            let value = |file: &str| -> Result<u64> {
                Ok(self.number(&format!("{dir}/index{level}/{file}"))?.unwrap_or(0))
            };
            // the numbers of the kernel's cache_indexing and cache_write_policy
            let associativity = match value("indexing")? {
                0 => Associativity::Direct,
                1 => Associativity::Full,
                2 => Associativity::None,
                other => bail!(None, InternalError, "unknown indexing value '{other}'"),
            };
            let policy = match value("write_policy")? {
                0 => WritePolicy::WriteBack,
                1 => WritePolicy::WriteThrough,
                2 => WritePolicy::None,
                other => bail!(None, InternalError, "unknown write_policy value '{other}'"),
            };
            let (size, line) = (value("size")? / 1024, value("line_size")? as u32);
            caches.push(MemoryCache { level, size, line, associativity, policy });
        }
        Ok(caches)
    }
}

fn huge_page_dir(node: Option<u32>) -> String {
    match node {
        None => "sys/kernel/mm/hugepages".to_owned(),
        Some(node) => format!("sys/devices/system/node/node{node}/hugepages"),
    }
}
