//! secret-event: what happens to secrets.

use crate::grammar::{Command, Completer, flag, number, text};

/// `secret-event`: Secret Events.
pub(crate) const SECRET_EVENT: Command = Command::new("secret-event", "Secret Events")
    .describe("List event types, or wait for secret events to occur")
    .options(&[
        text("secret", "filter by secret name or uuid").tolerated().completes(Completer::Secret),
        text("event", "which event type to wait for").tolerated().completes(Completer::SecretEventName),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);
