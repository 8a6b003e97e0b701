//! Options as the C library's `getopt_long` reads them: bundled short ones, abbreviated long ones,
//! values attached or in the next word, other words anywhere. Complaints in its words.

use std::vec::IntoIter;

/// An option that exists.
pub(super) struct Opt {
    pub(super) long: &'static str,
    pub(super) short: Option<char>,
    /// Whether it takes a value.
    pub(super) value: bool,
}

/// A part of the command line.
pub(super) enum Word {
    /// An option, by its long name, with its value if it takes one.
    Option(&'static str, Option<String>),
    /// Something else.
    Other,
}

/// The options of a command line, one after the other; the first complaint should end it.
pub(super) struct Getopt {
    known: Vec<&'static Opt>,
    words: IntoIter<String>,
    /// What is left of a word of short options.
    bundle: String,
    options_over: bool,
}

impl Getopt {
    pub(super) fn new(known: Vec<&'static Opt>, words: Vec<String>) -> Self {
        Self { known, words: words.into_iter(), bundle: String::new(), options_over: false }
    }

    fn short(&mut self, letter: char) -> Result<Word, String> {
        let Some(option) = self.known.iter().find(|o| o.short == Some(letter)) else {
            return Err(format!("invalid option -- '{letter}'"));
        };
        if !option.value {
            return Ok(Word::Option(option.long, None));
        }
        let attached = std::mem::take(&mut self.bundle);
        let value = if attached.is_empty() { self.words.next() } else { Some(attached) };
        match value {
            Some(value) => Ok(Word::Option(option.long, Some(value))),
            None => Err(format!("option requires an argument -- '{letter}'")),
        }
    }

    fn long(&mut self, word: &str) -> Result<Word, String> {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let candidates: Vec<_> = self.known.iter().filter(|o| o.long.starts_with(name)).collect();
        let exact = candidates.iter().find(|o| o.long == name);
        let option = match (exact, &candidates[..]) {
            (Some(option), _) | (None, [option]) => option,
            (None, []) => return Err(format!("unrecognized option '--{word}'")),
            (None, several) => {
                let names: Vec<_> = several.iter().map(|o| format!(" '--{}'", o.long)).collect();
                return Err(format!("option '--{name}' is ambiguous; possibilities:{}", names.concat()));
            }
        };
        let long = option.long;
        match (option.value, attached) {
            (false, None) => Ok(Word::Option(long, None)),
            (false, Some(_)) => Err(format!("option '--{long}' doesn't allow an argument")),
            (true, attached) => match attached.or_else(|| self.words.next()) {
                Some(value) => Ok(Word::Option(long, Some(value))),
                None => Err(format!("option '--{long}' requires an argument")),
            },
        }
    }
}

impl Iterator for Getopt {
    type Item = Result<Word, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.bundle.is_empty() {
            let letter = self.bundle.remove(0);
            return Some(self.short(letter));
        }
        let word = self.words.next()?;
        if self.options_over {
            return Some(Ok(Word::Other));
        }
        if word == "--" {
            self.options_over = true;
            return self.next();
        }
        if let Some(long) = word.strip_prefix("--") {
            return Some(self.long(long));
        }
        match word.strip_prefix('-') {
            Some("") | None => Some(Ok(Word::Other)),
            Some(letters) => {
                self.bundle = letters.to_owned();
                self.next()
            }
        }
    }
}
