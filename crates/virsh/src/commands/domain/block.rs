//! Sizes, limits and thresholds of block devices.

use crate::grammar::{
    ANY, CONFIG, CURRENT, Command, Completer, LIVE, alias, domain, domains, flag, number, text,
};

/// `blkdeviotune`: Set or query a block device I/O tuning parameters.
pub(crate) const BLKDEVIOTUNE: Command =
    Command::new("blkdeviotune", "Set or query a block device I/O tuning parameters.")
        .describe("Set or query disk I/O parameters such as block throttling.")
        .options(&[
            domain(ANY),
            text("device", "block device").required().positional().completes(Completer::DomainDiskTarget),
            alias("group_name", "group-name"),
            text("group-name", "group name to share I/O quota between multiple drives")
                .completes(Completer::Nothing),
            alias("total_bytes_sec", "total-bytes-sec"),
            number("total-bytes-sec", "total throughput limit, as scaled integer (default bytes)"),
            alias("read_bytes_sec", "read-bytes-sec"),
            number("read-bytes-sec", "read throughput limit, as scaled integer (default bytes)"),
            alias("write_bytes_sec", "write-bytes-sec"),
            number("write-bytes-sec", "write throughput limit, as scaled integer (default bytes)"),
            alias("total_iops_sec", "total-iops-sec"),
            number("total-iops-sec", "total I/O operations limit per second"),
            alias("read_iops_sec", "read-iops-sec"),
            number("read-iops-sec", "read I/O operations limit per second"),
            alias("write_iops_sec", "write-iops-sec"),
            number("write-iops-sec", "write I/O operations limit per second"),
            alias("total_bytes_sec_max", "total-bytes-sec-max"),
            number("total-bytes-sec-max", "total max, as scaled integer (default bytes)"),
            alias("read_bytes_sec_max", "read-bytes-sec-max"),
            number("read-bytes-sec-max", "read max, as scaled integer (default bytes)"),
            alias("write_bytes_sec_max", "write-bytes-sec-max"),
            number("write-bytes-sec-max", "write max, as scaled integer (default bytes)"),
            alias("total_iops_sec_max", "total-iops-sec-max"),
            number("total-iops-sec-max", "total I/O operations max"),
            alias("read_iops_sec_max", "read-iops-sec-max"),
            number("read-iops-sec-max", "read I/O operations max"),
            alias("write_iops_sec_max", "write-iops-sec-max"),
            number("write-iops-sec-max", "write I/O operations max"),
            alias("size_iops_sec", "size-iops-sec"),
            number("size-iops-sec", "I/O size in bytes"),
            alias("total_bytes_sec_max_length", "total-bytes-sec-max-length"),
            number("total-bytes-sec-max-length", "duration in seconds to allow total max bytes"),
            alias("read_bytes_sec_max_length", "read-bytes-sec-max-length"),
            number("read-bytes-sec-max-length", "duration in seconds to allow read max bytes"),
            alias("write_bytes_sec_max_length", "write-bytes-sec-max-length"),
            number("write-bytes-sec-max-length", "duration in seconds to allow write max bytes"),
            alias("total_iops_sec_max_length", "total-iops-sec-max-length"),
            number("total-iops-sec-max-length", "duration in seconds to allow total I/O operations max"),
            alias("read_iops_sec_max_length", "read-iops-sec-max-length"),
            number("read-iops-sec-max-length", "duration in seconds to allow read I/O operations max"),
            alias("write_iops_sec_max_length", "write-iops-sec-max-length"),
            number("write-iops-sec-max-length", "duration in seconds to allow write I/O operations max"),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

/// `blockresize`: Resize block device of domain.
pub(crate) const BLOCKRESIZE: Command = Command::new("blockresize", "Resize block device of domain.")
    .describe("Resize block device of domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("path", "Fully-qualified path of block device")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        number("size", "New size of the block device, as scaled integer (default KiB)").positional(),
        flag("capacity", "resize to capacity of source (block device)"),
    ]);

/// `domblkthreshold`: set the threshold for block-threshold event for a given block device or it's backing chain element.
pub(crate) const DOMBLKTHRESHOLD: Command = Command::new(
    "domblkthreshold",
    "set the threshold for block-threshold event for a given block device or it's backing chain element",
)
.describe("set threshold for block-threshold event for a block device")
.options(&[
    domain(domains::ACTIVE),
    text("dev", "device to set threshold for").required().positional().completes(Completer::DomainDiskTarget),
    number("threshold", "threshold as a scaled number (by default bytes)").required().positional(),
]);

/// `domthrottlegroupset`: Add or update a throttling group.
pub(crate) const DOMTHROTTLEGROUPSET: Command =
    Command::new("domthrottlegroupset", "Add or update a throttling group.")
        .describe("Add or updte a throttling group.")
        .options(&[
            domain(ANY),
            text("group-name", "throttle group name")
                .required()
                .positional()
                .completes(Completer::DomainThrottleGroup),
            alias("total_bytes_sec", "total-bytes-sec"),
            number("total-bytes-sec", "total throughput limit, as scaled integer (default bytes)"),
            alias("read_bytes_sec", "read-bytes-sec"),
            number("read-bytes-sec", "read throughput limit, as scaled integer (default bytes)"),
            alias("write_bytes_sec", "write-bytes-sec"),
            number("write-bytes-sec", "write throughput limit, as scaled integer (default bytes)"),
            alias("total_iops_sec", "total-iops-sec"),
            number("total-iops-sec", "total I/O operations limit per second"),
            alias("read_iops_sec", "read-iops-sec"),
            number("read-iops-sec", "read I/O operations limit per second"),
            alias("write_iops_sec", "write-iops-sec"),
            number("write-iops-sec", "write I/O operations limit per second"),
            alias("total_bytes_sec_max", "total-bytes-sec-max"),
            number("total-bytes-sec-max", "total max, as scaled integer (default bytes)"),
            alias("read_bytes_sec_max", "read-bytes-sec-max"),
            number("read-bytes-sec-max", "read max, as scaled integer (default bytes)"),
            alias("write_bytes_sec_max", "write-bytes-sec-max"),
            number("write-bytes-sec-max", "write max, as scaled integer (default bytes)"),
            alias("total_iops_sec_max", "total-iops-sec-max"),
            number("total-iops-sec-max", "total I/O operations max"),
            alias("read_iops_sec_max", "read-iops-sec-max"),
            number("read-iops-sec-max", "read I/O operations max"),
            alias("write_iops_sec_max", "write-iops-sec-max"),
            number("write-iops-sec-max", "write I/O operations max"),
            alias("size_iops_sec", "size-iops-sec"),
            number("size-iops-sec", "I/O size in bytes"),
            alias("total_bytes_sec_max_length", "total-bytes-sec-max-length"),
            number("total-bytes-sec-max-length", "duration in seconds to allow total max bytes"),
            alias("read_bytes_sec_max_length", "read-bytes-sec-max-length"),
            number("read-bytes-sec-max-length", "duration in seconds to allow read max bytes"),
            alias("write_bytes_sec_max_length", "write-bytes-sec-max-length"),
            number("write-bytes-sec-max-length", "duration in seconds to allow write max bytes"),
            alias("total_iops_sec_max_length", "total-iops-sec-max-length"),
            number("total-iops-sec-max-length", "duration in seconds to allow total I/O operations max"),
            alias("read_iops_sec_max_length", "read-iops-sec-max-length"),
            number("read-iops-sec-max-length", "duration in seconds to allow read I/O operations max"),
            alias("write_iops_sec_max_length", "write-iops-sec-max-length"),
            number("write-iops-sec-max-length", "duration in seconds to allow write I/O operations max"),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

/// `domthrottlegroupdel`: Delete a throttling group.
pub(crate) const DOMTHROTTLEGROUPDEL: Command =
    Command::new("domthrottlegroupdel", "Delete a throttling group.")
        .describe("Delete a throttling group.")
        .options(&[
            domain(ANY),
            text("group-name", "throttle group name")
                .required()
                .positional()
                .completes(Completer::DomainThrottleGroup),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

/// `domthrottlegroupinfo`: Get a throttling group.
pub(crate) const DOMTHROTTLEGROUPINFO: Command =
    Command::new("domthrottlegroupinfo", "Get a throttling group.")
        .describe("Get a throttling group.")
        .options(&[
            domain(ANY),
            text("group-name", "throttle group name")
                .required()
                .positional()
                .completes(Completer::DomainThrottleGroup),
            flag("inactive", "get inactive rather than running configuration"),
        ]);

/// `domthrottlegrouplist`: list all domain throttlegroups.
pub(crate) const DOMTHROTTLEGROUPLIST: Command =
    Command::new("domthrottlegrouplist", "list all domain throttlegroups.")
        .describe("Get the summary of throttle groups for a domain.")
        .options(&[domain(ANY), flag("inactive", "get inactive rather than running configuration")]);
