//! Words of a command line: split as a shell would, or taken from the program's arguments.

/// What the next piece of a command line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word, quotes and escapes removed.
    Word(String),
    /// `;`, a line's end, or a comment: another command may follow.
    CommandEnd,
    /// Nothing is left. Holds what stood between the last word and the end: completion needs to know.
    End(String),
}

/// Where words come from.
pub(crate) enum Source<'a> {
    /// Arguments that are words already.
    Words(std::slice::Iter<'a, String>),
    /// A text to be split.
    Text(&'a str),
}

/// A text that cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LexError {
    /// It ends in a lone backslash.
    Dangling,
    /// A double quote is not closed.
    OpenQuote,
}

impl LexError {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Dangling => "dangling \\",
            Self::OpenQuote => "missing \"",
        }
    }
}

impl Source<'_> {
    /// The next piece. With `lenient` an open double quote ends with the text: the user is still typing.
    pub(crate) fn next(&mut self, lenient: bool) -> Result<Token, LexError> {
        match self {
            Source::Words(words) => Ok(match words.next() {
                Some(word) => Token::Word(word.clone()),
                None => Token::End(String::new()),
            }),
            Source::Text(rest) => next_in_text(rest, lenient),
        }
    }
}

fn next_in_text(rest: &mut &str, lenient: bool) -> Result<Token, LexError> {
    let gap = *rest;
    let mut text = *rest;
    while let Some(after) =
        text.strip_prefix(' ').or_else(|| text.strip_prefix('\t')).or_else(|| text.strip_prefix("\\\n"))
    {
        text = after;
    }
    if text.is_empty() {
        return Ok(Token::End(gap.to_owned()));
    }
    if let Some(after) = text.strip_prefix([';', '\n']) {
        *rest = after;
        return Ok(Token::CommandEnd);
    }
    if text.starts_with('#') {
        *rest = text.split_once('\n').map_or("", |(_, after)| after);
        return Ok(Token::CommandEnd);
    }

    let mut word = String::new();
    let mut chars = text.char_indices();
    let mut quote = None;
    let end = loop {
        let Some((at, c)) = chars.next() else { break text.len() };
        match (c, quote) {
            (' ' | '\t' | ';' | '\n', None) => break at,
            ('\'' | '"', None) => quote = Some(c),
            ('\'' | '"', Some(open)) if open == c => quote = None,
            ('\\', None | Some('"')) => match chars.next() {
                None => return Err(LexError::Dangling),
                Some((_, '\n')) => {}
                Some((_, escaped)) => word.push(escaped),
            },
            _ => word.push(c),
        }
    };
    if quote == Some('"') && !lenient {
        return Err(LexError::OpenQuote);
    }
    *rest = &text[end..];
    Ok(Token::Word(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Vec<String>, LexError> {
        let mut source = Source::Text(text);
        let mut words = Vec::new();
        loop {
            match source.next(false)? {
                Token::Word(word) => words.push(word),
                Token::CommandEnd => words.push(";".to_owned()),
                Token::End(_) => return Ok(words),
            }
        }
    }

    #[test]
    fn words_are_split_as_a_shell_does() {
        assert_eq!(split("a  b\tc").unwrap(), ["a", "b", "c"]);
        assert_eq!(split("a;b\nc").unwrap(), ["a", ";", "b", ";", "c"]);
        assert_eq!(split(r#"a'b "c'"d 'e"f"#).unwrap(), ["ab \"cd 'ef"]);
        assert_eq!(split(r"a\ b \\ '\'").unwrap(), ["a b", "\\", "\\"]);
        assert_eq!(split("a \\\n b c\\\nd").unwrap(), ["a", "b", "cd"]);
        assert_eq!(split("a # b ; c\nd").unwrap(), ["a", ";", "d"]);
        assert_eq!(split("a#b").unwrap(), ["a#b"]);
        assert_eq!(split("'' \"\"").unwrap(), ["", ""]);
    }

    #[test]
    fn unfinished_text_is_refused() {
        assert_eq!(split("a \"b"), Err(LexError::OpenQuote));
        assert_eq!(split("a \\"), Err(LexError::Dangling));
        // the peer lets an open single quote pass
        assert_eq!(split("a 'b").unwrap(), ["a", "b"]);
    }
}
