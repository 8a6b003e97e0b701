//! A document as XPath sees it: numbered nodes, attributes among them.

use crate::document::{Item, Node};

/// What kind of node, and the part of the document that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// Around the root element.
    Document(&'a Node),
    Element(&'a Node),
    Attribute(&'a str, &'a str),
    Text(&'a str),
    Comment(&'a str),
}

/// A node in its place.
#[derive(Debug)]
pub(crate) struct Numbered<'a> {
    pub(crate) kind: Kind<'a>,
    /// The document is its own parent.
    pub(crate) parent: usize,
    pub(crate) children: Vec<usize>,
    pub(crate) attributes: Vec<usize>,
    /// It is in a namespace, so that plain names do not mean it.
    pub(crate) spaced: bool,
}

/// All nodes; their numbers are the order of the document.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) nodes: Vec<Numbered<'a>>,
}

impl<'a> Tree<'a> {
    /// Numbers the nodes of the document with this root. White space between elements is no node.
    pub(crate) fn new(root: &'a Node) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.push(Kind::Document(root), 0, false);
        tree.add(root, 0, false);
        tree
    }

    /// The root element.
    pub(crate) fn root(&self) -> usize {
        self.nodes[0].children[0]
    }

    fn push(&mut self, kind: Kind<'a>, parent: usize, spaced: bool) -> usize {
        self.nodes.push(Numbered { kind, parent, children: vec![], attributes: vec![], spaced });
        self.nodes.len() - 1
    }

    fn add(&mut self, node: &'a Node, parent: usize, inherited: bool) {
        let declared =
            node.attributes.iter().find(|(name, _)| name == "xmlns").map(|(_, uri)| !uri.is_empty());
        let default = declared.unwrap_or(inherited);
        let own = self.push(Kind::Element(node), parent, default || node.name.contains(':'));
        self.nodes[parent].children.push(own);
        for (name, value) in node.attributes.iter().filter(|(name, _)| !is_declaration(name)) {
            let at = self.push(Kind::Attribute(name, value), own, name.contains(':'));
            self.nodes[own].attributes.push(at);
        }
        for item in kept(node) {
            let kind = match item {
                Item::Element(child) => {
                    self.add(child, own, default);
                    continue;
                }
                Item::Text(text) => Kind::Text(text),
                Item::Comment(text) => Kind::Comment(text),
            };
            let at = self.push(kind, own, false);
            self.nodes[own].children.push(at);
        }
    }

    /// The text that a node stands for.
    pub(crate) fn text(&self, node: usize) -> String {
        match self.nodes[node].kind {
            Kind::Document(node) | Kind::Element(node) => node.text(),
            Kind::Attribute(_, text) | Kind::Text(text) | Kind::Comment(text) => text.to_owned(),
        }
    }

    /// The name of a node with its prefix; empty for nodes without one.
    pub(crate) fn name(&self, node: usize) -> &'a str {
        match self.nodes[node].kind {
            Kind::Element(node) => &node.name,
            Kind::Attribute(name, _) => name,
            _ => "",
        }
    }

    /// The node as XML.
    pub(crate) fn dump(&self, node: usize) -> String {
        let mut out = String::new();
        match self.nodes[node].kind {
            Kind::Document(root) => {
                out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
                write_element(&mut out, root, 0);
                out.push('\n');
            }
            Kind::Element(node) => write_element(&mut out, node, 0),
            Kind::Attribute(name, value) => write_attribute(&mut out, name, value),
            Kind::Text(text) => escape(&mut out, text, false),
            Kind::Comment(text) => out.push_str(&format!("<!--{text}-->")),
        }
        out
    }

    /// These nodes, in an element `nodes` around them, as XML.
    pub(crate) fn wrap(&self, nodes: &[usize]) -> String {
        let mut wrapper = Node { name: "nodes".into(), ..Node::default() };
        for node in nodes {
            match self.nodes[*node].kind {
                Kind::Document(node) | Kind::Element(node) => wrapper.items.push(Item::Element(node.clone())),
                Kind::Text(text) => wrapper.items.push(Item::Text(text.to_owned())),
                Kind::Comment(text) => wrapper.items.push(Item::Comment(text.to_owned())),
                Kind::Attribute(name, value) => {
                    // the last one of a name stays, where the first one was
                    match wrapper.attributes.iter_mut().find(|(own, _)| own == name) {
                        Some(attribute) => attribute.1 = value.to_owned(),
                        None => wrapper.attributes.push((name.to_owned(), value.to_owned())),
                    }
                }
            }
        }
        let mut out = String::new();
        write_element(&mut out, &wrapper, 0);
        out
    }
}

/// An element as XML, by itself, with its white space.
pub(crate) fn element_text(node: &Node) -> String {
    let mut out = String::new();
    write_items(&mut out, node, 0, &|node| node.items.iter().collect());
    out
}

fn is_declaration(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

/// What a node holds, without white space between elements.
fn kept(node: &Node) -> impl Iterator<Item = &Item> {
    let mixed = node.elements().next().is_none()
        || node.items.iter().any(|item| matches!(item, Item::Text(text) if !text.trim().is_empty()));
    node.items.iter().filter(move |item| mixed || !matches!(item, Item::Text(text) if text.trim().is_empty()))
}

fn write_element(out: &mut String, node: &Node, depth: usize) {
    write_items(out, node, depth, &|node| kept(node).collect());
}

/// Writes an element with what `of` says that it holds; where that is no text, in lines of their own.
fn write_items(out: &mut String, node: &Node, depth: usize, of: &dyn Fn(&Node) -> Vec<&Item>) {
    out.push('<');
    out.push_str(&node.name);
    // declarations come first, as the peer's library keeps them apart
    let (declared, plain): (Vec<_>, Vec<_>) =
        node.attributes.iter().partition(|(name, _)| is_declaration(name));
    for (name, value) in declared.into_iter().chain(plain) {
        write_attribute(out, name, value);
    }
    let items = of(node);
    if items.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    let indented = !items.iter().any(|item| matches!(item, Item::Text(_)));
    for item in items {
        if indented {
            out.push('\n');
            out.push_str(&"  ".repeat(depth + 1));
        }
        match item {
            Item::Element(child) => write_items(out, child, depth + 1, of),
            Item::Text(text) => escape(out, text, false),
            Item::Comment(text) => out.push_str(&format!("<!--{text}-->")),
        }
    }
    if indented {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push_str(&format!("</{}>", node.name));
}

fn write_attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\""));
    escape(out, value, true);
    out.push('"');
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}
