//! net-list.

use crate::grammar::{Command, flag};

/// `net-list`: list networks.
pub(crate) const NET_LIST: Command =
    Command::new("net-list", "list networks").describe("Returns list of networks.").options(&[
        flag("inactive", "list inactive networks"),
        flag("all", "list inactive & active networks"),
        flag("persistent", "list persistent networks"),
        flag("transient", "list transient networks"),
        flag("autostart", "list networks with autostart enabled"),
        flag("no-autostart", "list networks with autostart disabled"),
        flag("uuid", "list uuid's only"),
        flag("name", "list network names only"),
        flag("table", "list table (default)"),
        flag("title", "show network title"),
    ]);
