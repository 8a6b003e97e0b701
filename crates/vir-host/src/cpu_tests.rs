//! Topology on captured hosts.

use super::*;
use crate::published::{self, json};
use std::fs;
use std::path::Path;

/// A host of `cpus` processors, made from what each one's topology files say.
fn made_up(dir: &Path, nodes: &[&[u32]], place: impl Fn(u32) -> (i32, i32, String), online: &str) -> Host {
    let system = dir.join("sys/devices/system");
    let last = nodes.iter().flat_map(|n| n.iter()).max().unwrap();
    for cpu in 0..=*last {
        let topology = system.join(format!("cpu/cpu{cpu}/topology"));
        fs::create_dir_all(&topology).unwrap();
        let (socket, core, siblings) = place(cpu);
        fs::write(topology.join("physical_package_id"), format!("{socket}\n")).unwrap();
        fs::write(topology.join("core_id"), format!("{core}\n")).unwrap();
        fs::write(topology.join("thread_siblings_list"), format!("{siblings}\n")).unwrap();
    }
    fs::write(system.join("cpu/present"), format!("0-{last}\n")).unwrap();
    fs::write(system.join("cpu/online"), format!("{online}\n")).unwrap();
    for (id, cpus) in nodes.iter().enumerate() {
        let node = system.join(format!("node/node{id}"));
        fs::create_dir_all(&node).unwrap();
        fs::write(node.join("meminfo"), format!("Node {id} MemTotal: 1048576 kB\n")).unwrap();
        for cpu in *cpus {
            std::os::unix::fs::symlink(format!("../../cpu/cpu{cpu}"), node.join(format!("cpu{cpu}")))
                .unwrap();
        }
    }
    fs::create_dir_all(dir.join("proc")).unwrap();
    let cpuinfo = "vendor_id\t: V\ncpu MHz\t\t: 800.5\ncpu MHz\t\t: 2100.25\nmicrocode\t: 0x1f\n\
                   address sizes\t: 46 bits physical, 48 bits virtual\n";
    fs::write(dir.join("proc/cpuinfo"), cpuinfo).unwrap();
    Host::captured(dir, "x86_64")
}

fn numbers(info: &NodeInfo) -> [u32; 5] {
    [info.cpus, info.nodes, info.sockets, info.cores, info.threads]
}

#[test]
fn a_regular_host() {
    let dir = tempfile::tempdir().unwrap();
    // two nodes of one socket, two cores of two threads each
    let place = |cpu: u32| {
        let first = cpu - cpu % 2;
        (cpu as i32 / 4, (cpu as i32 / 2) % 2, format!("{first}-{}", first + 1))
    };
    let host = made_up(dir.path(), &[&[0, 1, 2, 3], &[4, 5, 6, 7]], place, "0-7");
    let info = host.node_info().unwrap();
    assert_eq!(numbers(&info), [8, 2, 1, 2, 2]);
    assert_eq!((info.mhz, info.memory, info.model.as_str()), (2100, 2 << 20, "x86_64"));
    assert_eq!(host.cpu_map().unwrap().present, 8);
    let place = host.cpu_place(5).unwrap();
    assert_eq!((place.socket, place.core, place.siblings.to_string().as_str()), (1, 0, "4-5"));
    assert_eq!((place.die, place.cluster), (0, 0));
    assert_eq!((host.microcode(), host.physical_address_bits()), (31, Some(46)));
    assert_eq!(host.cpu_signature(), None);
}

#[test]
fn an_irregular_host_is_flattened() {
    let dir = tempfile::tempdir().unwrap();
    // three processors cannot be nodes x sockets x cores x threads of two nodes
    let host = made_up(dir.path(), &[&[0, 1], &[2]], |cpu| (-1, cpu as i32, cpu.to_string()), "0-2");
    assert_eq!(numbers(&host.node_info().unwrap()), [3, 1, 1, 3, 1]);
}

#[test]
fn offline_processors_count_as_places() {
    let dir = tempfile::tempdir().unwrap();
    let host = made_up(dir.path(), &[&[0, 1, 2, 3]], |cpu| (0, cpu as i32, cpu.to_string()), "0,2");
    assert_eq!(numbers(&host.node_info().unwrap()), [2, 1, 1, 4, 1]);
    assert_eq!(host.cpu_map().unwrap().online.to_string(), "0,2");
}

