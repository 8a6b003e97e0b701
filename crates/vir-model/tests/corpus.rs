//! The public test data of the peer, where it is: domains that must print as the peer prints them.
//!
//! The data is looked for in the directory that `FERROVIRT_CORPUS` names, else beside the repository.
//! What we refuse as not supported is counted apart. Known failures are listed in
//! `tests/corpus.known`, by a digest of the case and what is wrong; a listed case that passes fails
//! the test, so the list only shrinks. `FERROVIRT_CORPUS_LIST=FILE` writes what the list would be.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use vir_base::{ErrorCode, Uuid};
use vir_model::domain::defaults::{self, Random, Rules};
use vir_model::domain::{Domain, ParseOptions, namespaces};
use vir_xml::Format;

/// Bytes 0, 1, 2, … as the expected documents were made with.
struct Counting;

impl Random for Counting {
    fn uuid(&mut self) -> Uuid {
        // version and variant are set in it
        let mut bytes: [u8; 16] = std::array::from_fn(|i| i as u8);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Uuid(bytes)
    }

    fn mac_tail(&mut self) -> [u8; 3] {
        [0, 1, 2]
    }
}

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let directory = std::env::var_os("FERROVIRT_CORPUS").map_or_else(beside, PathBuf::from);
    directory.is_dir().then_some(directory)
}

/// What became of a case.
enum Outcome {
    Passed,
    /// Refused as not supported: what is not.
    Unsupported(String),
    /// What is wrong.
    Failed(String),
}

fn cases(area: &Path) -> Vec<Value> {
    let index = std::fs::read_to_string(area.join("index.json")).unwrap();
    match serde_json::from_str(&index).unwrap() {
        Value::Array(cases) => cases,
        _ => panic!("{}: the index is no list", area.display()),
    }
}

fn file(area: &Path, case: &Value, role: &str) -> Option<String> {
    let name = case["files"][role].as_str()?;
    let text = std::fs::read_to_string(area.join(name)).ok()?;
    // a backslash before a line's end joins lines
    Some(text.replace("\\\n", ""))
}

/// Reads, completes and prints.
fn round(xml: &str, live: bool) -> vir_base::Result<String> {
    let mut domain = Domain::parse_with(xml, ParseOptions { live }, namespaces::QEMU, "qemu")?;
    // the data was made with capabilities that offer this one first
    if let Some(kind) = &mut domain.os.kind {
        kind.arch.get_or_insert_with(|| "x86_64".into());
    }
    defaults::apply(&mut domain, Rules::default(), &mut Counting)?;
    Ok(domain.to_xml(Format { secure: true, inactive: !live, ..Format::default() }))
}

fn compare(input: &str, expected: &str, live: bool) -> Outcome {
    match round(input, live) {
        Ok(printed) if printed == expected => Outcome::Passed,
        Ok(printed) => Outcome::Failed(first_difference(&printed, expected)),
        Err(error) if error.code() == ErrorCode::ConfigUnsupported => {
            Outcome::Unsupported(error.message().to_owned())
        }
        Err(error) => Outcome::Failed(error.message().to_owned()),
    }
}

fn first_difference(ours: &str, theirs: &str) -> String {
    let (mut a, mut b) = (ours.lines(), theirs.lines());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return "the last line's end".into(),
            (x, y) if x != y => {
                return format!("printed {:?}, expected {:?}", x.unwrap_or(""), y.unwrap_or(""));
            }
            _ => {}
        }
    }
}

/// Documents that no hypervisor completes: from input to output.
fn generic(area: &Path, case: &Value) -> Option<Outcome> {
    let input = file(area, case, "input_xml")?;
    let live = case["params"]["live"].as_bool().unwrap_or(false);
    if case["expect"] == "parse-error" {
        return Some(match round(&input, live) {
            Err(error) if error.code() == ErrorCode::ConfigUnsupported => {
                Outcome::Unsupported(error.message().to_owned())
            }
            Err(_) => Outcome::Passed,
            Ok(_) => Outcome::Failed("accepted".into()),
        });
    }
    Some(compare(&input, &file(area, case, "expected_xml")?, live))
}

