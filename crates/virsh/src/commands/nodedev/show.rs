//! One host device, shown.

use crate::grammar::{Command, Completer, flag, text};

/// `nodedev-dumpxml`: node device details in XML.
pub(crate) const NODEDEV_DUMPXML: Command = Command::new("nodedev-dumpxml", "node device details in XML")
    .describe("Output the node device details as an XML dump to stdout.")
    .options(&[
        text("device", "device name or wwn pair in 'wwnn,wwpn' format")
            .required()
            .positional()
            .completes(Completer::NodeDevice),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `nodedev-info`: node device information.
pub(crate) const NODEDEV_INFO: Command = Command::new("nodedev-info", "node device information")
    .describe("Returns basic information about the node device")
    .options(&[text("device", "device name or wwn pair in 'wwnn,wwpn' format")
        .required()
        .positional()
        .completes(Completer::NodeDevice)]);
