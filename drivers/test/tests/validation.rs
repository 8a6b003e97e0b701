//! What callers ask to be validated is refused for names that nobody knows, and taken without that.

mod common;

use common::{caller, default, hypervisor, refused};
use vir_api::constants as c;
use vir_base::{Error, ErrorCode};

const DOMAIN: &str = "<domain type='test'><name>a</name>\
    <uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid><memory>1</memory><os><type>hvm</type></os></domain>";
const NETWORK: &str = "<network><name>a</name><bridge name='b'/></network>";
const INTERFACE: &str =
    "<interface type='ethernet' name='lan0'><mac address='52:54:00:00:00:09'/></interface>";

fn is_invalid(error: &Error, words: &str) {
    assert_eq!(error.code(), ErrorCode::XmlInvalidSchema);
    let message = format!(
        "XML document failed to validate against schema: Unable to validate doc against \
         /usr/share/libvirt/schemas/{words}\n"
    );
    assert_eq!(error.message(), message);
}

#[test]
fn domains() {
    let connection = default();
    let driver = hypervisor(&connection);
    let flag = c::VIR_DOMAIN_DEFINE_VALIDATE;
    let unknown = DOMAIN.replace("<memory>", "<memroy/><memory>");
    let words = "domain.rng\nElement domain has extra content: memroy";
    is_invalid(&refused(driver.domain_define_xml_flags(&caller(), &unknown, flag)), words);
    is_invalid(&refused(driver.domain_create_xml(&caller(), &unknown, c::VIR_DOMAIN_START_VALIDATE)), words);
    driver.domain_define_xml_flags(&caller(), &unknown, 0).unwrap();
    driver.domain_define_xml_flags(&caller(), DOMAIN, flag).unwrap();
    let other = refused(driver.domain_define_xml_flags(&caller(), NETWORK, flag));
    assert_eq!(other.message(), "XML error: expecting root element of 'domain', not 'network'");
}

#[test]
fn networks_and_interfaces() {
    let connection = default();
    let networks = connection.network.as_deref().unwrap();
    let unknown = NETWORK.replace("bridge", "brigde");
    let words = "network.rng\nElement network has extra content: brigde";
    let flag = c::VIR_NETWORK_DEFINE_VALIDATE;
    is_invalid(&refused(networks.network_define_xml_flags(&caller(), &unknown, flag)), words);
    let flag = c::VIR_NETWORK_CREATE_VALIDATE;
    is_invalid(&refused(networks.network_create_xml_flags(&caller(), &unknown, flag)), words);
    networks.network_create_xml_flags(&caller(), NETWORK, flag).unwrap();
    let interfaces = connection.interface.as_deref().unwrap();
    let unknown = INTERFACE.replace("<mac address", "<mac adress");
    let flag = c::VIR_INTERFACE_DEFINE_VALIDATE;
    let words = "interface.rng\nInvalid attribute adress for element mac";
    is_invalid(&refused(interfaces.interface_define_xml(&caller(), &unknown, flag)), words);
    interfaces.interface_define_xml(&caller(), INTERFACE, flag).unwrap();
}
