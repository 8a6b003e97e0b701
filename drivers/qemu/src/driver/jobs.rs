//! What goes on with a guest, and what went on last.

use super::ErrorDomain::Qemu;
use super::core::Core;
use crate::guest::job::{Kind, LongKind};
use crate::guest::{Guest, JobStats};
use std::sync::Arc;
use std::time::SystemTime;
use vir_api::constants::*;
use vir_api::types::{DomainGetControlInfoRet, DomainGetJobInfoRet, DomainGetJobStatsRet};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::typed::push;
use vir_base::{Result, TypedParams, bail};

/// The long job that goes on.
fn current(guest: &Arc<Guest>, api: &str) -> Result<Option<JobStats>> {
    let job = guest.begin(api, Kind::Query)?;
    job.view().running()?;
    let Some((kind, since)) = guest.jobs().long() else { return Ok(None) };
    let operation = match kind {
        LongKind::Start => VIR_DOMAIN_JOB_OPERATION_START,
        LongKind::Save => VIR_DOMAIN_JOB_OPERATION_SAVE,
        LongKind::Dump => VIR_DOMAIN_JOB_OPERATION_DUMP,
    };
    let migration = match kind {
        LongKind::Start => None,
        LongKind::Save | LongKind::Dump => Some(job.monitor(|monitor| monitor.query_migrate())?),
    };
    Ok(Some(JobStats {
        kind: VIR_DOMAIN_JOB_UNBOUNDED,
        operation,
        elapsed: since.as_millis() as u64,
        downtime: migration.as_ref().and_then(|m| m.downtime),
        migration,
    }))
}

/// `virDomainGetJobInfo`.
pub(super) fn info(core: &Core, api: &str, dom: &DomainRef) -> Result<DomainGetJobInfoRet> {
    let guest = core.find(dom)?;
    let Some(stats) = current(&guest, api)? else { return Ok(DomainGetJobInfoRet::default()) };
    let ram = stats.migration.as_ref();
    let total = ram.map_or(0, |m| m.ram_total);
    let done = ram.map_or(0, |m| m.ram_transferred);
    let left = ram.map_or(0, |m| m.ram_remaining);
    Ok(DomainGetJobInfoRet {
        kind: stats.kind,
        time_elapsed: stats.elapsed,
        data_total: total,
        data_processed: done,
        data_remaining: left,
        mem_total: total,
        mem_processed: done,
        mem_remaining: left,
        ..DomainGetJobInfoRet::default()
    })
}

/// `virDomainGetJobStats`.
pub(super) fn stats(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<DomainGetJobStatsRet> {
    let known = VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED;
    check_flags(Qemu, flags, known, "qemuDomainGetJobStats")?;
    let guest = core.find(dom)?;
    let stats = match flags & VIR_DOMAIN_JOB_STATS_COMPLETED != 0 {
        false => current(&guest, api)?,
        true if guest.jobs().long().is_some() => None,
        true if flags & VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED != 0 => guest.view().last_job.clone(),
        true => guest.update(|view| view.last_job.take()),
    };
    let Some(stats) = stats else {
        return Ok(DomainGetJobStatsRet { kind: VIR_DOMAIN_JOB_NONE, params: Vec::new() });
    };
    Ok(DomainGetJobStatsRet { kind: stats.kind, params: params(&stats) })
}

fn params(stats: &JobStats) -> TypedParams {
    let mut all = TypedParams::new();
    push(&mut all, "operation", stats.operation);
    push(&mut all, "time_elapsed", stats.elapsed);
    let Some(m) = &stats.migration else { return all };
    if let Some(downtime) = stats.downtime {
        push(&mut all, "downtime", downtime);
    }
    if let Some(setup) = m.setup_time {
        push(&mut all, "setup_time", setup);
    }
    for prefix in ["data", "memory"] {
        push(&mut all, format!("{prefix}_total"), m.ram_total);
        push(&mut all, format!("{prefix}_processed"), m.ram_transferred);
        push(&mut all, format!("{prefix}_remaining"), m.ram_remaining);
    }
    if m.ram_bps > 0 {
        push(&mut all, "memory_bps", m.ram_bps);
    }
    push(&mut all, "memory_constant", m.ram_duplicate);
    push(&mut all, "memory_normal", m.ram_normal);
    push(&mut all, "memory_normal_bytes", m.ram_normal_bytes);
    push(&mut all, "memory_dirty_rate", m.ram_dirty_rate);
    push(&mut all, "memory_iteration", m.ram_iteration);
    push(&mut all, "memory_postcopy_requests", 0u64);
    if m.ram_page_size > 0 {
        push(&mut all, "memory_page_size", m.ram_page_size);
    }
    all
}

/// `virDomainAbortJob`.
pub(super) fn abort(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, VIR_DOMAIN_ABORT_JOB_POSTCOPY, "qemuDomainAbortJobFlags")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Abort)?;
    job.view().running()?;
    match guest.jobs().long() {
        None => bail!(Qemu, OperationInvalid, "no job is active on the domain"),
        Some((LongKind::Start, _)) => bail!(Qemu, OperationInvalid, "cannot abort start job"),
        Some(_) => job.monitor(|monitor| monitor.migrate_cancel()),
    }
}

/// `virDomainGetControlInfo`.
pub(super) fn control(core: &Core, dom: &DomainRef, flags: u32) -> Result<DomainGetControlInfoRet> {
    check_flags(Qemu, flags, 0, "qemuDomainGetControlInfo")?;
    let guest = core.find(dom)?;
    guest.view().running()?;
    let answer = |state: i32, details: i32, state_time| DomainGetControlInfoRet {
        state: state as u32,
        details: details as u32,
        state_time,
    };
    if let Some(since) = guest.control_error() {
        let for_millis = SystemTime::now().duration_since(since).unwrap_or_default().as_millis() as u64;
        return Ok(answer(VIR_DOMAIN_CONTROL_ERROR, VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR, for_millis));
    }
    Ok(match (guest.jobs().long(), guest.jobs().busy()) {
        (Some((_, since)), _) => answer(VIR_DOMAIN_CONTROL_JOB, 0, since.as_millis() as u64),
        (None, Some(since)) => answer(VIR_DOMAIN_CONTROL_OCCUPIED, 0, since.as_millis() as u64),
        (None, None) => answer(VIR_DOMAIN_CONTROL_OK, 0, 0),
    })
}
