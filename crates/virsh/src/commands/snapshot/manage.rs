//! Snapshots: current, parent, revert, delete.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `snapshot-current`: Get or set the current snapshot.
pub(crate) const SNAPSHOT_CURRENT: Command =
    Command::new("snapshot-current", "Get or set the current snapshot")
        .describe("Get or set the current snapshot")
        .options(&[
            domain(domains::HAS_SNAPSHOT),
            flag("name", "list the name, rather than the full xml"),
            flag("security-info", "include security sensitive information in XML dump"),
            text("snapshotname", "name of existing snapshot to make current")
                .positional()
                .completes(Completer::Snapshot),
        ]);

/// `snapshot-delete`: Delete a domain snapshot.
pub(crate) const SNAPSHOT_DELETE: Command =
    Command::new("snapshot-delete", "Delete a domain snapshot").describe("Snapshot Delete").options(&[
        domain(domains::HAS_SNAPSHOT),
        text("snapshotname", "snapshot name").positional().completes(Completer::Snapshot),
        flag("current", "delete current snapshot"),
        flag("children", "delete snapshot and all children"),
        flag("children-only", "delete children but not snapshot"),
        flag("metadata", "delete only libvirt metadata, leaving snapshot contents behind"),
    ]);

/// `snapshot-edit`: edit XML for a snapshot.
pub(crate) const SNAPSHOT_EDIT: Command = Command::new("snapshot-edit", "edit XML for a snapshot")
    .describe("Edit the domain snapshot XML for a named snapshot")
    .options(&[
        domain(domains::HAS_SNAPSHOT),
        text("snapshotname", "snapshot name").positional().completes(Completer::Snapshot),
        flag("current", "also set edited snapshot as current"),
        flag("rename", "allow renaming an existing snapshot"),
        flag("clone", "allow cloning to new name"),
    ]);

/// `snapshot-parent`: Get the name of the parent of a snapshot.
pub(crate) const SNAPSHOT_PARENT: Command =
    Command::new("snapshot-parent", "Get the name of the parent of a snapshot")
        .describe("Extract the snapshot's parent, if any")
        .options(&[
            domain(domains::HAS_SNAPSHOT),
            text("snapshotname", "find parent of snapshot name").positional().completes(Completer::Snapshot),
            flag("current", "find parent of current snapshot"),
        ]);

/// `snapshot-revert`: Revert a domain to a snapshot.
pub(crate) const SNAPSHOT_REVERT: Command = Command::new("snapshot-revert", "Revert a domain to a snapshot")
    .describe("Revert domain to snapshot")
    .options(&[
        domain(domains::HAS_SNAPSHOT),
        text("snapshotname", "snapshot name").positional().completes(Completer::Snapshot),
        flag("current", "revert to current snapshot"),
        flag("running", "after reverting, change state to running"),
        flag("paused", "after reverting, change state to paused"),
        flag("force", "try harder on risky reverts"),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ]);
