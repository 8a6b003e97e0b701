//! Disks: their counters and sizes.

use super::core::Core;
use crate::guest::job::Kind;
use crate::guest::{Job, View};
use crate::model::{self, Disk};
use crate::monitor::BlockStats;
use crate::process::image;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use vir_api::constants::*;
use vir_api::types::{DomainBlockStatsRet, DomainDiskError, DomainGetBlockInfoRet, DomainGetDiskErrorsRet};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::typed::push;
use vir_base::{ErrorDomain::Qemu, Result, TypedParam, TypedParams, bail};

/// How long storage may take to tell a size.
const STORAGE_PATIENCE: Duration = Duration::from_secs(10);

/// All counters, with the sizes of the nodes.
fn all(job: &Job) -> Result<BTreeMap<String, BlockStats>> {
    job.monitor(|monitor| {
        let mut stats = monitor.query_blockstats()?;
        for (node, (capacity, physical)) in monitor.query_block_sizes()? {
            let entry = stats.entry(node).or_default();
            entry.capacity = capacity;
            entry.physical = physical.unwrap_or(0);
        }
        Ok(stats)
    })
}

/// The `block.*` numbers.
pub(super) fn stats(view: &View, job: Option<&Job>, params: &mut TypedParams) {
    let Some(def) = view.def() else { return };
    let disks = model::disks(def);
    let counts = job.filter(|_| view.active()).and_then(|job| all(job).ok());
    push(params, "block.count", disks.len() as u32);
    for (index, disk) in disks.iter().enumerate() {
        push(params, format!("block.{index}.name"), disk.target.as_str());
        if let Some(path) = &disk.path {
            push(params, format!("block.{index}.path"), path.as_str());
        }
        if let Some(node) = disk.index {
            push(params, format!("block.{index}.backingIndex"), node);
        }
        if !view.active() {
            offline(disk, index, params);
            continue;
        }
        let Some(counts) = &counts else { continue };
        if let Some(front) = disk.alias.as_ref().and_then(|alias| counts.get(alias)) {
            let all = [
                ("rd.reqs", front.rd_req),
                ("rd.bytes", front.rd_bytes),
                ("rd.times", front.rd_total_times),
                ("wr.reqs", front.wr_req),
                ("wr.bytes", front.wr_bytes),
                ("wr.times", front.wr_total_times),
                ("fl.reqs", front.flush_req),
                ("fl.times", front.flush_total_times),
            ];
            for (suffix, value) in all {
                push(params, format!("block.{index}.{suffix}"), value);
            }
        }
        if let Some(node) = disk.node_name().and_then(|name| counts.get(&name)) {
            push(params, format!("block.{index}.allocation"), node.wr_highest_offset.unwrap_or(0));
            if node.capacity > 0 {
                push(params, format!("block.{index}.capacity"), node.capacity);
            }
            if node.physical > 0 {
                push(params, format!("block.{index}.physical"), node.physical);
            }
        }
    }
}

fn offline(disk: &Disk, index: usize, params: &mut TypedParams) {
    let Some(sizes) = disk.path.as_ref().and_then(|path| sizes_of_file(disk, path).ok()) else { return };
    let all = [("allocation", sizes.allocation), ("capacity", sizes.capacity), ("physical", sizes.physical)];
    for (suffix, value) in all.into_iter().filter(|(_, v)| *v > 0) {
        push(params, format!("block.{index}.{suffix}"), value);
    }
}

fn sizes_of_file(disk: &Disk, path: &str) -> Result<DomainGetBlockInfoRet> {
    let vir_host::storage::Sizes { physical: length, allocation, .. } =
        vir_host::storage::sizes(path, STORAGE_PATIENCE)?;
    let capacity = match disk.format.as_str() {
        "qcow2" => image::qcow2(Path::new(path)).map_or(length, |head| head.capacity),
        _ => length,
    };
    Ok(DomainGetBlockInfoRet { allocation, capacity, physical: length })
}

/// The disk of that target name or source path.
fn find_disk<'a>(disks: &'a [Disk], name: &str) -> Option<&'a Disk> {
    disks.iter().find(|d| d.target == name).or_else(|| disks.iter().find(|d| d.path.as_deref() == Some(name)))
}

