use super::*;
use std::fs;
use std::path::Path;

/// A host of 10 processors, two of them offline, and one NUMA node.
fn node(dir: &Path) -> Node {
    let write = |path: &str, text: &str| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let system = "sys/devices/system";
    write(&format!("{system}/cpu/present"), "0-9\n");
    write(&format!("{system}/cpu/online"), "0-7\n");
    for cpu in 0..10 {
        write(&format!("{system}/cpu/cpu{cpu}/topology/core_id"), &format!("{cpu}\n"));
        write(&format!("{system}/node/node0/cpu{cpu}/x"), "");
    }
    write(&format!("{system}/node/node0/meminfo"), "Node 0 MemTotal: 100 kB\nNode 0 MemFree: 40 kB\n");
    write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 40 kB\nBuffers: 1 kB\nCached: 2 kB\n");
    write("proc/cpuinfo", "cpu MHz : 1234.5\n");
    write("proc/stat", "cpu  1 2 3 4 5 6 7\ncpu3 1 0 0 0 0 0 0\n");
    write("sys/kernel/mm/ksm/pages_to_scan", "100\n");
    write("sys/kernel/mm/ksm/full_scans", "5\n");
    Node::new(Host::captured(dir, "x86_64"))
}

#[test]
fn facts_take_the_shape_of_the_api() {
    let dir = tempfile::tempdir().unwrap();
    let node = node(dir.path());
    let info = node.info().unwrap();
    assert_eq!((info.cpus, info.mhz, info.nodes, info.cores), (8, 1234, 1, 10));
    let map = node.cpu_map(true, true, 0).unwrap();
    assert_eq!((map.cpumap, map.online, map.ret), (vec![0xff, 0], 8, 10));
    let map = node.cpu_map(false, false, 0).unwrap();
    assert_eq!((map.cpumap, map.online, map.ret), (vec![], 0, 10));
    let names: Vec<_> = node.cpu_stats(-1, 0).unwrap().into_iter().map(|s| s.field).collect();
    assert_eq!(names, ["kernel", "user", "idle", "iowait"]);
    assert_eq!(node.memory_stats(0, 0).unwrap().len(), 2);
    assert_eq!(node.memory_stats(-1, 0).unwrap()[3].value, 2);
    assert_eq!(node.free_memory().unwrap(), 40 << 10);
    assert_eq!(node.free_pages(&[4], 0, 1, 0).unwrap(), [10]);
}

#[test]
fn bad_arguments_are_refused_in_the_peers_words() {
    let dir = tempfile::tempdir().unwrap();
    let node = node(dir.path());
    let text = |result: Result<()>| result.unwrap_err().message().to_owned();
    for (result, expected) in [
        (node.cpu_stats(-2, 0).map(drop), "cpuNum in virNodeGetCPUStats only accepts -1 as a negative value"),
        (node.cpu_stats(9, 0).map(drop), "Invalid cpuNum in virHostCPUGetStatsLinux"),
        (node.cpu_stats(0, 4).map(drop), "unsupported flags (0x4) in function virHostCPUGetStats"),
        (
            node.memory_stats(-2, 0).map(drop),
            "cellNum in virNodeGetMemoryStats only accepts -1 as a negative value",
        ),
        (
            node.cells_free_memory(0, 0).map(drop),
            "maxCells in virNodeGetCellsFreeMemory must be greater than zero",
        ),
        (
            node.cells_free_memory(-1, 1).map(drop),
            "startCell in virNodeGetCellsFreeMemory must be zero or greater",
        ),
        (node.free_pages(&[], 0, 1, 0).map(drop), "npages in virNodeGetFreePages must not be zero"),
        (node.free_pages(&[4], 0, 0, 0).map(drop), "cellCount in virNodeGetFreePages must not be zero"),
        (node.free_pages(&[4], 3, 1, 0).map(drop), "internal error: start cell 3 out of range (0-0)"),
        (node.suspend_for_duration(9, 60, 0).map(drop), "invalid argument: Invalid suspend target"),
    ] {
        assert_eq!(text(result), expected);
    }
}

#[test]
fn memory_sharing_can_be_tuned() {
    let dir = tempfile::tempdir().unwrap();
    let node = node(dir.path());
    let params = node.memory_parameters(0).unwrap();
    assert_eq!(
        params,
        [TypedParam::new("shm_pages_to_scan", 100u32), TypedParam::new("shm_full_scans", 5u64)]
    );
    node.set_memory_parameters(&[TypedParam::new("shm_pages_to_scan", 7u32)], 0).unwrap();
    assert_eq!(node.memory_parameters(0).unwrap()[0].value, TypedValue::Uint(7));
    let error = node.set_memory_parameters(&[TypedParam::new("shm_full_scans", 7u64)], 0).unwrap_err();
    assert_eq!(error.message(), "argument unsupported: parameter 'shm_full_scans' not supported");
    let error = node.set_memory_parameters(&[TypedParam::new("shm_sleep_millisecs", 7u32)], 0).unwrap_err();
    assert!(error.message().ends_with("Parameter 'shm_sleep_millisecs' is not supported by this kernel"));
}
