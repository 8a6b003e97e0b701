//! Networks, shown.

use crate::grammar::{ANY, Command, Completer, flag, networks, text};

/// `net-dumpxml`: network information in XML.
pub(crate) const NET_DUMPXML: Command = Command::new("net-dumpxml", "network information in XML")
    .describe("Output the network information as an XML dump to stdout.")
    .options(&[
        text("network", "network name or uuid").required().positional().completes(Completer::Network(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `net-info`: network information.
pub(crate) const NET_INFO: Command = Command::new("net-info", "network information")
    .describe("Returns basic information about the network")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(ANY))]);

/// `net-name`: convert a network UUID to network name.
pub(crate) const NET_NAME: Command = Command::new("net-name", "convert a network UUID to network name")
    .options(&[text("network", "network uuid").required().positional().completes(Completer::NetworkUuid)]);

/// `net-uuid`: convert a network name to network UUID.
pub(crate) const NET_UUID: Command = Command::new("net-uuid", "convert a network name to network UUID")
    .options(&[text("network", "network name").required().positional().completes(Completer::Network(ANY))]);

/// `net-dhcp-leases`: print lease info for a given network.
pub(crate) const NET_DHCP_LEASES: Command =
    Command::new("net-dhcp-leases", "print lease info for a given network")
        .describe("Print lease info for a given network")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(networks::ACTIVE)),
            text("mac", "MAC address").tolerated().completes(Completer::NetworkDhcpMac),
        ]);
