//! domstats: everything that can be counted about domains.

use crate::args::Args;
use crate::domain::{By, Domain, ask};
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, Completer, flag, words};
use crate::shell::Shell;
use crate::stats::value_text;
use vir_api::constants::*;

/// `domstats`: get statistics about one or multiple domains.
pub(crate) const DOMSTATS: Command = Command::new("domstats", "get statistics about one or multiple domains")
    .describe("Gets statistics about one or more (or all) domains")
    .options(&[
        flag("state", "report domain state"),
        flag("cpu-total", "report domain physical cpu usage"),
        flag("balloon", "report domain balloon statistics"),
        flag("vcpu", "report domain virtual cpu information"),
        flag("interface", "report domain network interface information"),
        flag("block", "report domain block device statistics"),
        flag("perf", "report domain perf event statistics"),
        flag("iothread", "report domain IOThread information"),
        flag("memory", "report domain memory usage"),
        flag("dirtyrate", "report domain dirty rate information"),
        flag("vm", "report hypervisor-specific statistics"),
        flag("list-active", "list only active domains"),
        flag("list-inactive", "list only inactive domains"),
        flag("list-persistent", "list only persistent domains"),
        flag("list-transient", "list only transient domains"),
        flag("list-running", "list only running domains"),
        flag("list-paused", "list only paused domains"),
        flag("list-shutoff", "list only shutoff domains"),
        flag("list-other", "list only domains in other states"),
        flag("raw", "do not pretty-print the fields"),
        flag("enforce", "enforce requested stats parameters"),
        flag("backing", "add backing chain information to block stats"),
        flag("nowait", "report only stats that are accessible instantly"),
        words("domain", "list of domains to get stats for").positional().completes(Completer::Domain(ANY)),
    ])
    .run(stats);

const GROUPS: [(&str, u32); 11] = [
    ("state", VIR_DOMAIN_STATS_STATE),
    ("cpu-total", VIR_DOMAIN_STATS_CPU_TOTAL),
    ("balloon", VIR_DOMAIN_STATS_BALLOON),
    ("vcpu", VIR_DOMAIN_STATS_VCPU),
    ("interface", VIR_DOMAIN_STATS_INTERFACE),
    ("block", VIR_DOMAIN_STATS_BLOCK),
    ("perf", VIR_DOMAIN_STATS_PERF),
    ("iothread", VIR_DOMAIN_STATS_IOTHREAD),
    ("memory", VIR_DOMAIN_STATS_MEMORY),
    ("dirtyrate", VIR_DOMAIN_STATS_DIRTYRATE),
    ("vm", VIR_DOMAIN_STATS_VM),
];

const FLAGS: [(&str, u32); 11] = [
    ("list-active", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE),
    ("list-inactive", VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE),
    ("list-persistent", VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT),
    ("list-transient", VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT),
    ("list-running", VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING),
    ("list-paused", VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED),
    ("list-shutoff", VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF),
    ("list-other", VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER),
    ("enforce", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS),
    ("backing", VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING),
    ("nowait", VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT),
];

fn stats(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let wanted = GROUPS.iter().filter(|(option, _)| args.has(option)).fold(0, |all, (_, bit)| all | bit);
    let flags = FLAGS.iter().filter(|(option, _)| args.has(option)).fold(0, |all, (_, bit)| all | bit);
    let mut domains = Vec::new();
    for asked in args.words("domain") {
        domains.push(Domain::look_up(shell, "unknown", asked, By::ANY)?.this);
    }
    let records = ask!(link.connect_get_all_domain_stats(&domains, wanted, flags))?;
    for (at, record) in records.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        let mut text = format!("{gap}Domain: '{}'\n", record.dom.name);
        for param in &record.params {
            text.push_str(&format!("  {}={}\n", param.field, value_text(&param.value)));
        }
        shell.out.print(text);
    }
    Ok(())
}
