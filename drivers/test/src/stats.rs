//! Statistics of domains and their devices. The numbers mean nothing; they grow with the time.

use crate::definition::{Disk, Net};
use crate::domains::passes;
use crate::driver::Driver;
use crate::guest::Guest;
use crate::info::now_micros;
use crate::list::STATS_FILTERS;
use crate::network::guest_address;
use vir_api::constants as c;
use vir_api::types::{
    DomainBlockStatsRet, DomainDiskError, DomainFsinfo, DomainGetBlockInfoRet, DomainGetDiskErrorsRet,
    DomainGetFsInfoRet, DomainInterface, DomainInterfaceStatsRet, DomainIpAddr, DomainStatsRecord,
};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain, Result, TypedParam, bail, err};

/// Nanoseconds of processor time that every domain has used.
const CPU_TIME: u64 = 48_772_617_035;

pub(crate) fn all(
    driver: &Driver,
    doms: &[DomainRef],
    stats: u32,
    flags: u32,
) -> Result<Vec<DomainStatsRecord>> {
    let behaviour = c::VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        | c::VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING
        | c::VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS;
    check_flags(ErrorDomain::Test, flags, STATS_FILTERS | behaviour, "testConnectGetAllDomainStats")?;
    let served = c::VIR_DOMAIN_STATS_STATE | c::VIR_DOMAIN_STATS_IOTHREAD;
    let missing = stats & !served;
    if flags & c::VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS != 0 && missing != 0 {
        bail!(Test, ArgumentUnsupported, "Stats types bits 0x{missing:x} are not supported by this daemon");
    }
    let stats = if stats == 0 { served } else { stats };
    driver.with(|state| {
        let chosen: Vec<&Guest> = match doms {
            [] => state.domains.iter().collect(),
            // those that are gone are left out
            doms => doms.iter().filter_map(|dom| state.domains.by_uuid(&dom.uuid)).collect(),
        };
        let chosen = chosen.into_iter().filter(|guest| passes(guest, flags & STATS_FILTERS));
        Ok(chosen
            .map(|guest| DomainStatsRecord { dom: guest.reference(), params: record(guest, stats) })
            .collect())
    })
}

fn record(guest: &Guest, stats: u32) -> Vec<TypedParam> {
    let mut params = vec![];
    if stats & c::VIR_DOMAIN_STATS_STATE != 0 {
        params.push(TypedParam::new(c::VIR_DOMAIN_STATS_STATE_STATE, guest.state));
        params.push(TypedParam::new(c::VIR_DOMAIN_STATS_STATE_REASON, guest.reason));
    }
    if stats & c::VIR_DOMAIN_STATS_IOTHREAD != 0 && guest.is_active() && !guest.iothreads.is_empty() {
        let count = u32::try_from(guest.iothreads.len()).unwrap_or(u32::MAX);
        params.push(TypedParam::new(c::VIR_DOMAIN_STATS_IOTHREAD_COUNT, count));
        for thread in &guest.iothreads {
            let name = |suffix| format!("{}{}{suffix}", c::VIR_DOMAIN_STATS_IOTHREAD_PREFIX, thread.id);
            params.extend([
                TypedParam::new(name(c::VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_MAX_NS), thread.poll_max_ns),
                TypedParam::new(name(c::VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_GROW), thread.poll_grow),
                TypedParam::new(name(c::VIR_DOMAIN_STATS_IOTHREAD_SUFFIX_POLL_SHRINK), thread.poll_shrink),
            ]);
        }
    }
    params
}

/// Times of one or more processors, or, for `start` -1, of all of them together.
///
/// For `count` 0 there is one parameter for each processor of the host: callers learn how many there
/// are.
pub(crate) fn cpu(
    driver: &Driver,
    dom: &DomainRef,
    start: i32,
    count: u32,
    flags: u32,
) -> Result<Vec<TypedParam>> {
    check_flags(ErrorDomain::Test, flags, c::VIR_TYPED_PARAM_STRING_OKAY, "testDomainGetCPUStats")?;
    driver.with(|state| state.domains.find(dom)?.check_active())?;
    if start == -1 {
        return Ok(vec![
            TypedParam::new(c::VIR_DOMAIN_CPU_STATS_CPUTIME, CPU_TIME),
            TypedParam::new(c::VIR_DOMAIN_CPU_STATS_USERTIME, 5_540_000_000_u64),
            TypedParam::new(c::VIR_DOMAIN_CPU_STATS_SYSTEMTIME, 6_460_000_000_u64),
        ]);
    }
    let total = driver.host.info.cores.max(0).cast_unsigned();
    let time = CPU_TIME / u64::from(total.max(1));
    let cpu_time = |cpu: u32| TypedParam::new(c::VIR_DOMAIN_CPU_STATS_CPUTIME, time + u64::from(cpu));
    if count == 0 {
        return Ok((0..total).map(cpu_time).collect());
    }
    let start = match u32::try_from(start) {
        Ok(start) if start < total => start,
        _ => bail!(Test, InvalidArg, "start_cpu {start} larger than maximum of {}", i64::from(total) - 1),
    };
    let end = total.min(start.saturating_add(count));
    Ok((start..end)
        .flat_map(|cpu| {
            let vcpu = (time + u64::from(cpu)).saturating_sub(1_234_567_890);
            [cpu_time(cpu), TypedParam::new(c::VIR_DOMAIN_CPU_STATS_VCPUTIME, vcpu)]
        })
        .collect())
}

