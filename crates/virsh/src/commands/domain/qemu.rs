//! QEMU only: its monitor, and foreign QEMU processes.

use crate::grammar::{ANY, Command, Completer, domain, domains, flag, number, text, words};

/// `qemu-monitor-command`: QEMU Monitor Command.
pub(crate) const QEMU_MONITOR_COMMAND: Command =
    Command::new("qemu-monitor-command", "QEMU Monitor Command").describe("QEMU Monitor Command").options(&[
        domain(domains::ACTIVE),
        flag("hmp", "command is in human monitor protocol"),
        flag("pretty", "pretty-print any qemu monitor protocol output"),
        flag("return-value", "extract the value of the 'return' key from the returned string"),
        text("pass-fds", "pass file descriptors N,M,... along with the command")
            .completes(Completer::Nothing),
        words("cmd", "command").required().positional(),
    ]);

/// `qemu-monitor-event`: QEMU Monitor Events.
pub(crate) const QEMU_MONITOR_EVENT: Command = Command::new("qemu-monitor-event", "QEMU Monitor Events")
    .describe("Listen for QEMU Monitor Events")
    .options(&[
        text("domain", "filter by domain name, id or uuid").tolerated().completes(Completer::Domain(ANY)),
        text("event", "filter by event name").tolerated(),
        flag("pretty", "pretty-print any JSON output"),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("regex", "treat event as a regex rather than literal filter"),
        flag("no-case", "treat event case-insensitively"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);

/// `qemu-attach`: QEMU Attach.
pub(crate) const QEMU_ATTACH: Command = Command::new("qemu-attach", "QEMU Attach")
    .describe("QEMU Attach")
    .options(&[text("pid", "pid").required().positional().completes(Completer::Nothing)]);
