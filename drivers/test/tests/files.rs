//! Files: descriptions of machines, saved images, core dumps.

mod common;

use common::{Log, caller, default, domain, hypervisor, open, refused};
use std::fs;
use vir_api::Connection;
use vir_api::constants as c;
use vir_driver_test::TestFactory;

const DOMAIN: &str = "<domain type='test' xmlns:t='http://libvirt.org/schemas/domain/test/1.0'><name>NAME</name>\
    <memory>1048576</memory><os><type>hvm</type></os>OWN</domain>";

fn described(text: &str) -> Result<Connection, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("node.xml");
    fs::write(&path, text).unwrap();
    fs::write(dir.path().join("d.xml"), DOMAIN.replace("NAME", "other").replace("OWN", "")).unwrap();
    let uri = format!("test://{}", path.display());
    open(&TestFactory::default(), &uri).map_err(|error| error.message().to_owned())
}

fn with_domain(own: &str) -> Result<Connection, String> {
    described(&format!("<node>{}</node>", DOMAIN.replace("NAME", "a").replace("OWN", own)))
}

#[test]
fn a_machine_from_a_file() {
    let connection = described(&format!(
        "<node><cpu><mhz>6000</mhz><model>x86_64</model><active>5</active><nodes>3</nodes><sockets>2</sockets>\
         <cores>2</cores><threads>1</threads></cpu><memory>123456</memory>{}<domain file='d.xml'/>\
         <network><name>n</name><bridge name='br7'/><ip address='10.0.0.1' netmask='255.0.0.0'/></network>\
         <pool type='fs'><name>p</name><source><device path='/dev/sda'/></source><target><path>/p</path></target>\
         <volume><name>v</name><capacity unit='G'>1</capacity></volume></pool><interface type='ethernet' name='eth7'/>\
         <device><name>d</name><capability type='net'><interface>e</interface></capability></device></node>",
        DOMAIN.replace("NAME", "paused").replace("OWN", "<t:runstate>3</t:runstate><t:transient/>")
    ))
    .unwrap();
    let driver = hypervisor(&connection);
    let info = driver.node_get_info(&caller()).unwrap();
    assert_eq!((info.model.as_str(), info.cpus, info.memory, info.mhz), ("x86_64", 5, 123_456, 6000));
    let paused = domain(&connection, "paused");
    assert_eq!(driver.domain_get_state(&caller(), &paused, 0).unwrap().state, c::VIR_DOMAIN_PAUSED);
    assert_eq!(driver.domain_is_persistent(&caller(), &paused).unwrap(), 0);
    assert_eq!(domain(&connection, "other").id, 2);
    // maps are as long as the machine could be, not as it is
    let vcpus = driver.domain_get_vcpus(&caller(), &paused, 9, 2).unwrap();
    assert_eq!((vcpus.info[0].cpu, vcpus.cpumaps), (11, vec![0xff, 0x0f]));
    let network = connection.network.as_deref().unwrap();
    assert_eq!(network.connect_list_networks(&caller(), 5).unwrap(), ["n"]);
    let storage = connection.storage.as_deref().unwrap();
    let fs_only = c::VIR_CONNECT_LIST_STORAGE_POOLS_FS;
    assert_eq!(storage.connect_list_all_storage_pools(&caller(), fs_only).unwrap()[0].name, "p");
    let volume = storage.storage_vol_lookup_by_path(&caller(), "/p/v").unwrap();
    assert_eq!(storage.storage_vol_get_info(&caller(), &volume).unwrap().capacity, 1 << 30);
    let devices = connection.node_device.as_deref().unwrap();
    assert_eq!(devices.node_list_devices(&caller(), Some("net"), 5, 0).unwrap(), ["d"]);
    let interfaces = connection.interface.as_deref().unwrap();
    assert_eq!(interfaces.connect_list_interfaces(&caller(), 5).unwrap(), ["eth7"]);
}

#[test]
fn what_is_wrong_with_a_file() {
    let factory = TestFactory::default();
    for (uri, message) in [
        ("test:///", "invalid argument: testOpen: supply a path or use test:///default"),
        ("test:///nofile", "Failed to open file '/nofile': No such file or directory"),
        ("test:///tmp", "Failed to read file '/tmp': Is a directory"),
    ] {
        assert_eq!(open(&factory, uri).err().map(|e| e.message().to_owned()).as_deref(), Some(message));
    }
    for (result, message) in [
        (described("<nod/>"), "XML error: expecting root element of 'node', not 'nod'"),
        (described("<node><cpu><mhz>x</mhz></cpu></node>"), "XML error: invalid node cpu mhz value"),
        (with_domain("<t:runstate>9</t:runstate>"), "XML error: runstate '9' out of range'"),
        (with_domain("<t:runstate>-1</t:runstate>"), "XML error: invalid runstate"),
        (
            with_domain("<t:runstate>5</t:runstate><t:transient/>"),
            "XML error: transient domain cannot have runstate 'shutoff'",
        ),
        (
            with_domain("<t:hasmanagedsave/>"),
            "XML error: domain with managedsave data can only have runstate 'shutoff'",
        ),
        (
            described("<node><auth><user>a</user></auth></node>"),
            "invalid argument: Missing authentication credentials",
        ),
    ] {
        assert_eq!(result.err().as_deref(), Some(message));
    }
    assert!(with_domain("<t:runstate>5</t:runstate><t:hasmanagedsave/>").is_ok());
}

