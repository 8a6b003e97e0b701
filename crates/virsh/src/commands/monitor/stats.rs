//! domstats: everything that can be counted about domains.

use crate::grammar::{ANY, Command, Completer, flag, words};

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
    ]);
