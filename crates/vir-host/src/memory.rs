//! Memory of the host: how much, how much is free, in which pages.

use crate::Host;
use vir_base::{Error, ErrorDomain, Result, bail, err};

/// Total and free memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryInfo {
    /// All of it.
    pub total: u64,
    /// What is free, caches not counted.
    pub free: u64,
}

/// What `/proc/meminfo` calls the values of [`Host::memory_stats`], and what the API calls them.
const STATS: [(&str, &str); 4] =
    [("MemTotal", "total"), ("MemFree", "free"), ("Buffers", "buffers"), ("Cached", "cached")];

/// Values of memory sharing between processes (KSM), in the order in which they are reported; those
/// marked can be set.
const SHARING: [(&str, bool); 8] = [
    ("pages_to_scan", true),
    ("sleep_millisecs", true),
    ("pages_shared", false),
    ("pages_sharing", false),
    ("pages_unshared", false),
    ("pages_volatile", false),
    ("full_scans", false),
    ("merge_across_nodes", true),
];

const KSM: &str = "sys/kernel/mm/ksm";

impl Host {
    /// Size of an ordinary page, in KiB.
    pub fn page_size(&self) -> u32 {
        (rustix::param::page_size() / 1024) as u32
    }

    /// Memory of the whole host: the sum over its NUMA nodes, where it has them.
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        if !self.has_numa() {
            return self.flat_memory();
        }
        let mut sum = MemoryInfo::default();
        for node in self.numa_nodes()? {
            let memory = self.node_memory(node)?;
            sum.total += memory.total;
            sum.free += memory.free;
        }
        Ok(sum)
    }

    /// Memory without regard to NUMA.
    fn flat_memory(&self) -> Result<MemoryInfo> {
        let values = self.meminfo("proc/meminfo")?;
        let bytes = |name: &str| values.iter().find(|(n, _)| n == name).map_or(0, |(_, kib)| kib * 1024);
        Ok(MemoryInfo { total: bytes("MemTotal"), free: bytes("MemFree") })
    }

    /// Memory of a NUMA node; nothing where the kernel does not say.
    pub fn node_memory(&self, node: u32) -> Result<MemoryInfo> {
        let path = self.system(&format!("node/node{node}/meminfo"));
        if !self.exists(&path) {
            return Ok(MemoryInfo::default());
        }
        let values = self.meminfo(&path)?;
        let bytes = |name: &str| values.iter().find(|(n, _)| n == name).map_or(0, |(_, kib)| kib * 1024);
        Ok(MemoryInfo { total: bytes("MemTotal"), free: bytes("MemFree") })
    }

    /// Free memory of the host, in bytes.
    pub fn free_memory(&self) -> Result<u64> {
        Ok(self.memory_info()?.free)
    }

    /// Free memory of at most `count` NUMA cells from `start` on, in bytes.
    pub fn cells_free_memory(&self, start: i32, count: i32) -> Result<Vec<u64>> {
        let last = self.max_node()?.unwrap_or(0) as i32;
        if start > last || (start != 0 && !self.has_numa()) {
            bail!(None, InternalError, "start cell {start} out of range (0-{last})");
        }
        if !self.has_numa() {
            return Ok(vec![self.flat_memory()?.free]);
        }
        let last = last.min(start.saturating_add(count).saturating_sub(1));
        (start.max(0)..=last).map(|node| Ok(self.node_memory(node as u32)?.free)).collect()
    }

    /// Values in KiB by the API's names, of a NUMA cell or of the whole host.
    pub fn memory_stats(&self, cell: Option<u32>) -> Result<Vec<(&'static str, u64)>> {
        // without NUMA the host is its own only cell
        let cell = cell.filter(|cell| self.has_numa() || *cell != 0);
        let (path, count) = match cell {
            None => ("proc/meminfo".to_owned(), 4),
            Some(cell) => {
                let Some(max) = self.max_node()? else {
                    bail!(None, InternalError, "NUMA isn't available on this host")
                };
                if cell > max {
                    let function = "virHostMemGetStats";
                    let text = format!("cellNum in {function} must be less than or equal to {max}");
                    return Err(Error::bad_argument(ErrorDomain::None, function, "cellNum", text));
                }
                (self.system(&format!("node/node{cell}/meminfo")), 2)
            }
        };
        let values = self.meminfo(&path)?;
        let named = values.iter().filter_map(|(name, kib)| {
            STATS.iter().find(|(kernel, _)| kernel == name).map(|(_, api)| (*api, *kib))
        });
        let stats: Vec<_> = named.take(count).collect();
        match stats.is_empty() {
            true => bail!(None, InternalError, "no available memory line found"),
            false => Ok(stats),
        }
    }

    /// Names and values, in KiB, of a file like `/proc/meminfo`.
    fn meminfo(&self, path: &str) -> Result<Vec<(String, u64)>> {
        let text = std::fs::read_to_string(self.path(path))
            .map_err(|e| Error::io(ErrorDomain::None, &e, format!("cannot open /{path}")))?;
        let line = |line: &str| {
            let (name, value) = line.split_once(':')?;
            // "Node 0 MemTotal"
            let name = name.rsplit(' ').next().unwrap_or(name);
            Some((name.to_owned(), value.split_ascii_whitespace().next()?.parse().ok()?))
        };
        Ok(text.lines().filter_map(line).collect())
    }

    /// How many pages are free of each of these sizes (KiB), for each of `count` cells from
    /// `start` on.
    pub fn free_pages(&self, sizes: &[u32], start: i32, count: u32) -> Result<Vec<u64>> {
        let mut counts = Vec::new();
        for cell in self.page_cells(start, count)? {
            for size in sizes {
                counts.push(self.pages_of_size(cell, *size)?.free);
            }
        }
        match counts.is_empty() {
            true => bail!(None, InternalError, "no suitable info found"),
            false => Ok(counts),
        }
    }

    /// Sets the pools of huge pages (sizes in KiB) of `count` cells from `start` on, or, with `add`,
    /// adds to them. Says how many pools that were.
    pub fn allocate_pages(&self, pools: &[(u32, u64)], start: i32, count: u32, add: bool) -> Result<u32> {
        let mut done = 0;
        for cell in self.page_cells(start, count)? {
            for (size, pages) in pools {
                self.set_pool(cell, *size, *pages, add)?;
                done += 1;
            }
        }
        Ok(done)
    }

    /// The cells that a request for pages is about; `None` is the host as a whole.
    fn page_cells(&self, start: i32, count: u32) -> Result<Vec<Option<u32>>> {
        let last = self.max_node()?.unwrap_or(0) as i32;
        if !self.has_numa() && start == 0 && count == 1 {
            return Ok(vec![None]);
        }
        if start > last {
            bail!(None, InternalError, "start cell {start} out of range (0-{last})");
        }
        let end = i64::from(last).min(i64::from(start) + i64::from(count) - 1);
        Ok((i64::from(start)..=end).map(|cell| u32::try_from(cell).ok()).collect())
    }

    fn set_pool(&self, cell: Option<u32>, size: u32, pages: u64, add: bool) -> Result<()> {
        if size == self.page_size() {
            bail!(None, OperationUnsupported, "system pages pool can't be modified");
        }
        let path = self.huge_page_file(cell, size, "nr_hugepages")?;
        let now: u64 = self.number(&path)?.unwrap_or(0);
        let wanted = if add { now.saturating_add(pages) } else { pages };
        if wanted == now {
            return Ok(());
        }
        let file = self.path(&path);
        std::fs::write(&file, wanted.to_string()).map_err(|e| {
            Error::io(ErrorDomain::None, &e, format!("Unable to write to: {}", file.display()))
        })?;
        // the kernel takes what it can get
        match self.number::<u64>(&path)?.unwrap_or(0) {
            got if got == wanted => Ok(()),
            got => bail!(None, OperationFailed, "Unable to allocate {wanted} pages. Allocated only {got}"),
        }
    }

    /// Values of memory sharing by the kernel's names; those that it does not have are left out.
    pub fn sharing_parameters(&self) -> Result<Vec<(&'static str, u64)>> {
        let mut values = Vec::new();
        for (name, _) in SHARING {
            let value = self.value(&format!("{KSM}/{name}"))?;
            if let Some(value) = value {
                let value = value.parse();
                values.push((name, value.map_err(|_| err!(None, InternalError, "failed to parse {name}"))?));
            }
        }
        Ok(values)
    }

    /// Sets values of memory sharing, all or none.
    pub fn set_sharing_parameters(&self, values: &[(&str, u32)]) -> Result<()> {
        for (name, _) in values {
            if !SHARING.contains(&(*name, true)) || !self.exists(&format!("{KSM}/{name}")) {
                bail!(None, OperationInvalid, "Parameter 'shm_{name}' is not supported by this kernel");
            }
        }
        for (name, value) in values {
            let path = self.path(format!("{KSM}/{name}"));
            std::fs::write(path, value.to_string())
                .map_err(|e| Error::io(ErrorDomain::None, &e, format!("failed to set shm_{name}")))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::Host;
    use std::fs;

    fn host(dir: &std::path::Path) -> Host {
        let node = dir.join("sys/devices/system/node/node0");
        fs::create_dir_all(&node).unwrap();
        fs::create_dir_all(dir.join("proc")).unwrap();
        let all =
            "MemTotal:  2000 kB\nMemFree:  900 kB\nMemAvailable: 950 kB\nBuffers:  10 kB\nCached:  20 kB\n";
        fs::write(dir.join("proc/meminfo"), all).unwrap();
        let one = "Node 0 MemTotal:  1500 kB\nNode 0 MemFree:  800 kB\nNode 0 MemUsed: 700 kB\n";
        fs::write(node.join("meminfo"), one).unwrap();
        Host::captured(dir, "x86_64")
    }

    #[test]
    fn cells_and_the_whole_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let host = host(dir.path());
        let all = [("total", 2000), ("free", 900), ("buffers", 10), ("cached", 20)];
        assert_eq!(host.memory_stats(None).unwrap(), all);
        assert_eq!(host.memory_stats(Some(0)).unwrap(), [("total", 1500), ("free", 800)]);
        assert_eq!(
            host.memory_stats(Some(1)).unwrap_err().message(),
            "cellNum in virHostMemGetStats must be less than or equal to 0"
        );
        assert_eq!(host.free_memory().unwrap(), 800 * 1024);
        assert_eq!(host.cells_free_memory(0, 5).unwrap(), [800 * 1024]);
        assert_eq!(
            host.cells_free_memory(1, 5).unwrap_err().message(),
            "internal error: start cell 1 out of range (0-0)"
        );
        fs::remove_dir_all(dir.path().join("sys")).unwrap();
        assert_eq!(host.free_memory().unwrap(), 900 * 1024);
        assert_eq!(host.memory_stats(Some(0)).unwrap(), all);
        assert_eq!(host.cells_free_memory(0, 1).unwrap(), [900 * 1024]);
    }

    #[test]
    fn pools_of_huge_pages() {
        let dir = tempfile::tempdir().unwrap();
        let host = host(dir.path());
        let pool = dir.path().join("sys/devices/system/node/node0/hugepages/hugepages-2048kB");
        fs::create_dir_all(&pool).unwrap();
        fs::write(pool.join("nr_hugepages"), "3\n").unwrap();
        fs::write(pool.join("free_hugepages"), "2\n").unwrap();
        assert_eq!(host.free_pages(&[4, 2048], 0, 1).unwrap(), [200, 2]);
        assert_eq!(host.allocate_pages(&[(2048, 5)], 0, 1, true).unwrap(), 1);
        assert_eq!(fs::read_to_string(pool.join("nr_hugepages")).unwrap(), "8");
        for (size, message) in
            [(4, "system pages pool can't be modified"), (77, "page size 77 is not available on node 0")]
        {
            let error = host.allocate_pages(&[(size, 1)], 0, 1, false).unwrap_err();
            assert!(error.message().ends_with(message), "{error}");
        }
        assert!(host.free_pages(&[4], 1, 1).is_err());
    }
}
