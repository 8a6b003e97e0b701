//! The domain's XML, shown, edited and translated.

use crate::args::Args;
use crate::domain::{Domain, ask, call};
use crate::edit;
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, Completer, domain, flag, text};
use crate::shell::Shell;
use crate::show_xml::show;
use vir_api::constants::*;

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
    ])
    .run(dump_xml);

/// `edit`: edit XML configuration for a domain.
pub(crate) const EDIT: Command = Command::new("edit", "edit XML configuration for a domain")
    .describe("Edit the XML configuration for a domain.")
    .options(&[domain(ANY), flag("skip-validate", "skip validation of the XML against the schema")])
    .run(edit);

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

fn dump_xml(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let mut flags = 0;
    for (option, flag) in [
        ("inactive", VIR_DOMAIN_XML_INACTIVE),
        ("security-info", VIR_DOMAIN_XML_SECURE),
        ("update-cpu", VIR_DOMAIN_XML_UPDATE_CPU),
        ("migratable", VIR_DOMAIN_XML_MIGRATABLE),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let xpath = crate::show_xml::xpath_of(args)?;
    let xml = call!(dom.domain_get_xml_desc(flags))?;
    show(shell, &xml, xpath, args.has("wrap"))
}

fn edit(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let flags = if args.has("skip-validate") { 0 } else { VIR_DOMAIN_DEFINE_VALIDATE };
    let link = dom.link.clone();
    let edited = edit::document(
        shell,
        || Ok(call!(dom.domain_get_xml_desc(VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE))?),
        |xml, relaxed| {
            let flags = if relaxed { 0 } else { flags };
            Ok(match flags {
                0 => ask!(link.domain_define_xml(xml)),
                flags => ask!(link.domain_define_xml_flags(xml, flags)),
            }?)
        },
        edit::Relax::Possible,
    )?;
    shell.out.extra(match edited {
        Some(new) => format!("Domain '{}' XML configuration edited.\n", new.name),
        None => format!("Domain '{}' XML configuration not changed.\n", dom.name),
    });
    Ok(())
}
