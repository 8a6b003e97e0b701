//! Network filters bound to ports.

use crate::grammar::{Command, Completer, file, flag, text};

/// `nwfilter-binding-create`: create a network filter binding from an XML file.
pub(crate) const NWFILTER_BINDING_CREATE: Command =
    Command::new("nwfilter-binding-create", "create a network filter binding from an XML file")
        .describe("Create a new network filter binding.")
        .options(&[
            file("file containing an XML network filter binding description"),
            flag("validate", "validate the XML against the schema"),
        ]);

/// `nwfilter-binding-delete`: delete a network filter binding.
pub(crate) const NWFILTER_BINDING_DELETE: Command =
    Command::new("nwfilter-binding-delete", "delete a network filter binding")
        .describe("Delete a given network filter binding.")
        .options(&[text("binding", "network filter binding port dev")
            .required()
            .positional()
            .completes(Completer::NwfilterBinding)]);

/// `nwfilter-binding-dumpxml`: network filter information in XML.
pub(crate) const NWFILTER_BINDING_DUMPXML: Command =
    Command::new("nwfilter-binding-dumpxml", "network filter information in XML")
        .describe("Output the network filter information as an XML dump to stdout.")
        .options(&[
            text("binding", "network filter binding portdev")
                .required()
                .positional()
                .completes(Completer::NwfilterBinding),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ]);

/// `nwfilter-binding-list`: list network filter bindings.
pub(crate) const NWFILTER_BINDING_LIST: Command =
    Command::new("nwfilter-binding-list", "list network filter bindings")
        .describe("Returns list of network filter bindings.");
