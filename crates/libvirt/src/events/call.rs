//! From an event to the call of a callback: each kind has its own arguments.

use super::Function;
use crate::convert::number;
use crate::handle::{Connect, Kind, Object, free};
use crate::typed;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null;
use vir_api::event::{DomainEvent, Event, NetworkEvent, NodeDeviceEvent, SecretEvent, StoragePoolEvent};
use vir_api::types::{DomainEventGraphicsAddress, DomainEventGraphicsIdentity};
use vir_base::TypedParam;

/// `virDomainEventGraphicsAddress`.
#[repr(C)]
struct Address {
    family: c_int,
    node: *const c_char,
    service: *const c_char,
}

/// `virDomainEventGraphicsSubjectIdentity`.
#[repr(C)]
struct Identity {
    kind: *const c_char,
    name: *const c_char,
}

/// `virDomainEventGraphicsSubject`.
#[repr(C)]
struct Subject {
    count: c_int,
    identities: *const Identity,
}

/// Texts that live as long as a call.
#[derive(Default)]
struct Texts(Vec<CString>);

impl Texts {
    fn add(&mut self, text: &str) -> *const c_char {
        let text = CString::new(text).unwrap_or_default();
        let pointer = text.as_ptr();
        self.0.push(text);
        pointer
    }

    fn add_or_null(&mut self, text: Option<&str>) -> *const c_char {
        text.map_or(null(), |text| self.add(text))
    }
}

/// A callback by the types of what it gets between the object and its own argument.
struct Target<'a, R: Kind> {
    conn: &'a Connect,
    object: &'a Object<R>,
    function: Function,
    data: *mut c_void,
}

macro_rules! with {
    ($name:ident $($arg:ident: $ty:ident),*) => {
        /// # Safety
        /// The callback takes these.
        unsafe fn $name<$($ty),*>(&self $(, $arg: $ty)*) {
            type Taking<R $(, $ty)*> = unsafe extern "C" fn(*mut Connect, *mut Object<R> $(, $ty)*, *mut c_void);
            // SAFETY: the caller's contract; functions have one size, and C's are all called alike.
            unsafe {
                let function: Taking<R $(, $ty)*> = std::mem::transmute(self.function);
                let conn = std::ptr::from_ref(self.conn).cast_mut();
                function(conn, std::ptr::from_ref(self.object).cast_mut() $(, $arg)*, self.data);
            }
        }
    };
}

impl<R: Kind> Target<'_, R> {
    with!(none);
    with!(one a: A);
    with!(two a: A, b: B);
    with!(three a: A, b: B, c: C);
    with!(four a: A, b: B, c: C, d: D);
    with!(five a: A, b: B, c: C, d: D, e: E);
}

/// Calls `function` with `event`.
///
/// # Safety
/// It is a callback for events of this kind, and `data` is its argument.
pub unsafe fn call(conn: &Connect, event: &Event, function: Function, data: *mut c_void) {
    macro_rules! about {
        ($reference:ident, |$target:ident| $call:expr) => {{
            let pointer = Object::make(conn, $reference.clone());
            // SAFETY: just made; the program may have kept references of its own.
            let object = unsafe { &*pointer };
            let $target = Target { conn, object, function, data };
            // SAFETY: the caller's contract.
            unsafe { $call };
            // SAFETY: the reference that it was made with.
            unsafe { free(object) };
        }};
    }
    match event {
        Event::Domain(dom, event) => about!(dom, |target| domain(&target, event)),
        Event::Network(net, NetworkEvent::Lifecycle { event, detail }) => {
            about!(net, |target| target.two::<c_int, c_int>(*event, *detail));
        }
        Event::Network(net, NetworkEvent::MetadataChange { kind, nsuri }) => {
            let mut texts = Texts::default();
            let nsuri = texts.add_or_null(nsuri.as_deref());
            about!(net, |target| target.two::<c_int, _>(*kind, nsuri));
        }
        Event::StoragePool(pool, StoragePoolEvent::Lifecycle { event, detail }) => {
            about!(pool, |target| target.two::<c_int, c_int>(*event, *detail));
        }
        Event::StoragePool(pool, StoragePoolEvent::Refresh) => about!(pool, |target| target.none()),
        Event::NodeDevice(dev, NodeDeviceEvent::Lifecycle { event, detail }) => {
            about!(dev, |target| target.two::<c_int, c_int>(*event, *detail));
        }
        Event::NodeDevice(dev, NodeDeviceEvent::Update) => about!(dev, |target| target.none()),
        Event::Secret(secret, SecretEvent::Lifecycle { event, detail }) => {
            about!(secret, |target| target.two::<c_int, c_int>(*event, *detail));
        }
        Event::Secret(secret, SecretEvent::ValueChanged) => about!(secret, |target| target.none()),
        Event::QemuMonitor { dom, event, seconds, micros, details } => {
            let mut texts = Texts::default();
            let (event, details) = (texts.add(event), texts.add_or_null(details.as_deref()));
            about!(dom, |target| target.four(event, *seconds, *micros, details));
        }
    }
}

