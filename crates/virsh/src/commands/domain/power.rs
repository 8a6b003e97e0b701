//! The power and reset buttons, suspending and resuming.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{Command, Completer, domain, domains, flag, number, text};
use crate::shell::Shell;
use vir_api::constants::*;

/// `shutdown`: gracefully shutdown a domain.
pub(crate) const SHUTDOWN: Command = Command::new("shutdown", "gracefully shutdown a domain")
    .describe("Run shutdown in the target domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("mode", "shutdown mode: acpi|agent|initctl|signal|paravirt")
            .positional()
            .completes(Completer::DomainShutdownMode),
    ])
    .run(shutdown);

/// `reboot`: reboot a domain.
pub(crate) const REBOOT: Command = Command::new("reboot", "reboot a domain")
    .describe("Run a reboot command in the target domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("mode", "shutdown mode: acpi|agent|initctl|signal|paravirt")
            .positional()
            .completes(Completer::DomainShutdownMode),
    ])
    .run(reboot);

/// `reset`: reset a domain.
pub(crate) const RESET: Command = Command::new("reset", "reset a domain")
    .describe("Reset the target domain as if by power button")
    .options(&[domain(domains::ACTIVE)])
    .run(reset);

/// `destroy`: destroy (stop) a domain.
pub(crate) const DESTROY: Command = Command::new("destroy", "destroy (stop) a domain")
    .describe("Forcefully stop a given domain, but leave its resources intact.")
    .options(&[
        domain(domains::ACTIVE),
        flag("graceful", "terminate gracefully"),
        flag("remove-logs", "remove domain logs"),
    ])
    .run(destroy);

/// `suspend`: suspend a domain.
pub(crate) const SUSPEND: Command = Command::new("suspend", "suspend a domain")
    .describe("Suspend a running domain.")
    .options(&[domain(domains::RUNNING)])
    .run(suspend);

/// `resume`: resume a domain.
pub(crate) const RESUME: Command = Command::new("resume", "resume a domain")
    .describe("Resume a previously suspended domain.")
    .options(&[domain(domains::PAUSED)])
    .run(resume);

/// `inject-nmi`: Inject NMI to the guest.
pub(crate) const INJECT_NMI: Command = Command::new("inject-nmi", "Inject NMI to the guest")
    .describe("Inject NMI to the guest domain.")
    .options(&[domain(domains::ACTIVE)])
    .run(inject_nmi);

/// `dompmsuspend`: suspend a domain gracefully using power management functions.
pub(crate) const DOMPMSUSPEND: Command = Command::new("dompmsuspend", "suspend a domain gracefully using power management functions")
    .describe("Suspends a running domain using guest OS's power management. (Note: This requires a guest agent configured and running in the guest OS).")
    .options(&[
        domain(domains::RUNNING),
        text("target", "mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)").required().positional().completes(Completer::NodeSuspendTarget),
        number("duration", "duration in seconds"),
    ])
    .run(pm_suspend);

/// `dompmwakeup`: wakeup a domain from pmsuspended state.
pub(crate) const DOMPMWAKEUP: Command = Command::new("dompmwakeup", "wakeup a domain from pmsuspended state")
    .describe("Wakeup a domain that was previously suspended by power management.")
    .options(&[domain(domains::OTHER)])
    .run(pm_wakeup);

/// The flags for a list of ways to ask a guest; the API gives both calls the same bits.
fn modes(args: &Args, known: &str) -> Outcome<u32> {
    let Some(list) = args.text("mode")? else { return Ok(0) };
    let mut flags = 0;
    for mode in list.split(',') {
        flags |= match mode {
            "acpi" => VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
            "agent" => VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
            "initctl" => VIR_DOMAIN_SHUTDOWN_INITCTL,
            "signal" => VIR_DOMAIN_SHUTDOWN_SIGNAL,
            "paravirt" => VIR_DOMAIN_SHUTDOWN_PARAVIRT,
            _ => fail!("Unknown mode {mode} value, expecting {known}"),
        };
    }
    Ok(flags)
}

fn shutdown(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = modes(args, "'acpi', 'agent', 'initctl', 'signal', or 'paravirt'")?;
    let dom = Domain::find(shell, args)?;
    let done = match flags {
        0 => call!(dom.domain_shutdown()),
        flags => call!(dom.domain_shutdown_flags(flags)),
    };
    done.context(|| format!("Failed to shutdown domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' is being shutdown\n", dom.asked));
    Ok(())
}

fn reboot(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = modes(args, "'acpi', 'agent', 'initctl', 'signal' or 'paravirt'")?;
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_reboot(flags)).context(|| format!("Failed to reboot domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' is being rebooted\n", dom.asked));
    Ok(())
}

fn reset(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_reset(0)).context(|| format!("Failed to reset domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' was reset\n", dom.asked));
    Ok(())
}

fn destroy(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let graceful = if args.has("graceful") { VIR_DOMAIN_DESTROY_GRACEFUL } else { 0 };
    let logs = if args.has("remove-logs") { VIR_DOMAIN_DESTROY_REMOVE_LOGS } else { 0 };
    let done = match graceful | logs {
        0 => call!(dom.domain_destroy()),
        flags => call!(dom.domain_destroy_flags(flags)),
    };
    done.context(|| format!("Failed to destroy domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' destroyed\n", dom.asked));
    Ok(())
}

fn suspend(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_suspend()).context(|| format!("Failed to suspend domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' suspended\n", dom.asked));
    Ok(())
}

fn resume(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_resume()).context(|| format!("Failed to resume domain '{}'", dom.asked))?;
    shell.out.extra(format!("Domain '{}' resumed\n", dom.asked));
    Ok(())
}

fn inject_nmi(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    Ok(call!(dom.domain_inject_nmi(0))?)
}

fn pm_suspend(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let duration = args.ulong("duration")?.unwrap_or(0);
    let target = match args.required("target")? {
        "mem" => VIR_NODE_SUSPEND_TARGET_MEM,
        "disk" => VIR_NODE_SUSPEND_TARGET_DISK,
        "hybrid" => VIR_NODE_SUSPEND_TARGET_HYBRID,
        _ => fail!("Invalid target"),
    };
    call!(dom.domain_pm_suspend_for_duration(target as u32, duration, 0))
        .context(|| format!("Domain '{}' could not be suspended", dom.name))?;
    shell.out.extra(format!("Domain '{}' successfully suspended", dom.name));
    Ok(())
}

fn pm_wakeup(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_pm_wakeup(0)).context(|| format!("Domain '{}' could not be woken up", dom.name))?;
    shell.out.extra(format!("Domain '{}' successfully woken up", dom.name));
    Ok(())
}
