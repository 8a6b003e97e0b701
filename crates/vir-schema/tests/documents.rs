//! Documents of our own: there are many, what they hold is what the tables know, and all of what these know.
//!
//! They lie in `crates/vir-model/tests/documents`, in a directory for each kind. Those of the kinds that are listed here
//! print as themselves; the others' are printed by tests of their own. In `running` is what only daemons write.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vir_model::documents::{DOCUMENTS, rooted};
use vir_xml::Element;
use vir_xml::table::{Row, Table};

/// Kinds whose documents print as themselves.
const PRINTED: [&str; 9] = [
    "capability",
    "cpu",
    "domain",
    "domainbackup",
    "domaincaps",
    "domainsnapshot",
    "domainstatus",
    "nwfilter",
    "qemumigration",
];

fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vir-model/tests/documents");
    let entries = |path: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let mut found = vec![];
    for directory in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&directory) {
            if path.extension().is_some_and(|extension| extension == "xml") {
                found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn there_are_many_and_none_holds_anything_unknown() {
    let documents = documents();
    assert!(documents.len() >= 300, "only {}", documents.len());
    for (path, xml) in documents {
        let root = vir_xml::parse(&xml, None).unwrap();
        let Some(document) = rooted(&root.name) else { continue };
        let unknown = vir_xml::table::unknown(&root, (document.table)().unwrap());
        assert!(unknown.is_empty(), "{}: {}", path.display(), unknown[0]);
        assert!(xml.lines().count() < 120, "{} is no small document", path.display());
    }
}

#[test]
fn they_print_as_themselves() {
    let mut wrong = vec![];
    for (path, xml) in documents() {
        let root = vir_xml::parse(&xml, None).unwrap();
        let kind = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        if !kind.is_some_and(|kind| PRINTED.contains(&kind)) {
            continue;
        }
        let document = rooted(&root.name).unwrap();
        match (document.round)(&xml) {
            Ok(printed) if printed == xml => {}
            Ok(printed) => wrong.push(format!("{} prints as\n{printed}", path.display())),
            Err(error) => wrong.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of a table and of its parts, each with the table that it was declared in.
fn declared(table: &'static Table, all: &mut Vec<(&'static str, &'static Row)>) {
    for row in table.rows {
        match row.table().filter(|_| row.is_part()) {
            Some(part) => declared(part, all),
            None => all.push((table.name, row)),
        }
    }
}

fn name(table: &str, row: &Row) -> String {
    format!("{table}/{}{}", if row.is_attr() { "@" } else { "" }, row.name)
}

/// Every row that documents can hold, as TABLE/NAME, with `@` before attributes.
fn rows(table: &'static Table, all: &mut BTreeSet<String>, seen: &mut Vec<&'static Table>) {
    if seen.iter().any(|other| std::ptr::eq(*other, table)) {
        return;
    }
    seen.push(table);
    let mut own = vec![];
    declared(table, &mut own);
    for (table, row) in own.into_iter().filter(|(_, row)| row.is_attr() || row.is_child()) {
        all.insert(name(table, row));
        if let Some(inside) = row.table() {
            rows(inside, all, seen);
        }
    }
}

fn held(element: &Element, table: &'static Table, found: &mut BTreeSet<String>) {
    let mut own = vec![];
    declared(table, &mut own);
    for (table, row) in own {
        if row.is_attr() && element.attr(row.name).is_some() {
            found.insert(name(table, row));
        }
        for child in element.children().filter(|child| row.is_child() && child.name == row.name) {
            found.insert(name(table, row));
            if let Some(inside) = row.table() {
                held(child, inside, found);
            }
        }
    }
}

/// Ends of names of what is in no document, and why it cannot be.
const NOT_HELD: [(&str, &str); 2] = [
    ("/@ipset", "what a filter prints of a set it reads as nothing, as the peer does"),
    ("/@ipsetflags", "as for the set"),
];

#[test]
fn they_hold_everything_that_the_tables_know() {
    let (mut all, mut found) = (BTreeSet::new(), BTreeSet::new());
    for document in DOCUMENTS {
        rows((document.table)().unwrap(), &mut all, &mut vec![]);
    }
    for (_, xml) in documents() {
        let root = vir_xml::parse(&xml, None).unwrap();
        if let Some(table) = rooted(&root.name).and_then(|document| (document.table)()) {
            held(&root, table, &mut found);
        }
    }
    let excused = |row: &&String| NOT_HELD.iter().any(|(end, _)| row.ends_with(end));
    let missing: Vec<&String> = all.difference(&found).filter(|row| !excused(row)).collect();
    println!("{} of {} rows are held", all.len() - missing.len(), all.len());
    assert!(missing.is_empty(), "no document holds {missing:?}");
    for (end, _) in NOT_HELD {
        assert!(all.difference(&found).any(|row| row.ends_with(end)), "{end} is held after all");
    }
}
