//! Which crate may know which: the arrows of ARCHITECTURE.md, asserted from `cargo metadata`.
//!
//! A layer may know what stands below it in the table, never beside or above, and no driver knows
//! another. Libraries from elsewhere are not looked at here.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Every crate of the workspace and the crates of the workspace that it may depend on.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("vir-base", &[]),
    ("vir-xml", &["vir-base"]),
    ("vir-model", &["vir-base", "vir-xml"]),
    ("vir-schema", &["vir-base", "vir-xml", "vir-model"]),
    ("vir-storage", &["vir-base", "vir-xml", "vir-model"]),
    ("vir-api", &["vir-base"]),
    ("vir-proto", &["vir-base", "vir-api"]),
    ("vir-rpc", &["vir-base", "vir-proto"]),
    ("vir-sasl", &["vir-base"]),
    ("vir-tls", &["vir-base", "vir-rpc"]),
    ("vir-remote", &["vir-base", "vir-api", "vir-proto", "vir-rpc", "vir-sasl", "vir-tls"]),
    ("vir-logging", &["vir-base", "vir-proto", "vir-rpc"]),
    ("vir-locking", &["vir-base", "vir-proto", "vir-rpc"]),
    ("vir-daemon", &["vir-base", "vir-api", "vir-proto", "vir-rpc"]),
    ("vir-lockd", &["vir-base", "vir-api", "vir-proto", "vir-rpc", "vir-daemon"]),
    ("vir-logd", &["vir-base", "vir-api", "vir-proto", "vir-rpc", "vir-daemon"]),
    ("vir-host", &["vir-base"]),
    ("vir-node", &["vir-base", "vir-api", "vir-host", "vir-model"]),
    ("libvirt-sisters", &[]),
    ("libvirt", &["vir-base", "vir-api", "vir-remote", "vir-driver-test"]),
    ("virsh", &["vir-base", "vir-api", "vir-remote", "vir-xml", "vir-driver-test"]),
];

/// What every driver may know.
const DRIVER: &[&str] = &[
    "vir-base",
    "vir-xml",
    "vir-model",
    "vir-schema",
    "vir-storage",
    "vir-api",
    "vir-host",
    "vir-node",
    "vir-locking",
    "vir-logging",
];

/// For tests only: known by anyone's tests.
const TESTING: &[&str] = &["skip", "ferrovirt-tests", "ferrovirt-fuzzing", "ferrovirt-corpus"];

/// Says every arrow that points the wrong way.
pub(crate) fn check() -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(crate::paths::workspace())
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let empty = vec![];
    let packages = metadata["packages"].as_array().unwrap_or(&empty);
    let names: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        let deps = package["dependencies"].as_array().unwrap_or(&empty);
        let product = deps.iter().filter(|d| d["kind"].is_null()).filter_map(|d| d["name"].as_str());
        let own = product.filter(|d| names.contains(d) && !TESTING.contains(d)).collect();
        known.insert(package["name"].as_str().unwrap_or_default(), own);
    }
    let mut wrong = vec![];
    for (name, deps) in &known {
        let allowed: &[&str] = match MAY_KNOW.iter().find(|(n, _)| n == name) {
            Some((_, allowed)) => allowed,
            None if name.starts_with("vir-driver-") => DRIVER,
            // programs put everything together, chores and tests look at everything
            None if is_program(packages, name) || TESTING.contains(name) || *name == "xtask" => continue,
            None => {
                wrong.push(format!("{name} is in no layer: add it to the table"));
                continue;
            }
        };
        for dep in deps.iter().filter(|dep| !allowed.contains(dep)) {
            wrong.push(format!("{name} must not know {dep}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Programs live in `bins/`, measurements in `benches/`.
fn is_program(packages: &[Value], name: &str) -> bool {
    packages.iter().any(|p| {
        let path = p["manifest_path"].as_str().unwrap_or_default();
        p["name"] == name && (path.contains("/bins/") || path.contains("/benches/"))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn arrows_point_down() {
        if let Err(wrong) = super::check() {
            panic!("{wrong}");
        }
    }
}
