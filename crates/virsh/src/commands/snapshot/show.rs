//! Snapshots, shown.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `snapshot-dumpxml`: Dump XML for a domain snapshot.
pub(crate) const SNAPSHOT_DUMPXML: Command =
    Command::new("snapshot-dumpxml", "Dump XML for a domain snapshot").describe("Snapshot Dump XML").options(
        &[
            domain(domains::HAS_SNAPSHOT),
            text("snapshotname", "snapshot name").required().positional().completes(Completer::Snapshot),
            flag("security-info", "include security sensitive information in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ],
    );

/// `snapshot-info`: snapshot information.
pub(crate) const SNAPSHOT_INFO: Command = Command::new("snapshot-info", "snapshot information")
    .describe("Returns basic information about a snapshot.")
    .options(&[
        domain(domains::HAS_SNAPSHOT),
        text("snapshotname", "snapshot name").positional().completes(Completer::Snapshot),
        flag("current", "info on current snapshot"),
    ]);

/// `snapshot-list`: List snapshots for a domain.
pub(crate) const SNAPSHOT_LIST: Command =
    Command::new("snapshot-list", "List snapshots for a domain").describe("Snapshot List").options(&[
        domain(domains::HAS_SNAPSHOT),
        flag("parent", "add a column showing parent snapshot"),
        flag("roots", "list only snapshots without parents"),
        flag("leaves", "list only snapshots without children"),
        flag("no-leaves", "list only snapshots that are not leaves (with children)"),
        flag("metadata", "list only snapshots that have metadata that would prevent undefine"),
        flag("no-metadata", "list only snapshots that have no metadata managed by libvirt"),
        flag("inactive", "filter by snapshots taken while inactive"),
        flag("active", "filter by snapshots taken while active (full system snapshots)"),
        flag("disk-only", "filter by disk-only snapshots"),
        flag("internal", "filter by internal snapshots"),
        flag("external", "filter by external snapshots"),
        flag("tree", "list snapshots in a tree"),
        text("from", "limit list to children of given snapshot").tolerated().completes(Completer::Snapshot),
        flag("current", "limit list to children of current snapshot"),
        flag("descendants", "with --from, list all descendants"),
        flag("name", "list snapshot names only"),
        flag("topological", "sort list topologically rather than by name"),
    ]);
