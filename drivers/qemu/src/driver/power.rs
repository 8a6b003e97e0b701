//! A running guest's buttons: pause and go on, power, reset, NMI, keys.

use super::core::Core;
use super::{keys, leases, stop};
use crate::guest::job::Kind;
use crate::guest::{Ending, Guest, Job, View};
use crate::model::{self, Action};
use std::sync::Arc;
use vir_api::constants::*;
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{ErrorDomain::Qemu, Result, bail};

/// Stops the processors. Where the guest ran, it is then paused for `reason`, and that was told.
pub(super) fn stop_cpus(core: &Core, guest: &Arc<Guest>, job: impl Lends, reason: i32) -> Result<()> {
    with_reason(guest, reason, || job.lend(&|monitor| monitor.stop()))?;
    // told by the event, which comes before the answer; this is for a QEMU that keeps it to itself
    let late = guest.update(|view| {
        let late = view.active() && view.state == VIR_DOMAIN_RUNNING;
        if late {
            (view.state, view.reason) = (VIR_DOMAIN_PAUSED, reason);
        }
        late.then(|| view.domain_ref())
    });
    if let Some(dom) = late {
        core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_SUSPENDED, super::react::suspended_detail(reason));
    }
    leases::release(core, guest);
    core.save_status(guest);
    Ok(())
}

/// Lets the processors run; the guest then runs for `reason`, and that was told.
pub(super) fn start_cpus(core: &Core, guest: &Arc<Guest>, job: impl Lends, reason: i32) -> Result<()> {
    leases::hold_while(core, guest, || run_cpus(core, guest, job, reason))?;
    core.save_status(guest);
    Ok(())
}

fn run_cpus(core: &Core, guest: &Arc<Guest>, job: impl Lends, reason: i32) -> Result<()> {
    with_reason(guest, reason, || job.lend(&|monitor| monitor.cont()))?;
    let late = guest.update(|view| {
        let late = view.active() && view.state == VIR_DOMAIN_PAUSED;
        if late {
            (view.state, view.reason) = (VIR_DOMAIN_RUNNING, reason);
        }
        late.then(|| view.domain_ref())
    });
    if let Some(dom) = late {
        core.post_lifecycle(&dom, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    }
    Ok(())
}

/// What can lend the monitor: a job or a long one.
pub(super) trait Lends {
    fn lend(&self, with: &dyn Fn(&crate::monitor::Monitor) -> Result<()>) -> Result<()>;
}

impl Lends for &Job {
    fn lend(&self, with: &dyn Fn(&crate::monitor::Monitor) -> Result<()>) -> Result<()> {
        self.monitor(with)
    }
}

impl Lends for &crate::guest::LongJob {
    fn lend(&self, with: &dyn Fn(&crate::monitor::Monitor) -> Result<()>) -> Result<()> {
        self.monitor(with)
    }
}

fn with_reason(guest: &Guest, reason: i32, run: impl FnOnce() -> Result<()>) -> Result<()> {
    let set = |to| guest.update(|view| view.live.as_mut().map(|live| live.next_reason = to));
    set(Some(reason));
    let result = run();
    set(None);
    result
}

fn refuse_asleep(view: &View) -> Result<()> {
    match view.state == VIR_DOMAIN_PMSUSPENDED {
        true => bail!(Qemu, OperationInvalid, "domain is pmsuspended"),
        false => Ok(()),
    }
}

pub(super) fn suspend(core: &Core, api: &str, dom: &DomainRef) -> Result<()> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Suspend)?;
    let view = job.view();
    view.running()?;
    refuse_asleep(&view)?;
    match view.state == VIR_DOMAIN_PAUSED {
        true => Ok(()),
        false => stop_cpus(core, &guest, &job, VIR_DOMAIN_PAUSED_USER),
    }
}

pub(super) fn resume(core: &Core, api: &str, dom: &DomainRef) -> Result<()> {
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    let view = job.view();
    view.running()?;
    refuse_asleep(&view)?;
    if view.state == VIR_DOMAIN_RUNNING {
        bail!(Qemu, OperationInvalid, "domain is already running");
    }
    start_cpus(core, &guest, &job, VIR_DOMAIN_RUNNING_UNPAUSED)
}

