//! Looking for what could be a pool.

use crate::grammar::{Command, Completer, text};

/// `find-storage-pool-sources-as`: find potential storage pool sources.
pub(crate) const FIND_STORAGE_POOL_SOURCES_AS: Command =
    Command::new("find-storage-pool-sources-as", "find potential storage pool sources")
        .describe("Returns XML <sources> document.")
        .options(&[
            text("type", "type of storage pool sources to find")
                .required()
                .positional()
                .completes(Completer::PoolType),
            text("host", "optional host to query").tolerated().completes(Completer::Nothing),
            text("port", "optional port to query").tolerated().completes(Completer::Nothing),
            text("initiator", "optional initiator IQN to use for query")
                .tolerated()
                .completes(Completer::Nothing),
        ]);

/// `find-storage-pool-sources`: discover potential storage pool sources.
pub(crate) const FIND_STORAGE_POOL_SOURCES: Command =
    Command::new("find-storage-pool-sources", "discover potential storage pool sources")
        .describe("Returns XML <sources> document.")
        .options(&[
            text("type", "type of storage pool sources to discover")
                .required()
                .positional()
                .completes(Completer::PoolType),
            text("srcSpec", "optional file of source xml to query for pools")
                .tolerated()
                .completes(Completer::Path),
        ]);

/// `pool-capabilities`: storage pool capabilities.
pub(crate) const POOL_CAPABILITIES: Command = Command::new("pool-capabilities", "storage pool capabilities")
    .describe("Returns capabilities of storage pool support.");
