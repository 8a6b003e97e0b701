//! Devices of the host: what is refused, and in which words; new devices.

use vir_base::{Result, err};
use vir_model::nodedev::{Kind, NodeDevice, Origin};
use vir_xml::Format;

fn refused(capabilities: &str) -> String {
    let xml = format!("<device><name>dev</name>{capabilities}</device>");
    NodeDevice::parse(&xml, Origin::Existing).unwrap_err().message().to_owned()
}

#[test]
fn what_is_wrong_is_said_with_the_device_s_name() {
    let internal = |text: &str| format!("internal error: {text}");
    let xml = |text: &str| format!("XML error: {text}");
    let unsupported = |text: &str| format!("unsupported configuration: {text}");
    let pci = "<domain>0</domain><bus>0</bus><slot>0</slot><function>0</function>\
               <vendor id='1'/><product id='2'/>";
    let number = "<cssid>0</cssid><ssid>0</ssid><devno>1</devno>";
    let cases = [
        ("", "", internal("no device capabilities for 'dev'")),
        ("vdpa", "", internal("unknown capability type '17' for 'dev'")),
        ("system", "", internal("no system UUID supplied for 'dev'")),
        ("system", "<hardware><uuid>x</uuid></hardware>", internal("malformed uuid element for 'dev'")),
        ("pci", "", internal("no PCI domain ID supplied for 'dev'")),
        ("pci", "<domain>x</domain>", internal("invalid PCI domain ID supplied for 'dev'")),
        ("pci", "<class>1000000</class>", internal("invalid PCI class supplied for 'dev'")),
        ("usb_device", "<bus>1</bus><device>1</device>", internal("no USB vendor ID supplied for 'dev'")),
        ("usb", "<number/>", internal("no USB interface number supplied for 'dev'")),
        ("net", "", internal("no network interface supplied for 'dev'")),
        ("net", "<feature name='x'/>", xml("unknown network device feature 'x'")),
        (
            "net",
            "<interface>e</interface><capability type='x'/>",
            unsupported("invalid network type supplied for 'dev'"),
        ),
        ("scsi_host", "", internal("no SCSI host ID supplied for 'dev'")),
        ("scsi_host", "<host>1</host><capability/>", internal("missing SCSI host capability type for 'dev'")),
        (
            "scsi_host",
            "<host>1</host><capability type='fc_host'/>",
            internal("no WWNN supplied for 'dev', and auto-generation failed"),
        ),
        ("scsi_target", "", internal("no target name supplied for 'dev'")),
        (
            "scsi_target",
            "<target>t</target><capability type='x'/>",
            internal("unknown SCSI target capability type 'x' for 'dev'"),
        ),
        ("scsi", "<host>4294967296</host>", internal("invalid SCSI host ID supplied for 'dev'")),
        ("storage", "", internal("no block device path supplied for 'dev'")),
        ("storage", "<block>b</block>", internal("no size supplied for 'dev'")),
        (
            "storage",
            "<block>b</block><capability type='removable'/>",
            internal("no removable media size supplied for 'dev'"),
        ),
        ("drm", "", unsupported("unknown drm type '(null)' for 'dev'")),
        ("mdev", "", unsupported("missing type id attribute for 'dev'")),
        ("mdev", "<type id='t'/><uuid>x</uuid>", internal("Invalid uuid 'x' for new mdev device")),
        ("ccw", "<cssid>x</cssid>", unsupported("invalid cssid value 'x' for 'dev'")),
        ("ccwgroup", "<state>x</state>", unsupported("unknown state 'x' for 'dev'")),
        ("ap_queue", "<ap-adapter>1</ap-adapter>", unsupported("missing ap-domain value for 'dev'")),
        (
            "ap_queue",
            "<ap-adapter>1</ap-adapter><ap-domain>0x100</ap-domain>",
            unsupported("ap-domain value '0x100' is out of range for 'dev'"),
        ),
    ];
    for (kind, inside, expected) in cases {
        let capability = match kind {
            "" => String::new(),
            kind => format!("<capability type='{kind}'>{inside}</capability>"),
        };
        assert_eq!(refused(&capability), expected, "{capability}");
    }
    let inside = |more: &str| refused(&format!("<capability type='pci'>{pci}{more}</capability>"));
    assert_eq!(inside("<capability/>"), xml("Missing capability type"));
    assert_eq!(
        inside("<capability type='phys_function'/>"),
        xml("Missing address in 'phys_function' capability")
    );
    assert_eq!(
        inside("<capability type='mdev_types'><type id='t'/></capability>"),
        xml("missing device API for mediated device type 't'")
    );
    assert_eq!(
        refused(&format!(
            "<capability type='ccwgroup'>{number}<members><ccw_device>x</ccw_device></members></capability>"
        )),
        xml("Missing ref property on ccw_device in members for 'dev'")
    );
}

#[test]
fn a_new_adapter_gets_the_names_that_it_does_not_bring() {
    let xml = "<device><parent>scsi_host1</parent><capability type='scsi_host'>\
               <capability type='fc_host'><wwpn>10000000c9831b4b</wwpn></capability></capability></device>";
    let mut made = 0;
    let mut make = || {
        made += 1;
        Ok(format!("5254000000000{made:03}"))
    };
    let device = NodeDevice::parse(xml, Origin::New(&mut make)).unwrap();
    assert_eq!(device.world_wide_names().unwrap(), ("5254000000000001", "10000000c9831b4b"));
    assert_eq!((device.name(), device.parent_name()), ("new device", Some("scsi_host1")));
    assert!(device.has(Kind::FcHost) && !device.has(Kind::Vports));
    let mut none = || -> Result<String> { Err(err!(None, InternalError, "no kind of host")) };
    let error = NodeDevice::parse(xml, Origin::New(&mut none)).unwrap_err();
    assert_eq!(
        error.message(),
        "internal error: no WWNN supplied for 'new device', and auto-generation failed"
    );
}

#[test]
fn a_mediated_device_prints_what_it_runs_with_or_what_is_configured() {
    let xml = "<device><name>m</name><path>/sys/m</path><capability type='mdev'><type id='t'/>\
               <attr name='a' value='1'/></capability></device>";
    let mut device = NodeDevice::parse(xml, Origin::Existing).unwrap();
    let (now, configured) = (Format::default(), Format { inactive: true, ..Format::default() });
    assert!(!device.to_document(now).contains("<type"));
    assert!(device.to_document(configured).contains("<attr name='a' value='1'/>"));
    assert!(!device.to_document(configured).contains("/sys/m"));
    device.activate();
    assert!(device.to_document(now).contains("<type id='t'/>"));
}
