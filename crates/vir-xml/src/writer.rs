//! Tree to text, in the one form that libvirt prints: two spaces a level, single quotes, an empty
//! element closed at once, text in line.

use crate::Value;
use crate::tree::{Element, Node};

/// What is wanted of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// Without what only a running object has.
    pub inactive: bool,
    /// With passwords.
    pub secure: bool,
    /// As an older program on another host can read it.
    pub migratable: bool,
    /// With what the program keeps for itself about a running object.
    pub status: bool,
}

/// Room for a document before it has to grow: most fit.
const ROOM: usize = 4096;

/// Writes elements. Start, attributes, children, end; nothing is checked, the callers are tables.
pub struct Writer {
    out: String,
    open: Vec<&'static str>,
    indent: usize,
    /// The innermost start tag has no `>` yet.
    pending: bool,
    /// The innermost element has text: its end stands on the same line.
    inline: bool,
    format: Format,
}

impl Writer {
    /// Starts a document.
    pub fn new(format: Format) -> Self {
        let out = String::with_capacity(ROOM);
        Self { out, open: Vec::with_capacity(8), indent: 0, pending: false, inline: false, format }
    }

    /// Starts `spaces` in.
    pub fn indented(format: Format, spaces: usize) -> Self {
        Self { indent: spaces, ..Self::new(format) }
    }

    /// What is wanted.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What is wanted from here on.
    pub fn set_format(&mut self, format: Format) {
        self.format = format;
    }

    /// The document.
    pub fn finish(self) -> String {
        self.out
    }

    /// `<name`.
    pub fn start(&mut self, name: &'static str) {
        self.line();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.pending = true;
    }

    /// ` name='value'`.
    pub fn attr(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("='");
        escape(&mut self.out, value);
        self.out.push('\'');
    }

