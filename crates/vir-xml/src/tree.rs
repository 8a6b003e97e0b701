//! The tree that the reader makes: elements, text, comments, each where it stands in the input.
//!
//! It borrows what it says from the input wherever that says it in the same words; [`Element::to_tree`] makes a
//! tree to keep.

use crate::error::Position;
use std::borrow::Cow;

/// An attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attr<'a> {
    /// Name with its prefix, `xmlns:qemu` included.
    pub name: Cow<'a, str>,
    /// Value, references resolved.
    pub value: Cow<'a, str>,
}

/// What stands inside an element.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// Text, references resolved.
    Text(Cow<'a, str>),
    /// A CDATA section, kept as one.
    CData(Cow<'a, str>),
    /// A comment.
    Comment(Cow<'a, str>),
    /// A processing instruction, all between `<?` and `?>`.
    Instruction(Cow<'a, str>),
}

/// An element. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Element<'a> {
    /// Name with its prefix.
    pub name: Cow<'a, str>,
    /// Attributes in their order.
    pub attrs: Vec<Attr<'a>>,
    /// Content in its order.
    pub nodes: Vec<Node<'a>>,
    /// Where the start tag stands.
    pub position: Position,
}

/// A tree that borrows nothing.
pub type Tree = Element<'static>;

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.attrs == other.attrs && self.nodes == other.nodes
    }
}

impl Attr<'_> {
    /// Whether it is another namespace's, or declares one.
    pub fn is_foreign(&self) -> bool {
        self.name == "xmlns" || self.name.contains(':')
    }
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

impl<'a> Element<'a> {
    /// The same tree, apart from the input.
    pub fn to_tree(&self) -> Tree {
        let attr = |attr: &Attr<'_>| Attr { name: owned(&attr.name), value: owned(&attr.value) };
        let node = |node: &Node<'_>| match node {
            Node::Element(element) => Node::Element(element.to_tree()),
            Node::Text(text) => Node::Text(owned(text)),
            Node::CData(text) => Node::CData(owned(text)),
            Node::Comment(text) => Node::Comment(owned(text)),
            Node::Instruction(text) => Node::Instruction(owned(text)),
        };
        Element {
            name: owned(&self.name),
            attrs: self.attrs.iter().map(attr).collect(),
            nodes: self.nodes.iter().map(node).collect(),
            position: self.position,
        }
    }

    /// Whether it is another namespace's: by its prefix, or because it declares one of its own.
    pub fn is_foreign(&self) -> bool {
        self.name.contains(':') || self.attr("xmlns").is_some()
    }

    /// The value of an attribute.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|a| a.name == name).map(|a| &*a.value)
    }

    /// The elements inside.
    pub fn children(&self) -> impl Iterator<Item = &Element<'a>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first element inside of that name.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children().find(|child| child.name == name)
    }

    /// All text inside, elements' text included, as XPath's `string()` has it.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.nodes[..] {
            [] => Cow::Borrowed(""),
            [Node::Text(text)] => Cow::Borrowed(text),
            _ => {
                let mut all = String::new();
                self.collect_text(&mut all);
                Cow::Owned(all)
            }
        }
    }

    fn collect_text(&self, all: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Text(text) | Node::CData(text) => all.push_str(text),
                Node::Element(element) => element.collect_text(all),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    /// Text that is not white space and stands directly inside.
    pub fn stray_text(&self) -> Option<&str> {
        self.nodes.iter().find_map(|node| match node {
            Node::Text(text) | Node::CData(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }
}
