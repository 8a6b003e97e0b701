//! vol-list.

use crate::grammar::{Command, Completer, flag, pools, text};

/// `vol-list`: list vols.
pub(crate) const VOL_LIST: Command =
    Command::new("vol-list", "list vols").describe("Returns list of vols by pool.").options(&[
        text("pool", "pool name or uuid")
            .required()
            .positional()
            .completes(Completer::StoragePool(pools::ACTIVE)),
        flag("details", "display extended details for volumes"),
    ]);