/// # Safety
/// As [`call`].
unsafe fn domain<R: Kind>(to: &Target<'_, R>, event: &DomainEvent) {
    use DomainEvent as E;
    let mut texts = Texts::default();
    let t = &mut texts;
    // SAFETY: the caller's contract; texts live until the call has returned.
    unsafe {
        match event {
            E::Lifecycle { event, detail } => to.two(*event, *detail),
            E::Reboot | E::ControlError => to.none(),
            E::RtcChange { offset } => to.one(*offset),
            E::Watchdog { action } => to.one(*action),
            E::IoError { path, alias, action } => to.three(t.add(path), t.add(alias), *action),
            E::IoErrorReason { path, alias, action, reason } => {
                to.four(t.add(path), t.add(alias), *action, t.add(reason));
            }
            E::Graphics { phase, local, remote, auth_scheme, subject } => {
                graphics(to, *phase, [local, remote], auth_scheme, subject);
            }
            E::BlockJob { path: disk, kind, status } | E::BlockJob2 { dst: disk, kind, status } => {
                to.three(t.add(disk), *kind, *status);
            }
            E::DiskChange { old, new, alias, reason } => {
                let (old, new) = (t.add_or_null(old.as_deref()), t.add_or_null(new.as_deref()));
                to.four(old, new, t.add(alias), *reason);
            }
            E::TrayChange { alias, reason } => to.two(t.add(alias), *reason),
            E::PmWakeup { reason } | E::PmSuspend { reason } | E::PmSuspendDisk { reason } => to.one(*reason),
            E::BalloonChange { actual } => to.one(*actual),
            E::DeviceRemoved { alias } | E::DeviceAdded { alias } | E::DeviceRemovalFailed { alias } => {
                to.one(t.add(alias));
            }
            E::Tunable { params } | E::JobCompleted { params } => parameters(to, params),
            E::AgentLifecycle { state, reason } => to.two(*state, *reason),
            E::MigrationIteration { iteration } => to.one(*iteration),
            E::MetadataChange { kind, nsuri } => to.two(*kind, t.add_or_null(nsuri.as_deref())),
            E::BlockThreshold { dev, path, threshold, excess } => {
                to.four(t.add(dev), t.add_or_null(path.as_deref()), *threshold, *excess);
            }
            E::MemoryFailure { recipient, action, flags } => to.three(*recipient, *action, *flags),
            E::MemoryDeviceSizeChange { alias, size } => to.two(t.add(alias), *size),
            E::NicMacChange { alias, old, new } => to.three(t.add(alias), t.add(old), t.add(new)),
        }
    }
}

/// # Safety
/// As [`call`].
unsafe fn parameters<R: Kind>(to: &Target<'_, R>, params: &[TypedParam]) {
    let list = typed::list(params);
    let count = number(params.len()).unwrap_or(0);
    // SAFETY: the caller's contract; the list is freed after the call.
    unsafe {
        to.two(list, count);
        typed::virTypedParamsFree(list, count);
    }
}

/// # Safety
/// As [`call`].
unsafe fn graphics<R: Kind>(
    to: &Target<'_, R>,
    phase: c_int,
    ends: [&DomainEventGraphicsAddress; 2],
    auth_scheme: &str,
    subject: &[DomainEventGraphicsIdentity],
) {
    let mut texts = Texts::default();
    let [local, remote] = ends.map(|end| Address {
        family: end.family,
        node: texts.add(&end.node),
        service: texts.add(&end.service),
    });
    let identities: Vec<Identity> = subject
        .iter()
        .map(|identity| Identity { kind: texts.add(&identity.kind), name: texts.add(&identity.name) })
        .collect();
    let subject = Subject { count: number(identities.len()).unwrap_or(0), identities: identities.as_ptr() };
    let scheme = texts.add(auth_scheme);
    // SAFETY: the caller's contract; what is pointed to lives until the call has returned.
    unsafe { to.five(phase, &raw const local, &raw const remote, scheme, &raw const subject) };
}
