//! cd, pwd, echo, quit and exit.

use crate::args::Args;
use crate::failure::{Outcome, fail};
use crate::grammar::{Command, alias, flag, text, words};
use crate::shell::Shell;
use std::path::PathBuf;
use vir_base::error::errno_text;

/// `cd`: change the current directory.
pub(crate) const CD: Command = Command::new("cd", "change the current directory")
    .describe("Change the current directory.")
    .options(&[text("dir", "directory to switch to (default: home or else root)").positional()])
    .without_connection()
    .run(change_directory);

/// `echo`: echo arguments. Used for internal testing.
pub(crate) const ECHO: Command = Command::new("echo", "echo arguments. Used for internal testing.")
    .describe("Echo back arguments, possibly with quoting. Used for internal testing.")
    .options(&[
        flag("shell", "escape for shell use"),
        flag("xml", "escape for XML use"),
        flag("split", "split each argument on ','; ',,' is an escape sequence"),
        flag("err", "output to stderr"),
        alias("str", "string"),
        alias("hi", "string=hello"),
        text("prefix", "prefix the message"),
        words("string", "arguments to echo").positional(),
    ])
    .without_connection()
    .run(echo);

/// `exit`: quit this interactive terminal.
pub(crate) const EXIT: Command =
    Command::new("exit", "quit this interactive terminal").without_connection().run(quit);

/// `pwd`: print the current directory.
pub(crate) const PWD: Command = Command::new("pwd", "print the current directory")
    .describe("Print the current directory.")
    .without_connection()
    .run(print_directory);

/// `quit`: quit this interactive terminal.
pub(crate) const QUIT: Command =
    Command::new("quit", "quit this interactive terminal").without_connection().run(quit);

fn change_directory(_: &mut Shell, args: &Args) -> Outcome {
    let home = || std::env::var("HOME").unwrap_or_else(|_| "/".to_owned());
    let directory = args.text_quiet("dir").map_or_else(home, str::to_owned);
    if let Err(error) = std::env::set_current_dir(&directory) {
        fail!("cd: {}: {directory}", errno_text(error.raw_os_error().unwrap_or_default()));
    }
    Ok(())
}

fn print_directory(shell: &mut Shell, _: &Args) -> Outcome {
    let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    shell.out.print(format!("{}\n", directory.display()));
    Ok(())
}

fn quit(shell: &mut Shell, _: &Args) -> Outcome {
    shell.interactive = false;
    Ok(())
}

fn echo(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("shell", "xml")?;
    args.exclusive("shell", "split")?;
    args.exclusive("xml", "split")?;
    let mut text = String::new();
    match args.text("prefix") {
        Ok(Some(prefix)) => text = format!("{prefix} "),
        Ok(None) => {}
        // said, but no reason to stop
        Err(failure) => shell.show(&failure),
    }
    for word in args.words("string") {
        if args.has("xml") {
            text.push_str(&escape_xml(word));
        } else if args.has("shell") {
            text.push_str(&escape_shell(word));
        } else if args.has("split") {
            text.extend(split_commas(word).iter().map(|part| format!("{part}\n")));
        } else {
            text.push_str(word);
        }
        text.push(' ');
    }
    let text = text.strip_suffix(' ').unwrap_or(&text);
    // the peer says nothing at all where there is nothing to say
    match (text.is_empty() && args.words("string").is_empty(), args.has("err")) {
        (true, _) => {}
        (false, true) => shell.out.error(text),
        (false, false) => shell.out.print(text),
    }
    Ok(())
}

/// The characters that XML text and attributes cannot hold as they are.
fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}

/// A word that a shell reads back as `text`.
fn escape_shell(text: &str) -> String {
    let special = |c: char| "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~".contains(c);
    match text {
        "" => "''".to_owned(),
        text if !text.contains(special) => text.to_owned(),
        text => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The parts of a list with commas; a doubled comma is one within a part.
pub(crate) fn split_commas(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut join = false;
    for (at, piece) in text.split(',').enumerate() {
        match parts.last_mut() {
            Some(last) if join => {
                last.push(',');
                last.push_str(piece);
                join = false;
            }
            _ if at > 0 && piece.is_empty() => join = true,
            _ => parts.push(piece.to_owned()),
        }
    }
    if join {
        parts.push(String::new());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(escape_shell("plain-word_1.2/3:4"), "plain-word_1.2/3:4");
        assert_eq!(escape_shell(""), "''");
        assert_eq!(escape_shell("it's"), "'it'\\''s'");
    }

    #[test]
    fn commas_split_and_doubled_ones_do_not() {
        assert_eq!(split_commas("a,b"), ["a", "b"]);
        assert_eq!(split_commas("a,,b,c"), ["a,b", "c"]);
        assert_eq!(split_commas("a,"), ["a", ""]);
        assert_eq!(split_commas(""), [""]);
    }
}
