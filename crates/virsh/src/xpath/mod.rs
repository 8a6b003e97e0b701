//! XPath 1.0, for the option `--xpath` of commands that show XML.
//!
//! [`parse`] reads an expression, [`eval`] finds what it means in a [`tree::Tree`], which numbers the
//! nodes of a document in its order. No namespace prefixes are known, as in the peer's shell.

mod eval;
mod parse;
pub(crate) mod tree;

use tree::Tree;

/// Why an expression has no value. The texts are those of the peer's XML library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum XpathError {
    /// It is no XPath expression.
    Invalid,
    /// It names a function that there is not.
    NoFunction(String),
    /// It uses a namespace prefix.
    NoPrefix,
    /// A function got too few or too many arguments, or of a wrong type.
    BadArguments,
}

impl XpathError {
    /// What is shown to the user.
    pub(crate) fn message(&self) -> String {
        let (before, what) = match self {
            Self::Invalid => (String::new(), "Invalid expression"),
            Self::NoFunction(name) => {
                (format!("xmlXPathCompOpEval: function {name} not found\n"), "Unregistered function")
            }
            Self::NoPrefix => (String::new(), "Undefined namespace prefix"),
            Self::BadArguments => (String::new(), "Invalid number of arguments"),
        };
        format!("{before}XPath error : {what}\n")
    }
}

/// The nodes that `expression` selects, in the order of the document, seen from its root element;
/// `None` if it gives a number, a text or a truth value instead.
pub(crate) fn select(tree: &Tree<'_>, expression: &str) -> Result<Option<Vec<usize>>, XpathError> {
    let expression = parse::parse(expression)?;
    match eval::evaluate(tree, &expression)? {
        eval::Value::Nodes(nodes) => Ok(Some(nodes)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    const XML: &str = "<domain type='test' id='1'><name>vm</name><devices>\
        <disk type='file'><target dev='vda'/></disk>\
        <disk type='block'><target dev='vdb'/></disk>\
        <q:x xmlns:q='urn:q'/></devices><!--note--></domain>";

    fn found(expression: &str) -> Result<Option<String>, XpathError> {
        let document = document::parse(XML).unwrap();
        let tree = Tree::new(&document);
        let nodes = select(&tree, expression)?;
        Ok(nodes.map(|nodes| nodes.iter().map(|node| tree.dump(*node)).collect::<Vec<_>>().join("|")))
    }

    fn nodes(expression: &str) -> String {
        found(expression).unwrap().unwrap()
    }

    #[test]
    fn paths_select_nodes() {
        assert_eq!(nodes("/domain/@type"), " type=\"test\"");
        assert_eq!(nodes("name"), "<name>vm</name>");
        assert_eq!(nodes("//name/text()"), "vm");
        assert_eq!(nodes("//target/@dev"), " dev=\"vda\"| dev=\"vdb\"");
        assert_eq!(nodes("//disk[@type='block']/target"), "<target dev=\"vdb\"/>");
        assert_eq!(nodes("//disk[2]/target/@dev"), " dev=\"vdb\"");
        assert_eq!(nodes("//disk[last()]/target/@dev"), " dev=\"vdb\"");
        assert_eq!(nodes("(//disk)[1]/@type"), " type=\"file\"");
        assert_eq!(nodes("//target[@dev='vda']/.."), nodes("/domain/devices/disk[1]"));
        assert_eq!(nodes("//disk[position() > 1 and not(@x)]/@type | @id"), " id=\"1\"| type=\"block\"");
        assert_eq!(nodes("//disk[starts-with(@type, 'fi')]/@type"), " type=\"file\"");
        assert_eq!(nodes("//target/ancestor::*[1]/@type"), " type=\"file\"| type=\"block\"");
        assert_eq!(nodes("//disk[1]/following-sibling::disk/@type"), " type=\"block\"");
        assert_eq!(nodes("//comment()"), "<!--note-->");
        assert_eq!(nodes("//*[local-name()='x']"), "<q:x xmlns:q=\"urn:q\"/>");
        assert_eq!(nodes("//x"), "");
        assert_eq!(nodes("//disk[count(target) = 1][string-length(@type) - 1 = 3]/@type"), " type=\"file\"");
    }

    #[test]
    fn values_are_not_nodes() {
        for expression in ["count(//disk)", "string(name)", "1 + 2 * 3 div 4 mod 5", "true()", "'text'"] {
            assert_eq!(found(expression), Ok(None), "{expression}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        for expression in ["/domain[", "", "//", "a b", "@", "a[1", "foo(", "1 +"] {
            assert_eq!(found(expression), Err(XpathError::Invalid), "{expression}");
        }
        assert_eq!(found("nope()"), Err(XpathError::NoFunction("nope".into())));
        assert_eq!(found("q:x"), Err(XpathError::NoPrefix));
        assert_eq!(found(&"(".repeat(500)), Err(XpathError::Invalid));
        assert_eq!(found(&"1+".repeat(100_000)), Err(XpathError::Invalid));
    }
}
