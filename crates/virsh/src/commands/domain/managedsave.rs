//! Saved states that the daemon keeps.

use super::save::flags;
use crate::args::Args;
use crate::domain::{Domain, call};
use crate::edit;
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{Command, Completer, domain, domains, flag, text};
use crate::progress;
use crate::shell::Shell;
use crate::show_xml::{show, xpath_of};
use vir_api::constants::*;

/// `managedsave`: managed save of a domain state.
pub(crate) const MANAGEDSAVE: Command = Command::new("managedsave", "managed save of a domain state")
    .describe("Save and destroy a running domain, so it can be restarted from\n    the same state at a later time.  When the virsh 'start'\n    command is next run for the domain, it will automatically\n    be started from this saved state.")
    .options(&[
        domain(domains::ACTIVE),
        flag("bypass-cache", "avoid file system cache when saving"),
        flag("running", "set domain to be running on next start"),
        flag("paused", "set domain to be paused on next start"),
        flag("verbose", "display the progress of save"),
    ])
    .run(save);

/// `managedsave-remove`: Remove managed save of a domain.
pub(crate) const MANAGEDSAVE_REMOVE: Command =
    Command::new("managedsave-remove", "Remove managed save of a domain")
        .describe("Remove an existing managed save state file from a domain")
        .options(&[domain(domains::MANAGEDSAVE)])
        .run(remove);

/// `managedsave-edit`: edit XML for a domain's managed save state file.
pub(crate) const MANAGEDSAVE_EDIT: Command =
    Command::new("managedsave-edit", "edit XML for a domain's managed save state file")
        .describe("Edit the domain XML associated with the managed save state file")
        .options(&[
            domain(domains::MANAGEDSAVE),
            flag("running", "set domain to be running on start"),
            flag("paused", "set domain to be paused on start"),
        ])
        .run(edit);

/// `managedsave-dumpxml`: Domain information of managed save state file in XML.
pub(crate) const MANAGEDSAVE_DUMPXML: Command =
    Command::new("managedsave-dumpxml", "Domain information of managed save state file in XML")
        .describe("Dump XML of domain information for a managed save state file to stdout.")
        .options(&[
            domain(domains::MANAGEDSAVE),
            flag("security-info", "include security sensitive information in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ])
        .run(dump_xml);

/// `managedsave-define`: redefine the XML for a domain's managed save state file.
pub(crate) const MANAGEDSAVE_DEFINE: Command =
    Command::new("managedsave-define", "redefine the XML for a domain's managed save state file")
        .describe("Replace the domain XML associated with a managed save state file")
        .options(&[
            domain(domains::MANAGEDSAVE),
            text("xml", "filename containing updated XML for the target")
                .required()
                .positional()
                .completes(Completer::Path),
            flag("running", "set domain to be running on start"),
            flag("paused", "set domain to be paused on start"),
        ])
        .run(define);

fn save(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let flags = flags(args);
    progress::watch(&dom, "Managedsave", args.has("verbose"), || call!(dom.domain_managed_save(flags)))
        .context(|| format!("Failed to save domain '{}' state", dom.asked))?;
    shell.out.extra(format!("\nDomain '{}' state saved by libvirt\n", dom.asked));
    Ok(())
}

fn remove(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let name = &dom.asked;
    let there = call!(dom.domain_has_managed_save_image(0))
        .context(|| "Failed to check for domain managed save image")?;
    if there == 0 {
        shell.out.extra(format!("Domain '{name}' has no manage save image; removal skipped"));
        return Ok(());
    }
    call!(dom.domain_managed_save_remove(0))
        .context(|| format!("Failed to remove managed save image for domain '{name}'"))?;
    shell.out.extra(format!("Removed managedsave image for domain '{name}'"));
    Ok(())
}

fn dump_xml(shell: &mut Shell, args: &Args) -> Outcome {
    let secure = if args.has("security-info") { VIR_DOMAIN_XML_SECURE } else { 0 };
    let dom = Domain::find(shell, args)?;
    let xpath = xpath_of(args)?;
    let xml = call!(dom.domain_managed_save_get_xml_desc(secure))?;
    show(shell, &xml, xpath, args.has("wrap"))
}

fn define(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("running", "paused")?;
    let xml = read_file(args.required("xml")?)?;
    let dom = Domain::find(shell, args)?;
    call!(dom.domain_managed_save_define_xml(Some(&xml), flags(args)))
        .context(|| format!("Failed to update {} XML configuration", dom.name))?;
    shell.out.extra(format!("Managed save state file of domain '{}' updated.\n", dom.name));
    Ok(())
}

fn edit(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("running", "paused")?;
    let dom = Domain::find(shell, args)?;
    let edited = edit::document(
        shell,
        || Ok(call!(dom.domain_managed_save_get_xml_desc(VIR_DOMAIN_XML_SECURE))?),
        |xml, _| Ok(call!(dom.domain_managed_save_define_xml(Some(xml), flags(args)))?),
        edit::Relax::Impossible,
    )?;
    shell.out.extra(match edited {
        Some(()) => format!("Managed save image of domain '{}' XML configuration edited.\n", dom.name),
        None => {
            format!("Managed save image of domain '{}' XML configuration not changed.\n", dom.name)
        }
    });
    Ok(())
}
