//! The peer as an oracle: documents made up from the tables are defined and dumped on its in-process test driver and on
//! ours, and what both say is compared. `FERROVIRT_SEED=N` and `FERROVIRT_CASES=N` say which documents and how many.
//!
//! Differences are told by what differs, without names and numbers. Those that are known stand in
//! `differences.list`, each with its reason; with the seed that the list was made with, one that is not seen any more
//! fails the test, so that the list only shrinks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use ferrovirt_tests::skip;
use serde_json::{Value, json};
use vir_api::{Caller, Connection, DriverFactory, OpenRequest};
use vir_driver_test::TestFactory;
use vir_model::documents::named;
use vir_schema::generate::Growing;

pub const PYTHON: &str = "/usr/bin/python3";
pub const BINDING: &str = "/usr/lib/python3/dist-packages/libvirt.py";
const LIST: &str = include_str!("differences.list");
/// The seed that the list was made with.
const SEED: u64 = 1;
/// How far one document grows before another begins.
const STEPS: u64 = 40;
/// `VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE`
const DUMP: u32 = 3;

/// Defines each document, tells what is dumped or why it is refused, and takes it away again.
const SCRIPT: &str = r#"
import json, sys, libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open('test:///default')
said = []
for kind, xml in json.load(open(sys.argv[1])):
    try:
        if kind == 'domain':
            made = connection.defineXML(xml)
            said.append(['dump', made.XMLDesc(3)])
        else:
            made = connection.networkDefineXML(xml)
            said.append(['dump', made.XMLDesc(0)])
        made.undefine()
    except libvirt.libvirtError as error:
        said.append(['error', str(error)])
json.dump(said, open(sys.argv[2], 'w'))
"#;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Documents that our model reads, of kinds that the test driver defines.
fn documents(seed: u64, count: u64) -> Vec<(&'static str, String)> {
    let mut made = vec![];
    for (kind, share) in [("domain", 4), ("network", 1)] {
        let document = named(kind).unwrap();
        let (mut own, mut left) = (seed, count * share / 5);
        while left > 0 {
            let mut growing = Growing::new(document, own);
            for _ in 0..STEPS.min(left) {
                let Some(xml) = growing.grow() else { break };
                made.push((kind, for_the_driver(kind, &xml)));
                left -= 1;
            }
            own += 1;
        }
    }
    made
}

/// The driver takes its own type of domain only, and names are given so that nothing that is there is meant.
fn for_the_driver(kind: &str, xml: &str) -> String {
    let xml = if kind == "domain" { of_type("test", xml) } else { xml.to_owned() };
    let mut root = vir_xml::parse(&xml, None).unwrap();
    for node in &mut root.nodes {
        if let vir_xml::Node::Element(child) = node
            && child.name == "name"
        {
            child.nodes = vec![vir_xml::Node::Text("made-up".into())];
        }
    }
    let mut w = vir_xml::Writer::new(vir_xml::Format::default());
    w.tree(&root);
    w.finish()
}

/// The document with its root's type in the place of what it says.
pub fn of_type(name: &str, xml: &str) -> String {
    let mut root = vir_xml::parse(xml, None).unwrap();
    for attr in root.attrs.iter_mut().filter(|attr| attr.name == "type") {
        attr.value = name.into();
    }
    let mut w = vir_xml::Writer::new(vir_xml::Format::default());
    w.tree(&root);
    w.finish()
}

fn theirs(documents: &[(&str, String)]) -> Vec<Value> {
    let directory = tempfile::tempdir().unwrap();
    let (asked, said) = (directory.path().join("asked"), directory.path().join("said"));
    let list: Vec<Value> = documents.iter().map(|(kind, xml)| json!([kind, xml])).collect();
    fs::write(&asked, Value::from(list).to_string()).unwrap();
    let status = Command::new(PYTHON).args(["-c", SCRIPT]).arg(asked).arg(&said).status().unwrap();
    assert!(status.success(), "{status}");
    match serde_json::from_str(&fs::read_to_string(said).unwrap()).unwrap() {
        Value::Array(said) => said,
        other => panic!("no list: {other}"),
    }
}

fn ours(connection: &Connection, kind: &str, xml: &str) -> (&'static str, String) {
    let caller = Caller::default();
    let said = match kind {
        "domain" => connection.hypervisor.domain_define_xml(&caller, xml).and_then(|made| {
            let dump = connection.hypervisor.domain_get_xml_desc(&caller, &made, DUMP);
            connection.hypervisor.domain_undefine(&caller, &made)?;
            dump
        }),
        _ => connection.network.as_deref().unwrap().network_define_xml(&caller, xml).and_then(|made| {
            let networks = connection.network.as_deref().unwrap();
            let dump = networks.network_get_xml_desc(&caller, &made, 0);
            networks.network_undefine(&caller, &made)?;
            dump
        }),
    };
    match said {
        Ok(dump) => ("dump", dump),
        Err(error) => ("error", error.message().to_owned()),
    }
}

