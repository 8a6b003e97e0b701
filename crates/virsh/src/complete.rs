//! Proposals for what the user is typing: commands, options, and values by the options' completers.

use crate::args::Args;
use crate::domain::{By, Domain};
use crate::grammar::{Completer, Group, Kind};
use crate::parse;
use crate::shell::Shell;

/// Everything that `word`, the end of `typed`, could become. Spaces in it are escaped.
pub(crate) fn proposals(shell: &mut Shell, typed: &str, word: &str) -> Vec<String> {
    let unfinished = parse::parse_unfinished(shell.groups, typed)
        // "dump" may become "dumpxml": its options are proposed once a space follows
        .filter(|args| args.command.name != word);
    let all = match unfinished {
        None => commands(shell.groups),
        Some(args) => match value_completer(&args, word) {
            Some(completer) => values(shell, completer, &args, word),
            None => options(&args),
        },
    };
    all.into_iter().map(|text| text.replace(' ', "\\ ")).filter(|text| text.starts_with(word)).collect()
}

/// The commands that the help lists.
pub(crate) fn commands(groups: &[Group]) -> Vec<String> {
    let listed = groups.iter().flat_map(|group| group.commands).filter(|command| command.is_listed());
    listed.map(|command| command.name.to_owned()).collect()
}

fn options(args: &Args) -> Vec<String> {
    let open = args.command.options.iter().zip(&args.given).filter(|(opt, given)| match opt.kind {
        Kind::Alias(_) => false,
        Kind::Words => true,
        _ => !given.present,
    });
    open.map(|(opt, _)| format!("--{}", opt.name)).collect()
}

/// The completer of the option whose value is being typed.
fn value_completer(args: &Args, word: &str) -> Option<Completer> {
    let at = args.last?;
    let text = args.given[at].text.as_deref()?;
    let at_cursor = text == word || (text == " " && word.is_empty());
    args.command.options[at].completer.filter(|_| at_cursor)
}

/// Values by a completer; none where it is not served or the hypervisor does not answer.
fn values(shell: &mut Shell, completer: Completer, args: &Args, word: &str) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match completer {
        Completer::Command => commands(shell.groups),
        Completer::Path => paths(word),
        Completer::DomainEventName => words(&crate::events::NAMES),
        Completer::DomainShutdownMode => words(&["acpi", "agent", "initctl", "signal", "paravirt"]),
        Completer::DomainInterfaceState => words(&["up", "down"]),
        Completer::DomainInterfaceAddrSource => words(&["lease", "agent", "arp"]),
        Completer::DomainHostnameSource => words(&["lease", "agent"]),
        Completer::NodeSuspendTarget => words(&["mem", "disk", "hybrid"]),
        Completer::DomainLifecycle => words(&["poweroff", "reboot", "crash"]),
        Completer::DomainLifecycleAction => words(&[
            "destroy",
            "restart",
            "rename-restart",
            "preserve",
            "coredump-destroy",
            "coredump-restart",
        ]),
        _ => known_to_hypervisor(shell, completer, args).unwrap_or_default(),
    }
}

/// Names that the hypervisor knows; `None` if it cannot be asked.
fn known_to_hypervisor(shell: &mut Shell, completer: Completer, args: &Args) -> Option<Vec<String>> {
    let link = shell.session.link().ok()?;
    let domains = |flags| link.hv.connect_list_all_domains(&link.caller, flags).ok();
    let networks = |flags| link.network().ok()?.connect_list_all_networks(&link.caller, flags).ok();
    Some(match completer {
        Completer::Domain(flags) => domains(flags)?.into_iter().map(|dom| dom.name).collect(),
        Completer::DomainUuid => domains(0)?.into_iter().map(|dom| dom.uuid.to_string()).collect(),
        Completer::Network(flags) => networks(flags)?.into_iter().map(|net| net.name).collect(),
        Completer::NetworkUuid => networks(0)?.into_iter().map(|net| net.uuid.to_string()).collect(),
        Completer::StoragePool(flags) => {
            let pools = link.storage().ok()?.connect_list_all_storage_pools(&link.caller, flags).ok()?;
            pools.into_iter().map(|pool| pool.name).collect()
        }
        Completer::Interface(flags) => {
            let nics = link.interface().ok()?.connect_list_all_interfaces(&link.caller, flags).ok()?;
            nics.into_iter().map(|nic| nic.name).collect()
        }
        Completer::DomainDiskTarget => of_domain(shell, args, "devices/disk/target", "dev")?,
        Completer::DomainInterface => of_domain(shell, args, "devices/interface/target", "dev")?,
        Completer::DomainInterfaceMac => of_domain(shell, args, "devices/interface/mac", "address")?,
        Completer::DomainConsole => {
            let mut names = of_domain(shell, args, "devices/serial/alias", "name")?;
            names.extend(of_domain(shell, args, "devices/console/alias", "name")?);
            names
        }
        _ => return None,
    })
}

/// An attribute of each element on a path in the XML of the domain that was typed before.
fn of_domain(shell: &mut Shell, args: &Args, path: &str, attribute: &str) -> Option<Vec<String>> {
    let name = args.text_quiet("domain")?;
    let dom = Domain::look_up(shell, args.command.name, name, By::ANY).ok()?;
    let document = dom.document(0).ok()?;
    let found = document.all(path).into_iter().filter_map(|node| node.attribute(attribute));
    Some(found.map(str::to_owned).collect())
}

/// Files whose path starts with `word`.
fn paths(word: &str) -> Vec<String> {
    let split = word.rfind('/').map_or(0, |at| at + 1);
    let directory = if split == 0 { "." } else { &word[..split] };
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let hidden = word[split..].starts_with('.');
    let mut paths: Vec<String> = names
        .filter(|name| hidden || !name.starts_with('.'))
        .map(|name| format!("{}{name}", &word[..split]))
        .collect();
    paths.sort_unstable();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::GROUPS;

    fn proposed(typed: &str) -> Vec<String> {
        let mut shell = Shell::new("virsh", GROUPS);
        let word = typed.rsplit(' ').next().unwrap_or_default();
        proposals(&mut shell, typed, word)
    }

    #[test]
    fn commands_and_options_are_proposed() {
        assert_eq!(proposed("domnam"), ["domname"]);
        assert_eq!(proposed("help st"), ["start"]);
        assert!(proposed("dumpxml").contains(&"dumpxml".to_owned()));
        assert_eq!(proposed("domstate vm --"), ["--reason"]);
        assert_eq!(proposed("list --with-s"), ["--with-snapshot"]);
        assert_eq!(proposed("event --event life"), ["lifecycle"]);
        assert_eq!(proposed("connect x"), Vec::<String>::new());
    }

    #[test]
    fn files_are_proposed() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("guest.xml"), "").unwrap();
        let typed = format!("define {}/gu", home.path().display());
        assert_eq!(proposed(&typed), [format!("{}/guest.xml", home.path().display())]);
    }
}
