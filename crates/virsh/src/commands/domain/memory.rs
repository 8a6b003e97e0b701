//! Memory sizes and limits.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, alias, domain, flag, number, text};

/// `setmem`: change memory allocation.
pub(crate) const SETMEM: Command = Command::new("setmem", "change memory allocation")
    .describe("Change the current memory allocation in the guest domain.")
    .options(&[
        domain(ANY),
        alias("kilobytes", "size"),
        number("size", "new memory size, as scaled integer (default KiB)").required().positional(),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `setmaxmem`: change maximum memory limit.
pub(crate) const SETMAXMEM: Command = Command::new("setmaxmem", "change maximum memory limit")
    .describe("Change the maximum memory allocation limit in the guest domain.")
    .options(&[
        domain(ANY),
        alias("kilobytes", "size"),
        number("size", "new maximum memory size, as scaled integer (default KiB)").required().positional(),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `memtune`: Get or set memory parameters.
pub(crate) const MEMTUNE: Command = Command::new("memtune", "Get or set memory parameters")
    .describe("Get or set the current memory parameters for a guest domain.")
    .options(&[
        domain(ANY),
        number("hard-limit", "Max memory, as scaled integer (default KiB)").tolerated(),
        number("soft-limit", "Memory during contention, as scaled integer (default KiB)").tolerated(),
        number("swap-hard-limit", "Max memory plus swap, as scaled integer (default KiB)").tolerated(),
        number("min-guarantee", "Min guaranteed memory, as scaled integer (default KiB)").tolerated(),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `update-memory-device`: update memory device of a domain.
pub(crate) const UPDATE_MEMORY_DEVICE: Command =
    Command::new("update-memory-device", "update memory device of a domain")
        .describe("Update values of a memory device of a domain")
        .options(&[
            domain(ANY),
            CONFIG,
            LIVE,
            CURRENT,
            flag("print-xml", "print updated memory device XML instead of executing the change"),
            text("alias", "memory device alias").tolerated().completes(Completer::DomainDeviceAlias),
            number("node", "memory device target node").tolerated(),
            number("requested-size", "new value of <requested/> size, as scaled integer (default KiB)")
                .tolerated(),
        ]);
