//! Making snapshots.

use crate::grammar::{ANY, Command, Completer, domain, flag, text, words};

/// `snapshot-create`: Create a snapshot from XML.
pub(crate) const SNAPSHOT_CREATE: Command = Command::new("snapshot-create", "Create a snapshot from XML")
    .describe("Create a snapshot (disk and RAM) from XML")
    .options(&[
        domain(ANY),
        text("xmlfile", "domain snapshot XML").positional().completes(Completer::Path),
        flag("redefine", "redefine metadata for existing snapshot"),
        flag("current", "with redefine, set current snapshot"),
        flag("no-metadata", "take snapshot but create no metadata"),
        flag("halt", "halt domain after snapshot is created"),
        flag("disk-only", "capture disk state but not vm state"),
        flag("reuse-external", "reuse any existing external files"),
        flag("quiesce", "quiesce guest's file systems"),
        flag("atomic", "require atomic operation"),
        flag("live", "take a live snapshot"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `snapshot-create-as`: Create a snapshot from a set of args.
pub(crate) const SNAPSHOT_CREATE_AS: Command =
    Command::new("snapshot-create-as", "Create a snapshot from a set of args")
        .describe("Create a snapshot (disk and RAM) from arguments")
        .options(&[
            domain(ANY),
            text("name", "name of snapshot").tolerated().completes(Completer::Nothing),
            text("description", "description of snapshot").tolerated().completes(Completer::Nothing),
            flag("print-xml", "print XML document rather than create"),
            flag("no-metadata", "take snapshot but create no metadata"),
            flag("halt", "halt domain after snapshot is created"),
            flag("disk-only", "capture disk state but not vm state"),
            flag("reuse-external", "reuse any existing external files"),
            flag("quiesce", "quiesce guest's file systems"),
            flag("atomic", "require atomic operation"),
            flag("live", "take a live snapshot"),
            flag("validate", "validate the XML against the schema"),
            text("memspec", "memory attributes: [file=]name[,snapshot=type]"),
            words("diskspec", "disk attributes: disk[,snapshot=type][,driver=type][,stype=type][,file=name]")
                .tolerated(),
        ]);
