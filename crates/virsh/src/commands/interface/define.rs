//! Host interfaces: definition and state.

use crate::grammar::{ANY, Command, Completer, file, flag, interfaces, text};

/// `iface-define`: define an inactive persistent physical host interface or modify an existing persistent one from an XML file.
pub(crate) const IFACE_DEFINE: Command = Command::new("iface-define", "define an inactive persistent physical host interface or modify an existing persistent one from an XML file")
    .describe("Define or modify a persistent physical host interface.")
    .options(&[
        file("file containing an XML interface description"),
        flag("validate", "validate the XML against the schema"),
    ]);

/// `iface-undefine`: undefine a physical host interface (remove it from configuration).
pub(crate) const IFACE_UNDEFINE: Command =
    Command::new("iface-undefine", "undefine a physical host interface (remove it from configuration)")
        .describe("undefine an interface.")
        .options(&[text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(ANY))]);

/// `iface-start`: start a physical host interface (enable it / "if-up").
pub(crate) const IFACE_START: Command =
    Command::new("iface-start", "start a physical host interface (enable it / \"if-up\")")
        .describe("start a physical host interface.")
        .options(&[text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(interfaces::INACTIVE))]);

/// `iface-destroy`: destroy a physical host interface (disable it / "if-down").
pub(crate) const IFACE_DESTROY: Command =
    Command::new("iface-destroy", "destroy a physical host interface (disable it / \"if-down\")")
        .describe("forcefully stop a physical host interface.")
        .options(&[text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(interfaces::ACTIVE))]);

/// `iface-edit`: edit XML configuration for a physical host interface.
pub(crate) const IFACE_EDIT: Command =
    Command::new("iface-edit", "edit XML configuration for a physical host interface")
        .describe("Edit the XML configuration for a physical host interface.")
        .options(&[text("interface", "interface name or MAC address")
            .required()
            .positional()
            .completes(Completer::Interface(ANY))]);
