//! dominfo, domstate and domcontrol: how a domain is doing.

use crate::grammar::{ANY, Command, domain, domains, flag};

/// `domcontrol`: domain control interface state.
pub(crate) const DOMCONTROL: Command = Command::new("domcontrol", "domain control interface state")
    .describe("Returns state of a control interface to the domain.")
    .options(&[domain(domains::ACTIVE)]);

/// `dominfo`: domain information.
pub(crate) const DOMINFO: Command = Command::new("dominfo", "domain information")
    .describe("Returns basic information about the domain.")
    .options(&[domain(ANY)]);

/// `domstate`: domain state.
pub(crate) const DOMSTATE: Command = Command::new("domstate", "domain state")
    .describe("Returns state about a domain.")
    .options(&[domain(ANY), flag("reason", "also print reason for the state")]);
