//! A reference page for a kind of document, in Markdown, made of its tables: every element that may be in it, with its
//! attributes and children, what they mean and what they may be.

use crate::names::{Names, doc, value};
use std::fmt::Write as _;
use vir_model::documents::Document;
use vir_xml::table::{Inside, Row, Table};

/// The page of a kind of document; empty if it has no table.
pub fn page(document: &Document) -> String {
    let Some(root) = (document.table)() else { return String::new() };
    let names = Names::of(std::slice::from_ref(document));
    let mut page = format!("# `<{}>`\n\n{}\n\n", document.root, doc(root.doc));
    let _ = writeln!(
        page,
        "<!-- Made by `cargo xtask codegen` from the tables in crates/vir-model: change those. -->\n\n\
         The schema's name is `{}` (`virt-xml-validate FILE {}`). The least that is one:\n\n```xml\n{}```\n",
        document.name,
        document.name,
        least(document)
    );
    for (table, name) in names.iter() {
        section(&mut page, table, name, &names, std::ptr::eq(table, root));
    }
    page
}

/// The page that lists the others.
pub fn index(documents: &[Document]) -> String {
    let mut page = String::from(
        "# Documents\n\n<!-- Made by `cargo xtask codegen`. -->\n\nEvery kind of document, with all elements and \
         attributes that are read.\n\n| document | schema | what it is |\n|---|---|---|\n",
    );
    for document in documents {
        let about = (document.table)().map(|table| doc(table.doc)).unwrap_or_default();
        let (root, name) = (document.root, document.name);
        let _ = writeln!(page, "| [`<{root}>`]({name}.md) | `{name}` | {} |", cell(&about));
    }
    page
}

fn least(document: &Document) -> String {
    let Ok(tree) = vir_xml::parse(document.least, None) else { return String::new() };
    let mut w = vir_xml::Writer::new(vir_xml::Format::default());
    w.tree(&tree);
    w.finish()
}

