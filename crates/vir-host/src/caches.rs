//! The processors' caches.

use crate::Host;
use vir_base::{Bitmap, Result, bail};

/// Caches below this level are each core's own affair.
const MIN_LEVEL: u32 = 2;

/// What a cache holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names say it
pub enum CacheKind {
    Both,
    Code,
    Data,
}

/// A cache and the processors that share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheBank {
    /// Number, unique in its level.
    pub id: u32,
    /// Level.
    pub level: u32,
    /// What it holds.
    pub kind: CacheKind,
    /// Size, in bytes.
    pub size: u64,
    /// Who uses it.
    pub cpus: Bitmap,
}

impl Host {
    /// The caches that several cores may share, by level and number.
    pub fn cache_banks(&self) -> Result<Vec<CacheBank>> {
        let mut banks: Vec<CacheBank> = Vec::new();
        // processors that are offline say nothing
        for cpu in self.need_bitmap(&self.system("cpu/online"))?.iter() {
            let dir = self.system(&format!("cpu/cpu{cpu}/cache"));
            for index in self.numbered(&dir, "index")?.unwrap_or_default() {
                let bank = self.cache_bank(&format!("{dir}/index{index}"))?;
                banks.extend(bank.filter(|bank| !banks.contains(bank)));
            }
        }
        banks.sort_by_key(|b| (b.level, b.kind, b.id));
        Ok(banks)
    }

    /// One cache; `None` if it is of a low level, or the kernel does not tell all about it.
    fn cache_bank(&self, dir: &str) -> Result<Option<CacheBank>> {
        let level = self.number(&format!("{dir}/level"))?.unwrap_or(0);
        if level < MIN_LEVEL {
            return Ok(None);
        }
        let (id, kind) = (self.number(&format!("{dir}/id"))?, self.value(&format!("{dir}/type"))?);
        let (size, cpus) =
            (self.value(&format!("{dir}/size"))?, self.bitmap(&format!("{dir}/shared_cpu_list"))?);
        let (Some(id), Some(kind), Some(size), Some(cpus)) = (id, kind, size, cpus) else {
            return Ok(None);
        };
        let kind = match kind.as_str() {
            "Unified" => CacheKind::Both,
            "Instruction" => CacheKind::Code,
            "Data" => CacheKind::Data,
            _ => bail!(None, InternalError, "Unknown cache type '{kind}'"),
        };
        let Some(size) = scaled(&size) else {
            bail!(None, InternalError, "Invalid scaled integer value '{size}' in file '/{dir}/size'")
        };
        Ok(Some(CacheBank { id, level, kind, size, cpus }))
    }
}

/// `512K`, `2M`, in bytes.
fn scaled(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let scale = match &text[end..] {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return None,
    };
    text[..end].parse::<u64>().ok()?.checked_mul(scale)
}
