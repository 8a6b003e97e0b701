//! net-event: what happens to networks.

use crate::grammar::{ANY, Command, Completer, flag, number, text};

/// `net-event`: Network Events.
pub(crate) const NET_EVENT: Command = Command::new("net-event", "Network Events")
    .describe("List event types, or wait for network events to occur")
    .options(&[
        text("network", "filter by network name or uuid").tolerated().completes(Completer::Network(ANY)),
        text("event", "which event type to wait for").tolerated().completes(Completer::NetworkEventName),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);
