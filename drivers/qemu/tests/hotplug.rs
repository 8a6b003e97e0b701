//! Devices of real guests, which boot no further than their firmware: what QEMU is given, what documents say of it,
//! and what a new daemon finds.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use vir_api::constants::*;
use vir_api::event::{DomainEvent, Event, Filter};
use vir_api::{Caller, Connection, DriverFactory, OpenRequest};
use vir_base::paths::Paths;
use vir_base::refs::DomainRef;
use vir_base::{ErrorCode, Result};
use vir_driver_qemu::driver::QemuFactory;
use vir_host::identity::UuidSource;

const QEMU: &str = "/usr/bin/qemu-system-x86_64";
const PATIENCE: Duration = Duration::from_secs(30);

fn caller() -> Caller {
    Caller { api: "virDomainTest", client: 7, ..Caller::default() }
}

/// An instance of its own below a directory; dropped, its guests run on.
struct Daemon {
    connection: Connection,
    _factory: QemuFactory,
    events: Receiver<DomainEvent>,
}

impl Daemon {
    fn start(root: &Path) -> Self {
        let paths = Paths { system: true, ..Paths::system_under(root) };
        std::fs::create_dir_all(&paths.config).unwrap();
        // the directory is closed to others
        std::fs::write(paths.config_file("qemu"), "user = \"root\"\ngroup = \"root\"\n").unwrap();
        let factory = QemuFactory::new(paths, UuidSource::MachineId);
        factory.start().unwrap();
        let request = OpenRequest {
            uri: "qemu:///system".into(),
            flags: 0,
            identity: Arc::default(),
            credentials: None,
        };
        let connection = factory.open(&request).unwrap();
        let (sender, events) = channel();
        for id in [
            VIR_DOMAIN_EVENT_ID_DEVICE_ADDED,
            VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
            VIR_DOMAIN_EVENT_ID_TRAY_CHANGE,
        ] {
            let sender = Mutex::new(sender.clone());
            let _ = connection.events.subscribe(
                Filter::Domain { id, only: None },
                Arc::new(move |event| {
                    if let Event::Domain(_, event) = event {
                        let _ = sender.lock().unwrap().send(event.clone());
                    }
                }),
            );
        }
        Self { connection, _factory: factory, events }
    }

    fn hv(&self) -> &dyn vir_api::HypervisorDriver {
        &*self.connection.hypervisor
    }

    fn expect(&self, event: DomainEvent) {
        assert_eq!(self.events.recv_timeout(PATIENCE), Ok(event));
    }

    fn attach(&self, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
        self.hv().domain_attach_device_flags(&caller(), dom, xml, flags)
    }

    fn detach(&self, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
        self.hv().domain_detach_device_flags(&caller(), dom, xml, flags)
    }

    fn update(&self, dom: &DomainRef, xml: &str, flags: u32) -> Result<()> {
        self.hv().domain_update_device_flags(&caller(), dom, xml, flags)
    }

    fn xml(&self, dom: &DomainRef, flags: u32) -> String {
        self.hv().domain_get_xml_desc(&caller(), dom, flags).unwrap()
    }

    /// What the monitor answers.
    fn ask(&self, dom: &DomainRef, command: &str) -> Value {
        let answer = self.hv().domain_qemu_monitor_command(&caller(), dom, command, 0).unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()["return"].clone()
    }

    /// The names of the guest's block nodes.
    fn nodes(&self, dom: &DomainRef) -> Vec<String> {
        let nodes = self.ask(dom, "{\"execute\":\"query-named-block-nodes\"}");
        let mut names: Vec<String> =
            nodes.as_array().unwrap().iter().map(|n| n["node-name"].as_str().unwrap().to_owned()).collect();
        names.retain(|name| name.starts_with("libvirt-"));
        names.sort();
        names
    }

    /// The names of the devices that QEMU has by name.
    fn peripherals(&self, dom: &DomainRef) -> Vec<String> {
        let list =
            self.ask(dom, "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/machine/peripheral\"}}");
        let names = list.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned());
        names.filter(|name| name != "type").collect()
    }

    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds() {
            assert!(Instant::now() < end, "never: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn end(&self, dom: &DomainRef) {
        self.hv().domain_destroy(&caller(), dom).unwrap();
    }
}

fn added(alias: &str) -> DomainEvent {
    DomainEvent::DeviceAdded { alias: alias.into() }
}

fn removed(alias: &str) -> DomainEvent {
    DomainEvent::DeviceRemoved { alias: alias.into() }
}

fn message(result: Result<()>) -> (ErrorCode, String) {
    let error = result.unwrap_err();
    (error.code(), error.data().str2.clone().unwrap_or_default())
}

