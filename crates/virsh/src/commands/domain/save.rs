//! Saved states in files: save, restore and what is in them.

use crate::args::Args;
use crate::domain::{Domain, ask, call};
use crate::edit;
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{Command, Completer, domain, domains, flag, number, text};
use crate::progress;
use crate::shell::Shell;
use crate::show_xml::{show, xpath_of};
use vir_api::constants::*;
use vir_base::typed;

/// `save`: save a domain state to a file.
pub(crate) const SAVE: Command = Command::new("save", "save a domain state to a file")
    .describe("Save the RAM state of a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("file", "where to save the data").required().positional(),
        flag("bypass-cache", "avoid file system cache when saving"),
        number("parallel-channels", "number of IO channels to use for parallel save"),
        text("image-format", "format of the save image file"),
        text("xml", "filename containing updated XML for the target").tolerated().completes(Completer::Path),
        flag("running", "set domain to be running on restore"),
        flag("paused", "set domain to be paused on restore"),
        flag("verbose", "display the progress of save"),
    ])
    .run(save);

/// `restore`: restore a domain from a saved state in a file.
pub(crate) const RESTORE: Command = Command::new("restore", "restore a domain from a saved state in a file")
    .describe("Restore a domain.")
    .options(&[
        text("file", "the state to restore").required().positional(),
        flag("bypass-cache", "avoid file system cache when restoring"),
        number("parallel-channels", "number of IO channels to use for parallel restore"),
        text("xml", "filename containing updated XML for the target").tolerated().completes(Completer::Path),
        flag("running", "restore domain into running state"),
        flag("paused", "restore domain into paused state"),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ])
    .run(restore);

/// `save-image-define`: redefine the XML for a domain's saved state file.
pub(crate) const SAVE_IMAGE_DEFINE: Command =
    Command::new("save-image-define", "redefine the XML for a domain's saved state file")
        .describe("Replace the domain XML associated with a saved state file")
        .options(&[
            text("file", "saved state file to modify").required().positional(),
            text("xml", "filename containing updated XML for the target")
                .required()
                .positional()
                .completes(Completer::Path),
            flag("running", "set domain to be running on restore"),
            flag("paused", "set domain to be paused on restore"),
        ])
        .run(define);

/// `save-image-dumpxml`: saved state domain information in XML.
pub(crate) const SAVE_IMAGE_DUMPXML: Command =
    Command::new("save-image-dumpxml", "saved state domain information in XML")
        .describe("Dump XML of domain information for a saved state file to stdout.")
        .options(&[
            text("file", "saved state file to read").required().positional(),
            flag("security-info", "include security sensitive information in XML dump"),
            text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
            flag("wrap", "wrap xpath results in an common root element"),
        ])
        .run(dump_xml);

/// `save-image-edit`: edit XML for a domain's saved state file.
pub(crate) const SAVE_IMAGE_EDIT: Command =
    Command::new("save-image-edit", "edit XML for a domain's saved state file")
        .describe("Edit the domain XML associated with a saved state file")
        .options(&[
            text("file", "saved state file to edit").required().positional(),
            flag("running", "set domain to be running on restore"),
            flag("paused", "set domain to be paused on restore"),
        ])
        .run(edit);

/// The flags that all these calls share.
pub(super) fn flags(args: &Args) -> u32 {
    let known = args.command.options.iter().map(|opt| opt.name);
    known.filter(|name| args.has(name)).fold(0, |flags, name| {
        flags
            | match name {
                "bypass-cache" => VIR_DOMAIN_SAVE_BYPASS_CACHE,
                "running" => VIR_DOMAIN_SAVE_RUNNING,
                "paused" => VIR_DOMAIN_SAVE_PAUSED,
                "reset-nvram" => VIR_DOMAIN_SAVE_RESET_NVRAM,
                _ => 0,
            }
    })
}

fn save(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let to = args.required("file")?;
    let flags = flags(args);
    let mut params = Vec::new();
    if let Some(channels) = args.int("parallel-channels")? {
        typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_PARALLEL_CHANNELS, channels);
    }
    if let Some(format) = args.text("image-format")? {
        typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_IMAGE_FORMAT, format);
    }
    let xml = args.text("xml")?.map(read_file).transpose()?;
    progress::watch(&dom, "Save", args.has("verbose"), || {
        if !params.is_empty() {
            typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_FILE, to);
            if let Some(xml) = &xml {
                typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_DXML, xml.as_str());
            }
            call!(dom.domain_save_params(&params, flags))
        } else if flags != 0 || xml.is_some() {
            call!(dom.domain_save_flags(to, xml.as_deref(), flags))
        } else {
            call!(dom.domain_save(to))
        }
    })
    .context(|| format!("Failed to save domain '{}' to {to}", dom.asked))?;
    shell.out.extra(format!("\nDomain '{}' saved to {to}\n", dom.asked));
    Ok(())
}

fn restore(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let flags = flags(args);
    let from = args.required("file")?;
    let xml = args.text("xml")?.map(read_file).transpose()?;
    let channels = args.int("parallel-channels")?;
    let done = if let Some(channels) = channels {
        let mut params = Vec::new();
        typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_PARALLEL_CHANNELS, channels);
        typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_FILE, from);
        if let Some(xml) = &xml {
            typed::push(&mut params, VIR_DOMAIN_SAVE_PARAM_DXML, xml.as_str());
        }
        ask!(link.domain_restore_params(&params, flags))
    } else if flags != 0 || xml.is_some() {
        ask!(link.domain_restore_flags(from, xml.as_deref(), flags))
    } else {
        ask!(link.domain_restore(from))
    };
    done.context(|| format!("Failed to restore domain from {from}"))?;
    shell.out.extra(format!("Domain restored from {from}\n"));
    Ok(())
}

fn define(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let file = args.required("file")?;
    let xml = read_file(args.required("xml")?)?;
    ask!(link.domain_save_image_define_xml(file, &xml, flags(args)))
        .context(|| format!("Failed to update {file}"))?;
    shell.out.extra(format!("State file {file} updated.\n"));
    Ok(())
}

fn dump_xml(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let secure = if args.has("security-info") { VIR_DOMAIN_XML_SECURE } else { 0 };
    let file = args.required("file")?;
    let xpath = xpath_of(args)?;
    let xml = ask!(link.domain_save_image_get_xml_desc(file, secure))?;
    show(shell, &xml, xpath, args.has("wrap"))
}

fn edit(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    args.exclusive("running", "paused")?;
    let file = args.required("file")?;
    let edited = edit::document(
        shell,
        || Ok(ask!(link.domain_save_image_get_xml_desc(file, VIR_DOMAIN_XML_SECURE))?),
        |xml, _| Ok(ask!(link.domain_save_image_define_xml(file, xml, flags(args)))?),
        edit::Relax::Impossible,
    )?;
    shell.out.extra(match edited {
        Some(()) => format!("State file {file} edited.\n"),
        None => format!("Saved image {file} XML configuration not changed.\n"),
    });
    Ok(())
}