/// Documents that QEMU's rules have completed: they must come out as they went in.
fn complete(area: &Path, case: &Value) -> Option<Outcome> {
    let expected = file(area, case, "expected_xml")?;
    Some(compare(&expected, &expected, false))
}

/// Documents that QEMU's rules have yet to complete: they must at least read.
fn readable(area: &Path, case: &Value) -> Option<Outcome> {
    if case["expect"] == "parse-error" {
        return None;
    }
    match Domain::parse(&file(area, case, "input_xml")?, ParseOptions::default()) {
        Ok(_) => Some(Outcome::Passed),
        Err(error) => Some(Outcome::Failed(error.message().to_owned())),
    }
}

/// Documents that are refused, by whatever runs them: those that any hypervisor refuses.
fn refused(area: &Path, case: &Value) -> Option<Outcome> {
    if case["expect"] != "parse-error" {
        return None;
    }
    let expected = file(area, case, "expected_err")?;
    Some(match round(&file(area, case, "input_xml")?, false) {
        Err(error) if error.message() == expected.trim_end() => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{:?}, expected {:?}", error.message(), expected.trim_end())),
        Ok(_) => Outcome::Failed(format!("accepted, expected {:?}", expected.trim_end())),
    })
}

/// A running guest's documents: they must come out as they went in.
fn running(area: &Path, case: &Value) -> Option<Outcome> {
    let expected = file(area, case, "expected_active")?;
    Some(compare(&expected, &expected, true))
}

/// Sixteen hexadecimal digits (FNV-1a).
fn digest(area: &str, case: &str) -> String {
    let bytes = area.bytes().chain(*b"/").chain(case.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

#[test]
fn domains_print_as_the_peer_prints_them() {
    let Some(corpus) = corpus() else { skip::skip!("needs the peer's test data (FERROVIRT_CORPUS)") };
    let known = include_str!("corpus.known");
    let mut known: BTreeMap<&str, &str> = known.lines().filter_map(|line| line.split_once(' ')).collect();
    let (mut passed, mut unsupported, mut list, mut wrong) = (0, BTreeMap::new(), String::new(), vec![]);
    type Check = fn(&Path, &Value) -> Option<Outcome>;
    let areas: [(&str, &str, Check); 5] = [
        ("genericxml2xml", "", generic),
        ("qemuxmlconf", "", complete),
        ("qemuxmlconf", "read ", readable),
        ("qemuxmlconf", "refuse ", refused),
        ("qemuxmlactive2xml", "", running),
    ];
    for (area, kind, check) in areas {
        for case in cases(&corpus.join(area)) {
            let name = &format!("{kind}{}", case["case"].as_str().unwrap());
            let listed = known.remove(digest(area, name).as_str()).is_some();
            match check(&corpus.join(area), &case) {
                None => {}
                Some(Outcome::Passed) => {
                    passed += 1;
                    if listed {
                        wrong.push(format!("{area}/{name} passes: take {} off the list", digest(area, name)));
                    }
                }
                Some(Outcome::Unsupported(what)) => *unsupported.entry(what).or_insert(0) += 1,
                Some(Outcome::Failed(what)) => {
                    let _ = writeln!(list, "{} {what}", digest(area, name));
                    if !listed {
                        wrong.push(format!("{area}/{name}: {what}"));
                    }
                }
            }
        }
    }
    if let Some(path) = std::env::var_os("FERROVIRT_CORPUS_LIST") {
        std::fs::write(path, &list).unwrap();
    }
    let refused: u32 = unsupported.values().sum();
    println!("{passed} print as expected, {refused} are not supported, {} fail", list.lines().count());
    let mut unsupported: Vec<_> = unsupported.into_iter().collect();
    unsupported.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (what, count) in unsupported.iter().take(40) {
        println!("  {count:3} {what}");
    }
    wrong.extend(known.keys().map(|digest| format!("{digest} is on the list but is no case any more")));
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
