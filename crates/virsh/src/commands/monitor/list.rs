//! list: the domains, as a table or as names.

use crate::grammar::{Command, flag};

/// `list`: list domains.
pub(crate) const LIST: Command =
    Command::new("list", "list domains").describe("Returns list of domains.").options(&[
        flag("inactive", "list inactive domains"),
        flag("all", "list inactive & active domains"),
        flag("transient", "list transient domains"),
        flag("persistent", "list persistent domains"),
        flag("with-snapshot", "list domains with existing snapshot"),
        flag("without-snapshot", "list domains without a snapshot"),
        flag("with-checkpoint", "list domains with existing checkpoint"),
        flag("without-checkpoint", "list domains without a checkpoint"),
        flag("state-running", "list domains in running state"),
        flag("state-paused", "list domains in paused state"),
        flag("state-shutoff", "list domains in shutoff state"),
        flag("state-other", "list domains in other states"),
        flag("autostart", "list domains with autostart enabled"),
        flag("no-autostart", "list domains with autostart disabled"),
        flag("with-managed-save", "list domains with managed save state"),
        flag("without-managed-save", "list domains without managed save"),
        flag("uuid", "list uuid's only"),
        flag("name", "list domain names only"),
        flag("id", "list domain IDs only"),
        flag("table", "list table (default)"),
        flag("managed-save", "mark inactive domains with managed save state"),
        flag("title", "show domain title"),
    ]);