pub(crate) fn block(driver: &Driver, dom: &DomainRef, path: &str) -> Result<DomainBlockStatsRet> {
    if path.is_empty() {
        bail!(Test, OperationUnsupported, "summary statistics are not supported yet");
    }
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        disk(guest, path).ok_or_else(|| err!(Test, InvalidArg, "invalid path: {path}"))?;
        let base = now_micros().cast_signed();
        Ok(DomainBlockStatsRet {
            rd_req: base / 10,
            rd_bytes: base / 20,
            wr_req: base / 30,
            wr_bytes: base / 40,
            errs: base / 2_000_000,
        })
    })
}

/// The disk of that target, or, for a name that starts with `/`, the only one with that source.
fn disk(guest: &Guest, name: &str) -> Option<Disk> {
    let disks = guest.current.disks();
    if !name.starts_with('/') {
        return disks.into_iter().find(|disk| disk.target == name);
    }
    let mut found = disks.into_iter().filter(|disk| disk.source.as_deref() == Some(name));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

pub(crate) fn block_info(
    driver: &Driver,
    dom: &DomainRef,
    path: &str,
    flags: u32,
) -> Result<DomainGetBlockInfoRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetBlockInfo")?;
    driver.with(|state| {
        let Some(disk) = disk(state.domains.find(dom)?, path) else {
            bail!(Test, InvalidArg, "invalid path {path} not assigned to domain");
        };
        if disk.empty {
            bail!(Test, InvalidArg, "disk '{path}' does not currently have a source assigned");
        }
        Ok(DomainGetBlockInfoRet {
            allocation: 1_099_511_627_776,
            capacity: 1_099_506_450_432,
            physical: 1_099_511_627_776,
        })
    })
}

/// Each disk has an error, the two kinds in turn.
pub(crate) fn disk_errors(
    driver: &Driver,
    dom: &DomainRef,
    max: u32,
    flags: u32,
) -> Result<DomainGetDiskErrorsRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetDiskErrors")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        let disks = guest.current.disks();
        let count = i32::try_from(disks.len()).unwrap_or(i32::MAX);
        if max == 0 {
            return Ok(DomainGetDiskErrorsRet { errors: vec![], nerrors: count });
        }
        let kinds = (c::VIR_DOMAIN_DISK_ERROR_UNSPEC..c::VIR_DOMAIN_DISK_ERROR_LAST).cycle();
        let room = usize::try_from(max).unwrap_or(usize::MAX);
        let errors: Vec<_> = disks
            .into_iter()
            .zip(kinds)
            .take(room)
            .map(|(disk, error)| DomainDiskError { disk: disk.target, error })
            .collect();
        let nerrors = i32::try_from(errors.len()).unwrap_or(i32::MAX);
        Ok(DomainGetDiskErrorsRet { errors, nerrors })
    })
}

/// The first disk holds `/` and `/boot`.
pub(crate) fn file_systems(driver: &Driver, dom: &DomainRef, flags: u32) -> Result<DomainGetFsInfoRet> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainGetFSInfo")?;
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        let Some(disk) = guest.current.disks().into_iter().find(|disk| disk.is_disk) else {
            return Ok(DomainGetFsInfoRet::default());
        };
        let file_system = |mountpoint: &str, partition| DomainFsinfo {
            mountpoint: mountpoint.to_owned(),
            name: format!("{}{partition}", disk.target),
            fstype: "ext4".to_owned(),
            dev_aliases: vec![disk.target.clone()],
        };
        Ok(DomainGetFsInfoRet { info: vec![file_system("/", 1), file_system("/boot", 2)], ret: 2 })
    })
}

pub(crate) fn interface(driver: &Driver, dom: &DomainRef, device: &str) -> Result<DomainInterfaceStatsRet> {
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        find_net(&guest.current.nets(), device)?;
        let base = now_micros().cast_signed();
        Ok(DomainInterfaceStatsRet {
            rx_bytes: base / 10,
            rx_packets: base / 100,
            rx_errs: base / 1_000_000,
            rx_drop: base / 2_000_000,
            tx_bytes: base / 20,
            tx_packets: base / 110,
            tx_errs: base / 3_000_000,
            tx_drop: base / 4_000_000,
        })
    })
}

/// The interface of that MAC address or host device name.
fn find_net<'a>(nets: &'a [Net], device: &str) -> Result<&'a Net> {
    let by_name = |net: &&Net| net.target.as_deref() == Some(device);
    let by_mac = |net: &&Net| net.mac.eq_ignore_ascii_case(device);
    nets.iter()
        .find(by_mac)
        .or_else(|| nets.iter().find(by_name))
        .ok_or_else(|| err!(Domain, InvalidArg, "'{device}' is not a known interface"))
}

/// Each interface has one address: of its network, counted up so that no two guests share one, or of
/// 192.168.0.0/24.
pub(crate) fn interface_addresses(
    driver: &Driver,
    dom: &DomainRef,
    source: u32,
    flags: u32,
) -> Result<Vec<DomainInterface>> {
    check_flags(ErrorDomain::Test, flags, 0, "testDomainInterfaceAddresses")?;
    if source >= c::VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LAST.cast_unsigned() {
        bail!(Test, ArgumentUnsupported, "Unknown IP address data source {source}");
    }
    driver.with(|state| {
        let guest = state.domains.find(dom)?;
        guest.check_active()?;
        let (nets, id) = (guest.current.nets(), i64::from(guest.id));
        let mut interfaces = vec![];
        for (i, net) in (0i64..).zip(nets) {
            let address = match &net.network {
                Some(name) => guest_address(&mut state.networks, name, 20 * (id - 1) + i + 1)?,
                None => DomainIpAddr { kind: 0, addr: format!("192.168.0.{}", 1 + i), prefix: 24 },
            };
            interfaces.push(DomainInterface {
                name: net.target.unwrap_or_default(),
                hwaddr: Some(net.mac),
                addrs: vec![address],
            });
        }
        Ok(interfaces)
    })
}
