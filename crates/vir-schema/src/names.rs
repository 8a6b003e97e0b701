//! All tables that documents are made of, each once and under a name of its own.

use std::collections::HashSet;
use vir_model::documents::Document;
use vir_xml::table::{Row, Table};

/// Tables in the order in which they are met, with their names.
pub(crate) struct Names {
    tables: Vec<(&'static Table, String)>,
    /// What daemons note for themselves is among them.
    kept: bool,
}

impl Names {
    /// Everything that these documents are made of.
    pub(crate) fn of(documents: &[Document]) -> Self {
        let mut it = Self { tables: vec![], kept: documents.iter().any(Document::kept) };
        let (mut taken, mut seen) = (HashSet::new(), HashSet::new());
        for document in documents {
            if let Some(table) = (document.table)() {
                it.add(table, &mut taken, &mut seen);
            }
        }
        it
    }

    fn add(&mut self, table: &'static Table, taken: &mut HashSet<String>, seen: &mut HashSet<usize>) {
        if !seen.insert(address(table)) {
            return;
        }
        let mut name = table.name.to_owned();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{}{number}", table.name);
        }
        self.tables.push((table, name));
        for inside in self.rows(table).into_iter().filter_map(Row::table) {
            self.add(inside, taken, seen);
        }
    }

    /// The rows of a table and of its parts, as far as these documents have them.
    pub(crate) fn rows(&self, table: &'static Table) -> Vec<&'static Row> {
        table.flat().into_iter().filter(|row| self.kept || !row.is_kept()).collect()
    }

    /// The child rows of a table by their names: rows of one name stand together.
    pub(crate) fn children(&self, table: &'static Table) -> Vec<(&'static str, Vec<&'static Row>)> {
        let mut all: Vec<(&'static str, Vec<&'static Row>)> = vec![];
        for row in self.rows(table).into_iter().filter(|row| row.is_child()) {
            match all.iter_mut().find(|(name, _)| *name == row.name) {
                Some((_, rows)) => rows.push(row),
                None => all.push((row.name, vec![row])),
            }
        }
        all
    }

    /// A table's name.
    pub(crate) fn name(&self, table: &'static Table) -> &str {
        self.tables.iter().find(|(other, _)| std::ptr::eq(*other, table)).map_or(table.name, |(_, name)| name)
    }

    /// Whether a table is among them.
    pub(crate) fn has(&self, table: &'static Table) -> bool {
        self.tables.iter().any(|(other, _)| std::ptr::eq(*other, table))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Table, &str)> {
        self.tables.iter().map(|(table, name)| (*table, name.as_str()))
    }
}

fn address(table: &'static Table) -> usize {
    std::ptr::from_ref(table).addr()
}

/// What a comment says, in one piece.
pub(crate) fn doc(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// The type of a value without what only says how it is kept.
pub(crate) fn value(ty: &'static str) -> &'static str {
    let mut ty = ty;
    for outer in ["Option<", "Vec<", "Box<", "Checked<"] {
        if let Some(inner) = ty.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>')) {
            ty = value(inner);
        }
    }
    ty.rsplit("::").next().unwrap_or(ty)
}
