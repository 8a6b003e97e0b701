//! Virtual CPUs: how many, their threads, times and processors.

use super::core::Core;
use crate::guest::{Live, View};
use crate::model;
use vir_api::constants::*;
use vir_api::types::{DomainGetVcpusRet, VcpuInfo};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::typed::push;
use vir_base::{ErrorDomain::Qemu, Result, TypedParams, bail};
use vir_host::Host;

fn infos(live: &Live) -> Vec<VcpuInfo> {
    let count = model::vcpus(&live.def);
    let info = |number: u32| {
        let thread = live.vcpus.get(number as usize).copied().filter(|t| *t > 0);
        let used = |thread| Host::real().usage(live.process.pid(), Some(thread)).ok();
        let used = thread.and_then(used).unwrap_or_default();
        VcpuInfo { number, state: VIR_VCPU_RUNNING, cpu_time: used.cpu_time(), cpu: used.last_cpu as i32 }
    };
    (0..count).map(info).collect()
}

/// The `vcpu.*` numbers.
pub(super) fn stats(view: &View, params: &mut TypedParams) {
    let Some(def) = view.def() else { return };
    push(params, "vcpu.current", model::vcpus(def));
    push(params, "vcpu.maximum", model::vcpus_max(def));
    let Some(live) = &view.live else {
        for number in 0..model::vcpus(def) {
            push(params, format!("vcpu.{number}.state"), VIR_VCPU_RUNNING);
        }
        return;
    };
    let pid = live.process.pid();
    for info in infos(live) {
        let number = info.number;
        push(params, format!("vcpu.{number}.state"), info.state);
        push(params, format!("vcpu.{number}.time"), info.cpu_time);
        let thread = live.vcpus.get(number as usize).copied().unwrap_or(0);
        push(params, format!("vcpu.{number}.wait"), Host::real().wait_time(pid, Some(thread)).unwrap_or(0));
        push(params, format!("vcpu.{number}.delay"), run_delay(pid, thread).unwrap_or(0));
    }
}

/// `virDomainGetVcpus`; `maplen` is the length of one processor map in bytes.
pub(super) fn get_vcpus(core: &Core, dom: &DomainRef, max: i32, maplen: i32) -> Result<DomainGetVcpusRet> {
    let guest = core.find(dom)?;
    let view = guest.view();
    let Some(live) = &view.live else {
        bail!(Qemu, OperationInvalid, "cannot retrieve vcpu information for inactive domain");
    };
    let mut info = infos(live);
    info.truncate(max.max(0) as usize);
    let maplen = maplen.max(0) as usize;
    let mut cpumaps = Vec::with_capacity(maplen * info.len());
    for vcpu in &info {
        let thread = live.vcpus.get(vcpu.number as usize).copied().unwrap_or(0);
        // a thread that is gone may run nowhere
        let cpus = vir_host::process::affinity(thread.max(1)).unwrap_or_default();
        cpumaps.extend(cpus.to_bytes(maplen));
    }
    Ok(DomainGetVcpusRet { info, cpumaps })
}

/// How long a thread waited for a processor while it could have run, in ns.
fn run_delay(pid: i32, thread: i32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/schedstat")).ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// `virDomainGetVcpusFlags`.
pub(super) fn count(core: &Core, dom: &DomainRef, flags: u32) -> Result<i32> {
    let known =
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST;
    check_flags(Qemu, flags, known, "qemuDomainGetVcpusFlags")?;
    if flags & VIR_DOMAIN_VCPU_GUEST != 0 {
        bail!(Qemu, ArgumentUnsupported, "QEMU guest agent is not configured");
    }
    let view = core.find(dom)?.view();
    let def = super::one_def(&view, flags)?;
    let count = if flags & VIR_DOMAIN_VCPU_MAXIMUM != 0 { model::vcpus_max(def) } else { model::vcpus(def) };
    Ok(count.try_into().unwrap_or(i32::MAX))
}

/// `virDomainGetMaxVcpus`.
pub(super) fn max(core: &Core, dom: &DomainRef) -> Result<i32> {
    let live = core.find(dom)?.view().active();
    let which = if live { VIR_DOMAIN_AFFECT_LIVE } else { VIR_DOMAIN_AFFECT_CONFIG };
    count(core, dom, which | VIR_DOMAIN_VCPU_MAXIMUM)
}
