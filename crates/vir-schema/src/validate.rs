//! Whether a document is as its tables say: every name is known, every value is one, and the model reads it.
//!
//! The words of faults are those that a Relax-NG validator has for the same.

use std::fmt;
use vir_base::{ErrorDomain, Result, err};
use vir_model::documents::{Document, named};
use vir_xml::suggest::nearest;
use vir_xml::table::{Row, Table};
use vir_xml::{Element, Position};

/// Where libvirt's schemas lie; messages name them.
pub const SCHEMAS: &str = "/usr/share/libvirt/schemas";

/// Something that is not as the tables say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where the element begins.
    pub position: Position,
    /// The element's name.
    pub element: String,
    /// What is wrong with it.
    pub message: String,
    /// What may have been meant, or what may stand there.
    pub hint: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Everything that is not as the document's tables say, in the order of the text; names first, then what the model
/// does not read.
pub fn faults(root: &Element, xml: &str, document: &Document) -> Vec<Fault> {
    let mut found = named_faults(root, document);
    if found.is_empty()
        && let Err(error) = (document.round)(xml)
    {
        let position = error.hint().and_then(position).unwrap_or(root.position);
        let element = element_at(root, position).unwrap_or(root);
        found.push(Fault {
            position,
            element: element.name.to_string(),
            message: error.message().to_owned(),
            hint: error.hint().and_then(|hint| hint.split_once(": ")).map(|(_, hint)| hint.to_owned()),
        });
    }
    found
}

/// What callers ask for with a `VALIDATE` flag: text that is no XML, another root, and names and values that the tables
/// do not have are refused. What the model refuses besides it says itself, in words of its own, when it reads the text.
///
/// # Errors
/// `VIR_ERR_XML_INVALID_SCHEMA`, as the peer says it; what the reader says of text that is no XML.
pub fn require(name: &str, domain: ErrorDomain, xml: &str) -> Result<()> {
    let Some(document) = named(name) else {
        return Err(err!(None, InternalError, "no schema named '{name}'"));
    };
    let root = vir_xml::parse_as(domain, xml, None)?;
    if root.name != document.root {
        return Err(err!(
            Xml,
            XmlError,
            "expecting root element of '{}', not '{}'",
            document.root,
            root.name
        ));
    }
    let found = named_faults(&root, document);
    if found.is_empty() {
        return Ok(());
    }
    let lines: String = found.iter().map(|fault| format!("{fault}\n")).collect();
    let hint = found.first().map(|fault| fault.position.to_string()).unwrap_or_default();
    Err(err!(
        Xml,
        XmlInvalidSchema,
        "Unable to validate doc against {SCHEMAS}/{}.rng\n{lines}",
        document.name
    )
    .with_hint(hint))
}

/// Names and values that the tables do not have.
fn named_faults(root: &Element, document: &Document) -> Vec<Fault> {
    let mut found = vec![];
    if root.name != document.root {
        let message = format!("Expecting element {}, got {}", document.root, root.name);
        return vec![Fault { position: root.position, element: root.name.to_string(), message, hint: None }];
    }
    if let Some(table) = (document.table)() {
        walk(root, &[table], document.kept(), &mut found);
    }
    found
}

