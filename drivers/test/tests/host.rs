//! The machine, other objects than domains, and what guests tell of themselves.

mod common;

use common::{caller, default, domain, hypervisor, refused};
use std::io::Read;
use vir_api::constants as c;
use vir_api::event::{DomainEvent, Event, Filter};
use vir_api::stream::StreamBody;

#[test]
fn the_machine_is_always_the_same() {
    let connection = default();
    let driver = hypervisor(&connection);
    assert_eq!(driver.connect_get_type(&caller()).unwrap(), "TEST");
    assert_eq!(driver.connect_get_version(&caller()).unwrap(), 2);
    assert_eq!(driver.connect_get_max_vcpus(&caller(), None).unwrap(), 32);
    let info = driver.node_get_info(&caller()).unwrap();
    assert_eq!((info.model.as_str(), info.memory, info.cpus, info.mhz), ("i686", 3_145_728, 16, 1400));
    assert_eq!(driver.node_get_free_memory(&caller()).unwrap(), 3_145_728);
    assert_eq!(driver.node_get_cells_free_memory(&caller(), 0, 9).unwrap(), [2_097_152, 4_194_304]);
    let outside = refused(driver.node_get_cells_free_memory(&caller(), 2, 1));
    assert_eq!(outside.message(), "invalid argument: Range exceeds available cells");
    assert_eq!(
        driver.node_get_free_pages(&caller(), &[4, 8], 0, 2, 0).unwrap(),
        [7, 21, 19, 45],
        "two sizes of two cells"
    );
    let map = driver.node_get_cpu_map(&caller(), 1, 1, 0).unwrap();
    assert_eq!((map.cpumap.as_slice(), map.online, map.ret), (&[0x15][..], 3, 8));
}

#[test]
fn capabilities_are_well_formed_and_indented() {
    let connection = default();
    let xml = hypervisor(&connection).connect_get_capabilities(&caller()).unwrap();
    let tree = vir_xml::parse(&xml, None).unwrap();
    let cells = tree.child("host").and_then(|h| h.child("topology")).and_then(|t| t.child("cells")).unwrap();
    assert_eq!(cells.children().count(), 2);
    assert_eq!(tree.children().filter(|child| child.name == "guest").count(), 2);
    let mut w = vir_xml::Writer::new(vir_xml::Format::default());
    w.tree(&tree);
    // the same but for the empty lines and the kind of quotes
    let canonical = w.finish().replace('"', "'").replace("<doi/>", "<doi></doi>");
    let without_empty: String =
        xml.lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    assert_eq!(without_empty, canonical);
    let caps = |arch, kind| {
        hypervisor(&connection).connect_get_domain_capabilities(&caller(), None, arch, None, kind, 0)
    };
    assert!(caps(None, None).unwrap().contains("<domain>test</domain>\n  <arch>i686</arch>"));
    let unknown = refused(caps(Some("foo"), None));
    assert_eq!(unknown.message(), "invalid argument: unknown architecture: foo");
}

#[test]
fn statistics() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    let all = driver.connect_get_all_domain_stats(&caller(), &[], 0, 0).unwrap();
    let params: Vec<_> = all[0].params.iter().map(|param| param.field.as_str()).collect();
    assert_eq!((all.len(), params), (1, vec!["state.state", "state.reason"]));
    let enforced = c::VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS;
    let missing = refused(driver.connect_get_all_domain_stats(&caller(), &[], 8, enforced));
    assert_eq!(
        missing.message(),
        "argument unsupported: Stats types bits 0x8 are not supported by this daemon"
    );
    let memory = driver.domain_memory_stats(&caller(), &dom, 6, 0).unwrap();
    assert_eq!(memory.iter().map(|stat| stat.val).collect::<Vec<_>>(), [2_097_152, 0, 0, 0, 0, 1_048_576]);
    assert!(driver.domain_block_stats(&caller(), &dom, "/guest/diskimage1").unwrap().rd_req > 0);
    let path = refused(driver.domain_block_stats(&caller(), &dom, "vdb"));
    assert_eq!(path.message(), "invalid argument: invalid path: vdb");
    assert!(driver.domain_interface_stats(&caller(), &dom, "AA:bb:cc:dd:ee:ff").unwrap().tx_bytes > 0);
    let addresses = driver.domain_interface_addresses(&caller(), &dom, 0, 0).unwrap();
    assert_eq!(
        (addresses[0].name.as_str(), addresses[0].addrs[0].addr.as_str()),
        ("testnet0", "192.168.122.3")
    );
    // as many parameters as processors, where callers ask how many there are
    assert_eq!(driver.domain_get_cpu_stats(&caller(), &dom, 0, 0, 0).unwrap().len(), 2);
    assert_eq!(driver.domain_get_cpu_stats(&caller(), &dom, 0, 2, 0).unwrap().len(), 4);
    assert_eq!(driver.domain_get_cpu_stats(&caller(), &dom, -1, 1, 0).unwrap().len(), 3);
}

