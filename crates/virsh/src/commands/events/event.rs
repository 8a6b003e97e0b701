//! event: what happens to domains, as it happens.

use crate::grammar::{ANY, Command, Completer, flag, number, text};

/// `event`: Domain Events.
pub(crate) const EVENT: Command = Command::new("event", "Domain Events")
    .describe("List event types, or wait for domain events to occur")
    .options(&[
        text("domain", "filter by domain name, id or uuid").tolerated().completes(Completer::Domain(ANY)),
        text("event", "which event type to wait for").tolerated().completes(Completer::DomainEventName),
        flag("all", "wait for all events instead of just one type"),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);
