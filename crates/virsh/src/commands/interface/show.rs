//! Host interfaces, shown.

use crate::grammar::{ANY, Command, Completer, flag, text};

/// `iface-dumpxml`: interface information in XML.
pub(crate) const IFACE_DUMPXML: Command = Command::new("iface-dumpxml", "interface information in XML")
    .describe("Output the physical host interface information as an XML dump to stdout.")
    .options(&[
        text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `iface-list`: list physical host interfaces.
pub(crate) const IFACE_LIST: Command = Command::new("iface-list", "list physical host interfaces")
    .describe("Returns list of physical host interfaces.")
    .options(&[
        flag("inactive", "list inactive interfaces"),
        flag("all", "list inactive & active interfaces"),
    ]);

/// `iface-mac`: convert an interface name to interface MAC address.
pub(crate) const IFACE_MAC: Command = Command::new(
    "iface-mac",
    "convert an interface name to interface MAC address",
)
.options(&[text("interface", "interface name").required().positional().completes(Completer::Interface(ANY))]);

/// `iface-name`: convert an interface MAC address to interface name.
pub(crate) const IFACE_NAME: Command = Command::new(
    "iface-name",
    "convert an interface MAC address to interface name",
)
.options(&[text("interface", "interface mac").required().positional().completes(Completer::InterfaceMac)]);
