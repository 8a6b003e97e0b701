//! Capabilities on disk: one JSON file for each binary. What cannot be read is asked for again.

use super::{Accelerated, Caps, Flag, Stamp};
use crate::monitor::{CpuDefinition, MachineInfo, Version};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use vir_base::{Result, atomic, file};

/// Raised when what is asked or kept changes: older files are then asked for again.
const FORMAT: u64 = 3;
const MAX_FILE: u64 = 8 * 1024 * 1024;

fn path(directory: &Path, binary: &Path) -> PathBuf {
    // '/' becomes '-'; what was '-' is doubled, so that no two binaries share a file
    let name = binary.to_string_lossy().replace('-', "--").replace('/', "-");
    directory.join(format!("{}.json", name.trim_start_matches('-')))
}

pub(super) fn save(directory: &Path, caps: &Caps) -> Result<()> {
    file::make_dirs(directory, 0o755)?;
    let machines: Vec<Value> = caps.tcg.machines.iter().map(machine_to).collect();
    let cpus: Vec<Value> = caps
        .tcg
        .cpus
        .iter()
        .map(|c| {
            json!({"name": c.name, "type": c.typename, "missing": c.unavailable_features,
                   "deprecated": c.deprecated})
        })
        .collect();
    let v = &caps.version;
    let value = json!({
        "format": FORMAT,
        "binary": caps.binary.to_string_lossy(),
        "stamp": stamp_to(caps.stamp),
        "version": [v.major, v.minor, v.micro],
        "package": v.package,
        "arch": caps.arch,
        "kvm": caps.kvm,
        "machines": machines,
        "cpus": cpus,
        "types": caps.types,
        "flags": caps.flags.iter().map(Flag::name).collect::<Vec<_>>(),
    });
    atomic::replace(path(directory, &caps.binary), value.to_string().as_bytes(), atomic::PRIVATE)
}

pub(super) fn load(directory: &Path, binary: &Path, stamp: Stamp) -> Option<Caps> {
    let bytes = file::read_all(path(directory, binary), MAX_FILE).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    if value["format"] != FORMAT || value["stamp"] != stamp_to(stamp) {
        return None;
    }
    let part = |index: usize| value["version"][index].as_u64()?.try_into().ok();
    Some(Caps {
        binary: binary.to_owned(),
        stamp,
        version: Version {
            major: part(0)?,
            minor: part(1)?,
            micro: part(2)?,
            package: value["package"].as_str()?.to_owned(),
        },
        arch: value["arch"].as_str()?.to_owned(),
        kvm: value["kvm"].as_bool()?,
        tcg: Accelerated {
            machines: value["machines"].as_array()?.iter().map(machine_from).collect::<Option<_>>()?,
            cpus: value["cpus"].as_array()?.iter().map(cpu_from).collect::<Option<_>>()?,
            host_cpu: None,
        },
        with_kvm: None,
        gics: Vec::new(),
        secure_guest: false,
        enclaves: Vec::new(),
        types: value["types"].as_array()?.iter().filter_map(text).collect(),
        flags: value["flags"].as_array()?.iter().filter_map(|name| Flag::of(name.as_str()?)).collect(),
    })
}

fn stamp_to(s: Stamp) -> Value {
    json!([s.device, s.inode, s.size, s.modified.0, s.modified.1, s.changed.0, s.changed.1])
}

fn machine_to(m: &MachineInfo) -> Value {
    json!({"name": m.name, "alias": m.alias, "default": m.is_default, "cpus": m.cpu_max,
           "hotplug": m.hotplug_cpus, "numa": m.numa_mem_supported, "deprecated": m.deprecated,
           "cpu": m.default_cpu_type, "ram": m.default_ram_id, "acpi": m.acpi})
}

fn machine_from(v: &Value) -> Option<MachineInfo> {
    Some(MachineInfo {
        name: text(&v["name"])?,
        alias: text(&v["alias"]),
        is_default: v["default"].as_bool()?,
        cpu_max: v["cpus"].as_u64()?.try_into().ok()?,
        hotplug_cpus: v["hotplug"].as_bool()?,
        numa_mem_supported: v["numa"].as_bool()?,
        deprecated: v["deprecated"].as_bool()?,
        default_cpu_type: text(&v["cpu"]),
        default_ram_id: text(&v["ram"]),
        acpi: v["acpi"].as_bool(),
    })
}

fn cpu_from(v: &Value) -> Option<CpuDefinition> {
    Some(CpuDefinition {
        name: text(&v["name"])?,
        typename: text(&v["type"])?,
        unavailable_features: v["missing"].as_array().map(|l| l.iter().filter_map(text).collect()),
        deprecated: v["deprecated"].as_bool()?,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
