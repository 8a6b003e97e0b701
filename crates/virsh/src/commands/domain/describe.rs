//! desc and metadata: what people and programs note about a domain.

use crate::grammar::{ANY, Command, Completer, domain, flag, text, words};

/// `desc`: show or set domain's description or title.
pub(crate) const DESC: Command = Command::new("desc", "show or set domain's description or title")
    .describe("Allows setting or modifying the description or title of a domain.")
    .options(&[
        domain(ANY),
        flag("live", "modify/get running state"),
        flag("config", "modify/get persistent configuration"),
        flag("current", "modify/get current state configuration"),
        flag("title", "modify/get the title instead of description"),
        flag("edit", "open an editor to modify the description"),
        words("new-desc", "message").positional(),
    ]);

/// `metadata`: show or set domain's custom XML metadata.
pub(crate) const METADATA: Command = Command::new("metadata", "show or set domain's custom XML metadata")
    .describe("Shows or modifies the XML metadata of a domain.")
    .options(&[
        domain(ANY),
        text("uri", "URI of the namespace").required().positional(),
        flag("live", "modify/get running state"),
        flag("config", "modify/get persistent configuration"),
        flag("current", "modify/get current state configuration"),
        flag("edit", "use an editor to change the metadata"),
        text("key", "key to be used as a namespace identifier").tolerated(),
        text("set", "new metadata to set").tolerated().completes(Completer::Nothing),
        flag("remove", "remove the metadata corresponding to an uri"),
    ]);
