//! Ports of a network.

use crate::grammar::{Command, Completer, file, flag, networks, text};

/// `net-port-list`: list network ports.
pub(crate) const NET_PORT_LIST: Command = Command::new("net-port-list", "list network ports")
    .describe("Returns list of network ports.")
    .options(&[
        text("network", "network name or uuid")
            .required()
            .positional()
            .completes(Completer::Network(networks::ACTIVE)),
        flag("uuid", "list uuid's only"),
        flag("table", "list table (default)"),
    ]);

/// `net-port-create`: create a network port from an XML file.
pub(crate) const NET_PORT_CREATE: Command =
    Command::new("net-port-create", "create a network port from an XML file")
        .describe("Create a network port.")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(networks::ACTIVE)),
            file("file containing an XML network port description"),
            flag("validate", "validate the XML against the schema"),
        ]);

/// `net-port-dumpxml`: network port information in XML.
pub(crate) const NET_PORT_DUMPXML: Command =
    Command::new("net-port-dumpxml", "network port information in XML")
        .describe("Output the network port information as an XML dump to stdout.")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(networks::ACTIVE)),
            text("port", "port UUID").required().positional().completes(Completer::NetworkPortUuid),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `net-port-delete`: delete the specified network port.
pub(crate) const NET_PORT_DELETE: Command =
    Command::new("net-port-delete", "delete the specified network port")
        .describe("Delete the specified network port.")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(networks::ACTIVE)),
            text("port", "port UUID").required().positional().completes(Completer::NetworkPortUuid),
        ]);