fn gather(core: &Core, api: &str, dom: &DomainRef, path: &str) -> Result<BlockStats> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Query)?;
    let view = job.view();
    let disks = model::disks(&view.running()?.def);
    let counts = job.monitor(|monitor| monitor.query_blockstats())?;
    let chosen: Vec<&Disk> = match path {
        "" => disks.iter().collect(),
        name => match find_disk(&disks, name) {
            Some(disk) => vec![disk],
            None => bail!(Qemu, InvalidArg, "invalid path: {name}"),
        },
    };
    let mut sum = BlockStats::default();
    for disk in chosen {
        let Some(alias) = &disk.alias else {
            bail!(Qemu, InternalError, "missing disk device alias name for {}", disk.target);
        };
        let Some(one) = counts.get(alias) else {
            bail!(Qemu, InternalError, "cannot find statistics for device '{alias}'");
        };
        sum.rd_req += one.rd_req;
        sum.rd_bytes += one.rd_bytes;
        sum.rd_total_times += one.rd_total_times;
        sum.wr_req += one.wr_req;
        sum.wr_bytes += one.wr_bytes;
        sum.wr_total_times += one.wr_total_times;
        sum.flush_req += one.flush_req;
        sum.flush_total_times += one.flush_total_times;
    }
    Ok(sum)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// `virDomainBlockStats`.
pub(super) fn block_stats(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    path: &str,
) -> Result<DomainBlockStatsRet> {
    let sum = gather(core, api, dom, path)?;
    Ok(DomainBlockStatsRet {
        rd_req: signed(sum.rd_req),
        rd_bytes: signed(sum.rd_bytes),
        wr_req: signed(sum.wr_req),
        wr_bytes: signed(sum.wr_bytes),
        // QEMU does not count them
        errs: -1,
    })
}

/// `virDomainBlockStatsFlags`.
pub(super) fn block_stats_flags(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    path: &str,
    flags: u32,
) -> Result<Vec<TypedParam>> {
    check_flags(Qemu, flags, VIR_TYPED_PARAM_STRING_OKAY, "qemuDomainBlockStatsFlags")?;
    let sum = gather(core, api, dom, path)?;
    let all = [
        ("wr_bytes", sum.wr_bytes),
        ("wr_operations", sum.wr_req),
        ("rd_bytes", sum.rd_bytes),
        ("rd_operations", sum.rd_req),
        ("flush_operations", sum.flush_req),
        ("wr_total_times", sum.wr_total_times),
        ("rd_total_times", sum.rd_total_times),
        ("flush_total_times", sum.flush_total_times),
    ];
    Ok(all.into_iter().map(|(name, value)| TypedParam::new(name, signed(value))).collect())
}

/// `virDomainGetBlockInfo`.
pub(super) fn block_info(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    path: &str,
    flags: u32,
) -> Result<DomainGetBlockInfoRet> {
    check_flags(Qemu, flags, 0, "qemuDomainGetBlockInfo")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Query)?;
    let view = job.view();
    let disks = view.def().map(|def| model::disks(def)).unwrap_or_default();
    let Some(disk) = find_disk(&disks, path) else {
        bail!(Qemu, InvalidArg, "invalid path {path} not assigned to domain");
    };
    let Some(file) = &disk.path else {
        bail!(Qemu, InvalidArg, "disk '{path}' does not currently have a source assigned");
    };
    if !view.active() {
        return sizes_of_file(disk, file);
    }
    let counts = all(&job)?;
    let node = disk.node_name().and_then(|name| counts.get(&name).cloned()).unwrap_or_default();
    let mut allocation = match node.wr_highest_offset {
        Some(offset) if disk.format != "qcow2" => offset,
        _ => node.physical,
    };
    let mut physical = node.physical;
    // a sparse file: its length is what it is on disk for this function
    if node.physical == 0 || allocation == 0 || allocation == node.physical {
        if allocation == 0 {
            allocation = node.physical;
        }
        physical = vir_host::storage::sizes(file, STORAGE_PATIENCE).map_or(node.physical, |s| s.physical);
    }
    Ok(DomainGetBlockInfoRet { allocation, capacity: node.capacity, physical })
}

/// `virDomainGetDiskErrors`.
pub(super) fn disk_errors(
    core: &Core,
    dom: &DomainRef,
    max: u32,
    flags: u32,
) -> Result<DomainGetDiskErrorsRet> {
    check_flags(Qemu, flags, 0, "qemuDomainGetDiskErrors")?;
    let view = core.find(dom)?.view();
    let live = view.running()?;
    let nerrors = live.io_errors.len().try_into().unwrap_or(i32::MAX);
    let errors = live
        .io_errors
        .iter()
        .take(max as usize)
        .map(|(disk, error)| DomainDiskError { disk: disk.clone(), error: *error })
        .collect();
    Ok(DomainGetDiskErrorsRet { errors, nerrors })
}
