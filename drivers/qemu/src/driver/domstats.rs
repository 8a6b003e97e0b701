//! `virConnectGetAllDomainStats`: many numbers of many guests in one call.

use super::core::Core;
use super::{blocks, lists, memory, vcpus};
use crate::guest::job::Kind;
use crate::guest::{Guest, Job, View};
use crate::model;
use std::sync::Arc;
use vir_api::Caller;
use vir_api::constants::*;
use vir_api::types::DomainStatsRecord;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::typed::push;
use vir_base::{ErrorDomain::Qemu, Result, TypedParams, bail};
use vir_host::Host;

/// The groups that we serve.
const SERVED: u32 = VIR_DOMAIN_STATS_STATE
    | VIR_DOMAIN_STATS_CPU_TOTAL
    | VIR_DOMAIN_STATS_BALLOON
    | VIR_DOMAIN_STATS_VCPU
    | VIR_DOMAIN_STATS_INTERFACE
    | VIR_DOMAIN_STATS_BLOCK
    | VIR_DOMAIN_STATS_DIRTYRATE;

/// Those for which QEMU is asked.
const ASKS: u32 = VIR_DOMAIN_STATS_CPU_TOTAL
    | VIR_DOMAIN_STATS_BALLOON
    | VIR_DOMAIN_STATS_VCPU
    | VIR_DOMAIN_STATS_BLOCK
    | VIR_DOMAIN_STATS_DIRTYRATE;

pub(super) fn get_all(
    core: &Core,
    caller: &Caller,
    doms: &[DomainRef],
    stats: u32,
    flags: u32,
) -> Result<Vec<DomainStatsRecord>> {
    let filters = lists::BY_ACTIVITY | lists::BY_PERSISTENCE | lists::BY_STATE;
    let own = VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING
        | VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS;
    check_flags(Qemu, flags, filters | own, "qemuConnectGetAllDomainStats")?;
    if flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS != 0 && stats & !SERVED != 0 {
        bail!(
            Qemu,
            ArgumentUnsupported,
            "Stats types bits 0x{:x} are not supported by this daemon or QEMU",
            stats & !SERVED
        );
    }
    let wanted = if stats == 0 { SERVED } else { stats & SERVED };
    let mut guests = match doms.is_empty() {
        true => lists::sorted(core.guests.all()),
        // one that is gone by now is left out
        false => doms.iter().filter_map(|dom| core.guests.by_uuid(&dom.uuid)).collect(),
    };
    guests.retain(|guest| lists::passes(&guest.view(), flags & filters));
    let wait = flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT == 0;
    Ok(guests.iter().map(|guest| of_guest(guest, caller.api, wanted, wait)).collect())
}

fn of_guest(guest: &Arc<Guest>, api: &str, wanted: u32, wait: bool) -> DomainStatsRecord {
    // without a turn there still is much to tell
    let job = (wanted & ASKS != 0 && guest.view().active())
        .then(|| if wait { guest.begin(api, Kind::Query) } else { guest.try_begin(api, Kind::Query) })
        .and_then(Result::ok);
    let view = guest.view();
    let mut params = TypedParams::new();
    let has = |group: u32| wanted & group != 0;
    if has(VIR_DOMAIN_STATS_STATE) {
        push(&mut params, "state.state", view.state);
        push(&mut params, "state.reason", view.reason);
    }
    if has(VIR_DOMAIN_STATS_CPU_TOTAL) {
        cpu(&view, job.as_ref(), &mut params);
    }
    if has(VIR_DOMAIN_STATS_BALLOON) {
        balloon(&view, job.as_ref(), &mut params);
    }
    if has(VIR_DOMAIN_STATS_VCPU) {
        vcpus::stats(&view, &mut params);
    }
    if has(VIR_DOMAIN_STATS_INTERFACE) {
        interfaces(&view, &mut params);
    }
    if has(VIR_DOMAIN_STATS_BLOCK) {
        blocks::stats(&view, job.as_ref(), &mut params);
    }
    if has(VIR_DOMAIN_STATS_DIRTYRATE) {
        dirty_rate(job.as_ref(), &mut params);
    }
    DomainStatsRecord { dom: view.domain_ref(), params }
}

