//! dump: a core of a running domain.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `dump`: dump the core of a domain to a file for analysis.
pub(crate) const DUMP: Command = Command::new("dump", "dump the core of a domain to a file for analysis")
    .describe("Core dump a domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("file", "where to dump the core").required().positional(),
        flag("live", "perform a live core dump if supported"),
        flag("crash", "crash the domain after core dump"),
        flag("bypass-cache", "avoid file system cache when dumping"),
        flag("reset", "reset the domain after core dump"),
        flag("verbose", "display the progress of dump"),
        flag("memory-only", "dump domain's memory only"),
        text("format", "specify the format of memory-only dump")
            .tolerated()
            .completes(Completer::DomainCoreDumpFormat),
    ]);