    /// An attribute of a value.
    pub fn attr_value(&mut self, name: &str, value: &impl Value) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("='");
        value.append(&mut self.out);
        self.out.push('\'');
    }

    /// An attribute, if there is one.
    pub fn attr_opt(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.attr(name, value);
        }
    }

    /// `/>` or `</name>`.
    pub fn end(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if self.pending {
            self.pending = false;
            self.out.push_str("/>\n");
            return;
        }
        if !std::mem::take(&mut self.inline) {
            self.spaces(self.indent + 2 * self.open.len());
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// `</name>` on a line of its own, even if nothing is inside.
    pub fn end_full(&mut self) {
        if self.pending {
            self.pending = false;
            self.out.push_str(">\n");
        }
        self.end();
    }

    /// Ends the element, or takes it back if nothing was written since its start (`mark` from
    /// [`Writer::mark`] before it).
    pub fn end_or_drop(&mut self, mark: usize) {
        let bare = self.open.last().map_or(0, |name| name.len() + 1);
        let start = mark + self.pending_prefix(mark);
        if self.pending && self.out.len() == start + bare + self.indent + 2 * (self.open.len() - 1) {
            self.open.pop();
            self.out.truncate(mark);
            self.pending = mark > 0 && !self.out.ends_with('\n');
            return;
        }
        self.end();
    }

    /// An element that is not written if it says nothing.
    pub fn maybe(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        let mark = self.mark();
        self.start(name);
        content(self);
        self.end_or_drop(mark);
    }

    /// An element.
    pub fn element(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.start(name);
        content(self);
        self.end();
    }

    /// How far the document goes by now.
    pub fn mark(&self) -> usize {
        self.out.len()
    }

    fn pending_prefix(&self, mark: usize) -> usize {
        // a start tag that was pending at the mark has got its ">\n" since
        if mark > 0 && !self.out[..mark].ends_with('\n') { 2 } else { 0 }
    }

    /// `<name>text</name>`.
    pub fn leaf(&mut self, name: &'static str, text: &str) {
        self.start(name);
        self.text_end(text);
    }

    /// `<name>value</name>`.
    pub fn leaf_value(&mut self, name: &'static str, value: &impl Value) {
        self.start(name);
        self.pending = false;
        self.out.push('>');
        value.append(&mut self.out);
        self.inline = true;
        self.end();
    }

    /// `<name/>`.
    pub fn empty(&mut self, name: &'static str) {
        self.start(name);
        self.end();
    }

    /// A space in the start tag: the peer has one before the end of a few elements.
    pub fn gap(&mut self) {
        self.out.push(' ');
    }

    /// Text as the element's content; the next thing must be its end.
    pub fn content(&mut self, text: &str) {
        self.out.push('>');
        escape(&mut self.out, text);
        self.pending = false;
        self.inline = true;
    }

    /// `>text</name>`: content and end of the element that was started last.
    pub fn text_end(&mut self, text: &str) {
        let Some(name) = self.open.pop() else { return };
        self.pending = false;
        self.out.push('>');
        escape(&mut self.out, text);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// An element that no table declares, written as those that are.
    pub fn foreign(&mut self, element: &Element) {
        self.line();
        self.out.push('<');
        self.out.push_str(&element.name);
        for attr in &element.attrs {
            self.attr(&attr.name, &attr.value);
        }
        let children = || element.children();
        let text = element.text();
        if children().next().is_none() && text.trim().is_empty() {
            self.out.push_str("/>\n");
            return;
        }
        self.out.push('>');
        if children().next().is_none() {
            escape(&mut self.out, &text);
        } else {
            self.out.push('\n');
            self.indent += 2;
            children().for_each(|child| self.foreign(child));
            self.indent -= 2;
            self.spaces(self.indent + 2 * self.open.len());
        }
        self.out.push_str("</");
        self.out.push_str(&element.name);
        self.out.push_str(">\n");
    }

    /// A tree as it was read, in canonical form.
    pub fn tree(&mut self, element: &Element) {
        self.line();
        self.node(element, self.indent + 2 * self.open.len());
        self.out.push('\n');
    }

    fn node(&mut self, element: &Element, indent: usize) {
        self.out.push('<');
        self.out.push_str(&element.name);
        for attr in &element.attrs {
            self.out.push(' ');
            self.out.push_str(&attr.name);
            self.out.push_str("=\"");
            escape_attr(&mut self.out, &attr.value);
            self.out.push('"');
        }
        let nodes = || element.nodes.iter().filter(|n| !is_blank(n, element));
        if nodes().next().is_none() {
            self.out.push_str("/>");
            return;
        }
        self.out.push('>');
        // text among the children means that white space counts
        let inline = nodes().any(|n| matches!(n, Node::Text(_) | Node::CData(_)));
        for node in nodes() {
            if !inline {
                self.out.push('\n');
                self.spaces(indent + 2);
            }
            match node {
                Node::Element(child) => self.node(child, indent + 2),
                Node::Text(text) => escape_text(&mut self.out, text),
                Node::CData(text) => {
                    self.out.push_str("<![CDATA[");
                    self.out.push_str(text);
                    self.out.push_str("]]>");
                }
                Node::Comment(text) => {
                    self.out.push_str("<!--");
                    self.out.push_str(text);
                    self.out.push_str("-->");
                }
                Node::Instruction(text) => {
                    self.out.push_str("<?");
                    self.out.push_str(text);
                    self.out.push_str("?>");
                }
            }
        }
        if !inline {
            self.out.push('\n');
            self.spaces(indent);
        }
        self.out.push_str("</");
        self.out.push_str(&element.name);
        self.out.push('>');
    }

    /// Closes a pending start tag and indents a new line.
    fn line(&mut self) {
        if self.pending {
            self.out.push_str(">\n");
            self.pending = false;
        }
        self.spaces(self.indent + 2 * self.open.len());
    }

    fn spaces(&mut self, count: usize) {
        const SPACES: &str = "                                                                ";
        let mut left = count;
        while left > 0 {
            let some = left.min(SPACES.len());
            self.out.push_str(&SPACES[..some]);
            left -= some;
        }
    }
}

/// White space between elements says nothing, unless there is nothing else.
fn is_blank(node: &Node, element: &Element) -> bool {
    matches!(node, Node::Text(text) if text.trim().is_empty()) && element.nodes.len() > 1
}

/// Bytes that need no second look: all but what is escaped, and what may begin U+FFFE or U+FFFF.
static PLAIN: [bool; 256] = {
    let (mut plain, mut byte) = ([false; 256], 0);
    while byte < 256 {
        plain[byte] = byte >= 0x20 && !matches!(byte as u8, b'<' | b'>' | b'&' | b'\'' | b'"' | 0xef);
        byte += 1;
    }
    plain
};

/// Attribute values and text as the peer escapes what it prints itself; characters that XML cannot
/// hold are left out.
pub(crate) fn escape(out: &mut String, text: &str) {
    if text.bytes().all(|byte| PLAIN[usize::from(byte)]) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("&#xD;"),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

fn escape_attr(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

fn escape_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form() {
        let mut w = Writer::new(Format::default());
        w.start("a");
        w.attr("x", "<'&");
        w.leaf("b", "t");
        w.empty("c");
        let mark = w.mark();
        w.start("d");
        w.end_or_drop(mark);
        w.end();
        assert_eq!(w.finish(), "<a x='&lt;&apos;&amp;'>\n  <b>t</b>\n  <c/>\n</a>\n");
    }

    #[test]
    fn an_element_with_nothing_in_it_goes() {
        let mut w = Writer::new(Format::default());
        w.start("a");
        let mark = w.mark();
        w.start("b");
        w.end_or_drop(mark);
        w.attr("x", "1");
        w.end();
        assert_eq!(w.finish(), "<a x='1'/>\n");
    }

    #[test]
    fn trees_keep_text_as_it_is() {
        let tree = crate::parse("<m xmlns:x='u'><x:a>1<b/>2</x:a>  <!--c--> <e></e></m>", None).unwrap();
        let mut w = Writer::new(Format::default());
        w.tree(&tree);
        let text = w.finish();
        assert_eq!(text, "<m xmlns:x=\"u\">\n  <x:a>1<b/>2</x:a>\n  <!--c-->\n  <e/>\n</m>\n");
    }
}
