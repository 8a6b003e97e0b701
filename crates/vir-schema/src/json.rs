//! A JSON schema (draft 2020-12) of documents, made of their tables: an element is an object, an attribute a property
//! whose name begins with `@`, text stands in `#text`, and what may be there several times is a list.

use crate::names::{Names, doc, value};
use serde_json::{Map, Value, json};
use vir_model::documents::Document;
use vir_xml::table::{Inside, Row, Table};

/// The schema of these documents: an object with the document under its root's name.
pub fn schema(documents: &[Document]) -> String {
    let names = Names::of(documents);
    let mut roots = Map::new();
    for document in documents {
        if let Some(table) = (document.table)() {
            roots.insert(document.root.to_owned(), reference(names.name(table)));
        }
    }
    let definitions: Map<String, Value> =
        names.iter().map(|(table, name)| (name.to_owned(), object(table, &names))).collect();
    let all = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "libvirt",
        "type": "object",
        "properties": roots,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
        "$defs": definitions,
    });
    format!("{all:#}\n")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn object(table: &'static Table, names: &Names) -> Value {
    let mut properties = Map::new();
    let mut required = vec![];
    for row in names.rows(table) {
        let mut entry = match row.kind {
            "text" => ("#text".to_owned(), data(row)),
            _ if row.is_attr() => (format!("@{}", row.name), data(row)),
            _ => continue,
        };
        describe(&mut entry.1, row);
        if row.required {
            required.push(entry.0.clone());
        }
        properties.insert(entry.0, entry.1);
    }
    for (name, rows) in names.children(table) {
        let mut kinds: Vec<Value> = rows.iter().map(|row| inside(row, names)).collect();
        let mut kind = match kinds.len() {
            1 => kinds.remove(0),
            _ => json!({ "anyOf": kinds }),
        };
        if rows.iter().any(|row| row.repeats()) {
            kind = json!({ "type": "array", "items": kind });
        }
        if let Some(row) = rows.first() {
            describe(&mut kind, row);
        }
        properties.insert(name.to_owned(), kind);
    }
    let mut all = json!({
        "type": "object",
        "description": doc(table.doc),
        "properties": properties,
        // other namespaces' elements and attributes
        "patternProperties": { ":": {} },
        "additionalProperties": false,
    });
    if let (false, Some(object)) = (required.is_empty(), all.as_object_mut()) {
        object.insert("required".to_owned(), json!(required));
    }
    all
}

fn describe(kind: &mut Value, row: &Row) {
    let text = doc(row.doc);
    if let (false, Some(object)) = (text.is_empty(), kind.as_object_mut()) {
        object.insert("description".to_owned(), Value::String(text));
    }
}

fn inside(row: &'static Row, names: &Names) -> Value {
    match row.inside {
        Inside::Value(..) => data(row),
        Inside::Nothing if row.kind == "tree" => json!({ "type": "object" }),
        Inside::Nothing => json!({ "type": "object", "maxProperties": 0 }),
        Inside::Table(_) | Inside::Known(_) => match row.table() {
            Some(table) => reference(names.name(table)),
            None => json!({}),
        },
    }
}

fn data(row: &'static Row) -> Value {
    let words = row.words();
    if !words.is_empty() && !row.fits("x") {
        return json!({ "enum": words.iter().copied().chain(row.idle()).collect::<Vec<_>>() });
    }
    match value(row.ty) {
        "u8" | "u16" | "u32" | "u64" if !row.fits("x") => json!({ "type": "integer", "minimum": 0 }),
        "i32" | "i64" if !row.fits("x") => json!({ "type": "integer" }),
        "Uuid" => json!({ "type": "string", "format": "uuid" }),
        _ => json!({ "type": "string" }),
    }
}
