//! Whole lives of real guests under the driver: a machine without a disk, which boots no further
//! than its firmware.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use vir_api::constants::*;
use vir_api::event::{DomainEvent, Event, Filter};
use vir_api::{Caller, Connection, DriverFactory, OpenRequest};
use vir_base::ErrorCode;
use vir_base::paths::Paths;
use vir_base::refs::DomainRef;
use vir_driver_qemu::driver::QemuFactory;
use vir_host::identity::UuidSource;

const QEMU: &str = "/usr/bin/qemu-system-x86_64";
const PATIENCE: Duration = Duration::from_secs(30);

fn caller(api: &'static str) -> Caller {
    Caller { api, client: 7, ..Caller::default() }
}

/// An instance of its own below a directory; dropped, its guests run on.
struct Daemon {
    connection: Connection,
    _factory: QemuFactory,
    events: Receiver<(String, i32, i32)>,
}

impl Daemon {
    fn start(root: &Path) -> Self {
        // the directory is closed to others
        Self::start_with(root, "user = \"root\"\ngroup = \"root\"\n")
    }

    fn start_with(root: &Path, conf: &str) -> Self {
        let paths = Paths { system: true, ..Paths::system_under(root) };
        std::fs::create_dir_all(&paths.config).unwrap();
        std::fs::write(paths.config_file("qemu"), conf).unwrap();
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
        let sender = Mutex::new(sender);
        let _ = connection.events.subscribe(
            Filter::Domain { id: VIR_DOMAIN_EVENT_ID_LIFECYCLE, only: None },
            Arc::new(move |event| {
                if let Event::Domain(dom, DomainEvent::Lifecycle { event, detail }) = event {
                    let _ = sender.lock().unwrap().send((dom.name.clone(), *event, *detail));
                }
            }),
        );
        Self { connection, _factory: factory, events }
    }

    fn hv(&self) -> &dyn vir_api::HypervisorDriver {
        &*self.connection.hypervisor
    }

    fn expect(&self, name: &str, event: i32, detail: i32) {
        assert_eq!(self.events.recv_timeout(PATIENCE), Ok((name.to_owned(), event, detail)));
    }

    fn state(&self, dom: &DomainRef) -> (i32, i32) {
        let state = self.hv().domain_get_state(&caller("virDomainGetState"), dom, 0).unwrap();
        (state.state, state.reason)
    }

