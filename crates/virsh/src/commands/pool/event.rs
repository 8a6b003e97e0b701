//! pool-event: what happens to pools.

use crate::grammar::{ANY, Command, Completer, flag, number, text};

/// `pool-event`: Storage Pool Events.
pub(crate) const POOL_EVENT: Command = Command::new("pool-event", "Storage Pool Events")
    .describe("List event types, or wait for storage pool events to occur")
    .options(&[
        text("pool", "filter by storage pool name or uuid")
            .tolerated()
            .completes(Completer::StoragePool(ANY)),
        text("event", "which event type to wait for").tolerated().completes(Completer::PoolEventName),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ]);