/// A guest whose buses give devices back without its doing: USB and SCSI.
fn guest(daemon: &Daemon, more: &str) -> DomainRef {
    let xml = format!(
        "<domain type='qemu'><name>g</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>\
         <devices><emulator>{QEMU}</emulator>\
         <controller type='usb' model='qemu-xhci'/><controller type='scsi' model='virtio-scsi'/>\
         {more}</devices></domain>"
    );
    let dom = daemon.hv().domain_define_xml_flags(&caller(), &xml, 0).unwrap();
    daemon.hv().domain_create_with_flags(&caller(), &dom, 0).unwrap()
}

fn image(root: &Path, name: &str) -> String {
    let path = root.join(name);
    std::fs::write(&path, vec![0; 1 << 20]).unwrap();
    path.to_string_lossy().into_owned()
}

fn disk(path: &str, target: &str, bus: &str) -> String {
    format!(
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'/>\
         <target dev='{target}' bus='{bus}'/></disk>"
    )
}

/// Takes a device away over a guest's own monitor, which nobody else may use.
fn behind_our_back(monitor: &Path, device: &str) {
    let stream = UnixStream::connect(monitor).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut lines = BufReader::new(&stream).lines();
    (&stream).write_all(b"{\"execute\":\"qmp_capabilities\"}\n").unwrap();
    let delete = format!("{{\"execute\":\"device_del\",\"arguments\":{{\"id\":\"{device}\"}}}}\n");
    (&stream).write_all(delete.as_bytes()).unwrap();
    let told = |line: &str| line.contains("DEVICE_DELETED") && line.contains(&format!("\"{device}\""));
    while !told(&lines.next().unwrap().unwrap()) {}
}

#[test]
fn a_disk_comes_and_goes() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let dom = guest(&daemon, "");
    let sda = disk(&image(root.path(), "a"), "sda", "usb");
    daemon.attach(&dom, &sda, 0).unwrap();
    daemon.expect(added("usb-disk0"));
    assert_eq!(daemon.nodes(&dom), ["libvirt-1-storage"]);
    let xml = daemon.xml(&dom, 0);
    assert!(xml.contains("<alias name='usb-disk0'/>") && xml.contains("index='1'"), "{xml}");
    assert!(!daemon.xml(&dom, VIR_DOMAIN_XML_INACTIVE).contains("<disk"));
    assert_eq!(message(daemon.attach(&dom, &sda, 0)).0, ErrorCode::XmlError, "it is there already");

    daemon.detach(&dom, &sda, 0).unwrap();
    daemon.expect(removed("usb-disk0"));
    assert_eq!(daemon.nodes(&dom), [""; 0]);
    assert!(!daemon.xml(&dom, 0).contains("<disk"));
    assert_eq!(
        message(daemon.detach(&dom, &sda, 0)),
        (ErrorCode::DeviceMissing, "disk sda not found".into())
    );
    daemon.end(&dom);
}

#[test]
fn a_disk_of_both_definitions_is_found_by_a_new_daemon() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let sdb = disk(&image(root.path(), "b"), "sdb", "scsi");
    let dom = {
        let daemon = Daemon::start(root.path());
        let dom = guest(&daemon, "");
        daemon.attach(&dom, &sdb, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG).unwrap();
        daemon.expect(added("scsi0-0-0-1"));
        assert!(daemon.xml(&dom, VIR_DOMAIN_XML_INACTIVE).contains("<target dev='sdb' bus='scsi'/>"));
        daemon.attach(&dom, &disk(&image(root.path(), "d"), "sdd", "usb"), 0).unwrap();
        dom
    };
    // the guest lets go of one while nobody listens
    behind_our_back(&root.path().join("var/lib/libvirt/qemu/domain-1-g/monitor.sock"), "usb-disk3");
    let daemon = Daemon::start(root.path());
    let dom = daemon.hv().domain_lookup_by_uuid(&caller(), &dom.uuid).unwrap();
    daemon.until("the monitor is there", || {
        daemon.hv().domain_qemu_monitor_command(&caller(), &dom, "{\"execute\":\"query-status\"}", 0).is_ok()
    });
    assert!(daemon.xml(&dom, 0).contains("<alias name='scsi0-0-0-1'/>"));
    daemon.until("the other is gone", || !daemon.xml(&dom, 0).contains("usb-disk3"));
    assert_eq!(daemon.nodes(&dom), ["libvirt-1-storage"], "and so are its nodes");
    // the next gets a number that none has had
    let sdc = disk(&image(root.path(), "c"), "sdc", "scsi");
    daemon.attach(&dom, &sdc, 0).unwrap();
    assert_eq!(daemon.nodes(&dom), ["libvirt-1-storage", "libvirt-3-storage"]);
    daemon.end(&dom);
}