    fn until(&self, dom: &DomainRef, wanted: (i32, i32)) {
        let end = Instant::now() + PATIENCE;
        while self.state(dom) != wanted {
            assert!(Instant::now() < end, "state {:?}, not {wanted:?}", self.state(dom));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn xml(name: &str, more: &str) -> String {
    format!(
        "<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='pc'>hvm</type></os>\
         <devices><emulator>{QEMU}</emulator>{more}</devices></domain>"
    )
}

const DEVICES: &str = "<serial type='pty'/><console type='pty'/><graphics type='vnc' listen='127.0.0.1'/>\
    <channel type='unix'><target type='virtio' name='org.example.0'/></channel>";

#[test]
fn a_guest_from_definition_to_undefinition() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let (hv, c) = (daemon.hv(), caller("virDomainTest"));
    let dom = hv.domain_define_xml_flags(&c, &xml("g", DEVICES), 0).unwrap();
    daemon.expect("g", VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_ADDED);
    assert!(root.path().join("etc/libvirt/qemu/g.xml").exists(), "on disk before define answers");
    assert_eq!(dom.id, -1);

    let dom = hv.domain_create_with_flags(&c, &dom, 0).unwrap();
    daemon.expect("g", VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    daemon.expect("g", VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED));
    assert_eq!(hv.connect_list_domains(&c, 10).unwrap(), [dom.id]);
    let again = hv.domain_create_with_flags(&c, &dom, 0).unwrap_err();
    assert_eq!(again.data().str2.as_deref(), Some("domain is already running"));
    let live = hv.domain_get_xml_desc(&c, &dom, 0).unwrap();
    assert!(live.contains("<alias name='serial0'/>") && live.contains("tty='/dev/pts/"), "{live}");
    let stored = hv.domain_get_xml_desc(&c, &dom, VIR_DOMAIN_XML_INACTIVE).unwrap();
    assert!(!stored.contains("<alias") && !stored.contains("/dev/pts"), "{stored}");

    hv.domain_suspend(&c, &dom).unwrap();
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER));
    daemon.expect("g", VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    hv.domain_resume(&c, &dom).unwrap();
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED));
    daemon.expect("g", VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);

    let records = hv.connect_get_all_domain_stats(&c, &[], 0, 0).unwrap();
    let names: Vec<&str> = records[0].params.iter().map(|p| p.field.as_str()).collect();
    for name in ["state.state", "cpu.time", "balloon.rss", "vcpu.0.time", "net.count", "block.count"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let reply = hv.domain_qemu_monitor_command(&c, &dom, r#"{"execute":"query-name"}"#, 0).unwrap();
    assert!(reply.starts_with(r#"{"return":{"name":"g"}"#), "{reply}");
    let (kind, _picture) = hv.domain_screenshot(&c, &dom, 0, 0).unwrap();
    assert_eq!(kind.as_deref(), Some("image/png"));
    hv.domain_open_console(&c, &dom, None, 0).unwrap();

    let started = Instant::now();
    hv.domain_destroy(&c, &dom).unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    daemon.expect("g", VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED));
    for left in ["run/libvirt/qemu/g.xml", "run/libvirt/qemu/g.pid", "var/lib/libvirt/qemu/domain-1-g"] {
        assert!(!root.path().join(left).exists(), "{left} is left behind");
    }
    hv.domain_undefine_flags(&c, &dom, 0).unwrap();
    assert_eq!(hv.domain_lookup_by_name(&c, "g").unwrap_err().code(), ErrorCode::NoDomain);
    assert!(!root.path().join("etc/libvirt/qemu/g.xml").exists());
}

#[test]
fn put_aside_and_brought_back() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let (hv, c) = (daemon.hv(), caller("virDomainTest"));
    let dom = hv.domain_define_xml_flags(&c, &xml("s", ""), 0).unwrap();
    let dom = hv.domain_create_with_flags(&c, &dom, 0).unwrap();
    hv.domain_managed_save(&c, &dom, 0).unwrap();
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SAVED));
    assert_eq!(hv.domain_has_managed_save_image(&c, &dom, 0).unwrap(), 1);
    let refused = hv.domain_undefine_flags(&c, &dom, 0).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::OperationInvalid);
    let stats = hv.domain_get_job_stats(&c, &dom, VIR_DOMAIN_JOB_STATS_COMPLETED).unwrap();
    assert_eq!(stats.kind, VIR_DOMAIN_JOB_COMPLETED);
    hv.domain_create_with_flags(&c, &dom, 0).unwrap();
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_RESTORED));
    assert_eq!(hv.domain_has_managed_save_image(&c, &dom, 0).unwrap(), 0);

    let file = root.path().join("s.save").to_string_lossy().into_owned();
    hv.domain_save_flags(&c, &dom, &file, None, VIR_DOMAIN_SAVE_PAUSED).unwrap();
    let document = hv.domain_save_image_get_xml_desc(&c, &file, 0).unwrap();
    hv.domain_save_image_define_xml(&c, &file, &document, VIR_DOMAIN_SAVE_RUNNING).unwrap();
    hv.domain_restore_flags(&c, &file, None, 0).unwrap();
    assert_eq!(daemon.state(&dom), (VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_RESTORED));
    hv.domain_destroy(&c, &dom).unwrap();

    // a save that was cut off is not an image
    std::fs::write(&file, b"LibvirtQemudPart").unwrap();
    let error = hv.domain_restore_flags(&c, &file, None, 0).unwrap_err();
    assert_eq!(error.code(), ErrorCode::OperationFailed);
}

#[test]
fn a_new_daemon_finds_its_guests() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let c = caller("virDomainTest");
    let first = Daemon::start(root.path());
    let (dom, paused) = {
        let hv = first.hv();
        hv.domain_define_xml_flags(&c, &xml("r", ""), 0).unwrap();
        let dom = hv.domain_lookup_by_name(&c, "r").unwrap();
        let dom = hv.domain_create_with_flags(&c, &dom, 0).unwrap();
        let paused = hv.domain_create_xml(&c, &xml("t", ""), VIR_DOMAIN_START_PAUSED).unwrap();
        (dom, paused)
    };
    drop(first);
    // what a crash leaves of a write is not read
    std::fs::write(root.path().join("run/libvirt/qemu/half.xml"), "<domstatus state='run").unwrap();
    let second = Daemon::start(root.path());
    let hv = second.hv();
    assert_eq!(hv.domain_lookup_by_name(&c, "r").unwrap(), dom);
    assert_eq!(second.state(&dom).0, VIR_DOMAIN_RUNNING);
    assert_eq!(second.state(&paused), (VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER));
    // the monitor is there again as soon as the turn can be had
    let end = Instant::now() + PATIENCE;
    while hv.domain_suspend(&c, &dom).is_err() {
        assert!(Instant::now() < end, "the monitor does not come back");
        std::thread::sleep(Duration::from_millis(10));
    }
    second.until(&dom, (VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER));
    let next = hv.domain_create_xml(&c, &xml("u", ""), 0).unwrap();
    assert!(next.id > dom.id && next.id > paused.id, "numbers are not used twice");
    // the end of one that was only found is seen too
    let pid: PathBuf = root.path().join("run/libvirt/qemu/t.pid");
    let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
    vir_base::process::Process::open(pid).unwrap().signal(rustix::process::Signal::KILL).unwrap();
    let end = Instant::now() + PATIENCE;
    while hv.domain_lookup_by_name(&c, "t").is_ok() {
        assert!(Instant::now() < end, "the end of the process is not seen");
        std::thread::sleep(Duration::from_millis(5));
    }
    hv.domain_destroy(&c, &dom).unwrap();
    hv.domain_destroy(&c, &next).unwrap();
}

