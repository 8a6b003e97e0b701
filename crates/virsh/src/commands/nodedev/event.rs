//! nodedev-event: what happens to host devices.

use crate::grammar::{Command, Completer, flag, number, text};

/// `nodedev-event`: Node Device Events.
pub(crate) const NODEDEV_EVENT: Command = Command::new("nodedev-event", "Node Device Events")
    .describe("List event types, or wait for node device events to occur")
    .options(&[
        text("device", "filter by node device name").tolerated().completes(Completer::NodeDevice),
        text("event", "which event type to wait for").tolerated().completes(Completer::NodeDeviceEventName),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);
