//! The domain's XML, shown, edited and translated.

use crate::grammar::{ANY, Command, Completer, domain, flag, text};

/// `dumpxml`: domain information in XML.
pub(crate) const DUMPXML: Command = Command::new("dumpxml", "domain information in XML")
    .describe("Output the domain information as an XML dump to stdout.")
    .options(&[
        domain(ANY),
        flag("inactive", "show inactive defined XML"),
        flag("security-info", "include security sensitive information in XML dump"),
        flag("update-cpu", "update guest CPU according to host CPU"),
        flag("migratable", "provide XML suitable for migrations"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `edit`: edit XML configuration for a domain.
pub(crate) const EDIT: Command = Command::new("edit", "edit XML configuration for a domain")
    .describe("Edit the XML configuration for a domain.")
    .options(&[domain(ANY), flag("skip-validate", "skip validation of the XML against the schema")]);

/// `domxml-from-native`: Convert native config to domain XML.
pub(crate) const DOMXML_FROM_NATIVE: Command =
    Command::new("domxml-from-native", "Convert native config to domain XML")
        .describe("Convert native guest configuration format to domain XML format.")
        .options(&[
            text("format", "source config data format").required().positional(),
            text("config", "config data file to import from")
                .required()
                .positional()
                .completes(Completer::Path),
        ]);

/// `domxml-to-native`: Convert domain XML to native config.
pub(crate) const DOMXML_TO_NATIVE: Command =
    Command::new("domxml-to-native", "Convert domain XML to native config")
        .describe("Convert domain XML config to a native guest configuration format.")
        .options(&[
            text("format", "target config data type format").required().positional(),
            text("domain", "domain name, id or uuid").completes(Completer::Domain(ANY)),
            text("xml", "xml data file to export from").tolerated().completes(Completer::Path),
        ]);
