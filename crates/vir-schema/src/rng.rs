//! A Relax-NG grammar of documents, made of their tables.
//!
//! It is wider than the model: what depends on other values, and which of two elements may stand together, is checked
//! in reading. Children may come in any order.

use crate::names::{Names, value};
use vir_model::documents::Document;
use vir_xml::table::{Inside, Row, Table};
use vir_xml::{Format, Writer};

/// The grammar of these documents.
pub fn schema(documents: &[Document]) -> String {
    let names = Names::of(documents);
    let mut w = Writer::new(Format::default());
    w.start("grammar");
    w.attr("xmlns", "http://relaxng.org/ns/structure/1.0");
    w.attr("datatypeLibrary", "http://www.w3.org/2001/XMLSchema-datatypes");
    w.element("start", |w| {
        w.element("choice", |w| {
            for document in documents {
                if let Some(table) = (document.table)() {
                    element(w, document.root, |w| reference(w, names.name(table)));
                }
            }
        });
    });
    for (table, name) in names.iter() {
        w.start("define");
        w.attr("name", name);
        w.start("interleave");
        content(&mut w, table, &names);
        w.end();
        w.end();
    }
    foreign(&mut w);
    w.end();
    "<?xml version=\"1.0\"?>\n".to_owned() + &w.finish()
}

fn element(w: &mut Writer, name: &str, inside: impl FnOnce(&mut Writer)) {
    w.start("element");
    w.attr("name", name);
    inside(w);
    w.end();
}

fn reference(w: &mut Writer, name: &str) {
    w.start("ref");
    w.attr("name", name);
    w.end();
}

/// What stands in elements of one table.
fn content(w: &mut Writer, table: &'static Table, names: &Names) {
    let rows = names.rows(table);
    let mut seen: Vec<&str> = vec![];
    for row in rows.iter().filter(|row| row.is_attr()) {
        if seen.contains(&row.name) {
            continue;
        }
        seen.push(row.name);
        let one = |w: &mut Writer| {
            w.start("attribute");
            w.attr("name", row.name);
            data(w, row);
            w.end();
        };
        if row.required { one(w) } else { w.element("optional", one) }
    }
    for (name, rows) in names.children(table) {
        if name.contains(':') {
            continue;
        }
        w.element("zeroOrMore", |w| {
            element(w, name, |w| {
                w.element("choice", |w| rows.iter().for_each(|row| inside(w, row, names)));
            });
        });
    }
    if rows.iter().any(|row| row.kind == "text") {
        w.empty("text");
    }
    reference(w, "foreign");
}

/// What stands inside a child.
fn inside(w: &mut Writer, row: &'static Row, names: &Names) {
    match row.inside {
        _ if row.is_free() => reference(w, "anything"),
        Inside::Nothing => w.empty("empty"),
        Inside::Value(..) => data(w, row),
        Inside::Table(_) | Inside::Known(_) => {
            if let Some(table) = row.table() {
                reference(w, names.name(table));
            }
        }
    }
}

/// What a value may be. Numbers have white space around them and signs before them as it comes.
fn data(w: &mut Writer, row: &'static Row) {
    let words = row.words();
    // what is open, or says as much as nothing, is not in the list
    let closed = !words.is_empty() && !["", "x"].iter().any(|text| row.fits(text));
    if closed {
        w.element("choice", |w| {
            words.iter().chain(&row.idle()).for_each(|word| w.leaf("value", word));
        });
        return;
    }
    let number = match value(row.ty) {
        "u8" => "unsignedByte",
        "u16" => "unsignedShort",
        "u32" => "unsignedInt",
        "u64" => "unsignedLong",
        "i32" => "int",
        "i64" => "long",
        _ => "",
    };
    if number.is_empty() || !words.is_empty() || row.fits("x") {
        w.empty("text");
        return;
    }
    w.start("data");
    w.attr("type", number);
    w.end();
}

/// Elements of other namespaces, and anything at all.
fn foreign(w: &mut Writer) {
    let define = |w: &mut Writer, name: &str, inside: &dyn Fn(&mut Writer)| {
        w.start("define");
        w.attr("name", name);
        inside(w);
        w.end();
    };
    define(w, "foreign", &|w| {
        w.element("zeroOrMore", |w| {
            w.element("element", |w| {
                w.element("anyName", |w| {
                    w.element("except", |w| {
                        w.start("nsName");
                        w.attr("ns", "");
                        w.end();
                    });
                });
                reference(w, "anything");
            });
        });
    });
    define(w, "anything", &|w| {
        w.element("zeroOrMore", |w| {
            w.element("choice", |w| {
                w.element("attribute", |w| w.empty("anyName"));
                w.empty("text");
                w.element("element", |w| {
                    w.empty("anyName");
                    reference(w, "anything");
                });
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::documents::named;

    #[test]
    fn words_that_say_nothing_are_words() {
        let schema = schema(&[*named("domain").unwrap()]);
        let rest = schema
            .split("<attribute name=\"vgaconf\">")
            .nth(1)
            .or(schema.split("<attribute name='vgaconf'>").nth(1));
        let attribute = rest.and_then(|rest| rest.split("</attribute>").next()).unwrap();
        for word in ["on", "off", "io"] {
            assert!(attribute.contains(&format!("<value>{word}</value>")), "{attribute}");
        }
    }
}
