//! Text to tree.
//!
//! One pass over the bytes with an explicit stack. Messages, and the place each names, are those of
//! the peer's parser, since people look them up.

use crate::error::Position;
use crate::tree::{Attr, Element, Node};
use std::borrow::Cow;
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
pub fn parse<'a>(text: &'a str, name: Option<&str>) -> Result<Element<'a>> {
    parse_as(ErrorDomain::Xml, text, name)
}

/// As [`parse`], for a part of the program that errors are to name.
///
/// # Errors
/// As for [`parse`], from `domain`.
pub fn parse_as<'a>(domain: ErrorDomain, text: &'a str, name: Option<&str>) -> Result<Element<'a>> {
    parse_with(domain, text, name, Limits::default())
}

/// As [`parse_as`], with limits of one's own.
///
/// # Errors
/// As for [`parse_as`].
pub fn parse_with<'a>(
    domain: ErrorDomain,
    text: &'a str,
    name: Option<&str>,
    limits: Limits,
) -> Result<Element<'a>> {
    let bytes = text.as_bytes();
    let counted = (0, Position { line: 1, column: 1 });
    let mut reader = Reader { text, bytes, at: 0, counted, nodes: vec![], limits };
    reader.document().map_err(|what| reader.error(domain, &what, name))
}

/// May stand in a name.
const NAME: u8 = 1;
/// May begin a name.
const NAME_START: u8 = 2;
/// Stands for itself in an attribute's value, where it is not the quote.
const VALUE: u8 = 4;
/// Stands for itself in text.
const TEXT: u8 = 8;

/// What a byte can be. Of characters beyond ASCII only text is known here.
static CLASSES: [u8; 256] = {
    let (mut classes, mut byte) = ([0; 256], 0);
    while byte < 256 {
        let c = byte as u8;
        let starts = c.is_ascii_alphabetic() || matches!(c, b'_' | b':');
        let name = starts || c.is_ascii_digit() || matches!(c, b'-' | b'.');
        let value = c >= b' ' && !matches!(c, b'<' | b'&');
        let text = (c >= b' ' || matches!(c, b'\t' | b'\n')) && !matches!(c, b'<' | b'&' | b']');
        classes[byte] =
            (NAME * name as u8) | (NAME_START * starts as u8) | (VALUE * value as u8) | (TEXT * text as u8);
        byte += 1;
    }
    classes
};

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

type Step<T> = std::result::Result<T, String>;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The last place that somebody asked for, in bytes from the start of the input and as people count.
    counted: (usize, Position),
    /// What was read and is in no element yet: an element gets all that stands in it when it ends.
    nodes: Vec<Node<'a>>,
    limits: Limits,
}

