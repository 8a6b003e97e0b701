//! The help texts, made from the declarations.

use crate::grammar::{Command, Group, Kind, Place};
use std::fmt::Write;

/// The list of all commands by group.
pub(crate) fn overview(groups: &[Group]) -> String {
    let mut out = String::from("Grouped commands:\n\n");
    for listed in groups {
        out.push_str(&group(listed));
        out.push('\n');
    }
    out
}

/// The list of the commands of a group.
pub(crate) fn group(group: &Group) -> String {
    let mut out = format!(" {} (help keyword '{}'):\n", group.title, group.keyword);
    list(&mut out, group);
    out
}

fn list(out: &mut String, group: &Group) {
    for command in group.commands.iter().filter(|command| command.is_listed()) {
        let _ = writeln!(out, "    {:<30} {}", command.name, command.summary);
    }
}

/// What `virsh --help` says, for a program of that name.
pub(crate) fn usage(program: &str, groups: &[Group]) -> String {
    let mut out = format!(
        "\n{program} [options]... [<command_string>]\n{program} [options]... <command> [args...]\n\n{OPTIONS}"
    );
    for listed in groups {
        let _ = writeln!(out, " {} (help keyword '{}')", listed.title, listed.keyword);
        list(&mut out, listed);
        out.push('\n');
    }
    out.push_str("\n  (specify help <group> for details about the commands in the group)\n");
    out.push_str("\n  (specify help <command> for details about the command)\n\n");
    out
}

const OPTIONS: &str = "  options:
    -c | --connect=URI      hypervisor connection URI
    -d | --debug=NUM        debug level [0-4]
    -e | --escape <char>    set escape sequence for console
    -h | --help             this help
    -k | --keepalive-interval=NUM
                            keepalive interval in seconds, 0 for disable
    -K | --keepalive-count=NUM
                            number of possible missed keepalive messages
    -l | --log=FILE         output logging to file
    -q | --quiet            quiet mode
    -r | --readonly         connect readonly
    -t | --timing           print timing information
    -v                      short version
    -V                      long version
         --version[=TYPE]   version, TYPE is short or long (default short)
  commands (non interactive mode):

";

/// The help of one command.
pub(crate) fn command(command: &Command) -> String {
    let mut out = format!("  NAME\n    {} - {}\n", command.name, command.summary);
    let _ = write!(out, "\n  SYNOPSIS\n    {}", command.name);
    for opt in command.options {
        let name = opt.name;
        let shape = match (opt.kind, opt.place) {
            (Kind::Alias(_), _) => continue,
            (Kind::Flag, _) => format!("--{name}"),
            (_, Place::Positional) => format!("<{name}>"),
            (Kind::Number, _) => format!("--{name} <number>"),
            (Kind::Text, _) | (Kind::Words, _) => format!("--{name} <string>"),
        };
        let shape = if opt.required { shape } else { format!("[{shape}]") };
        let more = if opt.kind == Kind::Words { "..." } else { "" };
        let _ = write!(out, " {shape}{more}");
    }
    out.push('\n');
    if !command.description.is_empty() {
        let _ = write!(out, "\n  DESCRIPTION\n    {}\n", command.description);
    }
    if command.options.is_empty() {
        return out;
    }
    out.push_str("\n  OPTIONS\n");
    for opt in command.options {
        let name = match opt.place {
            Place::Positional => format!("[--{}]", opt.name),
            _ => format!("--{}", opt.name),
        };
        let value = match opt.kind {
            Kind::Alias(_) => continue,
            Kind::Flag => "",
            Kind::Text => " <string>",
            Kind::Number => " <number>",
            Kind::Words => " <string>...",
        };
        let _ = writeln!(out, "    {:<15}  {}", name + value, opt.help);
    }
    out
}
