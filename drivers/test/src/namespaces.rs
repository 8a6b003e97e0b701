//! Elements of other programs inside a document: found by their namespace's URI, taken out without its
//! prefix, put in with one.

use vir_base::{Result, bail};
use vir_xml::{Attr, Element, Format, Node, Tree, Writer};

/// The prefixes that stand for `uri` on this element.
pub(crate) fn prefixes(element: &Element, uri: &str) -> Vec<String> {
    let declared = element.attrs.iter().filter(|attr| attr.value == uri);
    declared.filter_map(|attr| attr.name.strip_prefix("xmlns:").map(str::to_owned)).collect()
}

/// The element without the children that have one of these prefixes, and without their declaration.
pub(crate) fn without<'a>(element: &Element<'a>, prefixes: &[String]) -> Element<'a> {
    let is_one = |prefix: &str| prefixes.iter().any(|known| known == prefix);
    let mut copy = element.clone();
    copy.attrs.retain(|attr| !attr.name.strip_prefix("xmlns:").is_some_and(is_one));
    copy.nodes.retain(|node| match node {
        Node::Element(child) => !child.name.split_once(':').is_some_and(|(prefix, _)| is_one(prefix)),
        _ => true,
    });
    copy
}

/// Whether the element, a child of `parent`, is in the namespace of `uri`.
fn is_in(element: &Element, parent: &Element, uri: &str) -> bool {
    let declaration = match element.name.split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    element.attr(&declaration).or_else(|| parent.attr(&declaration)) == Some(uri)
}

/// The child of `metadata` in the namespace of `uri`, as text, without that namespace's prefix.
pub(crate) fn extract(metadata: &Element, uri: &str) -> Option<String> {
    let child = metadata.children().find(|child| is_in(child, metadata, uri))?;
    let mut copy = child.clone();
    let mut names = prefixes(&copy, uri);
    names.extend(prefixes(metadata, uri));
    strip(&mut copy, &names);
    copy.attrs
        .retain(|attr| !(attr.value == uri && (attr.name == "xmlns" || attr.name.starts_with("xmlns:"))));
    let mut w = Writer::new(Format::default());
    w.tree(&copy);
    let text = w.finish();
    Some(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

fn strip(element: &mut Element, prefixes: &[String]) {
    if let Some((prefix, local)) = element.name.split_once(':')
        && prefixes.iter().any(|known| known == prefix)
    {
        element.name = local.to_owned().into();
    }
    for node in &mut element.nodes {
        if let Node::Element(child) = node {
            strip(child, prefixes);
        }
    }
}

/// Reads an element and puts it, and all in it that is in no namespace, into that of `uri`.
///
/// # Errors
/// Text that is not one element; a `key` that is no prefix, or that the element uses already.
pub(crate) fn inject(xml: &str, uri: &str, key: &str) -> Result<Tree> {
    let mut element = vir_xml::parse(xml, None)?.to_tree();
    let starts = key.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !starts || !key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        bail!(Xml, InternalError, "failed to validate prefix for a new XML namespace");
    }
    let declaration = format!("xmlns:{key}");
    if element.attr(&declaration).is_some() {
        bail!(Xml, InternalError, "failed to create a new XML namespace");
    }
    prefix(&mut element, key);
    // declarations stand before the other attributes
    let at = element.attrs.iter().take_while(|attr| attr.name.starts_with("xmlns")).count();
    element.attrs.insert(at, Attr { name: declaration.into(), value: uri.to_owned().into() });
    Ok(element)
}

fn prefix(element: &mut Element, key: &str) {
    if element.attr("xmlns").is_some() {
        return;
    }
    if !element.name.contains(':') {
        element.name = format!("{key}:{}", element.name).into();
    }
    for node in &mut element.nodes {
        if let Node::Element(child) = node {
            prefix(child, key);
        }
    }
}

/// Removes the children of `metadata` in the namespace of `uri`, and adds `new`.
pub(crate) fn replace(metadata: &mut Tree, uri: &str, new: Option<Tree>) {
    let parent = Element { attrs: metadata.attrs.clone(), ..Element::default() };
    metadata.nodes.retain(|node| match node {
        Node::Element(child) => !is_in(child, &parent, uri),
        // white space was there for the eye
        Node::Text(text) => !text.trim().is_empty(),
        _ => true,
    });
    metadata.nodes.extend(new.map(Node::Element));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(children: Vec<Tree>) -> Tree {
        let nodes = children.into_iter().map(Node::Element).collect();
        Element { name: "metadata".into(), nodes, ..Element::default() }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut all = metadata(vec![]);
        replace(&mut all, "http://u", Some(inject("<a><b x='1'>t</b><c/></a>", "http://u", "k").unwrap()));
        let other = inject("<a xmlns:o='http://o'><o:b/><c o:y='2'/></a>", "http://v", "k2").unwrap();
        replace(&mut all, "http://v", Some(other));
        let mut w = Writer::new(Format::default());
        w.tree(&all);
        assert_eq!(
            w.finish(),
            "<metadata>\n  <k:a xmlns:k=\"http://u\">\n    <k:b x=\"1\">t</k:b>\n    <k:c/>\n  </k:a>\n  <k2:a \
             xmlns:o=\"http://o\" xmlns:k2=\"http://v\">\n    <o:b/>\n    <k2:c o:y=\"2\"/>\n  \
             </k2:a>\n</metadata>\n"
        );
        assert_eq!(extract(&all, "http://u").unwrap(), "<a>\n  <b x=\"1\">t</b>\n  <c/>\n</a>");
        assert_eq!(extract(&all, "http://w"), None);
        replace(&mut all, "http://u", None);
        assert_eq!(extract(&all, "http://u"), None);
        assert!(extract(&all, "http://v").is_some());
    }

    #[test]
    fn bad_prefixes_are_refused() {
        for key in ["", "1", "a:b", "a b"] {
            assert!(inject("<a/>", "http://u", key).is_err(), "{key}");
        }
        assert!(inject("<k:a xmlns:k='http://u'/>", "http://u", "k").is_err());
        assert!(inject("<a/><b/>", "http://u", "k").is_err());
    }
}
