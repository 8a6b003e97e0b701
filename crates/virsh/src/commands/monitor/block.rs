//! Block devices of a domain: list, size, traffic, errors.

use crate::grammar::{ANY, Command, Completer, domain, domains, flag, text};

/// `domblkerror`: Show errors on block devices.
pub(crate) const DOMBLKERROR: Command = Command::new("domblkerror", "Show errors on block devices")
    .describe("Show block device errors")
    .options(&[domain(domains::ACTIVE)]);

/// `domblkinfo`: domain block device size information.
pub(crate) const DOMBLKINFO: Command = Command::new("domblkinfo", "domain block device size information")
    .describe("Get block device size info for a domain.")
    .options(&[
        domain(ANY),
        text("device", "block device").positional().completes(Completer::DomainDiskTarget),
        flag("human", "Human readable output"),
        flag("all", "display all block devices info"),
    ]);

/// `domblklist`: list all domain blocks.
pub(crate) const DOMBLKLIST: Command = Command::new("domblklist", "list all domain blocks")
    .describe("Get the summary of block devices for a domain.")
    .options(&[
        domain(ANY),
        flag("inactive", "get inactive rather than running configuration"),
        flag("details", "additionally display the type and device value"),
    ]);

/// `domblkstat`: get device block stats for a domain.
pub(crate) const DOMBLKSTAT: Command = Command::new("domblkstat", "get device block stats for a domain")
    .describe(
        "Get device block stats for a running domain. See man page or use --human for explanation of fields",
    )
    .options(&[
        domain(domains::ACTIVE),
        text("device", "block device").positional().allow_empty().completes(Completer::DomainDiskTarget),
        flag("human", "print a more human readable output"),
    ]);
