use super::document::{OpenLog, read, write};
use crate::logs::{Guest, Logs};
use crate::rotation::Limits;
use serde_json::{Value, json};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use vir_daemon::reexec::{Faults, Object, Successor};

const UUID: &str = "c7a5fdbd-edaf-9455-926a-d65c16db1809";

fn guest() -> Guest {
    Guest { driver: "qemu".into(), uuid: UUID.parse().unwrap(), name: "vm".into() }
}

fn faults(handler: Value) -> (Vec<OpenLog>, Vec<String>) {
    let text = json!({ "handler": handler }).to_string();
    let own = Object::parse(text.as_bytes()).unwrap();
    let mut faults = Faults::default();
    let logs = read(&own, &mut faults);
    (logs, faults.iter().map(|fault| fault.message().to_owned()).collect())
}

#[test]
fn what_is_written_is_the_peers_form_and_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vm.log");
    let mut logs = Logs::new(Limits { size: 0, backups: 3 });
    let (id, _end, _) = logs.open(guest(), &path, false).unwrap();
    let fd = logs.pipe(id).unwrap().as_raw_fd();
    for successor in [Successor::Ours, Successor::Peer] {
        let mut own = Object::default();
        write(&mut own, logs.iter(), successor).unwrap();
        let wanted = json!({"handler": {"files": [
            {"pipefd": fd, "path": path.to_str().unwrap(), "driver": "qemu", "domname": "vm", "domuuid": UUID}
        ]}});
        assert_eq!(serde_json::to_string(&own).unwrap(), wanted.to_string());
        let mut faults = Faults::default();
        assert_eq!(read(&own, &mut faults), [OpenLog { guest: guest(), path: path.clone(), pipe: fd }]);
        assert!(faults.is_empty());
    }
}

#[test]
fn a_path_that_is_not_text_goes_to_ours_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(std::ffi::OsStr::from_bytes(b"\xff.log"));
    let mut logs = Logs::new(Limits { size: 0, backups: 3 });
    let (_, _end, _) = logs.open(guest(), &path, false).unwrap();
    let mut own = Object::default();
    write(&mut own, logs.iter(), Successor::Ours).unwrap();
    assert_eq!(read(&own, &mut Faults::default())[0].path, path);
    assert!(write(&mut own, logs.iter(), Successor::Peer).is_err());
}

#[test]
fn what_is_missing_is_said_in_the_peers_words_and_the_rest_kept() {
    let (logs, said) = faults(json!({"files": [
        {"pipefd": 9, "path": "/x"},
        {"path": "/y", "driver": "d", "domname": "n", "domuuid": "x"},
        {"pipefd": 10, "driver": "d", "domname": "n", "domuuid": UUID},
        7,
    ]}));
    let (path, pipe) = (Path::new("/x").to_owned(), 9);
    assert_eq!(logs, [OpenLog { guest: Guest::default(), path, pipe }]);
    let first = [
        "internal error: Missing 'driver' in JSON document",
        "internal error: Missing 'domname' in JSON document",
        "internal error: Missing 'domuuid' in JSON document",
        "internal error: Malformed 'domuuid' in JSON document",
        "internal error: Missing 'pipefd' in JSON document",
        "internal error: Missing 'path' field in JSON document",
    ];
    assert_eq!(said[..6], first);
    assert_eq!(said.len(), 11);
    assert_eq!(faults(json!({})).1, ["internal error: Missing files data from JSON file"]);
    assert_eq!(faults(json!({"files": 1})).1, ["internal error: Malformed files array"]);
    assert_eq!(faults(json!(1)).1, ["internal error: Malformed daemon data from JSON file"]);
}
