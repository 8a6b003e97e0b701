//! The reader. It works on bytes, never fails on hostile input other than by an error, and bounds
//! the depth of nested lists.

use super::{Conf, Entry, Format, Value};
use crate::{Error, ErrorCode, ErrorDomain, Result};

/// Lists nested deeper than this are refused.
const MAX_DEPTH: u32 = 100;

pub(super) fn parse(name: &str, data: &[u8], format: Format) -> Result<Conf> {
    let mut parser = Parser { name, data, at: 0, line: 1, format };
    let mut conf = Conf::new(name, format);
    while parser.at < data.len() {
        conf.entries.push(parser.statement()?);
        parser.separator()?;
    }
    Ok(conf)
}

struct Parser<'a> {
    name: &'a str,
    data: &'a [u8],
    at: usize,
    line: u32,
    format: Format,
}

impl Parser<'_> {
    /// The byte under the cursor; NUL, which no production accepts, at the end.
    fn peek(&self) -> u8 {
        self.data.get(self.at).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.data.get(self.at).is_some_and(|c| accept(*c)) {
            self.line += u32::from(self.peek() == b'\n');
            self.at += 1;
        }
    }

    /// What lies between `from` and the cursor.
    fn text(&self, from: usize) -> String {
        String::from_utf8_lossy(&self.data[from..self.at]).into_owned()
    }

    fn fail<T>(&self, code: ErrorCode, what: &str) -> Result<T> {
        Err(Error::new(ErrorDomain::Conf, code, format!("{}:{}: {what}", self.name, self.line)))
    }

    fn syntax<T>(&self, what: &str) -> Result<T> {
        self.fail(ErrorCode::ConfSyntax, what)
    }

    fn statement(&mut self) -> Result<Entry> {
        self.skip_while(|c| is_blank(c) || is_eol(c));
        if self.peek() == b'#' {
            return Ok(Entry { assignment: None, comment: Some(self.comment()) });
        }
        let name = self.name()?;
        self.skip_while(is_blank);
        if self.peek() != b'=' {
            return self.syntax("expecting an assignment");
        }
        self.at += 1;
        let value = self.value(0)?;
        self.skip_while(is_blank);
        let comment = (self.peek() == b'#').then(|| self.comment());
        Ok(Entry { assignment: Some((name, value)), comment })
    }

    fn separator(&mut self) -> Result<()> {
        self.skip_while(is_blank);
        match self.data.get(self.at) {
            None => return Ok(()),
            Some(c) if is_eol(*c) => {}
            Some(b';') => self.at += 1,
            Some(_) => return self.syntax("expecting a separator"),
        }
        self.skip_while(|c| is_blank(c) || is_eol(c));
        Ok(())
    }

    fn comment(&mut self) -> String {
        self.at += 1;
        let from = self.at;
        self.skip_while(|c| !is_eol(c));
        self.text(from)
    }

    fn name(&mut self) -> Result<String> {
        let format = self.format;
        let first = self.peek();
        if !(first.is_ascii_alphabetic() || format == Format::Vmx && first == b'.') {
            return self.syntax("expecting a name");
        }
        let from = self.at;
        self.skip_while(|c| {
            c.is_ascii_alphanumeric()
                || c == b'_'
                || (format == Format::Vmx && b":.-*".contains(&c))
                || (format == Format::Lxc && c == b'.')
        });
        Ok(self.text(from))
    }

    fn value(&mut self, depth: u32) -> Result<Value> {
        self.skip_while(is_blank);
        if self.at >= self.data.len() {
            return self.syntax("expecting a value");
        }
        match self.peek() {
            b'"' | b'\'' => self.string().map(Value::String),
            _ if self.format == Format::Lxc => {
                let from = self.at;
                self.skip_while(|c| !is_eol(c));
                Ok(Value::String(self.text(from)))
            }
            b'[' if self.format == Format::Vmx => self.syntax("lists not allowed in VMX format"),
            b'[' if depth >= MAX_DEPTH => self.syntax("lists are nested too deeply"),
            b'[' => self.list(depth),
            b'-' | b'+' | b'0'..=b'9' if self.format == Format::Vmx => {
                self.syntax("numbers not allowed in VMX format")
            }
            b'-' | b'+' | b'0'..=b'9' => self.number(),
            _ => self.syntax("expecting a value"),
        }
    }

    fn string(&mut self) -> Result<String> {
        let quote = self.peek();
        let rest = &self.data[self.at..];
        if rest.len() > 6 && rest.starts_with(b"\"\"\"") {
            return self.long_string();
        }
        self.at += 1;
        let from = self.at;
        self.skip_while(|c| c != quote && !is_eol(c));
        if self.peek() != quote {
            return self.syntax("unterminated string");
        }
        let text = self.text(from);
        self.at += 1;
        Ok(text)
    }

    /// `"""…"""`, over any number of lines.
    fn long_string(&mut self) -> Result<String> {
        self.at += 3;
        let from = self.at;
        let length = self.data[from..].windows(3).position(|w| w == b"\"\"\"");
        let end = length.map_or(self.data.len(), |n| from + n);
        self.line += self.data[from..end].iter().filter(|c| **c == b'\n').count() as u32;
        if length.is_none() {
            return self.syntax("unterminated string");
        }
        self.at = end;
        let text = self.text(from);
        self.at += 3;
        Ok(text)
    }

    fn list(&mut self, depth: u32) -> Result<Value> {
        let gap = |c| is_blank(c) || is_eol(c);
        let mut items = Vec::new();
        self.at += 1;
        self.skip_while(gap);
        while self.at < self.data.len() && self.peek() != b']' {
            if !items.is_empty() {
                if self.peek() != b',' {
                    return self.syntax("expecting a separator in list");
                }
                self.at += 1;
                self.skip_while(gap);
                if self.peek() == b']' {
                    break;
                }
            }
            items.push(self.value(depth + 1)?);
            self.skip_while(gap);
        }
        if self.peek() != b']' {
            return self.syntax("list is not closed with ]");
        }
        self.at += 1;
        Ok(Value::List(items))
    }

    fn number(&mut self) -> Result<Value> {
        let sign = self.peek();
        self.at += usize::from(!sign.is_ascii_digit());
        let from = self.at;
        self.skip_while(|c| c.is_ascii_digit());
        if self.at == from {
            return self.syntax("unterminated number");
        }
        // the magnitude is bounded by the signed type even where the value is unsigned
        match self.text(from).parse::<i64>() {
            Ok(n) if sign == b'-' => Ok(Value::Int(-n)),
            Ok(n) => Ok(Value::Uint(n.unsigned_abs())),
            Err(_) => self.fail(ErrorCode::Overflow, "numeric overflow in conf value"),
        }
    }
}

