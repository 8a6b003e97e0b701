//! What a declared element is made of, for programs: reference pages, schemas, warnings and generators of tests are
//! derived from these tables, which [`element!`](crate::element) makes of the same rows that read and write.

use crate::suggest::nearest;
use crate::{Attr, Element, Position};
use std::fmt;

/// A declared element.
#[derive(Debug)]
pub struct Table {
    /// The type's name.
    pub name: &'static str,
    /// The element's name where it is declared; a row may give it another.
    pub element: &'static str,
    /// What it is, a line each.
    pub doc: &'static [&'static str],
    /// Whether reading by hand follows, which may know names that no row has.
    pub settles: bool,
    /// Its rows, in the order in which they are printed.
    pub rows: &'static [Row],
}

/// An attribute, a child, or several of them.
#[derive(Debug)]
pub struct Row {
    /// The kind, as the row was declared: `attr`, `leaf`, `child`, …
    pub kind: &'static str,
    /// The name in documents; without meaning for text and parts.
    pub name: &'static str,
    /// What it means, a line each.
    pub doc: &'static [&'static str],
    /// The type of its value, as Rust has it.
    pub ty: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What is inside.
    pub inside: Inside,
}

/// What is inside a row.
#[derive(Clone, Copy, Debug)]
pub enum Inside {
    /// A value: the words that it may be, if they can be listed, and whether a text is one.
    Value(fn() -> &'static [&'static str], fn(&str) -> bool),
    /// An element or a part: its table, if it is declared as one.
    Table(fn() -> Option<&'static Table>),
    /// An element whose table was made of other data.
    Known(&'static Table),
    /// Nothing.
    Nothing,
}

impl Row {
    /// Whether this is an attribute.
    pub fn is_attr(&self) -> bool {
        matches!(self.kind, "attr" | "count" | "live" | "secret" | "status")
    }

    /// Whether only the document has it in which a daemon keeps a running object.
    pub fn is_kept(&self) -> bool {
        matches!(self.kind, "status" | "private")
    }

    /// Whether this is a child element.
    pub fn is_child(&self) -> bool {
        !self.is_attr() && !matches!(self.kind, "text" | "part" | "parts")
    }

    /// Whether this stands for rows of another table, which belong to the same element.
    pub fn is_part(&self) -> bool {
        matches!(self.kind, "part" | "parts")
    }

    /// Whether there may be several.
    pub fn repeats(&self) -> bool {
        matches!(self.kind, "list" | "blocks" | "leaves")
    }

    /// The table of what is inside, if there is one.
    pub fn table(&self) -> Option<&'static Table> {
        match self.inside {
            Inside::Table(table) => table(),
            Inside::Known(table) => Some(table),
            Inside::Value(..) | Inside::Nothing => None,
        }
    }

    /// The words that its value may be; empty if they cannot be listed.
    pub fn words(&self) -> &'static [&'static str] {
        match self.inside {
            Inside::Value(words, _) => words(),
            Inside::Table(_) | Inside::Known(_) | Inside::Nothing => &[],
        }
    }
}

/// Something in a document that no table knows, and that is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where the element stands, or the element with the attribute.
    pub position: Position,
    /// The names from the root down, an attribute with `@`.
    pub path: String,
    /// The known name that it may have been meant to be.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} is not known and is ignored", self.position, self.path)?;
        match self.nearest {
            Some(name) => write!(f, ": did you mean '{name}'?"),
            None => Ok(()),
        }
    }
}

/// Everything in a document that the tables do not know. Where there is no table nothing is said; metadata and what
/// belongs to another namespace is its owner's.
pub fn unknown(root: &Element, table: &'static Table) -> Vec<Unknown> {
    let mut found = vec![];
    walk(root, &[table], &format!("/{}", root.name), &mut found);
    found
}

impl Row {
    /// Words that may stand where one of [`Row::words`] does, and say as much as nothing.
    pub fn idle(&self) -> Vec<&'static str> {
        const IDLE: [&str; 3] = ["default", "none", "io"];
        let words = self.words();
        IDLE.into_iter().filter(|word| self.fits(word) && !words.contains(word)).collect()
    }

    /// Whether a text may be its value.
    pub fn fits(&self, text: &str) -> bool {
        match self.inside {
            Inside::Value(_, fits) => fits(text),
            Inside::Table(_) | Inside::Known(_) | Inside::Nothing => true,
        }
    }

    /// Whether anything at all may be inside: it is kept as it is, or read by hand without a table.
    pub fn is_free(&self) -> bool {
        self.kind == "tree" || matches!(self.inside, Inside::Table(_)) && self.table().is_none()
    }
}