#[test]
fn what_does_not_start_leaves_nothing() {
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    let root = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(root.path());
    let (hv, c) = (daemon.hv(), caller("virDomainTest"));
    let disk = "<disk type='file'><source file='/nonexistent/d'/><target dev='hda'/></disk>";
    let error = hv.domain_create_xml(&c, &xml("n", disk), 0).unwrap_err();
    assert!(error.message().starts_with("Cannot access storage file '/nonexistent/d'"), "{error}");
    let kernel = xml("n", "").replace("</os>", "<kernel>/etc/passwd</kernel></os>");
    let error = hv.domain_create_xml(&c, &kernel, 0).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InternalError);
    assert!(error.message().contains("process exited while connecting to monitor: "), "{error}");
    assert!(hv.connect_list_all_domains(&c, 0).unwrap().is_empty());
    assert_eq!(std::fs::read_dir(root.path().join("run/libvirt/qemu/channel")).unwrap().count(), 0);
    assert!(!root.path().join("run/libvirt/qemu/n.pid").exists());
    // and the name is free
    hv.domain_create_xml(&c, &xml("n", ""), VIR_DOMAIN_START_AUTODESTROY).unwrap();
    daemon.connection.traits.client_gone(7);
    let end = Instant::now() + PATIENCE;
    while !hv.connect_list_all_domains(&c, 0).unwrap().is_empty() {
        assert!(Instant::now() < end, "a guest bound to a client outlives it");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_guest_runs_as_the_user_that_is_configured() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    const NOBODY: u32 = 65534;
    if !Path::new(QEMU).exists() {
        skip::skip!("needs {QEMU}");
    }
    if !rustix::process::geteuid().is_root() {
        skip::skip!("needs root");
    }
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let disk = root.path().join("disk.img");
    std::fs::write(&disk, vec![0; 1 << 20]).unwrap();
    std::fs::set_permissions(&disk, std::fs::Permissions::from_mode(0o600)).unwrap();
    chown(&disk, Some(0), Some(0)).unwrap();
    let conf = "user = \"+65534\"\ngroup = \"+65534\"\nmax_core = 0\nset_process_name = 1\n";
    let daemon = Daemon::start_with(root.path(), conf);
    let (hv, c) = (daemon.hv(), caller("virDomainTest"));
    let more = format!(
        "<serial type='pty'/><disk type='file'><source file='{}'/><target dev='vda' bus='virtio'/></disk>",
        disk.display()
    );
    let dom = hv.domain_create_xml(&c, &xml("g", &more), 0).unwrap();
    let pid = std::fs::read_to_string(root.path().join("run/libvirt/qemu/g.pid")).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap();
    let ids = format!("{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}");
    assert!(status.contains(&format!("Uid:\t{ids}")) && status.contains(&format!("Gid:\t{ids}")), "{status}");
    assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
    assert!(status.starts_with("Name:\tqemu:g\n"), "{status}");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", pid.trim())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let live = hv.domain_get_xml_desc(&c, &dom, 0).unwrap();
    let label = "<seclabel type='dynamic' model='dac' relabel='yes'>\n    <label>+65534:+65534</label>\n    \
                 <imagelabel>+65534:+65534</imagelabel>\n  </seclabel>";
    assert!(live.contains(label), "{live}");
    let owner = || std::fs::metadata(&disk).map(|found| (found.uid(), found.gid())).unwrap();
    assert_eq!(owner(), (NOBODY, NOBODY));
    hv.domain_destroy(&c, &dom).unwrap();
    assert_eq!(owner(), (0, 0));
}
