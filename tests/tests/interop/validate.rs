//! The flags that have a document checked against its schema, on our C library and on libvirt's own: each
//! function refuses what has an element too many, with the same code, domain and message, and takes what has not.

use ferrovirt_tests::{paths, skip};
use std::path::Path;
use std::process::Command;

/// Prints a line for each function and document: the error's code, domain and first line, or `ok`. What the
/// schema's reader adds in further lines is worded by each in its own way.
const SCRIPT: &str = r#"
import libvirt as v

v.registerErrorHandler(lambda context, error: None, None)
connection = v.open('test:///default')
domain = connection.lookupByName('test')
pool = connection.storagePoolLookupByName('default-pool')
network = "<network><name>v</name><forward mode='bridge'/><bridge name='br0'/>%s</network>"
guest = "<domain type='test'><name>v</name><memory>1024</memory><os><type>hvm</type></os>%s</domain>"
volume = "<volume><name>v</name><capacity>1</capacity><target><format type='raw'/></target>%s</volume>"
device = '''<device><name>v</name><parent>scsi_host1</parent><capability type='scsi_host'><host>9</host>
    <capability type='fc_host'><wwnn>2000000012341234</wwnn><wwpn>1000000012341234</wwpn></capability></capability>%s</device>'''
for name, document, ask in (
    ('domain', guest, lambda xml: connection.defineXMLFlags(xml, v.VIR_DOMAIN_DEFINE_VALIDATE)),
    ('started domain', guest.replace('>v<', '>w<'), lambda xml: connection.createXML(xml, v.VIR_DOMAIN_START_VALIDATE)),
    ('network', network, lambda xml: connection.networkDefineXMLFlags(xml, v.VIR_NETWORK_DEFINE_VALIDATE)),
    ('started network', network.replace('>v<', '>w<'),
        lambda xml: connection.networkCreateXMLFlags(xml, v.VIR_NETWORK_CREATE_VALIDATE)),
    ('pool', "<pool type='dir'><name>v</name><target><path>/v</path></target>%s</pool>",
        lambda xml: connection.storagePoolDefineXML(xml, v.VIR_STORAGE_POOL_DEFINE_VALIDATE)),
    ('volume', volume, lambda xml: pool.createXML(xml, v.VIR_STORAGE_VOL_CREATE_VALIDATE)),
    ('volume from another', volume.replace('>v<', '>w<'),
        lambda xml: pool.createXMLFrom(xml, pool.storageVolLookupByName('v'), v.VIR_STORAGE_VOL_CREATE_VALIDATE)),
    ('interface', "<interface type='ethernet' name='eth9'>%s</interface>",
        lambda xml: connection.interfaceDefineXML(xml, v.VIR_INTERFACE_DEFINE_VALIDATE)),
    ('node device', device, lambda xml: connection.nodeDeviceCreateXML(xml, v.VIR_NODE_DEVICE_CREATE_XML_VALIDATE)),
    ('snapshot', '<domainsnapshot><name>v</name>%s</domainsnapshot>',
        lambda xml: domain.snapshotCreateXML(xml, v.VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE)),
    ('another document', network, lambda xml: connection.defineXMLFlags(xml, v.VIR_DOMAIN_DEFINE_VALIDATE)),
):
    for addition in ('<bogus/>', ''):
        try:
            ask(document % addition)
            print(name, addition, 'ok')
        except v.libvirtError as error:
            print(name, addition, error.get_error_code(), error.get_error_domain(), error.get_error_message().splitlines()[0])
"#;

fn said(library: Option<&Path>) -> String {
    let mut python = Command::new("/usr/bin/python3");
    match library {
        Some(directory) => python.env("LD_LIBRARY_PATH", directory),
        None => python.env_remove("LD_LIBRARY_PATH"),
    };
    let output = python.args(["-c", SCRIPT]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_function_that_may_validate_does() {
    let library = paths::target().join("debug/lib");
    if !library.join("libvirt.so.0").exists() {
        skip!("needs libvirt.so.0, which `cargo xtask test` links");
    }
    if !Path::new("/usr/lib/python3/dist-packages/libvirt.py").exists() {
        skip!("needs libvirt's Python binding");
    }
    let ours = said(Some(&library));
    // VIR_ERR_XML_INVALID_SCHEMA, and VIR_FROM_XML
    assert_eq!(ours.matches(" <bogus/> 92 5 XML document failed to validate").count(), 10, "{ours}");
    assert_eq!(ours.matches("ok").count(), 10, "{ours}");
    assert_eq!(ours, said(None));
}
