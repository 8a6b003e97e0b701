//! A guest in a few numbers.

use super::ErrorDomain::Qemu;
use super::core::Core;
use super::memory;
use crate::model;
use vir_api::constants::{
    VIR_DOMAIN_CPU_STATS_CPUTIME, VIR_DOMAIN_CPU_STATS_SYSTEMTIME, VIR_DOMAIN_CPU_STATS_USERTIME,
    VIR_TYPED_PARAM_STRING_OKAY,
};
use vir_api::types::{DomainGetInfoRet, DomainGetStateRet, DomainInterfaceStatsRet};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::typed::push;
use vir_base::{Result, TypedParams, bail};
use vir_host::Host;

pub(super) fn info(core: &Core, dom: &DomainRef) -> Result<DomainGetInfoRet> {
    let view = core.find(dom)?.view();
    let Some(def) = view.def() else { return Ok(DomainGetInfoRet::default()) };
    let used = view.live.as_ref().and_then(|l| Host::real().usage(l.process.pid(), None).ok());
    Ok(DomainGetInfoRet {
        state: view.state.try_into().unwrap_or(0),
        max_mem: model::memory_total(def),
        memory: memory::current(&view),
        nr_virt_cpu: model::vcpus(def).try_into().unwrap_or(u16::MAX),
        cpu_time: used.map_or(0, |u| u.cpu_time()),
    })
}

pub(super) fn state(core: &Core, dom: &DomainRef, flags: u32) -> Result<DomainGetStateRet> {
    check_flags(Qemu, flags, 0, "qemuDomainGetState")?;
    let view = core.find(dom)?.view();
    Ok(DomainGetStateRet { state: view.state, reason: view.reason })
}

/// `virDomainGetCPUStats`. What each of the host's processors did for a guest is known only to a cgroup
/// controller, which guests are not put under.
pub(super) fn cpu_stats(
    core: &Core,
    dom: &DomainRef,
    start: i32,
    _count: u32,
    flags: u32,
) -> Result<TypedParams> {
    check_flags(Qemu, flags, VIR_TYPED_PARAM_STRING_OKAY, "qemuDomainGetCPUStats")?;
    let view = core.find(dom)?.view();
    let live = view.running()?;
    if start != -1 {
        bail!(Qemu, OperationInvalid, "cgroup CPUACCT controller is not mounted");
    }
    let Ok(used) = Host::real().usage(live.process.pid(), None) else {
        bail!(Qemu, OperationFailed, "cannot read cputime for domain");
    };
    let mut params = TypedParams::new();
    push(&mut params, VIR_DOMAIN_CPU_STATS_CPUTIME, used.cpu_time());
    push(&mut params, VIR_DOMAIN_CPU_STATS_USERTIME, used.user);
    push(&mut params, VIR_DOMAIN_CPU_STATS_SYSTEMTIME, used.system);
    Ok(params)
}

pub(super) fn interface_stats(core: &Core, dom: &DomainRef, device: &str) -> Result<DomainInterfaceStatsRet> {
    let view = core.find(dom)?.view();
    let nets = model::nets(&view.running()?.def);
    let found = nets.iter().find(|n| n.ifname.as_deref() == Some(device) || n.mac == device);
    let Some(net) = found else {
        bail!(Domain, InvalidArg, "'{device}' is not a known interface");
    };
    let Some(name) = &net.ifname else {
        bail!(None, InternalError, "/proc/net/dev: Interface not found");
    };
    let s = Host::real().interface_stats(name)?.swapped();
    Ok(DomainInterfaceStatsRet {
        rx_bytes: s.rx_bytes,
        rx_packets: s.rx_packets,
        rx_errs: s.rx_errs,
        rx_drop: s.rx_drop,
        tx_bytes: s.tx_bytes,
        tx_packets: s.tx_packets,
        tx_errs: s.tx_errs,
        tx_drop: s.tx_drop,
    })
}
