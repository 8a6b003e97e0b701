//! Descriptors of real packages: what is read of them, which count, what they offer.

use serde_json::Value;
use std::path::{Path, PathBuf};
use vir_driver_qemu::firmware::{Firmware, descriptor_files, descriptors, supported};

/// A directory with the links that the shared data cannot hold.
struct Host {
    root: tempfile::TempDir,
    index: Vec<Value>,
    area: PathBuf,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

impl Host {
    fn new() -> Option<Host> {
        let area = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/qemufirmware");
        let json = |name: &str| -> Option<Value> {
            serde_json::from_str(&std::fs::read_to_string(area.join(name)).ok()?).ok()
        };
        let (index, links) = (json("index.json")?.as_array()?.clone(), json("links.json")?);
        let root = tempfile::tempdir().unwrap();
        for part in ["etc", "usr", "home"] {
            copy(&area.join(part), &root.path().join(part));
        }
        for (link, target) in links["."].as_object().unwrap() {
            let link = root.path().join(link);
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(target.as_str().unwrap(), link).unwrap();
        }
        Some(Host { root, index, area })
    }

    fn directories(&self) -> Vec<PathBuf> {
        ["home/user/.config/qemu/firmware", "etc/qemu/firmware", "usr/share/qemu/firmware"]
            .map(|directory| self.root.path().join(directory))
            .into()
    }

    fn cases(&self, kind: &str) -> Vec<&Value> {
        let cases: Vec<_> = self.index.iter().filter(|case| case["kind"] == kind).collect();
        assert!(!cases.is_empty(), "{kind}");
        cases
    }
}

#[test]
fn descriptors_of_packages() {
    let Some(host) = Host::new() else { skip::skip!("needs ../shared") };
    for case in host.cases("parse-format") {
        let read = |role: &str| std::fs::read_to_string(host.area.join(case["files"][role].as_str()?)).ok();
        let parsed = Firmware::parse(&read("input_json").unwrap(), "it");
        if case["expect"] == "parse-error" {
            assert!(parsed.is_err());
            continue;
        }
        let mut expected: Value = serde_json::from_str(&read("expected_json").unwrap()).unwrap();
        for key in ["description", "tags"] {
            expected.as_object_mut().unwrap().remove(key);
        }
        assert_eq!(parsed.unwrap().to_json(), expected, "{}", case["case"]);
    }
}

#[test]
fn their_order() {
    let Some(host) = Host::new() else { skip::skip!("needs ../shared") };
    for case in host.cases("precedence") {
        let files = descriptor_files(&host.directories());
        let under = |path: &PathBuf| format!("/{}", path.strip_prefix(host.root.path()).unwrap().display());
        let files: Vec<String> = files.iter().map(under).collect();
        assert_eq!(Value::from(files), case["params"]["order"]);
    }
}

#[test]
fn what_they_offer_a_machine_type() {
    let Some(host) = Host::new() else { skip::skip!("needs ../shared") };
    let firmwares = descriptors(&host.directories());
    for case in host.cases("supported") {
        let wanted = &case["params"];
        let found =
            supported(&firmwares, wanted["arch"].as_str().unwrap(), wanted["machine"].as_str().unwrap());
        let interfaces = [("bios", found.bios), ("efi", found.efi)];
        let interfaces: Vec<&str> =
            interfaces.iter().filter(|(_, yes)| *yes).map(|(name, _)| *name).collect();
        assert_eq!(Value::from(interfaces), wanted["interfaces"], "{}", case["case"]);
        assert_eq!(Value::from(found.secure), wanted["secure"], "{}", case["case"]);
        let images = found
            .images
            .iter()
            .map(|(image, template)| serde_json::json!({"loader": image, "nvram": template}));
        assert_eq!(Value::from(images.collect::<Vec<_>>()), wanted["firmwares"], "{}", case["case"]);
    }
}
