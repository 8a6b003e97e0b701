//! pool-list.

use crate::grammar::{Command, Completer, flag, text};

/// `pool-list`: list pools.
pub(crate) const POOL_LIST: Command =
    Command::new("pool-list", "list pools").describe("Returns list of pools.").options(&[
        flag("inactive", "list inactive pools"),
        flag("all", "list inactive & active pools"),
        flag("transient", "list transient pools"),
        flag("persistent", "list persistent pools"),
        flag("autostart", "list pools with autostart enabled"),
        flag("no-autostart", "list pools with autostart disabled"),
        text("type", "only list pool of specified type(s) (if supported)")
            .tolerated()
            .completes(Completer::PoolTypes),
        flag("details", "display extended details for pools"),
        flag("uuid", "list UUID of active pools only"),
        flag("name", "list name of active pools only"),
    ]);
