//! dommemstat: what the balloon says.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{CONFIG, CURRENT, Command, LIVE, domain, domains, number};
use crate::shell::Shell;
use vir_api::constants::*;

/// `dommemstat`: get memory statistics for a domain.
pub(crate) const DOMMEMSTAT: Command = Command::new("dommemstat", "get memory statistics for a domain")
    .describe("Get memory statistics for a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        number("period", "period in seconds to set collection"),
        CONFIG,
        LIVE,
        CURRENT,
    ])
    .run(stats);

/// Names of the statistics by their numbers in the API.
const NAMES: [&str; 13] = [
    "swap_in",
    "swap_out",
    "major_fault",
    "minor_fault",
    "unused",
    "available",
    "actual",
    "rss",
    "usable",
    "last_update",
    "disk_caches",
    "hugetlb_pgalloc",
    "hugetlb_pgfail",
];

fn stats(shell: &mut Shell, args: &Args) -> Outcome {
    let affect = args.affect()?;
    let dom = Domain::find(shell, args)?;
    if let Some(period) = args.int("period")? {
        if period < 0 {
            fail!("Invalid collection period value '{period}'");
        }
        let live = affect.unsaid() && dom.is_active();
        let flags = affect.flags() | if live { VIR_DOMAIN_AFFECT_LIVE } else { 0 };
        call!(dom.domain_set_memory_stats_period(period, flags))
            .context(|| "Unable to change balloon collection period.")?;
        return Ok(());
    }
    let stats = call!(dom.domain_memory_stats(NAMES.len() as u32, 0))
        .context(|| format!("Failed to get memory statistics for domain {}", dom.asked))?;
    for stat in stats {
        if let Some(name) = usize::try_from(stat.tag).ok().and_then(|tag| NAMES.get(tag)) {
            shell.out.print(format!("{name} {}\n", stat.val));
        }
    }
    Ok(())
}