/// `kept` says that the document is one in which a daemon keeps what it notes for itself.
fn walk(element: &Element, tables: &[&'static Table], kept: bool, found: &mut Vec<Fault>) {
    let rows = tables.iter().flat_map(|table| table.flat()).filter(|row| kept || !row.is_kept());
    let rows: Vec<&Row> = rows.collect();
    if rows.iter().any(|row| row.is_part()) {
        return;
    }
    let mut fault = |at: &Element, message: String, hint: Option<String>| {
        found.push(Fault { position: at.position, element: at.name.to_string(), message, hint });
    };
    for attr in &element.attrs {
        let named: Vec<&&Row> = rows.iter().filter(|row| row.is_attr() && row.name == attr.name).collect();
        let known = !named.is_empty();
        if known && !named.iter().any(|row| row.fits(&attr.value)) || !known && !attr.is_foreign() {
            let message = format!("Invalid attribute {} for element {}", attr.name, element.name);
            fault(element, message, expected(&attr.value, &named));
        }
    }
    let missing = |row: &&&Row| row.required && element.attr(row.name).is_none();
    if tables.len() == 1 && rows.iter().any(|row| missing(&row)) {
        fault(element, format!("Element {} failed to validate attributes", element.name), None);
    }
    for child in element.children() {
        let rows: Vec<&&Row> = rows.iter().filter(|row| row.is_child() && row.name == child.name).collect();
        if rows.is_empty() && !child.is_foreign() {
            fault(child, format!("Element {} has extra content: {}", element.name, child.name), None);
        }
        if rows.is_empty() || rows.iter().any(|row| row.is_free()) {
            continue;
        }
        let text = child.text();
        if !text.trim().is_empty() && !rows.iter().any(|row| row.fits(text.trim())) {
            let message = format!("Element {} failed to validate content", child.name);
            fault(child, message, expected(text.trim(), &rows));
        }
    }
    for child in element.children() {
        let named = rows.iter().filter(|row| row.is_child() && row.name == child.name);
        let (free, tables): (Vec<&&Row>, Vec<&&Row>) = named.partition(|row| row.is_free());
        if free.is_empty() && (!tables.is_empty()) {
            let tables: Vec<&'static Table> = tables.iter().filter_map(|row| row.table()).collect();
            walk(child, &tables, kept, found);
        }
    }
}

/// What may have been meant, or the words that there are.
fn expected(text: &str, rows: &[&&Row]) -> Option<String> {
    let words: Vec<&str> = rows.iter().flat_map(|row| row.words()).copied().collect();
    match nearest(text, &words) {
        Some(word) => Some(format!("did you mean '{word}'?")),
        None if words.is_empty() => None,
        None => Some(format!("one of {}", words.join(", "))),
    }
}

/// The place at the beginning of a hint.
fn position(hint: &str) -> Option<Position> {
    let rest = hint.strip_prefix("line ")?;
    let (line, rest) = rest.split_once(", column ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(Position { line: line.parse().ok()?, column: rest[..digits].parse().ok()? })
}

fn element_at<'a, 'x>(element: &'a Element<'x>, position: Position) -> Option<&'a Element<'x>> {
    if element.position == position {
        return Some(element);
    }
    element.children().find_map(|child| element_at(child, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USED: &str = "<secret ephemeral='no'>\n <usage type='ceph'><name>a</name></usage>\n</secret>";

    fn said(name: &str, xml: &str) -> Vec<(u32, String)> {
        let root = vir_xml::parse(xml, None).unwrap();
        let found = faults(&root, xml, named(name).unwrap());
        found.into_iter().map(|fault| (fault.position.line, fault.message)).collect()
    }

    #[test]
    fn what_is_as_the_tables_say_has_no_fault() {
        assert!(said("secret", USED).is_empty());
        assert!(require("secret", ErrorDomain::Secret, USED).is_ok());
    }

    #[test]
    fn faults_have_a_place_and_a_validators_words() {
        let wrong = USED.replace("'no'", "'noo' privat='yes'").replace("name>", "nmae>");
        assert_eq!(
            said("secret", &wrong),
            [
                (1, "Invalid attribute ephemeral for element secret".to_owned()),
                (1, "Invalid attribute privat for element secret".to_owned()),
                (2, "Element usage has extra content: nmae".to_owned()),
            ]
        );
        assert_eq!(said("network", USED), [(1, "Expecting element network, got secret".to_owned())]);
        let nothing = USED.replace("<name>a</name>", "");
        assert_eq!(
            said("secret", &nothing),
            [(1, "internal error: Ceph usage specified, but name is missing".to_owned())]
        );
    }

    #[test]
    fn a_flag_refuses_in_the_peers_words() {
        let wrong = USED.replace("name>", "nmae>");
        let error = require("secret", ErrorDomain::Secret, &wrong).unwrap_err();
        assert_eq!(error.code(), vir_base::ErrorCode::XmlInvalidSchema);
        assert_eq!(
            error.message(),
            "XML document failed to validate against schema: Unable to validate doc against \
             /usr/share/libvirt/schemas/secret.rng\nElement usage has extra content: nmae\n"
        );
        // what the model says itself is not the schema's
        assert!(require("secret", ErrorDomain::Secret, &USED.replace("<name>a</name>", "")).is_ok());
    }
}
