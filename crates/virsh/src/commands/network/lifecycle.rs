//! Networks: definition, start and end.

use crate::grammar::{Command, Completer, file, flag, networks, text};

/// `net-autostart`: autostart a network.
pub(crate) const NET_AUTOSTART: Command = Command::new("net-autostart", "autostart a network")
    .describe("Configure a network to be automatically started at boot.")
    .options(&[
        text("network", "network name or uuid")
            .required()
            .positional()
            .completes(Completer::Network(networks::PERSISTENT)),
        flag("disable", "disable autostarting"),
    ]);

/// `net-create`: create a network from an XML file.
pub(crate) const NET_CREATE: Command =
    Command::new("net-create", "create a network from an XML file").describe("Create a network.").options(&[
        file("file containing an XML network description"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `net-define`: define an inactive persistent virtual network or modify an existing persistent one from an XML file.
pub(crate) const NET_DEFINE: Command = Command::new(
    "net-define",
    "define an inactive persistent virtual network or modify an existing persistent one from an XML file",
)
.describe("Define or modify a persistent virtual network.")
.options(&[
    file("file containing an XML network description"),
    flag("validate", "validate the XML against the schema"),
]);

/// `net-destroy`: destroy (stop) a network.
pub(crate) const NET_DESTROY: Command = Command::new("net-destroy", "destroy (stop) a network")
    .describe("Forcefully stop a given network.")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(networks::ACTIVE))]);

/// `net-start`: start a (previously defined) inactive network.
pub(crate) const NET_START: Command =
    Command::new("net-start", "start a (previously defined) inactive network")
        .describe("Start a network.")
        .options(&[text("network", "network name or uuid")
            .required()
            .positional()
            .completes(Completer::Network(networks::INACTIVE))]);

/// `net-undefine`: undefine a persistent network.
pub(crate) const NET_UNDEFINE: Command = Command::new("net-undefine", "undefine a persistent network")
    .describe("Undefine the configuration for a persistent network.")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(networks::PERSISTENT))]);
