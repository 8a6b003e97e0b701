//! The job that a domain is busy with.

use crate::grammar::{Command, domain, domains, flag};

/// `domjobabort`: abort active domain job.
pub(crate) const DOMJOBABORT: Command = Command::new("domjobabort", "abort active domain job")
    .describe("Aborts the currently running domain job")
    .options(&[domain(domains::ACTIVE), flag("postcopy", "interrupt post-copy migration")]);

/// `domjobinfo`: domain job information.
pub(crate) const DOMJOBINFO: Command = Command::new("domjobinfo", "domain job information")
    .describe("Returns information about jobs running on a domain.")
    .options(&[
        domain(domains::ACTIVE),
        flag("completed", "return statistics of a recently completed job"),
        flag("keep-completed", "don't destroy statistics of a recently completed job when reading"),
        flag("anystats", "print statistics for any kind of job (even failed ones)"),
        flag("rawstats", "print the raw data returned by libvirt"),
    ]);
