//! Text to tree.
//!
//! One pass over the bytes with an explicit stack. Messages, and the place each names, are those of
//! the peer's parser, since people look them up.

use crate::error::Position;
use crate::tree::{Attr, Element, Node};
use smol_str::{SmolStr, SmolStrBuilder};
use vir_base::{Error, ErrorCode, ErrorDomain, Result};

/// How much input may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest document in bytes.
    pub size: usize,
    /// Deepest nesting.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { size: 64 << 20, depth: 256 }
    }
}

/// Reads a document; `name` is what errors call it: a file's name, or none for text from memory.
///
/// # Errors
/// `VIR_ERR_XML_DETAIL`: what is wrong, in which line, with the line itself and a pointer to the place.
pub fn parse(text: &str, name: Option<&str>) -> Result<Element> {
    parse_as(ErrorDomain::Xml, text, name)
}

/// As [`parse`], for a part of the program that errors are to name.
///
/// # Errors
/// As for [`parse`], from `domain`.
pub fn parse_as(domain: ErrorDomain, text: &str, name: Option<&str>) -> Result<Element> {
    parse_with(domain, text, name, Limits::default())
}

/// As [`parse_as`], with limits of one's own.
///
/// # Errors
/// As for [`parse_as`].
pub fn parse_with(domain: ErrorDomain, text: &str, name: Option<&str>, limits: Limits) -> Result<Element> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, line: 1, column: (0, 0), limits };
    reader.document().map_err(|what| reader.error(domain, &what, name))
}

