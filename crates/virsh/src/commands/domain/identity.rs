//! Names, numbers and UUIDs of domains.

use crate::grammar::{ANY, Command, Completer, domains, text};

/// `domid`: convert a domain name or UUID to domain id.
pub(crate) const DOMID: Command = Command::new("domid", "convert a domain name or UUID to domain id")
    .options(&[text("domain", "domain name or uuid")
        .required()
        .positional()
        .completes(Completer::Domain(domains::ACTIVE))]);

/// `domname`: convert a domain id or UUID to domain name.
pub(crate) const DOMNAME: Command = Command::new("domname", "convert a domain id or UUID to domain name")
    .options(&[text("domain", "domain id or uuid").required().positional().completes(Completer::DomainUuid)]);

/// `domuuid`: convert a domain name or id to domain UUID.
pub(crate) const DOMUUID: Command = Command::new("domuuid", "convert a domain name or id to domain UUID")
    .options(&[text("domain", "domain id or name")
        .required()
        .positional()
        .completes(Completer::Domain(ANY))]);

/// `domrename`: rename a domain.
pub(crate) const DOMRENAME: Command =
    Command::new("domrename", "rename a domain").describe("Rename an inactive domain.").options(&[
        text("domain", "domain name or uuid")
            .required()
            .positional()
            .completes(Completer::Domain(domains::INACTIVE)),
        text("new-name", "new domain name").required().positional().completes(Completer::Nothing),
    ]);
