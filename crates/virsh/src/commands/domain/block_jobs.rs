//! Jobs on block devices.

use crate::grammar::{Command, Completer, alias, domain, domains, flag, number, text};

/// `blockcommit`: Start a block commit operation.
pub(crate) const BLOCKCOMMIT: Command = Command::new("blockcommit", "Start a block commit operation.")
    .describe("Commit changes from a snapshot down to its backing image.")
    .options(&[
        domain(domains::ACTIVE),
        text("path", "fully-qualified path of disk")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        number("bandwidth", "bandwidth limit in MiB/s").tolerated(),
        text("base", "path of base file to commit into (default bottom of chain)")
            .tolerated()
            .completes(Completer::DomainBlockjobBaseTop),
        flag("shallow", "use backing file of top as base"),
        text("top", "path of top file to commit from (default top of chain)")
            .tolerated()
            .completes(Completer::DomainBlockjobBaseTop),
        flag("active", "trigger two-stage active commit of top file"),
        flag("delete", "delete files that were successfully committed"),
        flag("wait", "wait for job to complete (with --active, wait for job to sync)"),
        flag("verbose", "with --wait, display the progress"),
        number("timeout", "implies --wait, abort if copy exceeds timeout (in seconds)").tolerated(),
        flag("pivot", "implies --active --wait, pivot when commit is synced"),
        flag("keep-overlay", "implies --active --wait, quit when commit is synced"),
        flag("async", "with --wait, don't wait for cancel to finish"),
        flag("keep-relative", "keep the backing chain relatively referenced"),
        flag("bytes", "the bandwidth limit is in bytes/s rather than MiB/s"),
    ]);

/// `blockcopy`: Start a block copy operation.
pub(crate) const BLOCKCOPY: Command = Command::new("blockcopy", "Start a block copy operation.")
    .describe("Copy a disk backing image chain to dest.")
    .options(&[
        domain(domains::ACTIVE),
        text("path", "fully-qualified path of source disk")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        text("dest", "path of the copy to create").tolerated(),
        number("bandwidth", "bandwidth limit in MiB/s").tolerated(),
        flag("shallow", "make the copy share a backing chain"),
        flag("reuse-external", "reuse existing destination"),
        alias("raw", "format=raw"),
        flag("blockdev", "copy destination is block device instead of regular file"),
        flag("wait", "wait for job to reach mirroring phase"),
        flag("verbose", "with --wait, display the progress"),
        number("timeout", "implies --wait, abort if copy exceeds timeout (in seconds)").tolerated(),
        flag("pivot", "implies --wait, pivot when mirroring starts"),
        flag("finish", "implies --wait, quit when mirroring starts"),
        flag("async", "with --wait, don't wait for cancel to finish"),
        text("xml", "filename containing XML description of the copy destination")
            .tolerated()
            .completes(Completer::Path),
        text("format", "format of the destination file")
            .tolerated()
            .completes(Completer::DomainStorageFileFormat),
        number("granularity", "power-of-two granularity to use during the copy").tolerated(),
        number("buf-size", "maximum amount of in-flight data during the copy").tolerated(),
        flag("bytes", "the bandwidth limit is in bytes/s rather than MiB/s"),
        flag("transient-job", "the copy job is not persisted if VM is turned off"),
        flag(
            "synchronous-writes",
            "the copy job forces guest writes to be synchronously written to the destination",
        ),
        flag("print-xml", "print the XML used to start the copy job instead of starting the job"),
    ]);

/// `blockjob`: Manage active block operations.
pub(crate) const BLOCKJOB: Command = Command::new("blockjob", "Manage active block operations")
    .describe("Query, adjust speed, or cancel active block operations.")
    .options(&[
        domain(domains::ACTIVE),
        text("path", "fully-qualified path of disk")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        flag("abort", "abort the active job on the specified disk"),
        flag("async", "implies --abort; request but don't wait for job end"),
        flag("pivot", "implies --abort; conclude and pivot a copy or commit job"),
        flag("info", "get active job information for the specified disk"),
        flag("bytes", "get/set bandwidth in bytes rather than MiB/s"),
        flag("raw", "implies --info; output details rather than human summary"),
        number("bandwidth", "set the bandwidth limit in MiB/s").tolerated(),
    ]);

/// `blockpull`: Populate a disk from its backing image.
pub(crate) const BLOCKPULL: Command = Command::new("blockpull", "Populate a disk from its backing image.")
    .describe("Populate a disk from its backing image.")
    .options(&[
        domain(domains::ACTIVE),
        text("path", "fully-qualified path of disk")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        number("bandwidth", "bandwidth limit in MiB/s").tolerated(),
        text("base", "path of backing file in chain for a partial pull")
            .tolerated()
            .completes(Completer::DomainBlockjobBaseTop),
        flag("wait", "wait for job to finish"),
        flag("verbose", "with --wait, display the progress"),
        number("timeout", "with --wait, abort if pull exceeds timeout (in seconds)").tolerated(),
        flag("async", "with --wait, don't wait for cancel to finish"),
        flag("keep-relative", "keep the backing chain relatively referenced"),
        flag("bytes", "the bandwidth limit is in bytes/s rather than MiB/s"),
    ]);
