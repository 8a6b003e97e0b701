//! start: boot a defined domain.

use crate::grammar::{Command, Completer, domains, flag, text};

/// `start`: start a (previously defined) inactive domain.
pub(crate) const START: Command = Command::new("start", "start a (previously defined) inactive domain")
    .describe("Start a domain, either from the last managedsave\n    state, or via a fresh boot if no managedsave state\n    is present.")
    .options(&[
        text("domain", "name of the inactive domain").required().positional().completes(Completer::Domain(domains::SHUTOFF)),
        flag("console", "attach to console after creation"),
        flag("paused", "leave the guest paused after creation"),
        flag("autodestroy", "automatically destroy the guest when virsh disconnects"),
        flag("bypass-cache", "avoid file system cache when loading"),
        flag("force-boot", "force fresh boot by discarding any managed save"),
        text("pass-fds", "pass file descriptors N,M,... to the guest").tolerated().completes(Completer::Nothing),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ]);
