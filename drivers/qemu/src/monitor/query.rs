//! What QEMU is: version, machines, processor models; and its processors and character devices.

use super::{Monitor, malformed};
use serde_json::Value;
use std::collections::BTreeMap;
use vir_base::Result;

/// QEMU's version.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs)] // the names say it
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub micro: u32,
    /// The packager's addition.
    pub package: String,
}

impl Version {
    /// As libvirt numbers versions: 10.0.2 is 10000002.
    pub fn number(&self) -> u64 {
        u64::from(self.major) * 1_000_000 + u64::from(self.minor) * 1_000 + u64::from(self.micro)
    }
}

/// A machine type.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MachineInfo {
    /// The name.
    pub name: String,
    /// Another name for it: `q35` for `pc-q35-10.0`.
    pub alias: Option<String>,
    /// Used when none is asked for.
    pub is_default: bool,
    /// Most virtual CPUs.
    pub cpu_max: u32,
    /// Virtual CPUs can be plugged.
    pub hotplug_cpus: bool,
    /// NUMA memory must be given by objects.
    pub numa_mem_supported: bool,
    /// May go in a later QEMU.
    pub deprecated: bool,
    /// The processor model used when none is asked for, as QEMU's type name.
    pub default_cpu_type: Option<String>,
    /// Name of the memory region that a `memory-backend` option replaces.
    pub default_ram_id: Option<String>,
    /// It can have ACPI; none if QEMU does not say.
    pub acpi: Option<bool>,
}

/// A processor model.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CpuDefinition {
    /// The name.
    pub name: String,
    /// QEMU's type name.
    pub typename: String,
    /// Features that keep it from being used on this host; empty if it can be.
    pub unavailable_features: Option<Vec<String>>,
    /// May go in a later QEMU.
    pub deprecated: bool,
}

/// A virtual CPU and its thread.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CpuInfo {
    /// Number, from 0.
    pub index: u32,
    /// Thread on the host.
    pub thread_id: i32,
    /// QEMU's path of the object.
    pub qom_path: String,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list<T>(reply: &Value, command: &str, each: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>> {
    let items = reply.as_array().ok_or_else(|| malformed(command))?;
    items.iter().map(|item| each(item).ok_or_else(|| malformed(command))).collect()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|n| n.try_into().ok())
}

impl Monitor {
    /// `query-version`.
    pub fn query_version(&self) -> Result<Version> {
        let reply = self.run("query-version")?;
        let part = |name: &str| number(&reply["qemu"][name]);
        match (part("major"), part("minor"), part("micro")) {
            (Some(major), Some(minor), Some(micro)) => {
                let package = text(&reply["package"]).unwrap_or_default();
                Ok(Version { major, minor, micro, package })
            }
            _ => Err(malformed("query-version")),
        }
    }

    /// `query-machines`.
    pub fn query_machines(&self) -> Result<Vec<MachineInfo>> {
        list(&self.run("query-machines")?, "query-machines", |m| {
            let flag = |name: &str| m[name].as_bool().unwrap_or(false);
            Some(MachineInfo {
                name: text(&m["name"])?,
                alias: text(&m["alias"]),
                is_default: flag("is-default"),
                cpu_max: number(&m["cpu-max"]).unwrap_or(1),
                hotplug_cpus: flag("hotpluggable-cpus"),
                numa_mem_supported: flag("numa-mem-supported"),
                deprecated: flag("deprecated"),
                default_cpu_type: text(&m["default-cpu-type"]),
                default_ram_id: text(&m["default-ram-id"]),
                acpi: m["acpi"].as_bool(),
            })
        })
    }

    /// `query-cpu-definitions`.
    pub fn query_cpu_definitions(&self) -> Result<Vec<CpuDefinition>> {
        list(&self.run("query-cpu-definitions")?, "query-cpu-definitions", |c| {
            let missing = c["unavailable-features"].as_array();
            Some(CpuDefinition {
                name: text(&c["name"])?,
                typename: text(&c["typename"]).unwrap_or_default(),
                unavailable_features: missing.map(|list| list.iter().filter_map(text).collect()),
                deprecated: c["deprecated"].as_bool().unwrap_or(false),
            })
        })
    }

    /// `query-kvm`: (built in and there, in use).
    pub fn query_kvm(&self) -> Result<(bool, bool)> {
        let reply = self.run("query-kvm")?;
        match (reply["present"].as_bool(), reply["enabled"].as_bool()) {
            (Some(present), Some(enabled)) => Ok((present, enabled)),
            _ => Err(malformed("query-kvm")),
        }
    }

    /// `query-target`: the architecture, in QEMU's name.
    pub fn query_target(&self) -> Result<String> {
        let reply = self.run("query-target")?;
        text(&reply["arch"]).ok_or_else(|| malformed("query-target"))
    }

    /// `query-cpus-fast`, in the order of the index.
    pub fn query_cpus(&self) -> Result<Vec<CpuInfo>> {
        let mut cpus = list(&self.run("query-cpus-fast")?, "query-cpus-fast", |c| {
            Some(CpuInfo {
                index: number(&c["cpu-index"])?,
                thread_id: c["thread-id"].as_i64()?.try_into().ok()?,
                qom_path: text(&c["qom-path"]).unwrap_or_default(),
            })
        })?;
        cpus.sort_by_key(|c| c.index);
        Ok(cpus)
    }

    /// `query-chardev`: where each character device ended up, by its id (`pty:/dev/pts/3`).
    pub fn query_chardev(&self) -> Result<BTreeMap<String, String>> {
        let devices = list(&self.run("query-chardev")?, "query-chardev", |c| {
            Some((text(&c["label"])?, text(&c["filename"])?))
        })?;
        Ok(devices.into_iter().collect())
    }

    /// The terminals of the character devices that have one, by id.
    pub fn query_ptys(&self) -> Result<BTreeMap<String, String>> {
        let mut ptys = self.query_chardev()?;
        ptys.retain(|_, name| match name.strip_prefix("pty:") {
            Some(path) => {
                *name = path.to_owned();
                true
            }
            None => false,
        });
        Ok(ptys)
    }
}
