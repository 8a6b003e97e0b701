//! The host's memory.

use crate::grammar::{Command, Completer, flag, number};

/// `allocpages`: Manipulate pages pool size.
pub(crate) const ALLOCPAGES: Command = Command::new("allocpages", "Manipulate pages pool size")
    .describe("Allocate or free some pages in the pool for NUMA cell.")
    .options(&[
        number("pagesize", "page size (in kibibytes)")
            .required()
            .positional()
            .completes(Completer::AllocpagesPagesize),
        number("pagecount", "page count").required().positional(),
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        flag("add", "instead of setting new pool size add pages to it"),
        flag("all", "set on all NUMA cells"),
    ]);

/// `freecell`: NUMA free memory.
pub(crate) const FREECELL: Command = Command::new("freecell", "NUMA free memory")
    .describe("display available free memory for the NUMA cell.")
    .options(&[
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        flag("all", "show free memory for all NUMA cells"),
    ]);

/// `freepages`: NUMA free pages.
pub(crate) const FREEPAGES: Command = Command::new("freepages", "NUMA free pages")
    .describe("display available free pages for the NUMA cell.")
    .options(&[
        number("cellno", "NUMA cell number").tolerated().completes(Completer::Cellno),
        number("pagesize", "page size (in kibibytes)").tolerated().completes(Completer::AllocpagesPagesize),
        flag("all", "show free pages for all NUMA cells"),
    ]);

/// `node-memory-tune`: Get or set node memory parameters.
pub(crate) const NODE_MEMORY_TUNE: Command =
    Command::new("node-memory-tune", "Get or set node memory parameters")
        .describe("Get or set node memory parameters")
        .options(&[
            number(
                "shm-pages-to-scan",
                "number of pages to scan before the shared memory service goes to sleep",
            )
            .tolerated(),
            number(
                "shm-sleep-millisecs",
                "number of millisecs the shared memory service should sleep before next scan",
            )
            .tolerated(),
            number("shm-merge-across-nodes", "Specifies if pages from different numa nodes can be merged")
                .tolerated(),
        ]);

/// `nodememstats`: Prints memory stats of the node.
pub(crate) const NODEMEMSTATS: Command = Command::new("nodememstats", "Prints memory stats of the node.")
    .describe("Returns memory stats of the node, in kilobytes.")
    .options(&[number("cell", "prints specified cell statistics only.").tolerated()]);
