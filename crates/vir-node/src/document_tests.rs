//! Whole documents of captured hosts, against what is published about them.

use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use vir_base::Uuid;
use vir_host::Host;
use vir_host::capabilities::Migration;
use vir_host::numa::Pages;

/// What the capture does not hold, the published documents made up: memory and pages of a node.
fn made_up(cells: Vec<Cell>) -> Vec<Cell> {
    let pages = |node: u64| {
        (0..).zip([4, 2048, 1_048_576]).map(move |(i, size)| Pages {
            size,
            total: (node + 1 + i) * 2048,
            free: 0,
        })
    };
    let cells = cells.into_iter().map(|cell| Cell {
        memory: u64::from(cell.id + 1) << 20,
        pages: pages(cell.id.into()).collect(),
        distances: Vec::new(),
        ..cell
    });
    cells.collect()
}

fn described(host: &Host, migration: Option<Migration>) -> String {
    let caches = host.cache_banks().unwrap();
    let found = HostCapabilities {
        uuid: Uuid::default(),
        arch: host.arch(),
        features: Vec::new(),
        cpu: None,
        page_sizes: Vec::new(),
        suspend: Vec::new(),
        iommu: false,
        migration,
        net_prefix: None,
        cells: made_up(host.cells().unwrap()),
        interconnects: host.interconnects().unwrap(),
        resource_control: host.resource_control(&caches).unwrap(),
        caches,
        security: Vec::new(),
    };
    let host = Some(super::host(&found));
    xml::print(&xml::Capabilities { host, ..Default::default() })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn published_documents() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        skip::skip!("no ../shared/corpus beside this working copy");
    }
    let all = tempfile::tempdir().unwrap();
    for name in ["vircaps2xml", "virhostcpu"] {
        copy(&corpus.join(name), &all.path().join(name));
        for (host, links) in json(&corpus.join(name).join("links.json")).as_object().unwrap() {
            for (link, target) in links.as_object().unwrap() {
                let link = all.path().join(name).join(host).join(link);
                fs::create_dir_all(link.parent().unwrap()).unwrap();
                symlink(target.as_str().unwrap(), link).unwrap();
            }
        }
    }
    let area = all.path().join("vircaps2xml");
    for case in json(&area.join("index.json")).as_array().unwrap() {
        let params = &case["params"];
        let (name, arch) = (params["host"].as_str().unwrap(), params["arch"].as_str().unwrap());
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sys/devices")).unwrap();
        fs::create_dir_all(dir.path().join("sys/fs")).unwrap();
        symlink(area.join(name).join("system"), dir.path().join("sys/devices/system")).unwrap();
        symlink(area.join(name).join("resctrl"), dir.path().join("sys/fs/resctrl")).unwrap();
        let migration = (params["offline_migrate"] == true)
            .then(|| Migration { live: params["live_migrate"] == true, transports: Vec::new() });
        let text = described(&Host::captured(dir.path(), arch), migration);
        let expected =
            fs::read_to_string(area.join(case["files"]["expected_xml"].as_str().unwrap())).unwrap();
        // an element that could hold something but does not: no driver here has that
        let expected =
            expected.replace("<migration_features>\n    </migration_features>", "<migration_features/>");
        assert_eq!(text, expected, "{name}");
    }
}

#[test]
fn this_host_has_a_document() {
    let found = Host::real().capabilities(&Default::default()).unwrap();
    let text = xml::print(&xml::Capabilities { host: Some(host(&found)), ..Default::default() });
    let (uuid, arch) = (found.uuid.to_string(), found.arch);
    assert!(text.contains(&format!("<uuid>{uuid}</uuid>")) && text.contains(&format!("<arch>{arch}</arch>")));
    assert!(text.contains("<cell id='0'>"), "{text}");
}

#[test]
fn sizes_take_the_largest_whole_unit() {
    let shown = |size: u64| (size >> (10 * unit_of(size)), UNITS[unit_of(size)]);
    assert_eq!(shown(0), (0, "B"));
    assert_eq!(shown(1000), (1000, "B"));
    assert_eq!(shown(1536 << 10), (1536, "KiB"));
    assert_eq!(shown(260 << 20), (260, "MiB"));
}
