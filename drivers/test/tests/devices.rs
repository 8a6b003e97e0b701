//! Devices of the host, and adapters that programs make of them.

mod common;

use common::{caller, default, refused};
use std::sync::{Arc, Mutex};
use vir_api::NodeDeviceDriver;
use vir_api::constants as c;
use vir_api::event::{Event, Filter, NodeDeviceEvent};

fn adapter(parent: &str, names: &str) -> String {
    format!(
        "<device>{parent}<capability type='scsi_host'><capability type='fc_host'>{names}</capability>\
         </capability></device>"
    )
}

fn names(devices: &dyn NodeDeviceDriver, flags: u32) -> Vec<String> {
    let list = devices.connect_list_all_node_devices(&caller(), flags).unwrap();
    list.into_iter().map(|device| device.name).collect()
}

#[test]
fn devices_are_found_by_what_they_can_do() {
    let connection = default();
    let devices = connection.node_device.as_deref().unwrap();
    assert_eq!(names(devices, 0), ["computer", "scsi_host1", "scsi_host11", "scsi_host2"]);
    let of = |flag| names(devices, flag);
    assert_eq!(of(c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPORTS), ["scsi_host1", "scsi_host2"]);
    assert_eq!(of(c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_SYSTEM), ["computer"]);
    assert!(of(c::VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV).is_empty());
    assert_eq!(devices.node_num_of_devices(&caller(), Some("fc_host"), 0).unwrap(), 3);
    assert_eq!(devices.node_num_of_devices(&caller(), Some("no such thing"), 0).unwrap(), 0);
    assert_eq!(devices.node_device_list_caps(&caller(), "computer", 9).unwrap(), ["system"]);
    let none = refused(devices.node_device_get_parent(&caller(), "computer"));
    assert_eq!(none.message(), "internal error: no parent for this device");
    let xml = devices.node_device_get_xml_desc(&caller(), "scsi_host11", 0).unwrap();
    assert!(xml.contains("    <unique_id>10</unique_id>\n"), "{xml}");
}

#[test]
fn an_adapter_is_made_and_taken_away() {
    let connection = default();
    let devices = connection.node_device.as_deref().unwrap();
    let log = Arc::new(Mutex::new(vec![]));
    let seen = log.clone();
    let sink = move |event: &Event| {
        if let Event::NodeDevice(device, NodeDeviceEvent::Lifecycle { event, .. }) = event {
            seen.lock().unwrap().push(format!("{} {event}", device.name));
        }
    };
    let filter = Filter::NodeDevice { id: 0, only: None };
    connection.events.subscribe(filter, Arc::new(sink)).expect("room for one");

    let wanted = adapter("<parent>scsi_host1</parent>", "<wwnn>20000000c9831b4b</wwnn>");
    let validate = c::VIR_NODE_DEVICE_CREATE_XML_VALIDATE;
    let made = devices.node_device_create_xml(&caller(), &wanted, validate).unwrap();
    assert_eq!(made.name, "scsi_host12");
    let xml = devices.node_device_get_xml_desc(&caller(), "scsi_host12", 0).unwrap();
    assert!(xml.contains("<wwnn>20000000c9831b4b</wwnn>"), "{xml}");
    // the name that was not given is made up
    assert!(xml.contains("<wwpn>5100000"), "{xml}");
    assert_eq!(devices.node_device_is_persistent(&caller(), "scsi_host12").unwrap(), 0);
    let inactive = c::VIR_NODE_DEVICE_XML_INACTIVE;
    assert_eq!(
        refused(devices.node_device_get_xml_desc(&caller(), "scsi_host12", inactive)).message(),
        "Requested operation is not valid: node device 'scsi_host12' is not persistent"
    );
    assert_eq!(names(devices, c::VIR_CONNECT_LIST_NODE_DEVICES_TRANSIENT), ["scsi_host12"]);
    devices.node_device_destroy(&caller(), "scsi_host12").unwrap();
    refused(devices.node_device_lookup_by_name(&caller(), "scsi_host12"));
    assert_eq!(*log.lock().unwrap(), ["scsi_host12 0", "scsi_host12 1"]);
}

#[test]
fn an_adapter_needs_a_parent_that_can_have_it() {
    let connection = default();
    let devices = connection.node_device.as_deref().unwrap();
    let create = |parent: &str| devices.node_device_create_xml(&caller(), &adapter(parent, ""), 0);
    let said = |parent: &str| refused(create(parent)).message().to_owned();
    assert_eq!(
        said("<parent>scsi_host7</parent>"),
        "internal error: Could not find parent device for 'new device'"
    );
    assert_eq!(
        said("<parent>scsi_host11</parent>"),
        "internal error: Parent device scsi_host11 is not capable of vport operations"
    );
    assert_eq!(
        said("<parent wwnn='1' wwpn='2'/>"),
        "internal error: Could not find parent device for 'new device'"
    );
    create("<parent wwnn='2000000056785678' wwpn='1000000056785678'/>").unwrap();
    create("<parent fabric_wwn='2000000043214321'/>").unwrap();
    create("").unwrap();
    let mdev = "<device><capability type='mdev'><type id='t'/></capability></device>";
    assert_eq!(
        refused(devices.node_device_create_xml(&caller(), mdev, 0)).message(),
        "internal error: Device is not a fibre channel HBA"
    );
    devices.node_device_destroy(&caller(), "computer").unwrap();
    devices.node_device_lookup_by_name(&caller(), "computer").unwrap();
}

#[test]
fn a_pool_on_an_adapter_has_it_made() {
    let connection = default();
    let (devices, storage) =
        (connection.node_device.as_deref().unwrap(), connection.storage.as_deref().unwrap());
    let xml = "<pool type='scsi'><name>san</name><source><adapter type='fc_host' wwnn='20000000c9831b4b' \
               wwpn='10000000c9831b4b'/></source><target><path>/dev/disk/by-path</path></target></pool>";
    let pool = storage.storage_pool_create_xml(&caller(), xml, 0).unwrap();
    let made = devices.node_device_get_xml_desc(&caller(), "scsi_host12", 0).unwrap();
    assert!(made.contains("<wwpn>10000000c9831b4b</wwpn>"), "{made}");
    storage.storage_pool_destroy(&caller(), &pool).unwrap();
    refused(devices.node_device_lookup_by_name(&caller(), "scsi_host12"));
}
