//! help, and the two hidden commands that help scripts.

use crate::args::Args;
use crate::complete::proposals;
use crate::failure::{Failure, Outcome, fail};
use crate::grammar::{Command, Completer, Kind, flag, text, words};
use crate::help as texts;
use crate::parse::resolve_command;
use crate::shell::Shell;

/// `help`: print help.
pub(crate) const HELP: Command = Command::new("help", "print help")
    .describe("Prints global help, command specific help, or help for a\n    group of related commands")
    .options(&[text(
        "command",
        "Prints global help, command specific help, or help for a group of related commands",
    )
    .positional()
    .completes(Completer::Command)])
    .without_connection()
    .run(help);

/// `self-test`: internal command for testing virt shells.
pub(crate) const SELF_TEST: Command = Command::new("self-test", "internal command for testing virt shells")
    .describe("internal use only")
    .options(&[
        flag("completers-missing", "output the list of options which are missing completers"),
        flag("dump-help", "output help for each command"),
    ])
    .without_connection()
    .hidden()
    .run(self_test);

/// `complete`: internal command for autocompletion.
pub(crate) const COMPLETE: Command = Command::new("complete", "internal command for autocompletion")
    .describe("internal use only")
    .options(&[words("string", "partial string to autocomplete").positional().allow_empty()])
    .without_connection()
    .hidden()
    .run(complete);

fn help(shell: &mut Shell, args: &Args) -> Outcome {
    let groups = shell.groups;
    let Some(name) = args.text_quiet("command") else {
        shell.out.print(texts::overview(groups));
        return Ok(());
    };
    if let Some(command) = resolve_command(groups, name) {
        shell.out.print(texts::command(command));
    } else if let Some(group) = groups.iter().find(|group| group.title == name || group.keyword == name) {
        shell.out.print(texts::group(group));
    } else {
        fail!("command or command group '{name}' doesn't exist");
    }
    Ok(())
}

fn self_test(shell: &mut Shell, args: &Args) -> Outcome {
    let commands = shell.groups.iter().flat_map(|group| group.commands);
    for command in commands.filter(|command| command.alias_of.is_none()) {
        if args.has("dump-help") {
            shell.out.print(texts::command(command));
        }
        if args.has("completers-missing") {
            let open = command
                .options
                .iter()
                .filter(|opt| opt.completer.is_none() && matches!(opt.kind, Kind::Text | Kind::Words));
            let names: Vec<&str> = open.map(|opt| opt.name).collect();
            if !names.is_empty() {
                shell.out.extra(format!("{}: {}\n", command.name, names.join(", ")));
            }
        }
    }
    Ok(())
}

fn complete(shell: &mut Shell, args: &Args) -> Outcome {
    shell.session.ensure(&mut shell.out)?;
    let typed = args.joined("string").unwrap_or_default();
    let word = args.words("string").last().map_or("", String::as_str);
    let found = proposals(shell, &typed, word);
    if found.is_empty() {
        return Err(Failure::silent());
    }
    shell.out.print(found.join("\n") + "\n");
    Ok(())
}