type Step<T> = std::result::Result<T, String>;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// A place on this line, in bytes from the start of the input, and the characters on the line before it.
    column: (usize, u32),
    limits: Limits,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Step<Element> {
        if self.bytes.len() > self.limits.size {
            return Err("internal error: Huge input lookup".into());
        }
        if self.bytes.starts_with("\u{feff}".as_bytes()) {
            self.at = 3;
        }
        if self.bytes.len() == self.at {
            return Err("Document is empty".into());
        }
        if self.looking_at("<?xml") && self.bytes.get(self.at + 5).is_some_and(u8::is_ascii_whitespace) {
            self.up_to("?>", "parsing XML declaration: '?>' expected")?;
        }
        self.misc(true)?;
        if !self.looking_at("<") {
            return Err(match self.peek() {
                None => "Start tag expected, '<' not found".into(),
                Some(_) => "Start tag expected, '<' not found".to_owned(),
            });
        }
        let root = self.tree()?;
        self.misc(false)?;
        match self.peek() {
            None => Ok(root),
            Some(_) => Err("Extra content at the end of the document".into()),
        }
    }

    /// Comments, instructions and white space around the root element.
    fn misc(&mut self, before: bool) -> Step<()> {
        loop {
            self.spaces();
            if self.looking_at("<!--") {
                self.comment()?;
            } else if self.looking_at("<?") {
                self.instruction()?;
            } else if before && self.looking_at("<!DOCTYPE") {
                self.doctype()?;
            } else {
                return Ok(());
            }
        }
    }

    /// The root element and all that is in it.
    fn tree(&mut self) -> Step<Element> {
        let mut open: Vec<Element> = vec![];
        loop {
            // here the next byte starts a tag, or content of the innermost open element
            if open.is_empty() || self.looking_at("<") && self.at_start_tag() {
                let (element, empty) = self.start_tag()?;
                if !empty {
                    if open.len() >= self.limits.depth {
                        return Err(format!(
                            "Excessive depth in document: {} use XML_PARSE_HUGE option",
                            self.limits.depth
                        ));
                    }
                    open.push(element);
                } else if let Some(done) = self.close(element, &mut open) {
                    return Ok(done);
                }
                continue;
            }
            let Some(inner) = open.last() else { return Err("Document is empty".into()) };
            if self.looking_at("</") {
                self.end_tag(&inner.name, inner.position.line)?;
                if let Some(element) = open.pop()
                    && let Some(done) = self.close(element, &mut open)
                {
                    return Ok(done);
                }
                continue;
            }
            let node = match self.content()? {
                Some(node) => node,
                None => {
                    return Err(format!(
                        "Premature end of data in tag {} line {}",
                        local(&inner.name),
                        inner.position.line
                    ));
                }
            };
            if let Some(inner) = open.last_mut() {
                inner.nodes.push(node);
            }
        }
    }

    /// A finished element goes into the one around it, or is the root.
    fn close(&mut self, element: Element, open: &mut [Element]) -> Option<Element> {
        match open.last_mut() {
            Some(outer) => {
                outer.nodes.push(Node::Element(element));
                None
            }
            None => Some(element),
        }
    }

    fn at_start_tag(&self) -> bool {
        !matches!(self.bytes.get(self.at + 1), Some(b'/' | b'!' | b'?'))
    }

    fn start_tag(&mut self) -> Step<(Element, bool)> {
        let position = self.position();
        self.advance(1);
        let Some(name) = self.name() else { return Err("StartTag: invalid element name".into()) };
        let mut element = Element { name: name.into(), position, ..Element::default() };
        loop {
            let spaced = self.spaces();
            if self.looking_at("/>") {
                self.advance(2);
                return Ok((element, true));
            }
            if self.looking_at(">") {
                self.advance(1);
                return Ok((element, false));
            }
            if !spaced && !element.attrs.is_empty() {
                return Err("attributes construct error".into());
            }
            if self.peek().is_none() {
                return Err(format!(
                    "Couldn't find end of Start Tag {} line {}",
                    element.name, position.line
                ));
            }
            let Some(name) = self.name() else { return Err("error parsing attribute name".into()) };
            self.spaces();
            if !self.looking_at("=") {
                return Err(format!("Specification mandates value for attribute {name}"));
            }
            self.advance(1);
            self.spaces();
            let value = self.attribute_value(name)?;
            if element.attrs.iter().any(|a| a.name == name) {
                return Err(format!("Attribute {name} redefined"));
            }
            // looking for a second one costs the square of the number: nobody needs this many
            if element.attrs.len() >= 1000 {
                return Err("Maximum number of attributes exceeded".into());
            }
            element.attrs.push(Attr { name: name.into(), value });
        }
    }

    fn attribute_value(&mut self, name: &str) -> Step<SmolStr> {
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err("AttValue: \" or ' expected".into()),
        };
        self.advance(1);
        let mut value = SmolStrBuilder::new();
        let mut first = true;
        loop {
            let start = self.at;
            while let Some(byte) = self.peek()
                && byte != quote
                && byte != b'<'
                && byte != b'&'
                && byte >= b' '
            {
                self.at += 1;
            }
            let plain = &self.text[start..self.at];
            if first && self.peek() == Some(quote) {
                self.advance(1);
                return Ok(plain.into());
            }
            first = false;
            value.push_str(plain);
            match self.peek() {
                Some(byte) if byte == quote => {
                    self.advance(1);
                    return Ok(value.finish());
                }
                Some(b'<') => {
                    return Err(format!("Unescaped '<' not allowed in attributes values: {name}")
                        .split(':')
                        .next()
                        .unwrap_or_default()
                        .to_owned());
                }
                Some(b'&') => value.push(self.reference()?),
                Some(b'\t' | b'\n' | b'\r') => {
                    value.push(' ');
                    self.newline_aware_step();
                }
                Some(_) => return Err("invalid character in attribute value".into()),
                None => return Err("AttValue: ' expected".into()),
            }
        }
    }

    fn end_tag(&mut self, open: &str, line: u32) -> Step<()> {
        self.advance(2);
        let name = self.name().unwrap_or("unparsable");
        self.spaces();
        if !self.looking_at(">") {
            return Err("expected '>'".into());
        }
        self.advance(1);
        match name == open {
            true => Ok(()),
            false => Err(format!("Opening and ending tag mismatch: {} line {line} and {name}", local(open))),
        }
    }

    /// Text, a comment, an instruction or a CDATA section; `None` at the end of the input.
    fn content(&mut self) -> Step<Option<Node>> {
        if self.looking_at("<!--") {
            return self.comment().map(|text| Some(Node::Comment(text)));
        }
        if self.looking_at("<![CDATA[") {
            self.advance(9);
            let text = self.up_to("]]>", &self.unfinished_section())?.replace("\r\n", "\n");
            return Ok(Some(Node::CData(text)));
        }
        if self.looking_at("<?") {
            return self.instruction().map(|text| Some(Node::Instruction(text)));
        }
        if self.looking_at("<!") {
            self.advance(1);
            return Err("StartTag: invalid element name".into());
        }
        let mut text = SmolStrBuilder::new();
        let mut empty = true;
        loop {
            let plain = self.plain_text();
            if empty && self.peek() == Some(b'<') {
                return Ok(Some(Node::Text(plain.into())));
            }
            empty &= plain.is_empty() && self.peek().is_none();
            text.push_str(plain);
            match self.peek() {
                Some(b'&') => text.push(self.reference()?),
                Some(b'\r') => {
                    if self.bytes.get(self.at + 1) != Some(&b'\n') {
                        text.push('\n');
                    }
                    self.newline_aware_step();
                }
                Some(b']') => {
                    if self.looking_at("]]>") {
                        return Err("Sequence ']]>' not allowed in content".into());
                    }
                    text.push(']');
                    self.at += 1;
                }
                Some(b'<') => return Ok(Some(Node::Text(text.finish()))),
                Some(byte) => return Err(format!("PCDATA invalid Char value {byte}")),
                None if empty => return Ok(None),
                None => return Ok(Some(Node::Text(text.finish()))),
            }
        }
    }

    /// What comes before the next byte that is more than text.
    fn plain_text(&mut self) -> &'a str {
        let special = |byte: &u8| {
            matches!(byte, b'<' | b'&' | b'\r' | b']') || *byte < b' ' && !matches!(byte, b'\t' | b'\n')
        };
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(special).unwrap_or(rest.len());
        let plain = &self.text[self.at..self.at + length];
        if let Some(last) = plain.bytes().rposition(|byte| byte == b'\n') {
            self.line += plain.bytes().filter(|byte| *byte == b'\n').count() as u32;
            self.column = (self.at + last + 1, 0);
        }
        self.at += length;
        plain
    }

    fn reference(&mut self) -> Step<char> {
        self.advance(1);
        if self.looking_at("#") {
            self.advance(1);
            let radix = if self.looking_at("x") { 16 } else { 10 };
            self.advance(usize::from(radix == 16));
            let mut number = 0u32;
            while let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(radix)) {
                number = number.saturating_mul(radix).saturating_add(digit);
                self.at += 1;
            }
            if !self.looking_at(";") {
                let base = if radix == 16 { "hexadecimal" } else { "decimal" };
                return Err(format!("CharRef: invalid {base} value"));
            }
            self.advance(1);
            if number > 0x10_ffff {
                return Err("xmlParseCharRef: character reference out of bounds".into());
            }
            let c = char::from_u32(number).filter(|c| is_xml_char(*c));
            return c.ok_or_else(|| format!("xmlParseCharRef: invalid xmlChar value {number}"));
        }
        let Some(name) = self.name() else { return Err("xmlParseEntityRef: no name".into()) };
        if !self.looking_at(";") {
            return Err("EntityRef: expecting ';'".into());
        }
        self.advance(1);
        Ok(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => return Err(format!("Entity '{name}' not defined")),
        })
    }

    fn comment(&mut self) -> Step<String> {
        self.advance(4);
        let start = self.at;
        let text = self.up_to("--", "Comment not terminated")?;
        if !self.looking_at(">") {
            self.at -= 2;
            let head: String = self.text[start..].chars().take(50).take_while(|c| *c != '-').collect();
            return Err(format!("Double hyphen within comment: <!--{head}"));
        }
        self.advance(1);
        Ok(text)
    }

    fn instruction(&mut self) -> Step<String> {
        self.advance(2);
        let start = self.at;
        let Some(name) = self.name() else { return Err("xmlParsePI : no target name".into()) };
        if name.eq_ignore_ascii_case("xml") {
            return Err("XML declaration allowed only at the start of the document".into());
        }
        self.up_to("?>", &format!("ParsePI: PI {name} never end ..."))?;
        Ok(self.text[start..self.at - 2].to_owned())
    }

    /// A section that goes on to the end is shown, but for its last two characters.
    fn unfinished_section(&self) -> String {
        let rest = &self.text[self.at..];
        let shown = rest.chars().count().saturating_sub(2).min(50);
        let head: String = rest.chars().take(shown).collect();
        let line = if head.is_empty() { "" } else { "\n" };
        format!("CData section not finished{line}{head}")
    }

    /// A document type is skipped: we validate against our own tables and expand nothing.
    fn doctype(&mut self) -> Step<()> {
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.newline_aware_step();
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'>' if depth <= 0 => return Ok(()),
                _ => {}
            }
        }
        Err("DOCTYPE improperly terminated".into())
    }

    /// Everything up to `end`, which is passed over.
    fn up_to(&mut self, end: &str, missing: &str) -> Step<String> {
        let start = self.at;
        let found = self.text[start..].find(end);
        // what is missing is missed at the end of the input
        let stop = found.map_or(self.text.len(), |length| start + length);
        while self.at < stop {
            let c = self.text[self.at..].chars().next().unwrap_or('\0');
            if !is_xml_char(c) {
                return Err(format!("PCDATA invalid Char value {}", c as u32));
            }
            if c.is_ascii() { self.newline_aware_step() } else { self.at += c.len_utf8() }
        }
        let Some(length) = found else { return Err(missing.to_owned()) };
        self.advance(end.len());
        Ok(self.text[start..start + length].to_owned())
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        // most names are plain
        let plain = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
        let mut end = rest.bytes().take_while(plain).count();
        for (i, c) in rest.char_indices().skip(end) {
            let fits = c.is_alphabetic()
                || matches!(c, '_' | ':')
                || i > 0 && (c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}'));
            if !fits {
                break;
            }
            end = i + c.len_utf8();
        }
        if end == 0 || end > 50_000 {
            return None;
        }
        self.advance(end);
        Some(&rest[..end])
    }

    fn spaces(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.newline_aware_step();
        }
        self.at > start
    }

    fn newline_aware_step(&mut self) {
        if self.peek() == Some(b'\n') {
            self.line += 1;
            self.column = (self.at + 1, 0);
        }
        self.at += 1;
    }

    fn advance(&mut self, count: usize) {
        self.at += count;
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn looking_at(&self, what: &str) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(what.as_bytes())
    }

    /// The place that was reached. What lies between two places is counted once, however long a line is.
    fn position(&mut self) -> Position {
        let (at, before) = self.column;
        let more = &self.text[at..self.at];
        let characters = if more.is_ascii() { more.len() } else { more.chars().count() };
        self.column = (self.at, before + characters as u32);
        Position { line: self.line, column: self.column.1 + 1 }
    }

    /// The message, the line and a pointer to the place, as the peer lays them out.
    fn error(&self, domain: ErrorDomain, what: &str, name: Option<&str>) -> Error {
        let at = self.at.min(self.bytes.len());
        // past the end, and on line breaks, the last line that has something on it is shown
        let mut last = at.min(self.bytes.len().saturating_sub(1));
        while last > 0 && matches!(self.bytes[last], b'\n' | b'\r') {
            last -= 1;
        }
        let start = self.bytes[..last].iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1);
        let line = self.bytes[start..].split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
        let context = String::from_utf8_lossy(line);
        let mut pointer = String::new();
        for byte in line.iter().take(at.saturating_sub(start)) {
            pointer.push(if *byte == b'\t' { '\t' } else { '-' });
        }
        let context = if line.is_empty() { "(null)" } else { &context };
        let place = match name {
            Some(name) => format!("{name}:{}: ", self.line),
            None => format!("at line {}: ", self.line),
        };
        let detail = format!("{place}{what}\n{context}\n{pointer}^");
        Error::new(domain, ErrorCode::XmlDetail, detail)
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    match name.split_once(':') {
        Some((prefix, local)) if !prefix.is_empty() => local,
        _ => name,
    }
}

fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
