//! Documents that are refused: our daemon and the C one are given the same ones, and message, code, domain and level of
//! what they say are compared. Those of [`documents`] are our own; where cases of documents that libvirt's own tests
//! refuse are installed, they are put before both, too.
//!
//! Domains go to the QEMU driver, which knows the installed QEMU, and those that any driver refuses to the test driver.
//! Differences that are known stand in `refusals.list`, each with its reason; one that is not seen any more fails the
//! test, so that the list only shrinks.

mod documents;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use ferrovirt_tests::daemon::{Daemon, Kind, Mode};
use ferrovirt_tests::stage::built;
use ferrovirt_tests::{paths, skip};
use serde_json::{Value, json};

use crate::differential::{BINDING, PYTHON, kind_of, of_type};

/// Known differences: whose documents, what differs, why.
const LIST: &str = include_str!("refusals.list");

/// Says of each thing that is asked either nothing, since it was done, or message, code, domain and level.
const SCRIPT: &str = r#"
import json, sys, libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
connections = {name: libvirt.open(uri) for name, uri in json.loads(sys.argv[1]).items()}

def forget(domain):
    for flags in [0, libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA, libvirt.VIR_DOMAIN_UNDEFINE_NVRAM]:
        try:
            return domain.undefineFlags(flags)
        except libvirt.libvirtError as error:
            why = error
    sys.exit(f'{domain.name()} stays: {why}')

def domain(connection, xml):
    forget(connection.defineXML(xml))

def network(connection, xml):
    connection.networkDefineXML(xml).undefine()

def checkpoint(connection, xml):
    guest = connection.defineXML(GUEST)
    try:
        guest.checkpointCreateXML(xml, libvirt.VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE)
    finally:
        forget(guest)

def snapshot(connection, xml):
    guest = connection.defineXML(GUEST)
    try:
        guest.snapshotCreateXML(xml, 0)
    finally:
        forget(guest)

def update(connection, xml, change, command, section, parent):
    made = connection.networkDefineXML(xml)
    try:
        made.update(getattr(libvirt, command), getattr(libvirt, section), parent, change, libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG)
    finally:
        made.undefine()

def pool(connection, xml):
    connection.storagePoolDefineXML(xml, 0).undefine()

def volume(connection, xml):
    connection.storagePoolLookupByName('default-pool').createXML(xml, 0).delete(0)

def interface(connection, xml):
    connection.interfaceDefineXML(xml, 0).undefine()

def node_device(connection, xml):
    connection.nodeDeviceCreateXML(xml, 0).destroy()

GUEST = "<domain type='test'><name>refusing</name><memory>65536</memory><os><type>hvm</type></os><devices><disk type='file'><driver type='qcow2'/><source file='/nowhere'/><target dev='vda'/></disk></devices></domain>"
said = []
for driver, kind, *documents in json.load(open(sys.argv[2])):
    try:
        globals()[kind](connections[driver], *documents)
        said.append(None)
    except libvirt.libvirtError as error:
        said.append([error.get_error_message() or '', error.get_error_code(), error.get_error_domain(), error.get_error_level()])
json.dump(said, open(sys.argv[3], 'w'))
"#;

/// What is asked: the driver, the kind of thing, and its documents.
type Asked = Value;

/// What a daemon says of each.
fn answers(kind: &Kind, asked: &[Asked]) -> Vec<Value> {
    let daemon = Daemon::start(kind, Mode::System).unwrap_or_else(|error| panic!("{error}"));
    let (question, answer) = (daemon.directory().join("asked"), daemon.directory().join("said"));
    fs::write(&question, Value::from(asked.to_vec()).to_string()).unwrap();
    let uris = json!({ "qemu": daemon.uri("qemu"), "test": daemon.uri("test") });
    let mut command = Command::new(PYTHON);
    let status = command.args(["-c", SCRIPT, &uris.to_string()]).arg(question).arg(&answer).status().unwrap();
    assert!(status.success(), "{status}\nThe daemon says:\n{}", daemon.log());
    let said: Value = serde_json::from_str(&fs::read_to_string(answer).unwrap()).unwrap();
    said.as_array().cloned().unwrap_or_default()
}

/// What of the answers differs, without names and numbers; nothing if they are the same.
fn difference(theirs: &Value, ours: &Value) -> Option<String> {
    if theirs == ours {
        return None;
    }
    let kind = |said: &Value| match said.as_array().map(Vec::as_slice) {
        Some([message, rest @ ..]) => {
            let numbers: Vec<String> = rest.iter().map(ToString::to_string).collect();
            format!("{:?} ({})", kind_of(message.as_str().unwrap_or_default()), numbers.join(" "))
        }
        _ => "nothing".to_owned(),
    };
    Some(format!("theirs {}, ours {}", kind(theirs), kind(ours)))
}

