//! define and create: a domain from its XML.

use super::console::attach;
use crate::args::Args;
use crate::domain::{Domain, ask};
use crate::failure::{Context, Outcome};
use crate::files::{passed_descriptors, read_file};
use crate::grammar::{Command, Completer, file, flag, text};
use crate::shell::Shell;
use vir_api::constants::*;
use vir_base::ErrorCode;

/// `define`: define (but don't start) a domain from an XML file.
pub(crate) const DEFINE: Command =
    Command::new("define", "define (but don't start) a domain from an XML file")
        .describe("Define a domain.")
        .options(&[
            file("file containing an XML domain description"),
            flag("validate", "validate the XML against the schema"),
        ])
        .run(define);

/// `create`: create a domain from an XML file.
pub(crate) const CREATE: Command = Command::new("create", "create a domain from an XML file")
    .describe("Create a domain.")
    .options(&[
        file("file containing an XML domain description"),
        flag("console", "attach to console after creation"),
        flag("paused", "leave the guest paused after creation"),
        flag("autodestroy", "automatically destroy the guest when virsh disconnects"),
        text("pass-fds", "pass file descriptors N,M,... to the guest")
            .tolerated()
            .completes(Completer::Nothing),
        flag("validate", "validate the XML against the schema"),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ])
    .run(create);

fn define(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let from = args.required("file")?;
    let xml = read_file(from)?;
    let defined = match args.has("validate") {
        true => ask!(link.domain_define_xml_flags(&xml, VIR_DOMAIN_DEFINE_VALIDATE)),
        false => ask!(link.domain_define_xml(&xml)),
    };
    let dom = defined.context(|| format!("Failed to define domain from {from}"))?;
    shell.out.extra(format!("Domain '{}' defined from {from}\n", dom.name));
    Ok(())
}

fn create(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let from = args.required("file")?;
    let xml = read_file(from)?;
    let files = passed_descriptors(args)?;
    let console = args.has("console");
    let mut resume = console && !args.has("paused");
    let mut flags = if args.has("paused") || console { VIR_DOMAIN_START_PAUSED } else { 0 };
    for (option, flag) in [
        ("autodestroy", VIR_DOMAIN_START_AUTODESTROY),
        ("validate", VIR_DOMAIN_START_VALIDATE),
        ("reset-nvram", VIR_DOMAIN_START_RESET_NVRAM),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let create = |flags| match files.is_empty() {
        true => ask!(link.domain_create_xml(&xml, flags)),
        false => {
            files.duplicate().and_then(|files| ask!(link.domain_create_xml_with_files(&xml, flags, files)))
        }
    };
    let mut created = create(flags);
    // a driver that cannot start paused starts at once
    if resume && matches!(&created, Err(error) if error.code() == ErrorCode::InvalidArg) {
        resume = false;
        created = create(flags & !VIR_DOMAIN_START_PAUSED);
    }
    let dom = created.context(|| format!("Failed to create domain from {from}"))?;
    shell.out.extra(format!("Domain '{}' created from {from}\n", dom.name));
    if console {
        // the domain is there, whatever becomes of the console
        if let Err(failure) = attach(shell, &Domain::known(&link, dom), None, resume, 0) {
            shell.show(&failure);
        }
    }
    Ok(())
}