/// What parents call an element: a table may stand for several.
fn called(table: &'static Table, names: &Names) -> Vec<&'static str> {
    let mut called: Vec<&str> = vec![];
    for (parent, _) in names.iter() {
        for row in names.rows(parent) {
            let same = row.table().is_some_and(|inside| std::ptr::eq(inside, table));
            if row.is_child() && same && !called.contains(&row.name) {
                called.push(row.name);
            }
        }
    }
    called
}

fn section(page: &mut String, table: &'static Table, name: &str, names: &Names, root: bool) {
    let rows = names.rows(table);
    if !root {
        let titles: Vec<String> = called(table, names).iter().map(|name| format!("`<{name}>`")).collect();
        let _ = writeln!(page, "<a id=\"{name}\"></a>\n\n## {}\n\n{}\n", titles.join(", "), doc(table.doc));
    }
    let mut attrs: Vec<(&str, Vec<&Row>)> = vec![];
    for row in rows.iter().filter(|row| row.is_attr()) {
        match attrs.iter_mut().find(|(name, _)| *name == row.name) {
            Some((_, rows)) => rows.push(row),
            None => attrs.push((row.name, vec![row])),
        }
    }
    if !attrs.is_empty() {
        page.push_str("| attribute | value | meaning |\n|---|---|---|\n");
        for (name, rows) in &attrs {
            let _ = writeln!(page, "| `{name}` | {} | {} |", values(rows), meaning(rows));
        }
        page.push('\n');
    }
    let children = names.children(table);
    if !children.is_empty() {
        page.push_str("| element | times | value | meaning |\n|---|---|---|---|\n");
        for (name, rows) in &children {
            let times = if rows.iter().any(|row| row.repeats()) { "any" } else { "0 or 1" };
            let _ = writeln!(
                page,
                "| {} | {times} | {} | {} |",
                link(name, rows, names),
                values(rows),
                meaning(rows)
            );
        }
        page.push('\n');
    }
    for row in rows.iter().filter(|row| row.kind == "text") {
        let _ = writeln!(page, "Text: {}. {}\n", values(&[row]), meaning(&[row]));
    }
    if rows.is_empty() {
        page.push_str("It holds nothing.\n\n");
    }
}

fn link(name: &str, rows: &[&'static Row], names: &Names) -> String {
    match rows.iter().find_map(|row| row.table()) {
        Some(table) => format!("[`<{name}>`](#{})", names.name(table)),
        None => format!("`<{name}>`"),
    }
}

/// What a value may be.
fn values(rows: &[&Row]) -> String {
    let mut said: Vec<String> = vec![];
    for row in rows {
        let words = row.words();
        let text = match row.inside {
            Inside::Nothing if row.kind == "tree" => "any elements".to_owned(),
            Inside::Nothing => "empty".to_owned(),
            Inside::Table(_) | Inside::Known(_) => String::new(),
            Inside::Value(..) if !words.is_empty() => {
                words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            }
            Inside::Value(..) => kind(row.ty).to_owned(),
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    cell(&said.join("; or "))
}

/// A type in words.
fn kind(ty: &'static str) -> &'static str {
    let ty = value(ty);
    match ty {
        "u8" | "u16" | "u32" | "u64" | "Number" | "Id" | "AnyBase" => "number",
        "i32" | "i64" => "number, also below 0",
        "Uuid" | "DeviceUuid" => "UUID",
        "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "Ipv4Address" => "IP address",
        "Mac" => "MAC address",
        "Bitmap" => "numbers and ranges: `0-3,^2`",
        "Mode" | "Octal" => "octal number",
        "bool" => "`true`, `false`",
        _ if ty.starts_with("Hex") => "number, hexadecimal with `0x`",
        _ if ty.starts_with("Number<") => "number",
        _ => "text",
    }
}

fn meaning(rows: &[&Row]) -> String {
    let mut said: Vec<String> = vec![];
    for row in rows {
        let mut text = doc(row.doc);
        if row.required {
            text.push_str(" **Must be there.**");
        }
        match row.kind {
            "live" => text.push_str(" Only of what runs."),
            "status" | "private" => text.push_str(" Only in the state that a daemon keeps."),
            "secret" => text.push_str(" Shown on request only."),
            "count" | "amount" => text.push_str(" 0 says nothing."),
            _ => {}
        }
        if !said.contains(&text) {
            said.push(text);
        }
    }
    cell(&said.join(" "))
}

/// Text that fits a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::documents::DOCUMENTS;

    #[test]
    fn every_element_and_attribute_has_a_meaning() {
        let names = Names::of(DOCUMENTS);
        let mut missing = vec![];
        for (table, name) in names.iter() {
            let told = |row: &&&Row| !row.is_part() && doc(row.doc).is_empty() && row.kind != "text";
            missing.extend(
                table
                    .rows
                    .iter()
                    .collect::<Vec<_>>()
                    .iter()
                    .filter(told)
                    .map(|row| format!("{name}/{}", row.name)),
            );
        }
        assert!(missing.is_empty(), "no meaning is said of {missing:?}");
    }

    #[test]
    fn no_link_leads_nowhere() {
        for document in DOCUMENTS {
            let page = page(document);
            for link in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(
                    page.contains(&format!("<a id=\"{link}\"></a>")) || link == table(document),
                    "{link}"
                );
            }
        }
    }

    fn table(document: &Document) -> &'static str {
        (document.table)().unwrap().name
    }

    #[test]
    fn a_page_says_what_there_is() {
        let page = page(vir_model::documents::named("secret").unwrap());
        assert!(page.starts_with("# `<secret>`\n"), "{page}");
        assert!(page.contains("| [`<usage>`](#Usage) | 0 or 1 |  | What uses it. |\n"), "{page}");
        assert!(page.contains("## `<usage>`\n"), "{page}");
    }
}
