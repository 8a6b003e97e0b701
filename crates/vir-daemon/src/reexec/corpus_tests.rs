//! State documents that other releases wrote: they are read, and come back in today's form.

use super::fields::Faults;
use super::read::{self, Names};
use super::tree::Object;
use super::{salvage, write};
use serde_json::Value;
use std::path::{Path, PathBuf};
use vir_base::err;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/virnetdaemon");
    beside.is_dir().then_some(beside)
}

fn object(path: &Path) -> Object<'static> {
    let text = std::fs::read(path).unwrap();
    let (object, reason) = salvage::parse(&text);
    assert_eq!(reason, None, "{}", path.display());
    object.into_owned()
}

/// Reads a daemon's servers and writes them; the first fault is the error.
fn round(daemon: &Object<'_>, names: &[&str]) -> vir_base::Result<Value> {
    let mut faults = Faults::default();
    let servers = read::servers(daemon, Names { known: names, nameless: names }, &mut faults);
    for name in names {
        if faults.is_empty() && !servers.iter().any(|(known, _)| known == name) {
            faults.add(err!(Rpc, InternalError, "Server {name} was not created"));
        }
    }
    faults.into_result()?;
    Ok(serde_json::from_slice(&write::servers(&servers)).unwrap())
}

#[test]
fn documents_of_other_releases() {
    let Some(corpus) = corpus() else { skip::skip!("no ../shared/corpus beside this working copy") };
    let index = std::fs::read(corpus.join("index.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&index).unwrap();
    assert!(!cases.is_empty());
    for case in &cases {
        let file = |key: &str| case["files"][key].as_str().map(|name| corpus.join(name));
        let names: Vec<&str> =
            case["params"]["server_names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let what = &case["case"];
        match (round(&object(&file("input_json").unwrap()), &names), file("expected_error")) {
            (Ok(written), None) => {
                let expected = object(&file("expected_json").unwrap());
                assert_eq!(pretty(&written), pretty(&expected), "{what}");
            }
            (Err(error), Some(expected)) => {
                let expected = std::fs::read_to_string(expected).unwrap();
                assert_eq!(error.message(), expected.trim_end(), "{what}");
            }
            (result, _) => panic!("{what}: {result:?}"),
        }
    }
}

/// As text, since the order of members counts.
fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