/// A line without what is chosen at random, unless the document said it.
fn plain(line: &str, xml: &str) -> String {
    let chosen = |prefix: &str| line.trim().starts_with(prefix);
    let value = line.split(['\'', '>', '<']).find(|part| part.len() >= 17 && part.contains([':', '-']));
    match value.filter(|value| !xml.contains(value)) {
        Some(value) if chosen("<mac ") || chosen("<uuid>") || chosen("<genid>") || chosen("<parameters") => {
            line.replace(value, "?")
        }
        _ => line.to_owned(),
    }
}

/// Without values, texts and numbers: what is left is the kind of a difference.
pub fn kind_of(line: &str) -> String {
    let line = line.trim();
    // an element's text is a value, too; the rest of a tag that holds quotes of both kinds cannot be told
    if let Some(rest) = line.strip_prefix('<') {
        let end = rest.find([' ', '>', '/']).filter(|end| *end > 0).unwrap_or(rest.len());
        return format!("<{}>", if rest.starts_with('/') { "/" } else { &rest[..end] });
    }
    let mut out = String::new();
    let mut quoted = false;
    let mut last = ' ';
    for c in line.chars() {
        match c {
            '\'' if quoted || !last.is_alphanumeric() => {
                quoted = !quoted;
                out.push(c);
            }
            _ if quoted => {}
            '0'..='9' if out.ends_with('N') => {}
            '0'..='9' => out.push('N'),
            _ => out.push(c),
        }
        last = c;
    }
    out
}

/// What differs, if anything does.
fn difference(kind: &str, xml: &str, theirs: (&str, &str), ours: (&str, &str)) -> Option<String> {
    match (theirs.0, ours.0) {
        ("error", "error") if theirs.1 == ours.1 => None,
        ("error", "error") => Some(format!("{kind}: both refuse, theirs {:?}", kind_of(theirs.1))),
        ("error", _) => Some(format!("{kind}: error {:?}, ours none", kind_of(theirs.1))),
        (_, "error") => Some(format!("{kind}: no error, ours {:?}", kind_of(ours.1))),
        _ => {
            let mut lines = theirs.1.lines().zip(ours.1.lines());
            let differ = |(a, b): &(&str, &str)| plain(a, xml) != plain(b, xml);
            let first = lines.find(differ);
            let shorter = theirs.1.lines().count() != ours.1.lines().count();
            match first {
                Some((a, b)) => Some(format!("{kind}: prints {:?}, ours {:?}", kind_of(a), kind_of(b))),
                None if shorter => Some(format!("{kind}: one prints more lines")),
                None => None,
            }
        }
    }
}

#[test]
fn made_up_documents_come_out_the_same() {
    if !Path::new(BINDING).exists() {
        skip!("needs libvirt's Python binding");
    }
    let seed = number("FERROVIRT_SEED").unwrap_or(SEED);
    let count = number("FERROVIRT_CASES").unwrap_or(10_000);
    println!("seed {seed}, {count} documents");
    let documents = documents(seed, count);
    let theirs = theirs(&documents);
    let request = OpenRequest {
        uri: "test:///default".to_owned(),
        flags: 0,
        identity: Arc::default(),
        credentials: None,
    };
    let connection = TestFactory::default().open(&request).unwrap();
    let mut seen: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for ((kind, xml), said) in documents.iter().zip(&theirs) {
        let (what, text) = ours(&connection, kind, xml);
        let peer = (said[0].as_str().unwrap_or_default(), said[1].as_str().unwrap_or_default());
        if let Some(difference) = difference(kind, xml, peer, (what, &text)) {
            let detail = format!("{xml}\n--- theirs\n{}\n--- ours\n{text}", peer.1);
            seen.entry(difference).or_insert((0, detail)).0 += 1;
        }
    }
    if let Some(file) = std::env::var_os("FERROVIRT_DIFFERENCES") {
        let all: String =
            seen.iter().map(|(what, (times, detail))| format!("{times} {what}\n{detail}\n\n")).collect();
        fs::write(file, all).unwrap();
    }
    let known: Vec<&str> = LIST
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(" ## ").next())
        .collect();
    let new: Vec<String> = seen
        .iter()
        .filter(|(what, _)| !known.contains(&what.as_str()))
        .map(|(what, (times, detail))| format!("{times} times: {what}\n{detail}"))
        .collect();
    assert!(
        new.is_empty(),
        "seed {seed}: {} new differences\n{}",
        new.len(),
        new[..new.len().min(3)].join("\n\n")
    );
    if (seed, count) == (SEED, 10_000) {
        let gone: Vec<&&str> = known.iter().filter(|what| !seen.contains_key(**what)).collect();
        assert!(gone.is_empty(), "not seen any more, take it from the list: {gone:#?}");
    }
}
