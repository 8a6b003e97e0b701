//! What the processors did.

use crate::Host;
use vir_base::{Error, ErrorDomain, Result};

/// Time that a processor, or all of them together, spent since the host was started, in ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the API's
pub struct CpuStats {
    pub kernel: u64,
    pub user: u64,
    pub idle: u64,
    pub iowait: u64,
}

/// Length of the kernel's clock tick, in ns.
pub fn tick() -> u64 {
    1_000_000_000 / rustix::param::clock_ticks_per_second().max(1)
}

impl Host {
    /// What one processor did, or all together.
    ///
    /// # Errors
    /// There is no such processor, or it is offline.
    pub fn cpu_stats(&self, cpu: Option<u32>) -> Result<CpuStats> {
        let text = std::fs::read_to_string(self.path("proc/stat"))
            .map_err(|e| Error::io(ErrorDomain::None, &e, "cannot open /proc/stat"))?;
        let name = cpu.map_or_else(|| "cpu".to_owned(), |cpu| format!("cpu{cpu}"));
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            if words.next() != Some(name.as_str()) {
                continue;
            }
            // user nice system idle iowait irq softirq …; old kernels have four
            let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
            let at = |i: usize| ticks.get(i).copied().unwrap_or(0);
            if ticks.len() >= 4 {
                return Ok(CpuStats {
                    kernel: (at(2) + at(5) + at(6)) * tick(),
                    user: (at(0) + at(1)) * tick(),
                    idle: at(3) * tick(),
                    iowait: at(4) * tick(),
                });
            }
        }
        let function = "virHostCPUGetStatsLinux";
        Err(Error::bad_argument(
            ErrorDomain::None,
            function,
            "cpuNum",
            format!("Invalid cpuNum in {function}"),
        ))
    }
}
