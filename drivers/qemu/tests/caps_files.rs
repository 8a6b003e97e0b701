//! The capability documents of real QEMUs: each is read and written again.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use vir_base::{Result, err};
use vir_driver_qemu::caps::document::CapsDocument;
use vir_driver_qemu::caps::{Flag, Flags, found, questions};

#[test]
fn documents_of_real_binaries_come_out_as_they_went_in() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/qemucapabilities");
    let Ok(entries) = std::fs::read_dir(directory) else { skip::skip!("needs ../shared") };
    let mut seen = 0;
    for entry in entries.flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "xml")) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let caps =
            CapsDocument::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        assert!(caps.to_xml() == text, "{} comes out otherwise", entry.path().display());
        seen += 1;
    }
    assert!(seen > 20, "{seen} documents");
}

/// The answers that a real binary gave, by what it was asked.
fn answers(text: &str) -> HashMap<String, Value> {
    let mut all = HashMap::new();
    let mut documents =
        serde_json::Deserializer::from_str(text).into_iter::<Value>().map_while(|one| one.ok());
    while let (Some(question), Some(answer)) = (documents.next(), documents.next()) {
        all.entry(key(question["execute"].as_str().unwrap(), &question["arguments"])).or_insert(answer);
    }
    all
}

fn key(command: &str, arguments: &Value) -> String {
    format!("{command} {arguments}")
}

#[test]
fn answers_of_real_binaries_say_what_they_can_do() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/qemucapabilities");
    let Ok(entries) = std::fs::read_dir(directory) else { skip::skip!("needs ../shared") };
    let mut seen = 0;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "replies") {
            continue;
        }
        let answers = answers(&std::fs::read_to_string(&path).unwrap());
        let caps =
            CapsDocument::parse(&std::fs::read_to_string(path.with_extension("xml")).unwrap()).unwrap();
        let mut ask = |command: &str, arguments: Value| -> Result<Value> {
            let answer = answers.get(&key(command, &arguments)).unwrap_or(&Value::Null);
            match answer.get("return") {
                Some(value) => Ok(value.clone()),
                None => Err(err!(Qemu, InternalError, "not answered")),
            }
        };
        let types = ask("qom-list-types", Value::Null).unwrap();
        let types = types.as_array().unwrap().iter().filter_map(|one| one["name"].as_str());
        let types: BTreeSet<String> = types.map(str::to_owned).collect();
        let mut flags = found::of_types(&types);
        flags.extend(questions::flags(&mut ask, &types, &caps.arch).unwrap().iter());
        questions::without_host(&mut ask, &mut flags);
        // who runs the guest's instructions is asked elsewhere
        let accelerators = [Flag::Kvm, Flag::Hvf, Flag::Tcg];
        let mut wanted: Flags = caps.flags().filter_map(Flag::of).collect();
        for flag in accelerators {
            flags.clear(flag);
            wanted.clear(flag);
        }
        let lacks: Vec<Flag> = wanted.iter().filter(|flag| !flags.has(*flag)).collect();
        let extra: Vec<Flag> = flags.iter().filter(|flag| !wanted.has(*flag)).collect();
        assert!(lacks.is_empty() && extra.is_empty(), "{}: lacks {lacks:?}, extra {extra:?}", path.display());
        seen += 1;
    }
    assert!(seen > 20, "{seen} binaries");
}