#[test]
fn the_screen_is_a_picture() {
    let connection = default();
    let dom = domain(&connection, "test");
    let (mime, body) = hypervisor(&connection).domain_screenshot(&caller(), &dom, 0, 0).unwrap();
    assert_eq!(mime.as_deref(), Some("image/png"));
    let StreamBody::Fd(fd) = body else { panic!("not a descriptor") };
    let mut picture = vec![];
    std::fs::File::from(fd).read_to_end(&mut picture).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.ends_with(b"IEND\xaeB`\x82"));
}

#[test]
fn keys_that_no_keyboard_has() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    driver.domain_send_key(&caller(), &dom, 0, 0, &[28, 57], 0).unwrap();
    let error = refused(driver.domain_send_key(&caller(), &dom, 7, 0, &[4, 1], 0));
    assert_eq!(error.message(), "internal error: invalid keycode 1 of usb codeset");
}

#[test]
fn titles_and_metadata() {
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    let kinds = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
    let seen = kinds.clone();
    let sink = move |event: &Event| {
        if let Event::Domain(_, DomainEvent::MetadataChange { kind, nsuri }) = event {
            seen.lock().unwrap().push((*kind, nsuri.clone()));
        }
    };
    let filter = Filter::Domain { id: c::VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, only: Some(dom.uuid) };
    connection.events.subscribe(filter, std::sync::Arc::new(sink)).unwrap();
    let set = |kind, text, key, uri, flags| {
        driver.domain_set_metadata(&caller(), &dom, kind, text, key, uri, flags)
    };
    let get = |kind, uri, flags| driver.domain_get_metadata(&caller(), &dom, kind, uri, flags);
    set(1, Some("a title"), None, None, 0).unwrap();
    set(2, Some("<a><b/></a>"), Some("k"), Some("http://u"), c::VIR_DOMAIN_AFFECT_CONFIG).unwrap();
    assert_eq!(get(1, None, 0).unwrap(), "a title");
    let config = c::VIR_DOMAIN_AFFECT_CONFIG;
    assert_eq!(get(2, Some("http://u"), config).unwrap(), "<a>\n  <b/>\n</a>");
    let absent = refused(get(2, Some("http://u"), c::VIR_DOMAIN_AFFECT_LIVE));
    assert_eq!(absent.message(), "metadata not found: Requested metadata element is not present");
    refused(set(2, Some("<a"), Some("k"), Some("http://u"), 0));
    let both = c::VIR_DOMAIN_AFFECT_LIVE | config;
    assert_eq!(
        refused(get(1, None, both)).message(),
        "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive"
    );
    assert_eq!(*kinds.lock().unwrap(), [(1, None), (2, Some("http://u".to_owned()))]);
}

#[test]
fn networks_go_off_and_on() {
    let connection = default();
    let network = connection.network.as_deref().unwrap();
    let net = network.network_lookup_by_name(&caller(), "default").unwrap();
    assert_eq!(network.network_get_bridge_name(&caller(), &net).unwrap(), "virbr0");
    let running = refused(network.network_create(&caller(), &net));
    assert_eq!(running.message(), "Requested operation is not valid: Network 'default' is already running");
    network.network_destroy(&caller(), &net).unwrap();
    assert_eq!(network.connect_list_defined_networks(&caller(), 5).unwrap(), ["default"]);
    network.network_undefine(&caller(), &net).unwrap();
    assert_eq!(network.connect_list_all_networks(&caller(), 0).unwrap(), []);
    let gone = refused(network.network_lookup_by_name(&caller(), "default"));
    assert_eq!(gone.message(), "Network not found: no network with matching name 'default'");
}
