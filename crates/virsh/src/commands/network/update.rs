//! Changing networks.

use crate::grammar::{ANY, Command, Completer, flag, number, text};

/// `net-edit`: edit XML configuration for a network.
pub(crate) const NET_EDIT: Command = Command::new("net-edit", "edit XML configuration for a network")
    .describe("Edit the XML configuration for a network.")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(ANY))]);

/// `net-update`: update parts of an existing network's configuration.
pub(crate) const NET_UPDATE: Command = Command::new("net-update", "update parts of an existing network's configuration")
    .options(&[
        text("network", "network name or uuid").required().positional().completes(Completer::Network(ANY)),
        text("command", "type of update (add-first, add-last (add), delete, or modify)").required().positional().completes(Completer::NetworkUpdateCommand),
        text("section", "which section of network configuration to update").required().positional().completes(Completer::NetworkUpdateSection),
        text("xml", "name of file containing xml (or, if it starts with '<', the complete xml element itself) to add/modify, or to be matched for search").required().positional().completes(Completer::Path),
        number("parent-index", "which parent object to search through").tolerated(),
        flag("config", "affect next network startup"),
        flag("live", "affect running network"),
        flag("current", "affect current state of network"),
    ]);
