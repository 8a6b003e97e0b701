//! The library's symbols, and what every test does with them.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

pub type Pointer = *mut c_void;
pub type Free = unsafe extern "C" fn(Pointer);
pub type Lifecycle = unsafe extern "C" fn(Pointer, Pointer, c_int, c_int, Pointer);
pub type Closed = unsafe extern "C" fn(Pointer, c_int, Pointer);
pub type Timer = unsafe extern "C" fn(c_int, Pointer);

unsafe extern "C" {
    pub safe fn virEventRegisterDefaultImpl() -> c_int;
    pub safe fn virEventRunDefaultImpl() -> c_int;
    pub fn virEventAddTimeout(timeout: c_int, cb: Option<Timer>, data: Pointer, free: Option<Free>) -> c_int;
    pub fn virEventRemoveTimeout(timer: c_int) -> c_int;
    pub safe fn virGetLastErrorCode() -> c_int;
    pub safe fn virGetLastErrorDomain() -> c_int;
    pub safe fn virGetLastErrorMessage() -> *const c_char;
    pub fn virSetErrorFunc(data: Pointer, function: Option<unsafe extern "C" fn(Pointer, Pointer)>);
    pub fn virConnectOpen(name: *const c_char) -> Pointer;
    pub fn virConnectOpenReadOnly(name: *const c_char) -> Pointer;
    pub fn virConnectClose(conn: Pointer) -> c_int;
    pub fn virConnectIsAlive(conn: Pointer) -> c_int;
    pub fn virConnectSetKeepAlive(conn: Pointer, interval: c_int, count: c_uint) -> c_int;
    pub fn virConnectRegisterCloseCallback(
        conn: Pointer,
        cb: Option<Closed>,
        data: Pointer,
        free: Option<Free>,
    ) -> c_int;
    pub fn virConnectRef(conn: Pointer) -> c_int;
    pub fn virConnectGetHostname(conn: Pointer) -> *mut c_char;
    pub fn virDomainLookupByName(conn: Pointer, name: *const c_char) -> Pointer;
    pub fn virDomainGetXMLDesc(dom: Pointer, flags: c_uint) -> *mut c_char;
    pub fn virDomainGetName(dom: Pointer) -> *const c_char;
    pub fn virDomainDefineXML(conn: Pointer, xml: *const c_char) -> Pointer;
    pub fn virDomainUndefine(dom: Pointer) -> c_int;
    pub fn virDomainDestroy(dom: Pointer) -> c_int;
    pub fn virDomainFree(dom: Pointer) -> c_int;
    pub fn virDomainGetConnect(dom: Pointer) -> Pointer;
    pub fn virConnectDomainEventRegister(
        conn: Pointer,
        cb: Option<Lifecycle>,
        data: Pointer,
        free: Option<Free>,
    ) -> c_int;
    pub fn virConnectDomainEventDeregister(conn: Pointer, cb: Option<Lifecycle>) -> c_int;
    pub fn virConnectDomainEventRegisterAny(
        conn: Pointer,
        dom: Pointer,
        id: c_int,
        cb: Option<Lifecycle>,
        data: Pointer,
        free: Option<Free>,
    ) -> c_int;
    pub fn virConnectDomainEventDeregisterAny(conn: Pointer, id: c_int) -> c_int;
    pub fn virConnectGetAllDomainStats(
        conn: Pointer,
        stats: c_uint,
        out: *mut *mut Pointer,
        flags: c_uint,
    ) -> c_int;
    pub fn virDomainStatsRecordListFree(records: *mut Pointer);
    pub fn virDomainGetFSInfo(dom: Pointer, out: *mut *mut Pointer, flags: c_uint) -> c_int;
    pub fn virDomainFSInfoFree(info: Pointer);
    pub fn virDomainGetIOThreadInfo(dom: Pointer, out: *mut *mut Pointer, flags: c_uint) -> c_int;
    pub fn virDomainIOThreadInfoFree(info: Pointer);
    pub fn virDomainInterfaceAddresses(
        dom: Pointer,
        out: *mut *mut Pointer,
        source: c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn virDomainInterfaceFree(interface: Pointer);
    pub fn virConnectListAllDomains(conn: Pointer, out: *mut *mut Pointer, flags: c_uint) -> c_int;
    pub fn virConnectListAllNodeDevices(conn: Pointer, out: *mut *mut Pointer, flags: c_uint) -> c_int;
    pub fn virNodeDeviceGetParent(dev: Pointer) -> *const c_char;
    pub fn virNodeDeviceFree(dev: Pointer) -> c_int;
    pub fn virStreamNew(conn: Pointer, flags: c_uint) -> Pointer;
    pub fn virStreamRecv(stream: Pointer, data: *mut c_char, length: usize) -> c_int;
    pub fn virStreamRecvAll(
        stream: Pointer,
        sink: Option<unsafe extern "C" fn(Pointer, *const c_char, usize, Pointer) -> c_int>,
        data: Pointer,
    ) -> c_int;
    pub fn virStreamEventAddCallback(
        stream: Pointer,
        events: c_int,
        cb: Option<unsafe extern "C" fn(Pointer, c_int, Pointer)>,
        data: Pointer,
        free: Option<Free>,
    ) -> c_int;
    pub fn virStreamEventRemoveCallback(stream: Pointer) -> c_int;
    pub fn virStreamFinish(stream: Pointer) -> c_int;
    pub fn virStreamAbort(stream: Pointer) -> c_int;
    pub fn virStreamFree(stream: Pointer) -> c_int;
    pub fn virDomainScreenshot(dom: Pointer, stream: Pointer, screen: c_uint, flags: c_uint) -> *mut c_char;
}

/// A handle that many threads use.
#[derive(Clone, Copy)]
pub struct Shared(pub Pointer);

// SAFETY: the library's handles are used by many threads.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub fn get(self) -> Pointer {
        self.0
    }
}