fn is_eol(c: u8) -> bool {
    matches!(c, b'\n' | b'\r')
}

fn is_blank(c: u8) -> bool {
    matches!(c, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, format: Format) -> String {
        parse("f", text.as_bytes(), format).unwrap_err().message().to_owned()
    }

    #[test]
    fn errors_name_file_and_line() {
        for (text, expected) in [
            ("a = 1\nb 2\n", "f:2: expecting an assignment"),
            ("a = 1 2\n", "f:1: expecting a separator"),
            ("\n\n= 2\n", "f:3: expecting a name"),
            ("a = \n", "f:1: expecting a value"),
            ("a =", "f:1: expecting a value"),
            ("a = 'b\n", "f:1: unterminated string"),
            ("a = \"\"\"b\n\nccccc\n", "f:4: unterminated string"),
            ("a = [ 1 2 ]", "f:1: expecting a separator in list"),
            ("a = [ 1,\n2", "f:2: list is not closed with ]"),
            ("a = -x", "f:1: unterminated number"),
        ] {
            assert_eq!(
                error(text, Format::Plain),
                format!("configuration file syntax error: {expected}"),
                "{text:?}"
            );
        }
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(error(&deep, Format::Plain).ends_with("f:1: lists are nested too deeply"));
        assert!(error("a = 9223372036854775808", Format::Plain).ends_with("numeric overflow in conf value"));
        assert!(error("a = 1", Format::Vmx).ends_with("numbers not allowed in VMX format"));
        assert!(error("a = [ \"x\" ]", Format::Vmx).ends_with("lists not allowed in VMX format"));
    }

    #[test]
    fn formats_differ_in_names_and_values() {
        let vmx = parse("f", b".encoding = \"UTF-8\"\nscsi0:0.fileName = \"a\"\n", Format::Vmx).unwrap();
        assert_eq!(vmx.string("SCSI0:0.filename").unwrap(), Some("a"));
        let lxc = parse("f", b"lxc.network.type = veth # no comment\n", Format::Lxc).unwrap();
        assert_eq!(lxc.string("lxc.network.type").unwrap(), Some("veth # no comment"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_an_error(data in proptest::collection::vec(0u8..128, 0..200)) {
            for format in [Format::Plain, Format::Vmx, Format::Lxc] {
                let _ = parse("f", &data, format);
            }
        }
    }
}
