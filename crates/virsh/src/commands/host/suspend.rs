//! nodesuspend: the host goes to sleep.

use crate::grammar::{Command, Completer, number, text};

/// `nodesuspend`: suspend the host node for a given time duration.
pub(crate) const NODESUSPEND: Command =
    Command::new("nodesuspend", "suspend the host node for a given time duration")
        .describe("Suspend the host node for a given time duration and attempt to resume thereafter.")
        .options(&[
            text("target", "mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)")
                .required()
                .positional()
                .completes(Completer::NodeSuspendTarget),
            number("duration", "Suspend duration in seconds, at least 60").required().positional(),
        ]);
