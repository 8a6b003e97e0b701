//! Names, numbers and UUIDs of domains.

use crate::args::Args;
use crate::domain::{By, Domain, call};
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, Completer, domains, text};
use crate::shell::Shell;

/// `domid`: convert a domain name or UUID to domain id.
pub(crate) const DOMID: Command = Command::new("domid", "convert a domain name or UUID to domain id")
    .options(&[text("domain", "domain name or uuid")
        .required()
        .positional()
        .completes(Completer::Domain(domains::ACTIVE))])
    .run(id);

/// `domname`: convert a domain id or UUID to domain name.
pub(crate) const DOMNAME: Command = Command::new("domname", "convert a domain id or UUID to domain name")
    .options(&[text("domain", "domain id or uuid").required().positional().completes(Completer::DomainUuid)])
    .run(name);

/// `domuuid`: convert a domain name or id to domain UUID.
pub(crate) const DOMUUID: Command = Command::new("domuuid", "convert a domain name or id to domain UUID")
    .options(&[text("domain", "domain id or name").required().positional().completes(Completer::Domain(ANY))])
    .run(uuid);

/// `domrename`: rename a domain.
pub(crate) const DOMRENAME: Command = Command::new("domrename", "rename a domain")
    .describe("Rename an inactive domain.")
    .options(&[
        text("domain", "domain name or uuid")
            .required()
            .positional()
            .completes(Completer::Domain(domains::INACTIVE)),
        text("new-name", "new domain name").required().positional().completes(Completer::Nothing),
    ])
    .run(rename);

fn id(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find_by(shell, args, By::NAME_OR_UUID)?;
    shell.out.print(if dom.has_id() { format!("{}\n", dom.id) } else { "-\n".to_owned() });
    Ok(())
}

fn name(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find_by(shell, args, By::ID_OR_UUID)?;
    shell.out.print(format!("{}\n", dom.name));
    Ok(())
}

fn uuid(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find_by(shell, args, By::NAME_OR_ID)?;
    shell.out.print(format!("{}\n", dom.uuid));
    Ok(())
}

fn rename(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let new = args.required("new-name")?;
    call!(dom.domain_rename(Some(new), 0))?;
    shell.out.extra("Domain successfully renamed\n");
    Ok(())
}
