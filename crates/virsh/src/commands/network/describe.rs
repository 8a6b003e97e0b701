//! What people and programs note about a network.

use crate::grammar::{ANY, Command, Completer, flag, text, words};

/// `net-desc`: show or set network's description or title.
pub(crate) const NET_DESC: Command = Command::new("net-desc", "show or set network's description or title")
    .describe("Allows setting or modifying the description or title of a network.")
    .options(&[
        text("network", "network name or uuid").required().positional().completes(Completer::Network(ANY)),
        flag("live", "modify/get running state"),
        flag("config", "modify/get persistent configuration"),
        flag("current", "modify/get current state configuration"),
        flag("title", "modify/get the title instead of description"),
        flag("edit", "open an editor to modify the description"),
        words("new-desc", "message").positional(),
    ]);

/// `net-metadata`: show or set network's custom XML metadata.
pub(crate) const NET_METADATA: Command =
    Command::new("net-metadata", "show or set network's custom XML metadata")
        .describe("Shows or modifies the XML metadata of a network.")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(ANY)),
            text("uri", "URI of the namespace").required().positional(),
            flag("live", "modify/get running state"),
            flag("config", "modify/get persistent configuration"),
            flag("current", "modify/get current state configuration"),
            flag("edit", "use an editor to change the metadata"),
            text("key", "key to be used as a namespace identifier").tolerated(),
            text("set", "new metadata to set").tolerated().completes(Completer::Nothing),
            flag("remove", "remove the metadata corresponding to an uri"),
        ]);
