//! XML that a hypervisor sent, as a tree to look things up in.
//!
//! For reading only: definitions that users write go to the hypervisor as they are.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use vir_base::{Result, err};

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    /// Name, with its prefix if it has one.
    pub(crate) name: String,
    /// Attributes in the order of the document, namespace declarations among them.
    pub(crate) attributes: Vec<(String, String)>,
    /// What it holds, in order.
    pub(crate) items: Vec<Item>,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Element(Node),
    Text(String),
    Comment(String),
}

impl Node {
    /// All child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Node> {
        self.items.iter().filter_map(|item| match item {
            Item::Element(node) => Some(node),
            _ => None,
        })
    }

    /// The first child element of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.elements().find(|node| node.name == name)
    }

    /// Every element on a path of names.
    pub(crate) fn all(&self, path: &str) -> Vec<&Node> {
        path.split('/').fold(vec![self], |found, name| {
            found.into_iter().flat_map(|node| node.elements().filter(move |node| node.name == name)).collect()
        })
    }

    /// An attribute's value, if it is there and not empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The attribute `name` of the first element on `path` that has it.
    pub(crate) fn attribute_at(&self, path: &str, name: &str) -> Option<&str> {
        self.any_attribute_at(path, &[name])
    }

    /// The first attribute, in the order of the document, that has one of these names and sits on `path`.
    pub(crate) fn any_attribute_at(&self, path: &str, names: &[&str]) -> Option<&str> {
        self.all(path)
            .into_iter()
            .flat_map(|node| &node.attributes)
            .find(|(own, _)| names.contains(&own.as_str()))
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Sets an attribute, which comes last if it is new.
    pub(crate) fn set_attribute(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(own, _)| own == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Takes the first child element of that name away.
    pub(crate) fn take_child(&mut self, name: &str) -> Option<Node> {
        let is = |item: &Item| matches!(item, Item::Element(node) if node.name == name);
        let at = self.items.iter().position(is)?;
        match self.items.remove(at) {
            Item::Element(node) => Some(node),
            _ => None,
        }
    }

    /// All text in it, that of inner elements included.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.collect_text(&mut out);
        out
    }

    fn collect_text(&self, out: &mut String) {
        for item in &self.items {
            match item {
                Item::Element(node) => node.collect_text(out),
                Item::Text(text) => out.push_str(text),
                Item::Comment(_) => {}
            }
        }
    }
}

/// Reads a document; gives its root.
pub(crate) fn parse(xml: &str) -> Result<Node> {
    let bad = |what: String| err!(Xml, XmlError, "{what}");
    let mut reader = Reader::from_str(xml);
    // a node without a name stands for the document around the root
    let mut open = vec![Node::default()];
    loop {
        let event = reader.read_event().map_err(|error| bad(error.to_string()))?;
        let Some(top) = open.last_mut() else { return Err(bad("unexpected end tag".into())) };
        match event {
            Event::Start(tag) => open.push(element(&tag)?),
            Event::Empty(tag) => top.items.push(Item::Element(element(&tag)?)),
            Event::End(_) => {
                if let (Some(done), Some(parent)) = (open.pop(), open.last_mut()) {
                    parent.items.push(Item::Element(done));
                }
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|error| bad(error.to_string()))?;
                push_text(top, &text);
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|error| bad(error.to_string()))?;
                push_text(top, &text);
            }
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|error| bad(error.to_string()))?;
                let resolved = resolve(&name).ok_or_else(|| bad(format!("Entity '{name}' not defined")))?;
                push_text(top, &resolved);
            }
            Event::Comment(text) => {
                let text = text.decode().map_err(|error| bad(error.to_string()))?;
                top.items.push(Item::Comment(text.into_owned()));
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(document), true) => {
            document.elements().next().cloned().ok_or_else(|| bad("Document is empty".into()))
        }
        _ => Err(bad("Premature end of data".into())),
    }
}

fn push_text(node: &mut Node, text: &str) {
    match node.items.last_mut() {
        Some(Item::Text(before)) => before.push_str(text),
        _ => node.items.push(Item::Text(text.to_owned())),
    }
}

fn element(tag: &BytesStart<'_>) -> Result<Node> {
    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| err!(Xml, XmlError, "{error}"))?;
        let value = attribute.unescape_value().map_err(|error| err!(Xml, XmlError, "{error}"))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        attributes.push((key, value.into_owned()));
    }
    Ok(Node { name, attributes, items: Vec::new() })
}

/// The text that `&name;` stands for.
fn resolve(name: &str) -> Option<String> {
    let number = match name.strip_prefix("#x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => name.strip_prefix('#').and_then(|decimal| decimal.parse().ok()),
    };
    match (number, name) {
        (Some(number), _) => char::from_u32(number).map(String::from),
        (None, "lt") => Some("<".into()),
        (None, "gt") => Some(">".into()),
        (None, "amp") => Some("&".into()),
        (None, "quot") => Some("\"".into()),
        (None, "apos") => Some("'".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<domain type='test'>\n  <name>a &lt;b&#x41;</name>\n  <devices>\
        <disk><source dev='/x' file='/y'/></disk><disk type=''/><!-- c --></devices></domain>";

    #[test]
    fn things_are_found_by_path() {
        let root = parse(XML).unwrap();
        assert_eq!(root.attribute("type"), Some("test"));
        assert_eq!(root.child("name").unwrap().text(), "a <bA");
        assert_eq!(root.all("devices/disk").len(), 2);
        assert_eq!(root.any_attribute_at("devices/disk/source", &["file", "dev"]), Some("/x"));
        assert_eq!(root.attribute_at("devices/disk/source", "file"), Some("/y"));
        assert_eq!(root.attribute_at("devices/disk", "type"), None);
    }

    #[test]
    fn broken_documents_are_refused() {
        for text in ["", "<a>", "<a></b>", "<a>&nope;</a>", "</a>"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