pub(super) fn shutdown(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    let known = VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN | VIR_DOMAIN_SHUTDOWN_GUEST_AGENT;
    check_flags(Qemu, flags, known, "qemuDomainShutdownFlags")?;
    refuse_agent_only(flags, VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN, core, dom)?;
    let guest = core.find(dom)?;
    let again = guest.view().def().is_some_and(|def| model::on_poweroff(def) == Action::Restart);
    press_power(core, api, &guest, again)
}

pub(super) fn reboot(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    let known = VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT;
    check_flags(Qemu, flags, known, "qemuDomainReboot")?;
    refuse_agent_only(flags, VIR_DOMAIN_REBOOT_GUEST_AGENT, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN, core, dom)?;
    let guest = core.find(dom)?;
    let again = guest.view().def().is_none_or(|def| model::on_reboot(def) == Action::Restart);
    press_power(core, api, &guest, again)
}

/// The guest agent is not spoken to yet: who insists on it is told so.
fn refuse_agent_only(flags: u32, agent: u32, acpi: u32, core: &Core, dom: &DomainRef) -> Result<()> {
    if flags & agent == 0 || flags & acpi != 0 {
        return Ok(());
    }
    core.find(dom)?.view().running()?;
    bail!(Qemu, ArgumentUnsupported, "QEMU guest agent is not configured")
}

/// Presses the power button; with `again` the guest boots again once it is off.
fn press_power(_core: &Core, api: &str, guest: &Arc<Guest>, again: bool) -> Result<()> {
    let job = guest.begin(api, Kind::Modify)?;
    if job.view().state != VIR_DOMAIN_RUNNING {
        bail!(Qemu, OperationInvalid, "domain is not running");
    }
    guest.update(|view| view.live.as_mut().map(|live| live.fake_reboot = again));
    job.monitor(|monitor| monitor.system_powerdown())
}

/// The guest is off and is to boot again. If that fails it is ended.
pub(super) fn boot_again(core: &Arc<Core>, guest: &Arc<Guest>, id: i32) {
    let again = || -> Result<()> {
        let job = guest.begin("reboot", Kind::Modify)?;
        job.monitor(|monitor| monitor.system_reset())?;
        start_cpus(core, guest, &job, VIR_DOMAIN_RUNNING_BOOTED)
    };
    let result = again();
    guest.update_live(id, |live| live.fake_reboot = false);
    if result.is_err() {
        // a process that does not end even so is left to the next destroy
        let _ = stop::end_now(core, guest, id, Ending::SHUTDOWN, true);
    }
}

pub(super) fn reset(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, 0, "qemuDomainReset")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    job.view().running()?;
    job.monitor(|monitor| monitor.system_reset())?;
    guest.update(|view| {
        if view.state == VIR_DOMAIN_CRASHED {
            (view.state, view.reason) = (VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_CRASHED);
        }
        view.live.as_mut().map(|live| live.fake_reboot = false)
    });
    core.save_status(&guest);
    Ok(())
}

pub(super) fn inject_nmi(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, 0, "qemuDomainInjectNMI")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    job.view().running()?;
    job.monitor(|monitor| monitor.inject_nmi())
}

pub(super) fn wake_up(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    check_flags(Qemu, flags, 0, "qemuDomainPMWakeup")?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    job.view().running()?;
    job.monitor(|monitor| monitor.system_wakeup())
}

pub(super) fn send_key(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    codeset: u32,
    hold_ms: u32,
    codes: &[u32],
    flags: u32,
) -> Result<()> {
    check_flags(Qemu, flags, 0, "qemuDomainSendKey")?;
    let keys = codes.iter().map(|code| keys::to_qemu(codeset, *code)).collect::<Result<Vec<_>>>()?;
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Modify)?;
    job.view().running()?;
    job.monitor(|monitor| monitor.send_key(&keys, hold_ms))
}
