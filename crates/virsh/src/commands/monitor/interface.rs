//! Network interfaces of a domain: list, traffic, link, addresses.

use crate::grammar::{ANY, Command, Completer, alias, domain, domains, flag, text};

/// `domif-getlink`: get link state of a virtual interface.
pub(crate) const DOMIF_GETLINK: Command =
    Command::new("domif-getlink", "get link state of a virtual interface")
        .describe("Get link state of a domain's virtual interface.")
        .options(&[
            domain(ANY),
            text("interface", "interface device (MAC Address)")
                .required()
                .positional()
                .completes(Completer::DomainInterface),
            alias("persistent", "config"),
            flag("config", "Get persistent interface state"),
        ]);

/// `domifaddr`: Get network interfaces' addresses for a running domain.
pub(crate) const DOMIFADDR: Command =
    Command::new("domifaddr", "Get network interfaces' addresses for a running domain")
        .describe("Get network interfaces' addresses for a running domain")
        .options(&[
            domain(domains::ACTIVE),
            text("interface", "network interface name").positional().completes(Completer::DomainInterface),
            flag("full", "always display names and MACs of interfaces"),
            text("source", "address source: 'lease', 'agent', or 'arp'")
                .tolerated()
                .completes(Completer::DomainInterfaceAddrSource),
        ]);

/// `domiflist`: list all domain virtual interfaces.
pub(crate) const DOMIFLIST: Command = Command::new("domiflist", "list all domain virtual interfaces")
    .describe("Get the summary of virtual interfaces for a domain.")
    .options(&[domain(ANY), flag("inactive", "get inactive rather than running configuration")]);

/// `domifstat`: get network interface stats for a domain.
pub(crate) const DOMIFSTAT: Command = Command::new("domifstat", "get network interface stats for a domain")
    .describe("Get network interface stats for a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("interface", "interface device specified by name or MAC Address")
            .required()
            .positional()
            .completes(Completer::DomainInterface),
    ]);