/// Asks both daemons, and holds what differs against the list's part of that name.
fn compare(part: &str, asked: &[Asked]) {
    let (theirs, ours) = (answers(&Kind::Peer, asked), answers(&Kind::Ours(built()), asked));
    assert_eq!((theirs.len(), ours.len()), (asked.len(), asked.len()));
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut refused = 0;
    for ((asked, theirs), ours) in asked.iter().zip(&theirs).zip(&ours) {
        refused += usize::from(theirs.is_array());
        if let Some(what) = difference(theirs, ours) {
            seen.entry(what).or_insert_with(|| format!("{asked}\n--- theirs\n{theirs}\n--- ours\n{ours}"));
        }
    }
    println!("{part}: {} documents, {refused} refused, {} differences", asked.len(), seen.len());
    if let Some(file) = env::var_os("FERROVIRT_DIFFERENCES") {
        let all: String = seen.iter().map(|(what, detail)| format!("{what}\n{detail}\n\n")).collect();
        fs::write(file, all).unwrap();
    }
    let known: BTreeSet<&str> = LIST
        .lines()
        .filter_map(|line| line.strip_prefix(part)?.strip_prefix(": ")?.split(" ## ").next())
        .collect();
    let new: Vec<String> = seen
        .iter()
        .filter(|(what, _)| !known.contains(what.as_str()))
        .map(|(what, detail)| format!("{part}: {what}\n{detail}"))
        .collect();
    assert!(new.is_empty(), "{} new differences\n{}", new.len(), new.join("\n\n"));
    let gone: Vec<&&str> = known.iter().filter(|what| !seen.contains_key(**what)).collect();
    assert!(gone.is_empty(), "not seen any more, take it from the list: {gone:#?}");
}

/// What this host lacks for these tests.
fn lacking() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        Some("root")
    } else if !Path::new(BINDING).exists() {
        Some("libvirt's Python binding")
    } else if !Path::new("/usr/sbin/libvirtd").exists() {
        Some("libvirt's own daemon")
    } else {
        paths::program("qemu-system-x86_64").is_none().then_some("qemu-system-x86_64")
    }
}

#[test]
fn what_is_refused_is_refused_in_the_same_words() {
    if let Some(what) = lacking() {
        skip!("needs {what}");
    }
    compare("own", &documents::all());
}

/// Where libvirt's own cases are, if they are here.
fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")
}

/// The cases of an area that libvirt's tests refuse: conditions, and a function that reads a file by its role.
fn refused(area: &str) -> Vec<(Value, PathBuf)> {
    let directory = cases().join(area);
    let Ok(index) = fs::read_to_string(directory.join("index.json")) else { return vec![] };
    let Ok(Value::Array(all)) = serde_json::from_str(&index) else { panic!("{area}: no list of cases") };
    let is_refused = |case: &Value| matches!(case["expect"].as_str(), Some("parse-error" | "fail"));
    all.into_iter().filter(is_refused).map(|case| (case, directory.clone())).collect()
}

fn file((case, directory): &(Value, PathBuf), role: &str) -> Option<String> {
    fs::read_to_string(directory.join(case["files"][role].as_str()?)).ok()
}

#[test]
fn cases_of_the_peer_s_own_tests_are_refused_in_the_same_words() {
    if let Some(what) = lacking() {
        skip!("needs {what}");
    }
    if !cases().is_dir() {
        skip!("needs cases of libvirt's own tests, beside the checkout");
    }
    let mut asked = vec![];
    for area in ["genericxml2xml", "qemuxmlconf"] {
        for xml in refused(area).iter().filter_map(|case| file(case, "input_xml")) {
            asked.push(json!(["qemu", "domain", xml]));
            if vir_xml::parse(&xml, None).is_ok() {
                asked.push(json!(["test", "domain", of_type("test", &xml)]));
            }
        }
    }
    for xml in refused("networkxml2xml").iter().filter_map(|case| file(case, "input_xml")) {
        asked.push(json!(["test", "network", xml]));
    }
    for xml in refused("qemudomaincheckpoint").iter().filter_map(|case| file(case, "input_xml")) {
        asked.push(json!(["test", "checkpoint", xml]));
    }
    for case in refused("networkxml2xmlupdate") {
        let (Some(network), Some(change)) = (file(&case, "network_xml"), file(&case, "update_xml")) else {
            continue;
        };
        let how = &case.0["params"];
        asked.push(json!([
            "test",
            "update",
            network,
            change,
            how["command"],
            how["section"],
            how["parent_index"]
        ]));
    }
    compare("theirs", &asked);
}
