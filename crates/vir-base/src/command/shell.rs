//! Commands as text that a shell would take, in the peer's form: for logs, and for
//! `domxml-to-native`.

use std::borrow::Cow;

/// Characters that make an argument need quotes. No control characters but these, and no `%`, `=`,
/// `,` or `:`, which mean nothing to a shell inside a word.
const SPECIAL: &str = "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~";

/// An argument, quoted where a shell needs it.
pub fn quote(argument: &str) -> Cow<'_, str> {
    if argument.is_empty() {
        return "''".into();
    }
    match argument.contains(|c| SPECIAL.contains(c)) {
        true => format!("'{}'", argument.replace('\'', "'\\''")).into(),
        false => argument.into(),
    }
}

/// A command line, environment first. With `breaks`, each variable and each option with its value
/// stands on a line of its own.
pub(super) fn line(env: &[(String, String)], program: &str, args: &[String], breaks: bool) -> String {
    let mut text = String::new();
    for (name, value) in env {
        text.push_str(&format!("{name}={} ", quote(value)));
        if breaks {
            text.push_str("\\\n");
        }
    }
    text.push_str(&quote(program));
    let mut had_option = false;
    for (i, arg) in args.iter().enumerate() {
        text.push(' ');
        let is_option = arg.starts_with('-');
        had_option |= is_option;
        // a value stays with its option, and words stay together while options are yet to come
        let previous = i.saturating_sub(1);
        let stays = !is_option && had_option && args[previous..].iter().any(|a| a.starts_with('-'));
        if breaks && !stays {
            text.push_str("\\\n");
        }
        text.push_str(&quote(arg));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_where_needed() {
        for (plain, quoted) in [
            ("", "''"),
            ("a,b=c:d/e%f", "a,b=c:d/e%f"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("{\"x\":1}", "'{\"x\":1}'"),
        ] {
            assert_eq!(quote(plain), quoted);
        }
    }

    #[test]
    fn one_option_a_line() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let env = [("LC_ALL".to_owned(), "C".to_owned()), ("X".to_owned(), "a b".to_owned())];
        assert_eq!(line(&env, "/p", &words("-a 1 -b"), false), "LC_ALL=C X='a b' /p -a 1 -b");
        assert_eq!(line(&env, "/p", &words("-a 1 -b"), true), "LC_ALL=C \\\nX='a b' \\\n/p \\\n-a 1 \\\n-b");
        assert_eq!(line(&[], "/p", &words("-a 1 2"), true), "/p \\\n-a 1 \\\n2");
        assert_eq!(line(&[], "/p", &words("x y -a"), true), "/p \\\nx \\\ny \\\n-a");
    }
}
