//! Memory sizes and limits.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, alias, domain, flag, number, text};
use crate::shell::Shell;
use vir_api::constants::*;

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
    ])
    .run(set);

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
    ])
    .run(set_maximum);

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

/// The option "size" in KiB; without a unit it is in KiB already.
fn size(args: &Args) -> Outcome<u64> {
    Ok(args.scaled("size", 1024, u64::MAX)?.unwrap_or(0).div_ceil(1024))
}

fn set(shell: &mut Shell, args: &Args) -> Outcome {
    let affect = args.affect()?;
    let flags = if affect.unsaid() { VIR_DOMAIN_AFFECT_LIVE } else { affect.flags() };
    let dom = Domain::find(shell, args)?;
    let kib = size(args)?;
    Ok(call!(dom.domain_set_memory_flags(kib, flags))?)
}

fn set_maximum(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = args.affect()?.flags() | VIR_DOMAIN_MEM_MAXIMUM;
    let dom = Domain::find(shell, args)?;
    let kib = size(args)?;
    call!(dom.domain_set_memory_flags(kib, flags)).context(|| "Unable to change MaxMemorySize")?;
    Ok(())
}