#[test]
fn saved_and_restored() {
    let dir = tempfile::tempdir().unwrap();
    let image = dir.path().join("image").display().to_string();
    let connection = default();
    let driver = hypervisor(&connection);
    let log = Log::new(&connection);
    let dom = domain(&connection, "test");
    driver.domain_save(&caller(), &dom, &image).unwrap();
    let state = driver.domain_get_state(&caller(), &dom, 0).unwrap();
    assert_eq!((state.state, state.reason), (c::VIR_DOMAIN_SHUTOFF, c::VIR_DOMAIN_SHUTOFF_SAVED));
    let bytes = fs::read(&image).unwrap();
    assert!(bytes.starts_with(b"TestGuestMagic\0"));
    let length = u32::from_ne_bytes(bytes[15..19].try_into().unwrap());
    assert_eq!(bytes.len(), 19 + usize::try_from(length).unwrap());
    assert!(bytes[19..].starts_with(b"<domain type='test' id='1'>"));
    let xml = driver.domain_save_image_get_xml_desc(&caller(), &image, 0).unwrap();
    assert!(xml.starts_with("<domain type='test'>\n  <name>test</name>"));

    driver.domain_restore(&caller(), &image).unwrap();
    let state = driver.domain_get_state(&caller(), &dom, 0).unwrap();
    assert_eq!((state.state, state.reason), (c::VIR_DOMAIN_RUNNING, c::VIR_DOMAIN_RUNNING_RESTORED));
    assert_eq!(log.take(), ["test 5 4", "test 2 2"]);
    let active = refused(driver.domain_restore(&caller(), &image));
    assert_eq!(active.message(), "Requested operation is not valid: domain 'test' is already active");

    driver.domain_save_image_define_xml(&caller(), &image, &xml.replace(">test<", ">changed<"), 0).unwrap();
    let xml = driver.domain_save_image_get_xml_desc(&caller(), &image, 0).unwrap();
    assert!(xml.contains("<name>changed</name>"));
}

#[test]
fn what_is_no_image() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    let image = path.display().to_string();
    let connection = default();
    let read = || {
        let result = hypervisor(&connection).domain_save_image_get_xml_desc(&caller(), &image, 0);
        refused(result).message().replace(&image, "IMAGE")
    };
    assert_eq!(read(), "cannot read domain image 'IMAGE': No such file or directory");
    for (bytes, message) in [
        (&b"Test"[..], "incomplete save header in 'IMAGE': Success"),
        (b"TestGuestMagic?", "internal error: mismatched header magic"),
        (b"TestGuestMagic\0\x01", "failed to read metadata length in 'IMAGE': Success"),
        (b"TestGuestMagic\0\xff\xff\xff\xff", "internal error: length of metadata out of range"),
        (b"TestGuestMagic\0\x09\0\0\0<domain", "incomplete metadata in 'IMAGE': Success"),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(read(), message);
    }
}

#[test]
fn a_core_dump_is_the_magic() {
    let dir = tempfile::tempdir().unwrap();
    let core = dir.path().join("core").display().to_string();
    let connection = default();
    let driver = hypervisor(&connection);
    let dom = domain(&connection, "test");
    driver.domain_core_dump(&caller(), &dom, &core, 0).unwrap();
    assert_eq!(fs::read(&core).unwrap(), b"TestGuestMagic\0");
    let format = refused(driver.domain_core_dump_with_format(&caller(), &dom, &core, 1, 0));
    assert_eq!(format.message(), "Operation not supported: kdump-compressed format is not supported here");
    driver.domain_core_dump(&caller(), &dom, &core, c::VIR_DUMP_CRASH).unwrap();
    let state = driver.domain_get_state(&caller(), &dom, 0).unwrap();
    assert_eq!((state.state, state.reason), (c::VIR_DOMAIN_SHUTOFF, c::VIR_DOMAIN_SHUTOFF_CRASHED));
}