#[test]
fn what_fails_leaves_nothing() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let dom = guest(&daemon, "");
    let before = daemon.xml(&dom, 0);
    let (code, text) = message(daemon.attach(&dom, &disk("/does/not/exist", "sda", "usb"), 0));
    assert_eq!(code, ErrorCode::SystemError, "{text}");
    // QEMU refuses the device when its nodes are there: the guest has a place of that name already
    let path = image(root.path(), "a");
    let add = "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"usb-tablet\",\"id\":\"usb-disk0\",\
               \"bus\":\"usb.0\",\"port\":\"4\"}}";
    daemon.ask(&dom, add);
    let (code, text) = message(daemon.attach(
        &dom,
        &disk(&path, "sda", "usb"),
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG,
    ));
    assert_eq!(code, ErrorCode::InternalError);
    assert!(text.starts_with("unable to execute QEMU command 'device_add': "), "{text}");
    assert_eq!(daemon.nodes(&dom), [""; 0], "the nodes are taken back");
    assert_eq!(daemon.xml(&dom, 0), before);
    assert!(!daemon.xml(&dom, VIR_DOMAIN_XML_INACTIVE).contains("<disk"), "nothing is stored");
    daemon.end(&dom);
}

#[test]
fn a_medium_is_changed_and_taken_out() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let drive = |source: &str| {
        format!("<disk type='file' device='cdrom'>{source}<target dev='hdc' bus='ide'/><readonly/></disk>")
    };
    let with = |name: &str| drive(&format!("<source file='{}'/>", image(root.path(), name)));
    let dom = guest(&daemon, &drive(""));
    daemon.update(&dom, &with("a"), 0).unwrap();
    assert_eq!(daemon.nodes(&dom), ["libvirt-2-storage"]);
    assert!(daemon.xml(&dom, 0).contains("/a' index='2'/>"));
    daemon.update(&dom, &with("b"), VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG).unwrap();
    assert_eq!(daemon.nodes(&dom), ["libvirt-3-storage"]);
    assert!(daemon.xml(&dom, VIR_DOMAIN_XML_INACTIVE).contains("/b'/>"));
    daemon.update(&dom, &drive(""), VIR_DOMAIN_DEVICE_MODIFY_FORCE).unwrap();
    assert_eq!(daemon.nodes(&dom), [""; 0]);
    assert!(!daemon.xml(&dom, 0).contains("<source"));
    assert_eq!(
        message(daemon.update(&dom, &with("a").replace("ide", "sata"), 0)),
        (ErrorCode::OperationUnsupported, "cannot modify field 'bus' of the disk".into())
    );
    daemon.end(&dom);
}

#[test]
fn interfaces_rngs_channels_and_tablets_come_and_go() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let dom = guest(&daemon, "<controller type='virtio-serial'/>");
    let net = "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/></interface>";
    daemon.attach(&dom, net, 0).unwrap();
    daemon.expect(added("net0"));
    let down = net.replace("</interface>", "<link state='down'/></interface>");
    daemon.update(&dom, &down, 0).unwrap();
    assert!(daemon.xml(&dom, 0).contains("<link state='down'/>"));
    daemon
        .attach(&dom, "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", 0)
        .unwrap();
    daemon.expect(added("rng0"));
    let channel = "<channel type='unix'><target type='virtio' name='org.example.1'/></channel>";
    daemon.attach(&dom, channel, 0).unwrap();
    daemon.expect(added("channel0"));
    assert!(daemon.xml(&dom, 0).contains("org.example.1'/>"));
    daemon.attach(&dom, "<console type='pty'><target type='virtio'/></console>", 0).unwrap();
    daemon.expect(added("console0"));
    assert!(daemon.xml(&dom, 0).contains("<source path='/dev/pts/"));
    daemon.attach(&dom, "<input type='tablet' bus='usb'/>", 0).unwrap();
    daemon.expect(added("input2"));
    let all = daemon.peripherals(&dom);
    for name in ["net0", "rng0", "channel0", "console0", "input2"] {
        assert!(all.iter().any(|known| known == name), "{name} in {all:?}");
    }
    // what is on a bus of its own goes at once
    daemon.detach(&dom, "<input type='tablet' bus='usb'/>", 0).unwrap();
    daemon.expect(removed("input2"));
    daemon.hv().domain_detach_device_alias(&caller(), &dom, "channel0", 0).unwrap();
    daemon.expect(removed("channel0"));
    daemon.until("the channel is gone", || !daemon.xml(&dom, 0).contains("org.example.1"));
    // PCI waits for the guest, and this one never answers
    daemon.hv().domain_detach_device_alias(&caller(), &dom, "net0", 0).unwrap();
    assert!(daemon.xml(&dom, 0).contains("<alias name='net0'/>"));
    assert_eq!(
        message(daemon.hv().domain_detach_device_alias(&caller(), &dom, "net7", 0)),
        (ErrorCode::InternalError, "no device found with alias net7".into())
    );
    daemon.end(&dom);
}
