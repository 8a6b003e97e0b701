//! Networks and interfaces that programs define, change and take away.

mod common;

use common::{caller, default, refused};
use vir_api::constants as c;

const NETWORK: &str = "<network><name>orchard</name><uuid>6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef001</uuid>\
                       <forward/><ip address='10.42.0.1' prefix='24'/></network>";

#[test]
fn a_defined_network_is_dumped_as_it_was_understood() {
    let connection = default();
    let networks = connection.network.as_deref().unwrap();
    let net = networks.network_define_xml(&caller(), NETWORK).unwrap();
    assert_eq!(networks.network_is_active(&caller(), &net).unwrap(), 0);
    let dump = || networks.network_get_xml_desc(&caller(), &net, 0).unwrap();
    assert_eq!(
        dump(),
        "<network>\n  <name>orchard</name>\n  <uuid>6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef001</uuid>\n  \
         <forward mode='nat'/>\n  <bridge stp='on' delay='0'/>\n  <ip address='10.42.0.1' prefix='24'>\n  \
         </ip>\n</network>\n"
    );
    // add last, host
    let host = "<host mac='52:54:00:00:00:01' ip='10.42.0.2'/>";
    networks.network_update(&caller(), &net, 3, 4, -1, host, 0).unwrap();
    assert!(dump().contains("    <dhcp>\n      <host mac='52:54:00:00:00:01' ip='10.42.0.2'/>\n"));
    let twice = refused(networks.network_update(&caller(), &net, 3, 4, -1, host, 0));
    assert!(twice.message().contains("there is an existing dhcp host entry in network 'orchard'"));
    let live = c::VIR_NETWORK_UPDATE_AFFECT_LIVE;
    let off = refused(networks.network_update(&caller(), &net, 3, 4, -1, host, live));
    assert_eq!(off.message(), "Requested operation is not valid: network is not running");
    let other = NETWORK.replace("ef001", "ef002");
    assert_eq!(
        refused(networks.network_define_xml(&caller(), &other)).message(),
        "operation failed: network 'orchard' already exists with uuid 6f1f0c2e-4a7b-4f77-9a52-2d1c0b9ef001"
    );
}

#[test]
fn a_network_without_configuration_goes_when_it_stops() {
    let connection = default();
    let networks = connection.network.as_deref().unwrap();
    let net = networks.network_create_xml(&caller(), NETWORK).unwrap();
    assert_eq!(networks.network_is_persistent(&caller(), &net).unwrap(), 0);
    assert_eq!(networks.network_is_active(&caller(), &net).unwrap(), 1);
    networks.network_destroy(&caller(), &net).unwrap();
    refused(networks.network_lookup_by_name(&caller(), "orchard"));
}

#[test]
fn a_defined_interface_is_down_and_dumped_as_it_is() {
    let connection = default();
    let interfaces = connection.interface.as_deref().unwrap();
    let xml = "<interface type='ethernet' name='lan0'>\n  <mac address='52:54:00:00:00:09'/>\n</interface>\n";
    let lan = interfaces.interface_define_xml(&caller(), xml, 0).unwrap();
    assert_eq!(lan.mac, "52:54:00:00:00:09");
    assert_eq!(interfaces.interface_is_active(&caller(), &lan).unwrap(), 0);
    assert_eq!(interfaces.interface_get_xml_desc(&caller(), &lan, 0).unwrap(), xml);
}
