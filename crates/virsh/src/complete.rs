//! Proposals for what the user is typing: commands, options, and values by the options' completers.

use crate::args::Args;
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
            Some(completer) => values(shell, completer, &args),
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

/// Values that need no hypervisor are proposed here; the others come from the connection.
fn values(shell: &mut Shell, completer: Completer, _args: &Args) -> Vec<String> {
    match completer {
        Completer::Command => commands(shell.groups),
        _ => Vec::new(),
    }
}
