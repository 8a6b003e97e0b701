//! Scheduler, NUMA, block I/O and performance event parameters.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, flag, number, text, words};

/// `blkiotune`: Get or set blkio parameters.
pub(crate) const BLKIOTUNE: Command = Command::new("blkiotune", "Get or set blkio parameters")
    .describe("Get or set the current blkio parameters for a guest domain.")
    .options(&[
        domain(ANY),
        number("weight", "IO Weight").tolerated(),
        text("device-weights", "per-device IO Weights, in the form of /path/to/device,weight,...")
            .tolerated()
            .completes(Completer::Nothing),
        text(
            "device-read-iops-sec",
            "per-device read I/O limit per second, in the form of /path/to/device,read_iops_sec,...",
        )
        .tolerated()
        .completes(Completer::Nothing),
        text(
            "device-write-iops-sec",
            "per-device write I/O limit per second, in the form of /path/to/device,write_iops_sec,...",
        )
        .tolerated()
        .completes(Completer::Nothing),
        text(
            "device-read-bytes-sec",
            "per-device bytes read per second, in the form of /path/to/device,read_bytes_sec,...",
        )
        .tolerated()
        .completes(Completer::Nothing),
        text(
            "device-write-bytes-sec",
            "per-device bytes wrote per second, in the form of /path/to/device,write_bytes_sec,...",
        )
        .tolerated()
        .completes(Completer::Nothing),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `numatune`: Get or set numa parameters.
pub(crate) const NUMATUNE: Command = Command::new("numatune", "Get or set numa parameters")
    .describe("Get or set the current numa parameters for a guest domain.")
    .options(&[
        domain(ANY),
        text("mode", "NUMA mode, one of strict, preferred and interleave or a number from the virDomainNumatuneMemMode enum").tolerated().completes(Completer::DomainNumatuneMode),
        text("nodeset", "NUMA node selections to set").tolerated(),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `schedinfo`: show/set scheduler parameters.
pub(crate) const SCHEDINFO: Command = Command::new("schedinfo", "show/set scheduler parameters")
    .describe("Show/Set scheduler parameters.")
    .options(&[
        domain(ANY),
        number("weight", "weight for XEN_CREDIT"),
        number("cap", "cap for XEN_CREDIT"),
        flag("current", "get/set current scheduler info"),
        flag("config", "get/set value to be used on next boot"),
        flag("live", "get/set value from running domain"),
        words("set", "parameter=value").positional(),
    ]);

/// `perf`: Get or set perf event.
pub(crate) const PERF: Command = Command::new("perf", "Get or set perf event")
    .describe("Get or set the current perf events for a guest domain.")
    .options(&[
        domain(ANY),
        text("enable", "perf events which will be enabled")
            .tolerated()
            .completes(Completer::DomainPerfEnable),
        text("disable", "perf events which will be disabled")
            .tolerated()
            .completes(Completer::DomainPerfDisable),
        CONFIG,
        LIVE,
        CURRENT,
    ]);
