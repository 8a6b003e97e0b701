//! Backups of a running domain's disks.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `backup-begin`: Start a disk backup of a live domain.
pub(crate) const BACKUP_BEGIN: Command = Command::new("backup-begin", "Start a disk backup of a live domain")
    .describe("Use XML to start a full or incremental disk backup of a live domain, optionally creating a checkpoint")
    .options(&[
        domain(domains::ACTIVE),
        text("backupxml", "domain backup XML").positional().completes(Completer::Path),
        text("checkpointxml", "domain checkpoint XML").tolerated().completes(Completer::Path),
        flag("reuse-external", "reuse files provided by caller"),
    ]);

/// `backup-dumpxml`: Dump XML for an ongoing domain block backup job.
pub(crate) const BACKUP_DUMPXML: Command =
    Command::new("backup-dumpxml", "Dump XML for an ongoing domain block backup job")
        .describe("Backup Dump XML")
        .options(&[
            domain(domains::ACTIVE),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);
