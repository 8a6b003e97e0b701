//! Live migration and its settings.

use crate::grammar::{ANY, Command, Completer, alias, domain, domains, flag, number, text};

/// `migrate`: migrate domain to another host.
pub(crate) const MIGRATE: Command = Command::new("migrate", "migrate domain to another host")
    .describe("Migrate domain to another host.  Add --live for live migration.")
    .options(&[
        domain(ANY),
        text("desturi", "connection URI of the destination host as seen from the client(normal migration) or source(p2p migration)").required().positional().completes(Completer::Nothing),
        flag("live", "live migration"),
        flag("offline", "offline migration"),
        flag("p2p", "peer-2-peer migration"),
        flag("direct", "direct migration"),
        alias("tunneled", "tunnelled"),
        flag("tunnelled", "tunnelled migration"),
        flag("persistent", "persist VM on destination"),
        flag("undefinesource", "undefine VM on source"),
        flag("suspend", "do not restart the domain on the destination host"),
        flag("copy-storage-all", "migration with non-shared storage with full disk copy"),
        flag("copy-storage-inc", "migration with non-shared storage with incremental copy (same base image shared between source and destination)"),
        flag("copy-storage-synchronous-writes", "force guest disk writes to be synchronously written to the destination to improve storage migration convergence"),
        flag("change-protection", "prevent any configuration changes to domain until migration ends"),
        flag("unsafe", "force migration even if it may be unsafe"),
        flag("verbose", "display the progress of migration"),
        flag("compressed", "compress repeated pages during live migration"),
        flag("auto-converge", "force convergence during live migration"),
        flag("rdma-pin-all", "pin all memory before starting RDMA live migration"),
        flag("abort-on-error", "abort on soft errors during migration"),
        flag("postcopy", "enable post-copy migration; switch to it using migrate-postcopy command"),
        flag("postcopy-after-precopy", "automatically switch to post-copy migration after one pass of pre-copy"),
        flag("postcopy-resume", "resume failed post-copy migration"),
        flag("zerocopy", "use zero-copy mechanism for migrating memory pages"),
        text("migrateuri", "migration URI, usually can be omitted").tolerated().completes(Completer::Nothing),
        text("graphicsuri", "graphics URI to be used for seamless graphics migration").tolerated().completes(Completer::Nothing),
        text("listen-address", "listen address that destination should bind to for incoming migration").tolerated().completes(Completer::Nothing),
        text("dname", "rename to new name during migration (if supported)").tolerated().completes(Completer::Nothing),
        number("timeout", "run action specified by --timeout-* option (suspend by default) if live migration exceeds timeout (in seconds)").tolerated(),
        flag("timeout-suspend", "suspend the guest after timeout"),
        flag("timeout-postcopy", "switch to post-copy after timeout"),
        text("xml", "filename containing updated XML for the target").tolerated().completes(Completer::Path),
        text("migrate-disks", "comma separated list of disks to be migrated").tolerated().completes(Completer::DomainMigrateDisks),
        text("migrate-disks-detect-zeroes", "comma separated list of disks to be migrated with zero detection enabled").completes(Completer::DomainMigrateDisks),
        number("disks-port", "port to use by target server for incoming disks migration").tolerated(),
        text("disks-uri", "URI to use for disks migration (overrides --disks-port)").completes(Completer::Nothing),
        text("comp-methods", "comma separated list of compression methods to be used").completes(Completer::DomainMigrateCompMethods),
        number("comp-mt-level", "compress level for multithread compression"),
        number("comp-mt-threads", "number of compression threads for multithread compression"),
        number("comp-mt-dthreads", "number of decompression threads for multithread compression"),
        number("comp-xbzrle-cache", "page cache size for xbzrle compression"),
        number("auto-converge-initial", "initial CPU throttling rate for auto-convergence"),
        number("auto-converge-increment", "CPU throttling rate increment for auto-convergence"),
        text("persistent-xml", "filename containing updated persistent XML for the target").completes(Completer::Path),
        flag("tls", "use TLS for migration"),
        number("postcopy-bandwidth", "post-copy migration bandwidth limit in MiB/s"),
        flag("parallel", "enable parallel migration"),
        number("parallel-connections", "number of connections for parallel migration"),
        number("bandwidth", "migration bandwidth limit in MiB/s"),
        text("tls-destination", "override the destination host name used for TLS verification").completes(Completer::Nothing),
        number("comp-zlib-level", "compress level for zlib compression"),
        number("comp-zstd-level", "compress level for zstd compression"),
        number("available-switchover-bandwidth", "bandwidth (in MiB/s) available for the final phase of migration"),
    ]);

/// `migrate-setmaxdowntime`: set maximum tolerable downtime.
pub(crate) const MIGRATE_SETMAXDOWNTIME: Command =
    Command::new("migrate-setmaxdowntime", "set maximum tolerable downtime")
        .describe("Set maximum tolerable downtime of a domain which is being live-migrated to another host.")
        .options(&[
            domain(domains::ACTIVE),
            number("downtime", "maximum tolerable downtime (in milliseconds) for migration")
                .required()
                .positional(),
        ]);

/// `migrate-getmaxdowntime`: get maximum tolerable downtime.
pub(crate) const MIGRATE_GETMAXDOWNTIME: Command =
    Command::new("migrate-getmaxdowntime", "get maximum tolerable downtime")
        .describe("Get maximum tolerable downtime of a domain which is being live-migrated to another host.")
        .options(&[domain(domains::ACTIVE)]);

/// `migrate-compcache`: get/set compression cache size.
pub(crate) const MIGRATE_COMPCACHE: Command = Command::new("migrate-compcache", "get/set compression cache size")
    .describe("Get/set size of the cache (in bytes) used for compressing repeatedly transferred memory pages during live migration.")
    .options(&[
        domain(domains::ACTIVE),
        number("size", "requested size of the cache (in bytes) used for compression"),
    ]);

/// `migrate-setspeed`: Set the maximum migration bandwidth.
pub(crate) const MIGRATE_SETSPEED: Command = Command::new(
    "migrate-setspeed",
    "Set the maximum migration bandwidth",
)
.describe(
    "Set the maximum migration bandwidth (in MiB/s) for a domain which is being migrated to another host.",
)
.options(&[
    domain(domains::ACTIVE),
    number("bandwidth", "migration bandwidth limit in MiB/s").required().positional(),
    flag("postcopy", "set post-copy migration bandwidth"),
]);

/// `migrate-getspeed`: Get the maximum migration bandwidth.
pub(crate) const MIGRATE_GETSPEED: Command =
    Command::new("migrate-getspeed", "Get the maximum migration bandwidth")
        .describe("Get the maximum migration bandwidth (in MiB/s) for a domain.")
        .options(&[domain(domains::ACTIVE), flag("postcopy", "get post-copy migration bandwidth")]);

/// `migrate-postcopy`: Switch running migration from pre-copy to post-copy.
pub(crate) const MIGRATE_POSTCOPY: Command = Command::new("migrate-postcopy", "Switch running migration from pre-copy to post-copy")
    .describe("Switch running migration from pre-copy to post-copy. The migration must have been started with --postcopy option.")
    .options(&[
        domain(domains::ACTIVE),
    ]);
