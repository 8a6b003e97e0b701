//! desc and metadata: what people and programs note about a domain.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::edit;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, domain, flag, text, words};
use crate::shell::Shell;
use vir_api::constants::*;
use vir_base::ErrorCode;

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
    ])
    .run(describe);

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
    ])
    .run(metadata);

fn describe(shell: &mut Shell, args: &Args) -> Outcome {
    let affect = args.affect()?;
    let (title, edit) = (args.has("title"), args.has("edit"));
    let query = if affect.config { VIR_DOMAIN_XML_INACTIVE } else { 0 };
    let dom = Domain::find(shell, args)?;
    dom.state()?;
    let what = if title { "title" } else { "description" };
    let given = args.joined("new-desc");
    let before = dom.note(title, query)?;
    if given.is_none() && !edit {
        match before.is_empty() {
            false => shell.out.print(before),
            true => shell.out.extra(format!("No {what} for domain: {}", dom.name)),
        }
        return Ok(());
    }
    let mut text = given.unwrap_or_else(|| before.clone());
    if edit {
        text = edit::text(&text)?;
        if text == before {
            shell.out.extra(format!("Domain {what} not changed\n"));
            return Ok(());
        }
    }
    let kind = if title { VIR_DOMAIN_METADATA_TITLE } else { VIR_DOMAIN_METADATA_DESCRIPTION };
    call!(dom.domain_set_metadata(kind, Some(&text), None, None, affect.flags()))
        .context(|| format!("Failed to set new domain {what}"))?;
    shell.out.extra(format!("Domain {what} updated successfully"));
    Ok(())
}

fn metadata(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = args.affect()?.flags();
    args.exclusive("edit", "set")?;
    args.exclusive("remove", "set")?;
    args.exclusive("remove", "edit")?;
    let dom = Domain::find(shell, args)?;
    let (uri, key, set) = (args.required("uri")?, args.text("key")?, args.text("set")?);
    if (set.is_some() || args.has("edit")) && key.is_none() {
        fail!("namespace key is required when modifying metadata");
    }
    let kind = VIR_DOMAIN_METADATA_ELEMENT;
    let get = || call!(dom.domain_get_metadata(kind, Some(uri), flags));
    if set.is_some() || args.has("remove") {
        call!(dom.domain_set_metadata(kind, set, key, Some(uri), flags))?;
        shell.out.extra(if args.has("remove") { "Metadata removed\n" } else { "Metadata modified\n" });
    } else if args.has("edit") {
        let edited = edit::document(
            shell,
            || Ok(get().unwrap_or_else(|_| "\n".to_owned())),
            |xml, _| Ok(call!(dom.domain_set_metadata(kind, Some(xml), key, Some(uri), flags))?),
            edit::Relax::Impossible,
        )?;
        shell.out.extra(if edited.is_some() { "Metadata modified\n" } else { "Metadata not changed" });
    } else {
        let text = match get() {
            Err(error) if error.code() == ErrorCode::NoDomainMetadata => String::new(),
            text => text?,
        };
        shell.out.print(text + "\n");
    }
    Ok(())
}
