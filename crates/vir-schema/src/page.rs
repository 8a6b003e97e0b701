//! A reference page for a kind of document, in Markdown, made of its tables: every element that may be in it, with its
//! attributes and children, what they mean and what they may be.

use crate::names::{Names, value};
use crate::tags::{Tags, Told, prose};
use std::fmt::Write as _;
use vir_model::documents::{self, Document};
use vir_xml::table::{Inside, Row, Table};

/// The document whose tables others refer to, instead of showing them again.
const REFERRED: &str = "domain";

/// What a page is made from.
struct Page {
    names: Names,
    told: Told,
    /// The names on the domain's page, if the document has a whole domain inside.
    domain: Option<Names>,
    text: String,
}

/// The page of a kind of document; empty if it has no table.
///
/// # Errors
/// Tags in comments that are wrong, a line each.
pub fn page(document: &Document) -> Result<String, String> {
    let Some(root) = (document.table)() else { return Ok(String::new()) };
    let names = Names::of(std::slice::from_ref(document));
    let domain = documents::named(REFERRED).filter(|domain| {
        let inside = (domain.table)().is_some_and(|table| names.has(table));
        inside && domain.name != document.name
    });
    let domain = domain.map(|domain| Names::of(std::slice::from_ref(domain)));
    let mut page = Page { names, told: Told::of(document)?, domain, text: String::new() };
    let tags = page.told.table(root);
    let _ = writeln!(
        page.text,
        "# `<{}>`\n\n{} Since {}. Drivers: {}.\n\n\
         <!-- Made by `cargo xtask codegen` from the tables in crates/vir-model: change those. -->\n\n\
         The schema's name is `{}` (`virt-xml-validate FILE {}`). The least that is one:\n\n```xml\n{}```\n",
        document.root,
        prose(root.doc),
        tags.since(),
        tags.drivers(),
        document.name,
        document.name,
        least(document)
    );
    let tables: Vec<(&'static Table, String)> =
        page.names.iter().map(|(table, name)| (table, name.to_owned())).collect();
    for (table, name) in tables {
        page.section(table, &name, std::ptr::eq(table, root));
    }
    Ok(page.text)
}

/// The page that lists the others.
pub fn index(documents: &[Document]) -> String {
    let mut page = String::from(
        "# Documents\n\n<!-- Made by `cargo xtask codegen`. -->\n\nEvery kind of document, with all elements and \
         attributes that are read.\n\nThe pages tell of each since which release of libvirt there is it, and which \
         drivers use it: `all` are those of hypervisors, and `none` is said of what is read and kept, but has no \
         effect. Where an element stands in several others, it is the earliest release and the drivers of \
         all.\n\n| document | schema | what it is |\n|---|---|---|\n",
    );
    for document in documents {
        let about = (document.table)().map(|table| prose(table.doc)).unwrap_or_default();
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

/// Rows of one name, each with its tags.
type Same = (&'static str, Vec<&'static Row>, Tags);

impl Page {
    /// The rows of a table that are shown: of what the domain's page shows, only what that has not.
    fn rows(&self, table: &'static Table) -> Vec<(&'static Row, Tags)> {
        let shown = self.names.rows(table);
        let elsewhere = self.domain.as_ref().filter(|domain| domain.has(table));
        let elsewhere = elsewhere.map(|domain| domain.rows(table)).unwrap_or_default();
        let among = |rows: &[&'static Row], row: &'static Row| rows.iter().any(|it| std::ptr::eq(*it, row));
        let rows = self.told.rows(table).into_iter();
        rows.filter(|(row, _)| among(&shown, row) && !among(&elsewhere, row)).collect()
    }

    fn section(&mut self, table: &'static Table, name: &str, root: bool) {
        let rows = self.rows(table);
        let elsewhere = self.domain.as_ref().filter(|domain| domain.has(table));
        if elsewhere.is_some() && rows.is_empty() {
            return;
        }
        let besides =
            elsewhere.map(|domain| format!(" Besides [what a domain has]({}):", there(domain, table)));
        if !root {
            let titles: Vec<String> =
                called(table, &self.names).iter().map(|name| format!("`<{name}>`")).collect();
            let (titles, besides) = (titles.join(", "), besides.unwrap_or_default());
            let _ = writeln!(
                self.text,
                "<a id=\"{name}\"></a>\n\n## {titles}\n\n{}{besides}\n",
                prose(table.doc)
            );
        }
        let attrs = same(rows.iter().filter(|(row, _)| row.is_attr()));
        if !attrs.is_empty() {
            self.text.push_str("| attribute | value | since | drivers | meaning |\n|---|---|---|---|---|\n");
            for (name, rows, tags) in &attrs {
                let (since, drivers) = (tags.since(), tags.drivers());
                let (values, meaning) = (values(rows), meaning(rows));
                let _ = writeln!(self.text, "| `{name}` | {values} | {since} | {drivers} | {meaning} |");
            }
            self.text.push('\n');
        }
        let children = same(rows.iter().filter(|(row, _)| row.is_child()));
        if !children.is_empty() {
            self.text.push_str(
                "| element | times | value | since | drivers | meaning |\n|---|---|---|---|---|---|\n",
            );
            for (name, rows, tags) in &children {
                let times = if rows.iter().any(|row| row.repeats()) { "any" } else { "0 or 1" };
                let (link, since, drivers) = (self.link(name, rows), tags.since(), tags.drivers());
                let (values, meaning) = (values(rows), meaning(rows));
                let _ =
                    writeln!(self.text, "| {link} | {times} | {values} | {since} | {drivers} | {meaning} |");
            }
            self.text.push('\n');
        }
        for (row, _) in rows.iter().filter(|(row, _)| row.kind == "text") {
            let _ = writeln!(self.text, "Text: {}. {}\n", values(&[row]), meaning(&[row]));
        }
        if rows.is_empty() {
            self.text.push_str("It holds nothing.\n\n");
        }
    }

    fn link(&self, name: &str, rows: &[&'static Row]) -> String {
        let Some(table) = rows.iter().find_map(|row| row.table()) else { return format!("`<{name}>`") };
        match self.domain.as_ref().filter(|domain| domain.has(table)) {
            Some(domain) => format!("[`<{name}>`]({})", there(domain, table)),
            None => format!("[`<{name}>`](#{})", self.names.name(table)),
        }
    }
}

/// Where the domain's page tells of a table.
fn there(domain: &Names, table: &'static Table) -> String {
    match domain.iter().next().is_some_and(|(root, _)| std::ptr::eq(root, table)) {
        true => format!("{REFERRED}.md"),
        false => format!("{REFERRED}.md#{}", domain.name(table)),
    }
}

/// Rows of one name stand together.
fn same<'a>(rows: impl Iterator<Item = &'a (&'static Row, Tags)>) -> Vec<Same> {
    let mut all: Vec<Same> = vec![];
    for (row, tags) in rows {
        match all.iter_mut().find(|(name, ..)| *name == row.name) {
            Some((_, rows, joined)) => {
                rows.push(row);
                *joined = std::mem::take(joined).join(tags);
            }
            None => all.push((row.name, vec![row], tags.clone())),
        }
    }
    all
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
        let mut text = prose(row.doc);
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
            let told = |row: &&&Row| !row.is_part() && prose(row.doc).is_empty() && row.kind != "text";
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
        let domain = page(documents::named(REFERRED).unwrap()).unwrap();
        for document in DOCUMENTS {
            let page = page(document).unwrap();
            for (begin, target) in [("](#", &page), ("](domain.md#", &domain)] {
                for link in page.split(begin).skip(1).filter_map(|rest| rest.split(')').next()) {
                    let leads = target.contains(&format!("<a id=\"{link}\"></a>"));
                    assert!(leads || link == table(document), "{}: {link}", document.name);
                }
            }
        }
    }

    fn table(document: &Document) -> &'static str {
        (document.table)().unwrap().name
    }

    #[test]
    fn a_page_says_what_there_is() {
        let page = page(documents::named("secret").unwrap()).unwrap();
        assert!(page.starts_with("# `<secret>`\n"), "{page}");
        assert!(page.contains("| [`<usage>`](#Usage) | 0 or 1 |  | 0.7.1 | "), "{page}");
        assert!(page.contains("## `<usage>`\n"), "{page}");
    }

    #[test]
    fn what_holds_a_domain_refers_to_the_domains_page() {
        let shown = |name| page(documents::named(name).unwrap()).unwrap();
        let status = shown("domainstatus");
        assert!(status.contains("| [`<domain>`](domain.md) |") && !status.contains("## `<memory>`"));
        // what only a daemon's state has stands on no other page
        assert!(status.contains("](domain.md#Disk):\n") && !shown("domain").contains("`<privateData>`"));
        assert!(!shown("domainsnapshot").contains("](domain.md#Disk):\n"));
    }
}
