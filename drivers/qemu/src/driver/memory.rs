//! A guest's memory: how much it has, and what it says about it.

use super::core::Core;
use crate::guest::job::Kind;
use crate::guest::{Live, View};
use crate::model;
use vir_api::constants::*;
use vir_api::types::DomainMemoryStat;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain::Qemu, Result, bail};
use vir_host::Host;

/// What the guest makes do with, in KiB.
pub(super) fn current(view: &View) -> u64 {
    let Some(def) = view.def() else { return 0 };
    match &view.live {
        Some(live) if model::balloon_alias(&live.def).is_none() => model::memory_total(&live.def),
        Some(live) => live.balloon.unwrap_or_else(|| model::memory_current(&live.def)),
        None => model::memory_current(def),
    }
}

/// The balloon's counters with their numbers, and QEMU's resident memory; needs the turn.
pub(super) fn stats(job: &crate::guest::Job, live: &Live) -> Result<Vec<(i32, u64)>> {
    let mut stats = Vec::new();
    if let Some(alias) = model::balloon_alias(&live.def) {
        let told = job.monitor(|monitor| {
            if let Some(bytes) = monitor.query_balloon()? {
                stats.push((VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, bytes / 1024));
            }
            // a guest without a driver for it has told nothing
            Ok(monitor.qom_get(&format!("/machine/peripheral/{alias}"), "guest-stats").unwrap_or_default())
        })?;
        let all = [
            ("stat-swap-in", VIR_DOMAIN_MEMORY_STAT_SWAP_IN, 1024),
            ("stat-swap-out", VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, 1024),
            ("stat-major-faults", VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, 1),
            ("stat-minor-faults", VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, 1),
            ("stat-free-memory", VIR_DOMAIN_MEMORY_STAT_UNUSED, 1024),
            ("stat-total-memory", VIR_DOMAIN_MEMORY_STAT_AVAILABLE, 1024),
            ("stat-available-memory", VIR_DOMAIN_MEMORY_STAT_USABLE, 1024),
        ];
        let late = [
            ("stat-disk-caches", VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, 1024),
            ("stat-htlb-pgalloc", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, 1),
            ("stat-htlb-pgfail", VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, 1),
        ];
        let mut add = |(name, tag, divisor): (&str, i32, u64)| {
            // all ones: not counted by this guest
            if let Some(value) = told["stats"][name].as_u64().filter(|v| *v != u64::MAX) {
                stats.push((tag, value / divisor));
            }
        };
        all.into_iter().for_each(&mut add);
        let updated = told["last-update"].as_u64();
        if let Some(updated) = updated {
            stats.push((VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, updated));
        }
        let mut add = |(name, tag, divisor): (&str, i32, u64)| {
            if let Some(value) = told["stats"][name].as_u64().filter(|v| *v != u64::MAX) {
                stats.push((tag, value / divisor));
            }
        };
        late.into_iter().for_each(&mut add);
    }
    match Host::real().usage(live.process.pid(), None) {
        Ok(process) => stats.push((VIR_DOMAIN_MEMORY_STAT_RSS, process.resident)),
        Err(_) => bail!(Qemu, OperationFailed, "cannot get RSS for domain"),
    }
    Ok(stats)
}

/// `virDomainMemoryStats`.
pub(super) fn memory_stats(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    max: u32,
    flags: u32,
) -> Result<Vec<DomainMemoryStat>> {
    check_flags(Qemu, flags, 0, "qemuDomainMemoryStats")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Query)?;
    let view = job.view();
    let all = stats(&job, view.running()?)?;
    Ok(all.into_iter().take(max as usize).map(|(tag, val)| DomainMemoryStat { tag, val }).collect())
}

/// `virDomainSetMemoryFlags`: sizes in KiB.
pub(super) fn set(core: &Core, api: &str, dom: &DomainRef, kib: u64, flags: u32) -> Result<()> {
    let known = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_MEM_MAXIMUM;
    check_flags(Qemu, flags, known, "qemuDomainSetMemoryFlags")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let (live, config) = super::affects(&job.view(), flags)?;
    if flags & VIR_DOMAIN_MEM_MAXIMUM != 0 {
        if live {
            bail!(Qemu, OperationInvalid, "cannot resize the maximum memory on an active domain");
        }
        return super::define::edit_config(core, &job, |def| {
            model::set_memory_total(def, kib);
            Ok(())
        });
    }
    let view = job.view();
    if live {
        let instance = view.running()?;
        let total = model::memory_total(&instance.def);
        if kib > total {
            bail!(Qemu, InvalidArg, "cannot set memory higher than max memory");
        }
        if model::balloon_alias(&instance.def).is_none() {
            bail!(
                Qemu,
                OperationInvalid,
                "Unable to change memory of active domain without the balloon device and guest OS balloon driver"
            );
        }
        if !job.monitor(|monitor| monitor.balloon(kib * 1024))? {
            bail!(
                Qemu,
                OperationInvalid,
                "Unable to change memory of active domain without the balloon device and guest OS balloon driver"
            );
        }
        core.save_status(&guest);
    }
    if config {
        if kib > model::memory_total(view.persistent()?) {
            bail!(Qemu, InvalidArg, "cannot set memory higher than max memory");
        }
        super::define::edit_config(core, &job, |def| {
            model::set_memory_current(def, kib);
            Ok(())
        })?;
    }
    Ok(())
}

/// `virDomainSetMemoryStatsPeriod`, in seconds.
pub(super) fn set_period(core: &Core, api: &str, dom: &DomainRef, seconds: i32, flags: u32) -> Result<()> {
    check_flags(
        Qemu,
        flags,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG,
        "qemuDomainSetMemoryStatsPeriod",
    )?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let (live, config) = super::affects(&job.view(), flags)?;
    if live {
        let view = job.view();
        let Some(alias) = model::balloon_alias(&view.running()?.def) else {
            bail!(Qemu, OperationInvalid, "Memory balloon model must be virtio to set the collection period");
        };
        let path = format!("/machine/peripheral/{alias}");
        job.monitor(|m| m.qom_set(&path, "guest-stats-polling-interval", seconds.into()))?;
        guest.update(|view| {
            if let Some(live) = view.live.as_mut() {
                live.def = model::with_stats_period(&live.def, seconds);
            }
        });
        core.save_status(&guest);
    }
    if config {
        super::define::edit_config(core, &job, |def| {
            model::set_stats_period(def, seconds);
            Ok(())
        })?;
    }
    Ok(())
}
