//! I/O threads of a domain.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, number, text};

/// `iothreadinfo`: view domain IOThreads.
pub(crate) const IOTHREADINFO: Command = Command::new("iothreadinfo", "view domain IOThreads")
    .describe("Returns basic information about the domain IOThreads.")
    .options(&[domain(ANY), CONFIG, LIVE, CURRENT]);

/// `iothreadpin`: control domain IOThread affinity.
pub(crate) const IOTHREADPIN: Command = Command::new("iothreadpin", "control domain IOThread affinity")
    .describe("Pin domain IOThreads to host physical CPUs.")
    .options(&[
        domain(ANY),
        number("iothread", "IOThread ID number")
            .required()
            .positional()
            .completes(Completer::DomainIoThreadId),
        text("cpulist", "host cpu number(s) to set")
            .required()
            .positional()
            .completes(Completer::DomainCpulist),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `iothreadadd`: add an IOThread to the guest domain.
pub(crate) const IOTHREADADD: Command = Command::new("iothreadadd", "add an IOThread to the guest domain")
    .describe("Add an IOThread to the guest domain.")
    .options(&[
        domain(ANY),
        number("id", "iothread for the new IOThread").required().positional(),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `iothreadset`: modifies an existing IOThread of the guest domain.
pub(crate) const IOTHREADSET: Command =
    Command::new("iothreadset", "modifies an existing IOThread of the guest domain")
        .describe("Modifies an existing IOThread of the guest domain.")
        .options(&[
            domain(ANY),
            number("id", "iothread id of existing IOThread")
                .required()
                .positional()
                .completes(Completer::DomainIoThreadId),
            number("poll-max-ns", "set the maximum IOThread polling time in ns").tolerated(),
            number("poll-grow", "set the value to increase the IOThread polling time").tolerated(),
            number("poll-shrink", "set the value for reduction of the IOThread polling time").tolerated(),
            number("thread-pool-min", "lower boundary for worker thread pool").tolerated(),
            number("thread-pool-max", "upper boundary for worker thread pool").tolerated(),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

/// `iothreaddel`: delete an IOThread from the guest domain.
pub(crate) const IOTHREADDEL: Command =
    Command::new("iothreaddel", "delete an IOThread from the guest domain")
        .describe("Delete an IOThread from the guest domain.")
        .options(&[
            domain(ANY),
            number("id", "iothread_id for the IOThread to delete")
                .required()
                .positional()
                .completes(Completer::DomainIoThreadId),
            CONFIG,
            LIVE,
            CURRENT,
        ]);