#[test]
fn without_numa_all_is_one_node() {
    let dir = tempfile::tempdir().unwrap();
    let host = made_up(dir.path(), &[&[0, 1]], |cpu| (0, cpu as i32, cpu.to_string()), "0-1");
    fs::remove_dir_all(dir.path().join("sys/devices/system/node")).unwrap();
    fs::write(dir.path().join("proc/meminfo"), "MemTotal: 2048 kB\nMemFree: 1024 kB\n").unwrap();
    let info = host.node_info().unwrap();
    assert_eq!((numbers(&info), info.memory), ([2, 1, 1, 2, 1], 2048));
    let cells = host.cells().unwrap();
    assert_eq!((cells.len(), cells[0].id, cells[0].memory), (1, 0, 2048));
    assert_eq!(cells[0].cpus.iter().map(|c| (c.id, c.core)).collect::<Vec<_>>(), [(0, 0), (1, 1)]);
}

/// The published hosts, where they are at hand beside the working copy.
#[test]
fn published_hosts() {
    let Some(area) = published::area("virhostcpu") else {
        skip::skip!("no ../shared/corpus beside this working copy")
    };
    let links = json(&area.join("links.json"));
    for case in json(&area.join("index.json")).as_array().unwrap() {
        if case["kind"] != "hostcpu" {
            continue;
        }
        let name = case["case"].as_str().unwrap();
        let text = |file: &serde_json::Value| fs::read_to_string(area.join(file.as_str().unwrap())).unwrap();
        let (files, sysfs) = (&case["files"], case["params"]["sysfs"].as_str().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let system = dir.path().join("sys/devices/system");
        published::copy(&area.join(sysfs), &system);
        published::link(&links[sysfs], &system);
        fs::create_dir(dir.path().join("proc")).unwrap();
        fs::write(dir.path().join("proc/cpuinfo"), text(&files["cpuinfo"])).unwrap();
        fs::write(dir.path().join("proc/meminfo"), "MemTotal: 1 kB\n").unwrap();
        let arch = case["params"]["arch"].as_str().unwrap();
        if arch.starts_with("ppc64") {
            fs::create_dir(dir.path().join("dev")).unwrap();
            fs::write(dir.path().join("dev/kvm"), "").unwrap();
        }
        let host = Host::captured(dir.path(), arch);
        let i = host.node_info().unwrap();
        let total = i.nodes * i.sockets * i.cores * i.threads;
        let line = format!(
            "CPUs: {}/{total}, MHz: {}, Nodes: {}, Sockets: {}, Cores: {}, Threads: {}",
            i.cpus, i.mhz, i.nodes, i.sockets, i.cores, i.threads
        );
        assert_eq!(line, text(&files["expected"]).trim(), "{name}");
        if files.get("expected_signature").is_some() {
            let expected = text(&files["expected_signature"]);
            assert_eq!(host.cpu_signature().as_deref(), Some(expected.trim()), "{name}");
        }
    }
}

/// What each processor did, in the published files.
#[test]
fn published_times() {
    let Some(area) = published::area("virhostcpu") else {
        skip::skip!("no ../shared/corpus beside this working copy")
    };
    for case in json(&area.join("index.json")).as_array().unwrap() {
        if case["kind"] != "cpu-stats" {
            continue;
        }
        let file = |role: &str| area.join(case["files"][role].as_str().unwrap());
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("proc")).unwrap();
        fs::copy(file("input"), dir.path().join("proc/stat")).unwrap();
        let host = Host::captured(dir.path(), "x86_64");
        let cpus = case["params"]["cpus"].as_u64().unwrap() as u32;
        if case["expect"] != "ok" {
            let error = host.cpu_stats(Some(cpus - 1)).unwrap_err();
            assert_eq!(error.message(), "Invalid cpuNum in virHostCPUGetStatsLinux");
            continue;
        }
        let mut text = String::new();
        for cpu in std::iter::once(None).chain((0..cpus).map(Some)) {
            let s = host.cpu_stats(cpu).unwrap();
            let [kernel, user, idle, iowait] =
                [s.kernel, s.user, s.idle, s.iowait].map(|ns| ns / crate::stats::tick());
            let name = cpu.map_or("cpu".to_owned(), |cpu| format!("cpu{cpu}"));
            text += &format!("{name}:\nkernel: {kernel}\nuser: {user}\nidle: {idle}\niowait: {iowait}\n\n");
        }
        assert_eq!(text.trim(), fs::read_to_string(file("expected")).unwrap().trim());
    }
}
