//! The tree that the reader makes: elements, text, comments, each where it stands in the input.

use crate::error::Position;
use smol_str::SmolStr;

/// An attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attr {
    /// Name with its prefix, `xmlns:qemu` included.
    pub name: SmolStr,
    /// Value, references resolved.
    pub value: SmolStr,
}

/// What stands inside an element.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, references resolved.
    Text(SmolStr),
    /// A CDATA section, kept as one.
    CData(String),
    /// A comment.
    Comment(String),
    /// A processing instruction, all between `<?` and `?>`.
    Instruction(String),
}

/// An element. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Name with its prefix.
    pub name: SmolStr,
    /// Attributes in their order.
    pub attrs: Vec<Attr>,
    /// Content in its order.
    pub nodes: Vec<Node>,
    /// Where the start tag stands.
    pub position: Position,
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.attrs == other.attrs && self.nodes == other.nodes
    }
}

impl Attr {
    /// Whether it is another namespace's, or declares one.
    pub fn is_foreign(&self) -> bool {
        self.name == "xmlns" || self.name.contains(':')
    }
}

impl Element {
    /// Whether it is another namespace's: by its prefix, or because it declares one of its own.
    pub fn is_foreign(&self) -> bool {
        self.name.contains(':') || self.attr("xmlns").is_some()
    }

    /// The value of an attribute.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|a| a.name == name).map(|a| a.value.as_str())
    }

    /// The elements inside.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first element inside of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.name == name)
    }

    /// All text inside, elements' text included, as XPath's `string()` has it.
    pub fn text(&self) -> String {
        match &self.nodes[..] {
            [Node::Text(text)] => text.to_string(),
            _ => {
                let mut all = String::new();
                self.collect_text(&mut all);
                all
            }
        }
    }

    fn collect_text(&self, all: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Text(text) => all.push_str(text),
                Node::CData(text) => all.push_str(text),
                Node::Element(element) => element.collect_text(all),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    /// Text that is not white space and stands directly inside.
    pub fn stray_text(&self) -> Option<&str> {
        self.nodes.iter().find_map(|node| match node {
            Node::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Node::CData(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }
}
