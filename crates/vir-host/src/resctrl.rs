//! What of caches and memory bandwidth the host can divide among guests, and measure for them.

use crate::Host;
use crate::caches::{CacheBank, CacheKind};
use vir_base::{Bitmap, Result, bail, err};

const INFO: &str = "sys/fs/resctrl/info";

/// How a cache can be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheControl {
    /// What part of the cache it is about.
    pub scope: CacheKind,
    /// Smallest step, in bytes.
    pub granularity: u64,
    /// Smallest share, in bytes; 0 where it is one step.
    pub min: u64,
    /// Into how many shares at most.
    pub max_allocations: u32,
}

/// How the memory bandwidth of the processors behind a cache can be divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandwidthNode {
    /// Number of the cache.
    pub id: u32,
    /// The processors.
    pub cpus: Bitmap,
    /// Smallest step, in percent.
    pub granularity: u32,
    /// Smallest share, in percent.
    pub min: u32,
    /// Into how many shares at most.
    pub max_allocations: u32,
}

/// What can be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// Level of the cache; `None` for memory bandwidth.
    pub level: Option<u32>,
    /// Occupancy in bytes below which a monitor can be used again; `None` for memory bandwidth.
    pub reuse_threshold: Option<u32>,
    /// How many monitors there can be.
    pub max_monitors: u32,
    /// What they measure.
    pub features: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceControl {
    /// Which cache (level and number) can be divided how.
    pub caches: Vec<(u32, u32, CacheControl)>,
    /// Measuring the use of caches.
    pub cache_monitor: Option<Monitor>,
    /// Memory bandwidth.
    pub bandwidth: Vec<BandwidthNode>,
    /// Measuring memory bandwidth.
    pub bandwidth_monitor: Option<Monitor>,
}

impl ResourceControl {
    /// How this cache can be divided.
    pub fn controls_of(&self, bank: &CacheBank) -> impl Iterator<Item = &CacheControl> {
        let key = (bank.level, bank.id);
        self.caches.iter().filter(move |(level, id, _)| (*level, *id) == key).map(|(_, _, control)| control)
    }
}

impl Host {
    /// What can be divided and measured, of these caches; nothing where the kernel does not know
    /// how or its control file system is not mounted.
    pub fn resource_control(&self, banks: &[CacheBank]) -> Result<ResourceControl> {
        let mut found = ResourceControl::default();
        if !self.exists(INFO) {
            return Ok(found);
        }
        let kinds = [(CacheKind::Both, ""), (CacheKind::Code, "CODE"), (CacheKind::Data, "DATA")];
        for bank in banks {
            for (scope, suffix) in kinds {
                let dir = format!("{INFO}/L{}{suffix}", bank.level);
                if self.exists(&dir) {
                    found.caches.push((bank.level, bank.id, self.cache_control(&dir, scope, bank.size)?));
                }
            }
        }
        found.bandwidth = self.bandwidth(banks)?;
        (found.cache_monitor, found.bandwidth_monitor) = self.monitors()?;
        Ok(found)
    }

    fn cache_control(&self, dir: &str, scope: CacheKind, size: u64) -> Result<CacheControl> {
        let mask = self.value(&format!("{dir}/cbm_mask"))?.unwrap_or_default();
        let steps = u128::from_str_radix(&mask, 16).map_or(0, u128::count_ones);
        if steps == 0 {
            bail!(Resctrl, InternalError, "Cannot parse cbm_mask from resctrl cache info");
        }
        let Some(min_steps) = self.number::<u64>(&format!("{dir}/min_cbm_bits"))? else {
            bail!(Resctrl, InternalError, "Cannot get min_cbm_bits from resctrl cache info")
        };
        let granularity = size / u64::from(steps);
        let min = if min_steps == 1 { 0 } else { min_steps.saturating_mul(granularity) };
        let max_allocations = self.number(&format!("{dir}/num_closids"))?.unwrap_or(0);
        Ok(CacheControl { scope, granularity, min, max_allocations })
    }

    /// Bandwidth is divided where the caches of the last level are.
    fn bandwidth(&self, banks: &[CacheBank]) -> Result<Vec<BandwidthNode>> {
        let Some(granularity) = self.number(&format!("{INFO}/MB/bandwidth_gran"))? else {
            return Ok(Vec::new());
        };
        let need = |file: &str, what: &str| -> Result<u32> {
            let value = self.number(&format!("{INFO}/MB/{file}"))?;
            value.ok_or_else(|| err!(Resctrl, InternalError, "Cannot get {what} from resctrl memory info"))
        };
        let min = need("min_bandwidth", "min bandwidth")?;
        let max_allocations = need("num_closids", "max allocation")?;
        let last = banks.iter().map(|bank| bank.level).max();
        let nodes = banks.iter().filter(|bank| Some(bank.level) == last);
        let node = |bank: &CacheBank| {
            let (id, cpus) = (bank.id, bank.cpus.clone());
            BandwidthNode { id, cpus, granularity, min, max_allocations }
        };
        Ok(nodes.map(node).collect())
    }

    /// Monitors of cache use and of memory bandwidth. The kernel has them for the third level only.
    fn monitors(&self) -> Result<(Option<Monitor>, Option<Monitor>)> {
        let dir = format!("{INFO}/L3_MON");
        let Some(max_monitors) = self.number(&format!("{dir}/num_rmids"))? else { return Ok((None, None)) };
        let threshold = self.number(&format!("{dir}/max_threshold_occupancy"))?.unwrap_or(0);
        let features = match self.value(&format!("{dir}/mon_features"))? {
            None => bail!(Resctrl, InternalError, "Cannot get mon_features from resctrl"),
            Some(text) if text.is_empty() => {
                bail!(Resctrl, InternalError, "Got empty feature list from resctrl")
            }
            Some(text) => text,
        };
        let monitor = |prefix: &str, level: Option<u32>, reuse_threshold: Option<u32>| {
            let features: Vec<_> =
                features.lines().filter(|name| name.starts_with(prefix)).map(str::to_owned).collect();
            (!features.is_empty()).then_some(Monitor { level, reuse_threshold, max_monitors, features })
        };
        Ok((monitor("llc_", Some(3), Some(threshold)), monitor("mbm_", None, None)))
    }
}
