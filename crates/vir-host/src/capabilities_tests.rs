//! What the capabilities say about captured hosts, against what is published about them.

use super::*;
use crate::caches::CacheKind;
use crate::numa::{Associativity, Measure, WritePolicy};
use crate::published::{area, copy, json, link};
use crate::resctrl::{CacheControl, Monitor};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A size in the largest unit that leaves no rest.
fn pretty(mut size: u64) -> (u64, usize) {
    let mut unit = 0;
    while size != 0 && size.is_multiple_of(1024) && unit < 4 {
        size /= 1024;
        unit += 1;
    }
    (size, unit)
}

const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

fn kind(kind: CacheKind) -> &'static str {
    match kind {
        CacheKind::Both => "both",
        CacheKind::Code => "code",
        CacheKind::Data => "data",
    }
}

fn control(control: &CacheControl) -> String {
    let (_, step_unit) = pretty(control.granularity);
    let unit = if control.min == 0 { step_unit } else { step_unit.min(pretty(control.min).1) };
    let scaled = |size: u64| size >> (10 * unit);
    let min = if control.min == 0 { String::new() } else { format!(" min='{}'", scaled(control.min)) };
    format!(
        "<control granularity='{}'{min} unit='{}' type='{}' maxAllocs='{}'",
        scaled(control.granularity),
        UNITS[unit],
        kind(control.scope),
        control.max_allocations
    )
}

fn monitor(monitor: &Monitor) -> Vec<String> {
    let level = monitor.level.map_or(String::new(), |level| format!("level='{level}' "));
    let reuse = monitor.reuse_threshold.map_or(String::new(), |bytes| format!("reuseThreshold='{bytes}' "));
    let mut lines = vec![format!("<monitor {level}{reuse}maxMonitors='{}'", monitor.max_monitors)];
    lines.extend(monitor.features.iter().map(|name| format!("<feature name='{name}'")));
    lines
}

/// The lines of a document that depend on what is found in captured files alone.
fn lines(host: &Host) -> Vec<String> {
    let mut lines = Vec::new();
    for cell in host.cells().unwrap() {
        for cache in &cell.caches {
            let associativity = match cache.associativity {
                Associativity::None => "none",
                Associativity::Direct => "direct",
                Associativity::Full => "full",
            };
            let policy = match cache.policy {
                WritePolicy::None => "none",
                WritePolicy::WriteBack => "writeback",
                WritePolicy::WriteThrough => "writethrough",
            };
            lines.push(format!(
                "<cache level='{}' associativity='{associativity}' policy='{policy}'",
                cache.level
            ));
        }
        lines.push(format!("<cpus num='{}'", cell.cpus.len()));
        for cpu in cell.cpus {
            lines.push(format!(
                "<cpu id='{}' socket_id='{}' die_id='{}' cluster_id='{}' core_id='{}' siblings='{}'",
                cpu.id, cpu.socket, cpu.die, cpu.cluster, cpu.core, cpu.siblings
            ));
        }
    }
    for i in host.interconnects().unwrap() {
        let (name, unit) = match i.measure {
            Measure::Latency => ("latency", ""),
            Measure::Bandwidth => ("bandwidth", " unit='KiB'"),
        };
        let access = if i.write { "write" } else { "read" };
        let (from, to, value) = (i.initiator, i.target, i.value);
        lines.push(format!("<{name} initiator='{from}' target='{to}' type='{access}' value='{value}'{unit}"));
    }
    let banks = host.cache_banks().unwrap();
    let resources = host.resource_control(&banks).unwrap();
    for bank in &banks {
        let (size, unit) = pretty(bank.size);
        lines.push(format!(
            "<bank id='{}' level='{}' type='{}' size='{size}' unit='{}' cpus='{}'",
            bank.id,
            bank.level,
            kind(bank.kind),
            UNITS[unit],
            bank.cpus
        ));
        lines.extend(resources.controls_of(bank).map(control));
    }
    lines.extend(resources.cache_monitor.iter().flat_map(monitor));
    for node in &resources.bandwidth {
        lines.push(format!("<node id='{}' cpus='{}'", node.id, node.cpus));
        lines.push(format!(
            "<control granularity='{}' min='{}' maxAllocs='{}'",
            node.granularity, node.min, node.max_allocations
        ));
    }
    lines.extend(resources.bandwidth_monitor.iter().flat_map(monitor));
    lines
}

/// All captures, with their links, some of which lead from one kind to the other.
fn all_captures() -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    for name in ["vircaps2xml", "virhostcpu"] {
        let from = area(name)?;
        copy(&from, &dir.path().join(name));
        for (host, links) in json(&from.join("links.json")).as_object().unwrap() {
            link(links, &dir.path().join(name).join(host));
        }
    }
    Some(dir)
}

fn captured(tree: &Path, dir: &Path) -> Host {
    for name in ["sys/devices", "sys/fs", "proc"] {
        fs::create_dir_all(dir.join(name)).unwrap();
    }
    symlink(tree.join("system"), dir.join("sys/devices/system")).unwrap();
    symlink(tree.join("resctrl"), dir.join("sys/fs/resctrl")).unwrap();
    fs::write(dir.join("proc/cpuinfo"), "").unwrap();
    fs::write(dir.join("proc/meminfo"), "MemTotal: 1 kB\n").unwrap();
    Host::captured(dir, "x86_64")
}

#[test]
fn published_capabilities() {
    let Some(captures) = all_captures() else { skip::skip!("no ../shared/corpus beside this working copy") };
    let area = captures.path().join("vircaps2xml");
    for case in json(&area.join("index.json")).as_array().unwrap() {
        let name = case["params"]["host"].as_str().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let host = captured(&area.join(name), dir.path());
        let document =
            fs::read_to_string(area.join(case["files"]["expected_xml"].as_str().unwrap())).unwrap();
        let kinds = [
            "cache level",
            "cpus num",
            "cpu id",
            "latency",
            "bandwidth",
            "bank",
            "control",
            "monitor",
            "feature",
            "node",
        ];
        let wanted = |line: &&str| {
            kinds.iter().any(|kind| line.strip_prefix('<').is_some_and(|l| l.starts_with(kind)))
        };
        let expected = document.lines().map(str::trim).filter(wanted);
        let expected: Vec<_> = expected.map(|l| l.trim_end_matches(['/', '>'])).collect();
        assert_eq!(lines(&host), expected, "{name}");
    }
}

#[test]
fn this_host_can_be_described() {
    let found = Host::real().capabilities(&UuidSource::default()).unwrap();
    assert!(found.uuid.is_valid() && !found.arch.is_empty());
    assert!(found.page_sizes.contains(&Host::real().page_size()));
    assert!(found.cells.iter().any(|cell| !cell.cpus.is_empty() && cell.memory > 0));
}