impl Table {
    /// Its rows and those of its parts, which all belong to the one element; in the order in which they are printed.
    pub fn flat(&'static self) -> Vec<&'static Row> {
        let mut rows = vec![];
        for row in self.rows {
            match row.table().filter(|_| row.is_part()) {
                Some(part) => rows.extend(part.flat()),
                None => rows.push(row),
            }
        }
        rows
    }
}

/// What may stand in an element: the rows of all tables that it may be read by.
struct Known {
    attrs: Vec<&'static str>,
    children: Vec<&'static Row>,
    /// A part is read by hand, and nothing is known of it.
    open: bool,
}

impl Known {
    fn new(tables: &[&'static Table]) -> Self {
        let mut it = Self { attrs: vec![], children: vec![], open: false };
        for row in tables.iter().flat_map(|table| table.flat()) {
            if row.is_attr() {
                it.attrs.push(row.name);
            } else if row.is_child() {
                it.children.push(row);
            } else {
                it.open |= row.is_part();
            }
        }
        it
    }
}

fn walk(element: &Element, tables: &[&'static Table], path: &str, found: &mut Vec<Unknown>) {
    let known = Known::new(tables);
    if known.open {
        return;
    }
    let is_unknown = |attr: &&Attr| !known.attrs.contains(&&*attr.name) && !attr.is_foreign();
    found.extend(element.attrs.iter().filter(is_unknown).map(|attr| Unknown {
        position: element.position,
        path: format!("{path}/@{}", attr.name),
        nearest: nearest(&attr.name, &known.attrs),
    }));
    for child in element.children() {
        let path = format!("{path}/{}", child.name);
        let rows: Vec<&Row> = known.children.iter().filter(|row| row.name == child.name).copied().collect();
        if rows.iter().any(|row| row.is_free()) || rows.is_empty() && child.is_foreign() {
            continue;
        }
        if rows.is_empty() {
            let names: Vec<&'static str> = known.children.iter().map(|row| row.name).collect();
            let nearest = nearest(&child.name, &names);
            found.push(Unknown { position: child.position, path, nearest });
            continue;
        }
        let tables: Vec<&'static Table> = rows.iter().filter_map(|row| row.table()).collect();
        walk(child, &tables, &path, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, YesNo};

    crate::element! {
        /// A shelf.
        /// With books.
        pub struct Shelf "shelf" {
            /// How long.
            attr length "length": u32,
            /// Its books.
            list books "book": Vec<Book>,
        }
        /// A book.
        pub struct Book "book" {
            /// Whether it is lent.
            attr lent "lent": Option<YesNo>,
            leaf title "title": Option<String>,
            child next "next": Option<Box<Book>>,
        }
    }

    #[test]
    fn tables_say_what_was_declared() {
        let table = Shelf::table().unwrap();
        assert_eq!((table.name, table.element, table.settles), ("Shelf", Shelf::NAME, false));
        assert_eq!(table.doc, [" A shelf.", " With books."]);
        assert!(table.rows[0].required && table.rows[0].is_attr() && table.rows[0].ty == "u32");
        let empty = Shelf { length: 1, books: vec![Book::default()] };
        assert_eq!(empty.to_xml(crate::Format::default()), "<shelf length='1'>\n  <book/>\n</shelf>\n");
        let book = table.rows[1].table().unwrap();
        assert!(table.rows[1].repeats());
        assert_eq!(book.rows[0].words(), ["yes", "no"]);
        assert!(!book.rows[0].required);
        assert_eq!(book.rows[2].table().unwrap().element, Book::NAME);
        assert!(Book::default().to_xml(crate::Format::default()).starts_with("<book"));
    }

    #[test]
    fn what_is_not_known_is_named_with_its_place() {
        let xml = "<shelf length='1'>\n <book lnet='yes'>\n  <titel>x</titel><x:y/></book></shelf>";
        let root = crate::parse(xml, None).unwrap();
        let found: Vec<String> =
            unknown(&root, Shelf::table().unwrap()).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "line 2, column 2: /shelf/book/@lnet is not known and is ignored: did you mean 'lent'?",
                "line 3, column 3: /shelf/book/titel is not known and is ignored: did you mean 'title'?",
            ]
        );
    }
}
