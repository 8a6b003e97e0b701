//! From words to commands with arguments, by the grammar.

use crate::args::Args;
use crate::grammar::{Command, Group, Kind, Opt, Place};
use crate::lex::{Source, Token};

/// Tells what was understood, for `--debug`.
pub(crate) type Trace<'a> = &'a mut dyn FnMut(String);

/// The command of that name; aliases are not resolved.
pub(crate) fn find_command(groups: &'static [Group], name: &str) -> Option<&'static Command> {
    groups.iter().flat_map(|group| group.commands).copied().find(|command| command.name == name)
}

/// As [`find_command`], with aliases resolved.
pub(crate) fn resolve_command(groups: &'static [Group], name: &str) -> Option<&'static Command> {
    let command = find_command(groups, name)?;
    match command.alias_of {
        Some(target) => find_command(groups, target),
        None => Some(command),
    }
}

/// Parses a text that may hold several commands.
pub(crate) fn parse_text(groups: &'static [Group], text: &str, trace: Trace) -> Result<Vec<Args>, String> {
    Parser::new(groups, Source::Text(text), false, trace).run().map_err(|stop| stop.message)
}

/// Parses words that are one command.
pub(crate) fn parse_words(
    groups: &'static [Group],
    words: &[String],
    trace: Trace,
) -> Result<Vec<Args>, String> {
    Parser::new(groups, Source::Words(words.iter()), false, trace).run().map_err(|stop| stop.message)
}

/// The last command of a text that the user is still typing, as far as it can be understood.
pub(crate) fn parse_unfinished(groups: &'static [Group], text: &str) -> Option<Args> {
    let mut ignore = |_| {};
    match Parser::new(groups, Source::Text(text), true, &mut ignore).run() {
        Ok(mut commands) => commands.pop(),
        Err(stop) => stop.unfinished,
    }
}

/// Parsing ended early.
struct Stop {
    message: String,
    unfinished: Option<Args>,
}

struct Parser<'a> {
    groups: &'static [Group],
    source: Source<'a>,
    /// The user is still typing: say what there is instead of what is wrong.
    unfinished: bool,
    trace: Trace<'a>,
    done: Vec<Args>,
    current: Option<Args>,
}

impl<'a> Parser<'a> {
    fn new(groups: &'static [Group], source: Source<'a>, unfinished: bool, trace: Trace<'a>) -> Self {
        Self { groups, source, unfinished, trace, done: Vec::new(), current: None }
    }

    fn run(mut self) -> Result<Vec<Args>, Stop> {
        match self.commands() {
            Ok(()) => Ok(self.done),
            Err(message) => {
                Err(Stop { message, unfinished: self.current.take().or_else(|| self.done.pop()) })
            }
        }
    }

    fn next(&mut self) -> Result<Token, String> {
        self.source.next(self.unfinished).map_err(|error| error.message().to_owned())
    }

    fn commands(&mut self) -> Result<(), String> {
        loop {
            let word = match self.next()? {
                Token::Word(word) => word,
                Token::CommandEnd => continue,
                Token::End(_) => return Ok(()),
            };
            let last = if word.starts_with('#') {
                // a comment among separate words: eaten up to the end of the command
                loop {
                    match self.next()? {
                        Token::Word(_) => {}
                        Token::CommandEnd => break false,
                        Token::End(_) => break true,
                    }
                }
            } else {
                let command = resolve_command(self.groups, &word)
                    .ok_or_else(|| format!("unknown command: '{word}'"))?;
                self.current = Some(Args::new(command));
                self.arguments()?
            };
            if last {
                return Ok(());
            }
        }
    }

    /// Reads the arguments of the current command; true if nothing follows.
    fn arguments(&mut self) -> Result<bool, String> {
        let mut only_positional = false;
        loop {
            let word = match self.next()? {
                Token::Word(word) => word,
                end => return self.finish(None, end),
            };
            let Some(args) = self.current.as_mut() else { return Ok(true) };
            let Some(named) = word.strip_prefix("--").filter(|_| !only_positional) else {
                assign_by_order(args, &word, self.trace)?;
                continue;
            };
            if named.is_empty() {
                only_positional = true;
                continue;
            }
            let (name, mut value) = match named.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (named, None),
            };
            if name == "help" {
                args.wants_help = true;
                continue;
            }
            let at = match find_option(args, name, &mut value) {
                Ok(at) => at,
                // `help` ignores what it does not know
                Err(_) if args.command.name == "help" => continue,
                Err(message) => return Err(message),
            };
            if args.is_flag(at) {
                if value.is_some() {
                    return Err(format!("invalid '=' after option --{}", args.command.options[at].name));
                }
                assign(args, at, None, self.trace);
                continue;
            }
            let value = match value {
                Some(value) => value,
                None => match self.next()? {
                    Token::Word(word) => word,
                    end => return self.finish(Some(at), end),
                },
            };
            if let Some(args) = self.current.as_mut() {
                assign(args, at, Some(value), self.trace);
            }
        }
    }

    /// The command's words are over, perhaps where the value of an option was awaited.
    fn finish(&mut self, awaiting: Option<usize>, end: Token) -> Result<bool, String> {
        let Some(mut args) = self.current.take() else { return Ok(true) };
        let (last, gap) = match end {
            Token::End(gap) => (true, gap),
            _ => (false, String::new()),
        };
        if let Some(at) = awaiting {
            if self.unfinished {
                assign(&mut args, at, Some(gap), self.trace);
            } else {
                let opt = &args.command.options[at];
                let kind = if opt.kind == Kind::Number { "number" } else { "string" };
                return Err(format!("expected syntax: --{} <{kind}>", opt.name));
            }
        }
        if args.wants_help {
            args = help_for(self.groups, args);
        }
        if !self.unfinished {
            check_required(&args)?;
        }
        self.done.push(args);
        Ok(last)
    }
}