/// An element that has not ended.
struct Open<'a> {
    /// Where it is in [`Reader::nodes`].
    at: usize,
    name: &'a str,
    line: u32,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Step<Element<'a>> {
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
            self.up_to("?>", || "parsing XML declaration: '?>' expected".into())?;
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
    fn tree(&mut self) -> Step<Element<'a>> {
        let mut open: Vec<Open<'a>> = vec![];
        loop {
            // here the next byte starts a tag, or content of the innermost open element
            let next = self.bytes.get(self.at + 1);
            match open.last() {
                Some(inner) if self.peek() == Some(b'<') && next == Some(&b'/') => {
                    self.end_tag(inner)?;
                    let nodes = self.nodes.split_off(inner.at + 1);
                    if let Some(Node::Element(element)) = self.nodes.last_mut() {
                        element.nodes = nodes;
                    }
                    open.pop();
                }
                Some(inner) if self.peek() != Some(b'<') || matches!(next, Some(b'!' | b'?')) => {
                    if self.peek().is_none() {
                        let (name, line) = (local(inner.name), inner.line);
                        return Err(format!("Premature end of data in tag {name} line {line}"));
                    }
                    let node = self.content()?;
                    self.nodes.push(node);
                }
                _ => {
                    let started = self.start_tag()?;
                    if started.is_some() && open.len() >= self.limits.depth {
                        let depth = self.limits.depth;
                        return Err(format!(
                            "Excessive depth in document: {depth} use XML_PARSE_HUGE option"
                        ));
                    }
                    open.extend(started);
                }
            }
            if open.is_empty()
                && let Some(Node::Element(root)) = self.nodes.pop()
            {
                return Ok(root);
            }
        }
    }

    /// A start tag; the element is still open unless the tag ends it too.
    fn start_tag(&mut self) -> Step<Option<Open<'a>>> {
        let position = self.position();
        self.advance(1);
        let Some(name) = self.name() else { return Err("StartTag: invalid element name".into()) };
        let mut attrs = vec![];
        let empty = loop {
            let spaced = self.spaces();
            match self.peek() {
                Some(b'>') => break false,
                Some(b'/') if self.looking_at("/>") => break true,
                _ if !spaced && !attrs.is_empty() => return Err("attributes construct error".into()),
                Some(_) => self.attribute(&mut attrs)?,
                None => return Err(format!("Couldn't find end of Start Tag {name} line {}", position.line)),
            }
        };
        self.advance(if empty { 2 } else { 1 });
        let open = Open { at: self.nodes.len(), name, line: position.line };
        self.nodes.push(Node::Element(Element { name: name.into(), attrs, nodes: vec![], position }));
        Ok((!empty).then_some(open))
    }

    fn attribute(&mut self, attrs: &mut Vec<Attr<'a>>) -> Step<()> {
        let Some(name) = self.name() else { return Err("error parsing attribute name".into()) };
        self.spaces();
        if self.peek() != Some(b'=') {
            return Err(format!("Specification mandates value for attribute {name}"));
        }
        self.advance(1);
        self.spaces();
        let value = self.attribute_value()?;
        if attrs.iter().any(|attr| attr.name == name) {
            return Err(format!("Attribute {name} redefined"));
        }
        // looking for a second one costs the square of the number: nobody needs this many
        if attrs.len() >= 1000 {
            return Err("Maximum number of attributes exceeded".into());
        }
        attrs.push(Attr { name: name.into(), value });
        Ok(())
    }

    fn attribute_value(&mut self) -> Step<Cow<'a, str>> {
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err("AttValue: \" or ' expected".into()),
        };
        self.advance(1);
        let plain = self.run(|byte| byte != quote && is(byte, VALUE));
        if self.peek() == Some(quote) {
            self.advance(1);
            return Ok(Cow::Borrowed(plain));
        }
        let mut value = plain.to_owned();
        loop {
            match self.peek() {
                Some(byte) if byte == quote => {
                    self.advance(1);
                    return Ok(value.into());
                }
                Some(b'&') => value.push(self.reference()?),
                Some(b'\t' | b'\n' | b'\r') => {
                    value.push(' ');
                    self.advance(1);
                }
                Some(b'<') => return Err("Unescaped '<' not allowed in attributes values".into()),
                Some(_) => return Err("invalid character in attribute value".into()),
                None => return Err("AttValue: ' expected".into()),
            }
            value += self.run(|byte| byte != quote && is(byte, VALUE));
        }
    }

    fn end_tag(&mut self, open: &Open<'_>) -> Step<()> {
        self.advance(2);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.strip_prefix(open.name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'>')) {
            self.advance(open.name.len() + 1);
            return Ok(());
        }
        let name = self.name().unwrap_or("unparsable");
        self.spaces();
        if !self.looking_at(">") {
            return Err("expected '>'".into());
        }
        self.advance(1);
        if name != open.name {
            let (open, line) = (local(open.name), open.line);
            return Err(format!("Opening and ending tag mismatch: {open} line {line} and {name}"));
        }
        Ok(())
    }

    /// A comment, an instruction or a CDATA section.
    fn marked(&mut self) -> Step<Node<'a>> {
        if self.looking_at("<!--") {
            return self.comment().map(|text| Node::Comment(text.into()));
        }
        if self.looking_at("<?") {
            return self.instruction().map(|text| Node::Instruction(text.into()));
        }
        if self.looking_at("<![CDATA[") {
            self.advance(9);
            let rest = &self.text[self.at..];
            let text = self.up_to("]]>", || unfinished_section(rest))?;
            let lines = text.contains('\r').then(|| text.replace("\r\n", "\n"));
            return Ok(Node::CData(lines.map_or(text.into(), Cow::from)));
        }
        self.advance(1);
        Err("StartTag: invalid element name".into())
    }

    /// Text, a comment, an instruction or a CDATA section.
    fn content(&mut self) -> Step<Node<'a>> {
        if self.peek() == Some(b'<') {
            return self.marked();
        }
        let plain = self.run(|byte| is(byte, TEXT));
        if self.peek() == Some(b'<') {
            return Ok(Node::Text(Cow::Borrowed(plain)));
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'<') | None => return Ok(Node::Text(text.into())),
                Some(b'&') => text.push(self.reference()?),
                Some(b'\r') => {
                    if self.bytes.get(self.at + 1) != Some(&b'\n') {
                        text.push('\n');
                    }
                    self.advance(1);
                }
                Some(b']') => {
                    if self.looking_at("]]>") {
                        return Err("Sequence ']]>' not allowed in content".into());
                    }
                    text.push(']');
                    self.advance(1);
                }
                Some(byte) => return Err(format!("PCDATA invalid Char value {byte}")),
            }
            text += self.run(|byte| is(byte, TEXT));
        }
    }

    /// The bytes from here on that `fits` accepts, which are passed over. What does not fit must be ASCII.
    fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len());
        let run = &self.text[self.at..self.at + length];
        self.at += length;
        run
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

    fn comment(&mut self) -> Step<&'a str> {
        self.advance(4);
        let start = self.at;
        let text = self.up_to("--", || "Comment not terminated".into())?;
        if !self.looking_at(">") {
            self.at -= 2;
            let head: String = self.text[start..].chars().take(50).take_while(|c| *c != '-').collect();
            return Err(format!("Double hyphen within comment: <!--{head}"));
        }
        self.advance(1);
        Ok(text)
    }

    fn instruction(&mut self) -> Step<&'a str> {
        self.advance(2);
        let start = self.at;
        let Some(name) = self.name() else { return Err("xmlParsePI : no target name".into()) };
        if name.eq_ignore_ascii_case("xml") {
            return Err("XML declaration allowed only at the start of the document".into());
        }
        self.up_to("?>", || format!("ParsePI: PI {name} never end ..."))?;
        Ok(&self.text[start..self.at - 2])
    }

    /// A document type is skipped: we validate against our own tables and expand nothing.
    fn doctype(&mut self) -> Step<()> {
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.advance(1);
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'>' if depth <= 0 => return Ok(()),
                _ => {}
            }
        }
        Err("DOCTYPE improperly terminated".into())
    }

    /// Everything up to `end`, which is passed over; without an end, `missing` is wrong.
    fn up_to(&mut self, end: &str, missing: impl FnOnce() -> String) -> Step<&'a str> {
        let start = self.at;
        let found = self.text[start..].find(end).map(|length| &self.text[start..start + length]);
        // what is missing is missed at the end of the input
        let passed = found.unwrap_or(&self.text[start..]);
        if let Some((i, c)) = passed.char_indices().find(|(_, c)| !is_xml_char(*c)) {
            self.advance(i);
            return Err(format!("PCDATA invalid Char value {}", c as u32));
        }
        self.advance(passed.len());
        let Some(found) = found else { return Err(missing()) };
        self.advance(end.len());
        Ok(found)
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut length = 0;
        if rest.first().is_some_and(|byte| is(*byte, NAME_START)) {
            length = rest.iter().position(|byte| !is(*byte, NAME)).unwrap_or(rest.len());
        }
        // most names are plain; what begins or goes on beyond ASCII is looked at again
        if rest.get(length).is_some_and(|byte| !byte.is_ascii()) {
            length = length_of_name(&self.text[self.at..]);
        }
        if length == 0 || length > 50_000 {
            return None;
        }
        let name = &self.text[self.at..self.at + length];
        self.advance(length);
        Some(name)
    }

    /// Whether there was white space, which is passed over.
    fn spaces(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance(1);
        }
        self.at > start
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

    /// The place that was reached. What lies between two places is counted once.
    fn position(&mut self) -> Position {
        let (from, Position { mut line, mut column }) = self.counted;
        let mut passed = &self.text[from..self.at.min(self.text.len())];
        let lines = newlines(passed.as_bytes());
        if lines > 0 {
            line += lines;
            let last = passed.bytes().rposition(|byte| byte == b'\n').map_or(0, |last| last + 1);
            (passed, column) = (&passed[last..], 1);
        }
        column += if passed.is_ascii() { passed.len() } else { passed.chars().count() } as u32;
        self.counted = (self.at, Position { line, column });
        self.counted.1
    }

    /// The message, the line and a pointer to the place, as the peer lays them out.
    fn error(&self, domain: ErrorDomain, what: &str, name: Option<&str>) -> Error {
        let at = self.at.min(self.bytes.len());
        let line_number = 1 + newlines(&self.bytes[..at]);
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
            Some(name) => format!("{name}:{line_number}: "),
            None => format!("at line {line_number}: "),
        };
        let detail = format!("{place}{what}\n{context}\n{pointer}^");
        Error::new(domain, ErrorCode::XmlDetail, detail)
    }
}

/// How many lines end in a text.
fn newlines(text: &[u8]) -> u32 {
    // bytes are added up as bytes, many at once
    let few = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    text.chunks(255).map(|bytes| u32::from(few(bytes))).sum()
}

/// How many bytes at the start of a text are a name.
fn length_of_name(text: &str) -> usize {
    let fits = |(i, c): &(usize, char)| {
        c.is_alphabetic()
            || matches!(c, '_' | ':')
            || *i > 0 && (c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}'))
    };
    text.char_indices().take_while(fits).last().map_or(0, |(i, c)| i + c.len_utf8())
}

/// A CDATA section that goes on to the end is shown, but for its last two characters.
fn unfinished_section(rest: &str) -> String {
    let shown = rest.chars().count().saturating_sub(2).min(50);
    let head: String = rest.chars().take(shown).collect();
    let line = if head.is_empty() { "" } else { "\n" };
    format!("CData section not finished{line}{head}")
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