fn cpu(view: &View, job: Option<&Job>, params: &mut TypedParams) {
    let Some(live) = &view.live else { return };
    if let Ok(times) = Host::real().usage(live.process.pid(), None) {
        push(params, "cpu.time", times.cpu_time());
        push(params, "cpu.user", times.user);
        push(params, "cpu.system", times.system);
    }
    // no guest has monitors of its cache
    push(params, "cpu.cache.monitor.count", 0u32);
    let polled = job.and_then(|job| job.monitor(|monitor| monitor.query_halt_polling()).ok());
    if let Some((success, fail)) = polled {
        push(params, "cpu.haltpoll.success.time", success);
        push(params, "cpu.haltpoll.fail.time", fail);
    }
}

fn dirty_rate(job: Option<&Job>, params: &mut TypedParams) {
    let Some(rate) = job.and_then(|job| job.monitor(|monitor| monitor.query_dirty_rate()).ok()) else {
        return;
    };
    push(params, "dirtyrate.calc_status", rate.status);
    push(params, "dirtyrate.calc_start_time", rate.start);
    push(params, "dirtyrate.calc_period", rate.period);
    push(params, "dirtyrate.calc_mode", rate.mode.as_str());
    if let Some(rate) = rate.mib_per_second {
        push(params, "dirtyrate.megabytes_per_second", rate);
    }
}

fn balloon(view: &View, job: Option<&Job>, params: &mut TypedParams) {
    let Some(def) = view.def() else { return };
    let total = model::memory_total(def);
    push(params, "balloon.current", memory::current(view));
    push(params, "balloon.maximum", total);
    let Some(live) = view.live.as_ref() else { return };
    let stats = match job {
        Some(job) => memory::stats(job, live).unwrap_or_default(),
        None => return,
    };
    for (tag, value) in stats {
        let name = match tag {
            VIR_DOMAIN_MEMORY_STAT_SWAP_IN => "swap_in",
            VIR_DOMAIN_MEMORY_STAT_SWAP_OUT => "swap_out",
            VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT => "major_fault",
            VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT => "minor_fault",
            VIR_DOMAIN_MEMORY_STAT_UNUSED => "unused",
            VIR_DOMAIN_MEMORY_STAT_AVAILABLE => "available",
            VIR_DOMAIN_MEMORY_STAT_RSS => "rss",
            VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE => "last-update",
            VIR_DOMAIN_MEMORY_STAT_USABLE => "usable",
            VIR_DOMAIN_MEMORY_STAT_DISK_CACHES => "disk_caches",
            VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC => "hugetlb_pgalloc",
            VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL => "hugetlb_pgfail",
            _ => continue,
        };
        push(params, format!("balloon.{name}"), value);
    }
}

fn interfaces(view: &View, params: &mut TypedParams) {
    let Some(live) = view.live.as_ref() else { return };
    let nets = model::nets(&live.def);
    push(params, "net.count", nets.len() as u32);
    for (index, net) in nets.iter().enumerate() {
        let Some(name) = &net.ifname else { continue };
        push(params, format!("net.{index}.name"), name.as_str());
        let Ok(counts) = Host::real().interface_stats(name).map(|c| c.swapped()) else { continue };
        let all = [
            ("rx.bytes", counts.rx_bytes),
            ("rx.pkts", counts.rx_packets),
            ("rx.errs", counts.rx_errs),
            ("rx.drop", counts.rx_drop),
            ("tx.bytes", counts.tx_bytes),
            ("tx.pkts", counts.tx_packets),
            ("tx.errs", counts.tx_errs),
            ("tx.drop", counts.tx_drop),
        ];
        for (suffix, value) in all {
            if let Ok(value) = u64::try_from(value) {
                push(params, format!("net.{index}.{suffix}"), value);
            }
        }
    }
}