/// `COMMAND --help` is `help COMMAND`.
fn help_for(groups: &'static [Group], args: Args) -> Args {
    let Some(help) = find_command(groups, "help") else { return args };
    let mut asked = Args::new(help);
    if let Some(given) = asked.given.first_mut() {
        given.present = true;
        given.text = Some(args.command.name.to_owned());
    }
    asked
}

fn find_option(args: &Args, name: &str, value: &mut Option<String>) -> Result<usize, String> {
    let mut name = name;
    for (at, opt) in args.command.options.iter().enumerate() {
        if opt.name != name {
            continue;
        }
        if let Kind::Alias(target) = opt.kind {
            name = match target.split_once('=') {
                Some((target, preset)) => {
                    if value.is_some() {
                        return Err(format!("invalid '=' after option --{}", opt.name));
                    }
                    *value = Some(preset.to_owned());
                    target
                }
                None => target,
            };
            continue;
        }
        if args.given[at].present && opt.kind != Kind::Words {
            return Err(format!("option --{name} already seen"));
        }
        return Ok(at);
    }
    Err(format!("command '{}' doesn't support option --{name}", args.command.name))
}

fn assign_by_order(args: &mut Args, word: &str, trace: Trace) -> Result<(), String> {
    let free = |(opt, given): (&Opt, &crate::args::Given)| {
        opt.place != Place::Named && (!given.present || opt.kind == Kind::Words)
    };
    match args.command.options.iter().zip(&args.given).position(free) {
        Some(at) => assign(args, at, Some(word.to_owned()), trace),
        None if args.command.name == "help" => {}
        None => return Err(format!("unexpected data '{word}'")),
    }
    Ok(())
}

fn assign(args: &mut Args, at: usize, value: Option<String>, trace: Trace) {
    let opt = &args.command.options[at];
    let given = &mut args.given[at];
    let shown = value.as_deref().unwrap_or("<null>");
    trace(match opt.kind {
        Kind::Flag => format!("{}: {}(bool)", args.command.name, opt.name),
        Kind::Words => format!("{}: {}(argv: {}): {shown}", args.command.name, opt.name, given.words.len()),
        _ => format!("{}: {}(optdata): {shown}", args.command.name, opt.name),
    });
    given.present = true;
    if opt.kind == Kind::Words {
        given.words.extend(value.clone());
    }
    given.text = value;
    args.last = Some(at);
}

fn check_required(args: &Args) -> Result<(), String> {
    for (opt, given) in args.command.options.iter().zip(&args.given) {
        if opt.required && !given.present {
            let name = args.command.name;
            return Err(match opt.place {
                Place::Positional => format!("command '{name}' requires <{}> option", opt.name),
                _ => format!("command '{name}' requires --{} option", opt.name),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::GROUPS;

    fn parse(text: &str) -> Result<Vec<Args>, String> {
        parse_text(GROUPS, text, &mut |_| {})
    }

    fn refused(text: &str) -> String {
        parse(text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn options_by_name_and_by_order() {
        let commands = parse("start vm --paused; start --paused --domain=vm").unwrap();
        for args in &commands {
            assert_eq!(args.required("domain"), Ok("vm"));
            assert!(args.has("paused") && !args.has("console"));
        }
        let commands = parse("echo --shell -- --xml a").unwrap();
        assert_eq!(commands[0].words("string"), ["--xml", "a"]);
    }

    #[test]
    fn aliases_stand_for_options_and_values() {
        let commands = parse("echo --hi --str there").unwrap();
        assert_eq!(commands[0].joined("string").as_deref(), Some("hello there"));
        assert_eq!(parse("nodedev-dettach pci_0").unwrap()[0].command.name, "nodedev-detach");
        assert_eq!(refused("echo --hi=x"), "invalid '=' after option --hi");
    }

    #[test]
    fn help_wins() {
        let commands = parse("start --help").unwrap();
        assert_eq!(commands[0].command.name, "help");
        assert_eq!(commands[0].required("command"), Ok("start"));
        assert!(parse("help list extra --words").is_ok());
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(refused("nope"), "unknown command: 'nope'");
        assert_eq!(refused("start"), "command 'start' requires <domain> option");
        assert_eq!(refused("domname a b"), "unexpected data 'b'");
        assert_eq!(refused("start a --nope"), "command 'start' doesn't support option --nope");
        assert_eq!(refused("start a --domain b"), "option --domain already seen");
        assert_eq!(refused("start a --paused=1"), "invalid '=' after option --paused");
        assert_eq!(refused("start --domain"), "expected syntax: --domain <string>");
        assert_eq!(refused("setvcpus a --count"), "expected syntax: --count <number>");
    }

    #[test]
    fn unfinished_commands_are_understood_as_far_as_they_go() {
        let args = parse_unfinished(GROUPS, "start --domain ").unwrap();
        assert_eq!(args.last, Some(0));
        assert_eq!(args.given[0].text.as_deref(), Some(" "));
        assert!(parse_unfinished(GROUPS, "star").is_none());
        assert_eq!(parse_unfinished(GROUPS, "list; start vm --nope").unwrap().command.name, "start");
    }
}
