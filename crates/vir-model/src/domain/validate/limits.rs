//! Limits: ranges that the host's kernel has, and what excludes each other.

use crate::domain::Domain;
use crate::domain::device::iotune::IoTune;
use vir_base::{Result, bail};

/// Where the domain's processes stand.
///
/// # Errors
/// An application's name that is none.
pub fn resource(domain: &Domain) -> Result<()> {
    let channel = domain.resource.as_ref().and_then(|resource| resource.fibrechannel.as_ref());
    let Some(appid) = channel.and_then(|channel| channel.appid.as_ref()) else { return Ok(()) };
    if !printable(appid) {
        bail!(Domain, XmlError, "Fibre Channel 'appid' is not a printable string");
    }
    if appid.is_empty() || appid.len() > 128 {
        bail!(Domain, InvalidArg, "Fibre Channel 'appid' string length must be between [1, 128]");
    }
    Ok(())
}

/// Only characters that print.
pub(super) fn printable(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~'))
}

/// Periods and quotas.
///
/// # Errors
/// One that is out of range.
pub fn cputune(domain: &Domain) -> Result<()> {
    const QUOTA_MAX: i128 = 17_592_186_044_415;
    let Some(tune) = &domain.cputune else { return Ok(()) };
    let rows: [(&str, Option<i128>, i128); 8] = [
        ("period", tune.period.map(|n| n.0.into()), 1_000_000),
        ("global_period", tune.global_period.map(|n| n.0.into()), 1_000_000),
        ("emulator_period", tune.emulator_period.map(|n| n.0.into()), 1_000_000),
        ("iothread_period", tune.iothread_period.map(|n| n.0.into()), 1_000_000),
        ("quota", tune.quota.map(|n| n.0.into()), QUOTA_MAX),
        ("global_quota", tune.global_quota.map(|n| n.0.into()), QUOTA_MAX),
        ("emulator_quota", tune.emulator_quota.map(|n| n.0.into()), QUOTA_MAX),
        ("iothread_quota", tune.iothread_quota.map(|n| n.0.into()), QUOTA_MAX),
    ];
    for (name, value, max) in rows {
        if let Some(value) = value
            && value > 0
            && !(1000..=max).contains(&value)
        {
            bail!(Domain, ConfigUnsupported, "Value of cputune '{name}' must be in range [1000, {max}]");
        }
    }
    Ok(())
}

/// Shares and limits of the host's disks.
///
/// # Errors
/// Two for one disk.
pub fn blkio(domain: &Domain) -> Result<()> {
    let devices = domain.blkiotune.as_ref().map_or(&[][..], |tune| &tune.devices);
    for (i, device) in devices.iter().enumerate() {
        if devices[..i].iter().any(|other| other.path == device.path) {
            let path = device.path.as_deref().unwrap_or_default();
            bail!(Domain, ConfigUnsupported, "duplicate blkio device path '{path}'");
        }
    }
    Ok(())
}

/// Maps of users and groups.
///
/// # Errors
/// One without the other, or root left out.
pub fn idmap(domain: &Domain) -> Result<()> {
    let Some(map) = &domain.idmap else { return Ok(()) };
    if map.uids.is_empty() != map.gids.is_empty() {
        bail!(Domain, ConfigUnsupported, "uid and gid should be mapped both");
    }
    if [&map.uids, &map.gids].iter().any(|map| map.first().is_some_and(|first| first.start.0 != 0)) {
        bail!(Domain, ConfigUnsupported, "You must map the root user of container");
    }
    Ok(())
}

/// Numbers of worker threads.
///
/// # Errors
/// None at all, or more at least than at most.
pub fn iothreads(domain: &Domain) -> Result<()> {
    let pools = domain.iothreads.iter().map(|thread| (thread.thread_pool_min, thread.thread_pool_max));
    let default = domain.default_iothread.iter().map(|it| (it.thread_pool_min, it.thread_pool_max));
    for (min, max) in pools.chain(default) {
        let (min, max) = (min.unwrap_or(-1), max.unwrap_or(-1));
        if max == 0 {
            bail!(Domain, ConfigUnsupported, "thread_pool_max must be a positive integer");
        }
        if min > max {
            bail!(Domain, ConfigUnsupported, "thread_pool_min must be smaller or equal to thread_pool_max");
        }
    }
    Ok(())
}

/// Groups of limits.
///
/// # Errors
/// Limits that exclude each other, or two groups of one name.
pub fn throttle_groups(domain: &Domain) -> Result<()> {
    let groups = domain.throttlegroups.iter().flat_map(|groups| &groups.groups);
    let groups: Vec<&IoTune> = groups.map(|group| &group.0).collect();
    for (i, group) in groups.iter().enumerate() {
        if groups[..i].iter().any(|other| other.group_name == group.group_name) {
            let name = group.group_name.as_deref().unwrap_or_default();
            bail!(Domain, XmlError, "duplicate group name '{name}' found");
        }
        iotune(group)?;
    }
    Ok(())
}

/// Limits of a disk.
///
/// # Errors
/// Limits of all beside those of reading or writing.
pub fn iotune(tune: &IoTune) -> Result<()> {
    for (total, read, write, what) in [
        (tune.total_bytes_sec, tune.read_bytes_sec, tune.write_bytes_sec, "bytes_sec"),
        (tune.total_iops_sec, tune.read_iops_sec, tune.write_iops_sec, "iops_sec"),
        (tune.total_bytes_sec_max, tune.read_bytes_sec_max, tune.write_bytes_sec_max, "bytes_sec_max"),
        (tune.total_iops_sec_max, tune.read_iops_sec_max, tune.write_iops_sec_max, "iops_sec_max"),
    ] {
        if total > 0 && (read > 0 || write > 0) {
            bail!(Domain, XmlError, "total and read/write {what} cannot be set at the same time");
        }
    }
    Ok(())
}
