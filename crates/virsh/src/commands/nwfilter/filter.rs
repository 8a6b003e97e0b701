//! Network filters.

use crate::grammar::{Command, Completer, file, flag, text};

/// `nwfilter-define`: define or update a network filter from an XML file.
pub(crate) const NWFILTER_DEFINE: Command =
    Command::new("nwfilter-define", "define or update a network filter from an XML file")
        .describe("Define a new network filter or update an existing one.")
        .options(&[
            file("file containing an XML network filter description"),
            flag("validate", "validate the XML against the schema"),
        ]);

/// `nwfilter-dumpxml`: network filter information in XML.
pub(crate) const NWFILTER_DUMPXML: Command =
    Command::new("nwfilter-dumpxml", "network filter information in XML")
        .describe("Output the network filter information as an XML dump to stdout.")
        .options(&[
            text("nwfilter", "network filter name or uuid")
                .required()
                .positional()
                .completes(Completer::Nwfilter),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `nwfilter-edit`: edit XML configuration for a network filter.
pub(crate) const NWFILTER_EDIT: Command =
    Command::new("nwfilter-edit", "edit XML configuration for a network filter")
        .describe("Edit the XML configuration for a network filter.")
        .options(&[text("nwfilter", "network filter name or uuid")
            .required()
            .positional()
            .completes(Completer::Nwfilter)]);

/// `nwfilter-list`: list network filters.
pub(crate) const NWFILTER_LIST: Command =
    Command::new("nwfilter-list", "list network filters").describe("Returns list of network filters.");

/// `nwfilter-undefine`: undefine a network filter.
pub(crate) const NWFILTER_UNDEFINE: Command = Command::new("nwfilter-undefine", "undefine a network filter")
    .describe("Undefine a given network filter.")
    .options(&[text("nwfilter", "network filter name or uuid")
        .required()
        .positional()
        .completes(Completer::Nwfilter)]);
