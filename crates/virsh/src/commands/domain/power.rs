//! The power and reset buttons, suspending and resuming.

use crate::grammar::{Command, Completer, domain, domains, flag, number, text};

/// `shutdown`: gracefully shutdown a domain.
pub(crate) const SHUTDOWN: Command = Command::new("shutdown", "gracefully shutdown a domain")
    .describe("Run shutdown in the target domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("mode", "shutdown mode: acpi|agent|initctl|signal|paravirt")
            .positional()
            .completes(Completer::DomainShutdownMode),
    ]);

/// `reboot`: reboot a domain.
pub(crate) const REBOOT: Command = Command::new("reboot", "reboot a domain")
    .describe("Run a reboot command in the target domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("mode", "shutdown mode: acpi|agent|initctl|signal|paravirt")
            .positional()
            .completes(Completer::DomainShutdownMode),
    ]);

/// `reset`: reset a domain.
pub(crate) const RESET: Command = Command::new("reset", "reset a domain")
    .describe("Reset the target domain as if by power button")
    .options(&[domain(domains::ACTIVE)]);

/// `destroy`: destroy (stop) a domain.
pub(crate) const DESTROY: Command = Command::new("destroy", "destroy (stop) a domain")
    .describe("Forcefully stop a given domain, but leave its resources intact.")
    .options(&[
        domain(domains::ACTIVE),
        flag("graceful", "terminate gracefully"),
        flag("remove-logs", "remove domain logs"),
    ]);

/// `suspend`: suspend a domain.
pub(crate) const SUSPEND: Command = Command::new("suspend", "suspend a domain")
    .describe("Suspend a running domain.")
    .options(&[domain(domains::RUNNING)]);

/// `resume`: resume a domain.
pub(crate) const RESUME: Command = Command::new("resume", "resume a domain")
    .describe("Resume a previously suspended domain.")
    .options(&[domain(domains::PAUSED)]);

/// `inject-nmi`: Inject NMI to the guest.
pub(crate) const INJECT_NMI: Command = Command::new("inject-nmi", "Inject NMI to the guest")
    .describe("Inject NMI to the guest domain.")
    .options(&[domain(domains::ACTIVE)]);

/// `dompmsuspend`: suspend a domain gracefully using power management functions.
pub(crate) const DOMPMSUSPEND: Command = Command::new("dompmsuspend", "suspend a domain gracefully using power management functions")
    .describe("Suspends a running domain using guest OS's power management. (Note: This requires a guest agent configured and running in the guest OS).")
    .options(&[
        domain(domains::RUNNING),
        text("target", "mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)").required().positional().completes(Completer::NodeSuspendTarget),
        number("duration", "duration in seconds"),
    ]);

/// `dompmwakeup`: wakeup a domain from pmsuspended state.
pub(crate) const DOMPMWAKEUP: Command = Command::new("dompmwakeup", "wakeup a domain from pmsuspended state")
    .describe("Wakeup a domain that was previously suspended by power management.")
    .options(&[domain(domains::OTHER)]);