/// How long something may take that another thread does.
const PATIENCE: Duration = Duration::from_secs(60);

unsafe extern "C" fn quiet(_: Pointer, _: Pointer) {}

/// The default loop, which runs on a thread of its own from now on.
pub fn start_loop() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        // SAFETY: a function that does nothing.
        unsafe { virSetErrorFunc(std::ptr::null_mut(), Some(quiet)) };
        assert_eq!(virEventRegisterDefaultImpl(), 0);
        std::thread::spawn(|| {
            loop {
                assert_eq!(virEventRunDefaultImpl(), 0);
            }
        });
    });
}

/// A machine of its own for each connection.
const MACHINE: &str =
    "<node><network><name>default</name><ip address='192.168.122.1' netmask='255.255.255.0'>
<dhcp><range start='192.168.122.128' end='192.168.122.253'/></dhcp></ip></network>
<domain type='test'><name>test</name><memory>8192</memory><vcpu>2</vcpu>
<iothreads>2</iothreads><os><type>hvm</type></os><devices>
<disk type='file'><source file='/guest/diskimage1'/><target dev='vda'/></disk>
<interface type='network'><source network='default'/><target dev='net0'/></interface></devices></domain>
<device><name>one</name><capability type='net'><interface>eth0</interface></capability></device>
<device><name>two</name><parent>one</parent>
<capability type='net'><interface>eth1</interface></capability></device></node>";

/// The URI of a machine that nobody else has.
pub fn machine() -> CString {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("c-library-{}-{number}.xml", std::process::id()));
    std::fs::write(&path, MACHINE).unwrap();
    text(&format!("test://{}", path.display()))
}

/// A connection to a machine of the test's own, with the loop running.
pub fn open() -> Pointer {
    start_loop();
    let name = machine();
    // SAFETY: a text.
    let conn = unsafe { virConnectOpen(name.as_ptr()) };
    assert!(!conn.is_null(), "{}", last());
    // it has been read
    let _ = std::fs::remove_file(name.to_str().unwrap().trim_start_matches("test://"));
    conn
}

pub fn text(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// What the thread's last error says.
pub fn last() -> String {
    // SAFETY: a text, always.
    unsafe { CStr::from_ptr(virGetLastErrorMessage()) }.to_str().unwrap().to_owned()
}

/// The domain of that name.
pub fn domain(conn: Pointer, name: &str) -> Pointer {
    let name = text(name);
    // SAFETY: a connection and a text.
    let dom = unsafe { virDomainLookupByName(conn, name.as_ptr()) };
    assert!(!dom.is_null(), "{}", last());
    dom
}

/// Waits until it is so.
pub fn until(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What callbacks tell; their argument is a share of it.
#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl Log {
    pub fn say(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn said(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
