//! Handles: what C holds of a connection and of the objects on it.
//!
//! Each starts with a word that says what it is and with its count of references; an object keeps
//! its connection. Handles convert nothing and call no driver.

use crate::closing::Closing;
use crate::convert::At;
use crate::events::Callbacks;
use crate::watch::Watch;
use std::ffi::CString;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use vir_api::constants::VIR_TYPED_PARAM_STRING_OKAY;
use vir_api::{Caller, Connection};
use vir_base::error::{Error, ErrorCode, ErrorDomain};
use vir_base::{Result, refs};
use vir_remote::RemoteDriver;

/// What every handle begins with.
#[repr(C)]
pub struct Head {
    magic: AtomicU32,
    refs: AtomicU32,
}

impl Head {
    pub fn new(magic: u32) -> Self {
        Self { magic: AtomicU32::new(magic), refs: AtomicU32::new(1) }
    }

    pub fn is(&self, magic: u32) -> bool {
        self.magic.load(Ordering::Acquire) == magic
    }

    pub fn acquire(&self) {
        self.refs.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives one reference back; true if it was the last, and then the handle is nothing any more.
    pub fn release(&self) -> bool {
        let last = self.refs.fetch_sub(1, Ordering::AcqRel) == 1;
        if last {
            self.magic.store(0, Ordering::Release);
        }
        last
    }

    pub fn count(&self) -> u32 {
        self.refs.load(Ordering::Acquire)
    }
}

pub const CONNECT: u32 = 0x7669_0001;

/// `virDrvFeature`
const FEATURE_FD_PASSING: i32 = 8;
const FEATURE_TYPED_PARAM_STRING: i32 = 9;

/// An open connection (`virConnectPtr`).
#[repr(C)]
pub struct Connect {
    pub head: Head,
    /// Ends before the socket that it watches.
    pub watch: Option<Watch>,
    pub parts: Connection,
    pub remote: Option<Arc<RemoteDriver>>,
    pub caller: Caller,
    pub kind: Mutex<Option<CString>>,
    pub callbacks: Arc<Callbacks>,
    pub closing: Arc<Closing>,
    pub texts: OnceLock<bool>,
    pub on_error: Mutex<crate::error::Handler>,
}

impl Connect {
    /// The caller of one function.
    pub fn caller(&self, api: &'static str) -> Caller {
        Caller { api, ..self.caller.clone() }
    }

    /// What changes something needs a connection that is not for reading only.
    ///
    /// # Errors
    /// It is.
    pub fn writable(&self, at: At) -> Result<()> {
        match self.caller.read_only {
            true => {
                let words = format!("read only access prevents {}", at.function);
                Err(Error::new(at.domain, ErrorCode::OperationDenied, &words))
            }
            false => Ok(()),
        }
    }

    /// `VIR_TYPED_PARAM_STRING_OKAY` if the driver can have parameters that are texts.
    pub fn takes_texts(&self) -> u32 {
        let can = *self.texts.get_or_init(|| self.parts.traits.has_feature(FEATURE_TYPED_PARAM_STRING));
        if can { VIR_TYPED_PARAM_STRING_OKAY } else { 0 }
    }

    /// Whether descriptors can go with a call.
    ///
    /// # Errors
    /// They cannot.
    pub fn carries_files(&self, at: At) -> Result<()> {
        match self.parts.traits.has_feature(FEATURE_FD_PASSING) {
            true => Ok(()),
            false => Err(Error::new(
                at.domain,
                ErrorCode::ArgumentUnsupported,
                "fd passing is not supported by this connection",
            )),
        }
    }

    /// The C text that the connection keeps for `virConnectGetType`.
    pub fn keep_kind(&self, text: String) -> *const std::ffi::c_char {
        let mut kept = self.kind.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| CString::new(text).unwrap_or_default()).as_ptr()
    }
}

/// A reference to a connection, given back when it is dropped.
pub struct Held(*const Connect);

// SAFETY: a connection is shared by threads, and its count is atomic.
unsafe impl Send for Held {}
// SAFETY: as before.
unsafe impl Sync for Held {}

impl Held {
    pub fn new(conn: &Connect) -> Self {
        conn.head.acquire();
        Self(conn)
    }

    pub fn get(&self) -> &Connect {
        // SAFETY: one of its references is ours.
        unsafe { &*self.0 }
    }

    pub fn pointer(&self) -> *mut Connect {
        self.0.cast_mut()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: the reference is ours, and given back once.
        unsafe { free_connect(&*self.0) };
    }
}

/// What an object's handle needs to know of its kind.
pub trait Kind: Sized + Clone + 'static {
    const MAGIC: u32;
    const CODE: ErrorCode;
    /// Of what is said when a pointer is no such handle.
    const DOMAIN: ErrorDomain;
    /// Of what is said of other arguments.
    const ARGUMENTS: ErrorDomain = match Self::DOMAIN {
        ErrorDomain::Dom => ErrorDomain::Domain,
        other => other,
    };
    /// The texts that C reads without owning them: the name first.
    fn texts(&self) -> Vec<&str>;
    /// The number of a running instance.
    fn id(&self) -> i32 {
        -1
    }
}

/// An object of a connection (`virDomainPtr`, …).
#[repr(C)]
pub struct Object<R> {
    pub head: Head,
    conn: Held,
    pub id: AtomicI32,
    texts: Vec<CString>,
    kept: OnceLock<CString>,
    reference: R,
}

impl<R: Kind> Object<R> {
    /// A handle for C, which keeps `conn`.
    pub fn make(conn: &Connect, reference: R) -> *mut Self {
        let texts = reference.texts().into_iter().map(|t| CString::new(t).unwrap_or_default()).collect();
        let id = AtomicI32::new(reference.id());
        Box::into_raw(Box::new(Self {
            head: Head::new(R::MAGIC),
            conn: Held::new(conn),
            id,
            texts,
            kept: OnceLock::new(),
            reference,
        }))
    }

    pub fn reference(&self) -> &R {
        &self.reference
    }

    pub fn connection(&self) -> &Connect {
        self.conn.get()
    }

    pub fn connection_pointer(&self) -> *mut Connect {
        self.conn.pointer()
    }

    /// The text that was looked up once and is kept for C.
    pub fn kept(&self) -> Option<&std::ffi::CStr> {
        self.kept.get().map(CString::as_c_str)
    }

    pub fn keep(&self, text: &str) -> *const std::ffi::c_char {
        self.kept.get_or_init(|| CString::new(text).unwrap_or_default()).as_ptr()
    }

    pub fn text(&self, at: usize) -> *const std::ffi::c_char {
        self.texts.get(at).map_or(std::ptr::null(), |t| t.as_ptr())
    }
}

/// The object behind a pointer from C.
///
/// # Errors
/// It is NULL or something else; in the words that C programs know, for `function`.
///
/// # Safety
/// The pointer is NULL or a handle that has not ended.
pub unsafe fn object<'a, R: Kind>(pointer: *mut Object<R>, function: &str) -> Result<&'a Object<R>> {
    // SAFETY: the caller's contract.
    match unsafe { pointer.as_ref() } {
        Some(object) if object.head.is(R::MAGIC) => {
            crate::error::concerns(object.connection_pointer());
            Ok(object)
        }
        _ => Err(Error::new(R::DOMAIN, R::CODE, function)),
    }
}

/// The connection behind a pointer from C; as [`object`].
///
/// # Errors
/// It is NULL or something else.
///
/// # Safety
/// The pointer is NULL or a handle that has not ended.
pub unsafe fn connect<'a>(pointer: *mut Connect, domain: ErrorDomain, function: &str) -> Result<&'a Connect> {
    // SAFETY: the caller's contract.
    match unsafe { pointer.as_ref() } {
        Some(conn) if conn.head.is(CONNECT) => {
            crate::error::concerns(pointer);
            Ok(conn)
        }
        _ => Err(Error::new(domain, ErrorCode::InvalidConn, function)),
    }
}

/// Gives a reference to an object back, and its connection with the last one.
///
/// # Safety
/// `object` came from [`object`], and the caller owns one of its references.
pub unsafe fn free<R: Kind>(object: &Object<R>) {
    if object.head.release() {
        let pointer = std::ptr::from_ref(object).cast_mut();
        // SAFETY: it was made by `Object::make`, and this was the last reference.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

/// Gives a reference to a connection back; how many are left.
///
/// # Safety
/// The caller owns one of its references.
pub unsafe fn free_connect(conn: &Connect) -> u32 {
    let left = conn.head.count().saturating_sub(1);
    if conn.head.release() {
        let pointer = std::ptr::from_ref(conn).cast_mut();
        // SAFETY: it was made by `Box::into_raw`, and this was the last reference.
        drop(unsafe { Box::from_raw(pointer) });
    }
    left
}

macro_rules! kinds {
    ($($alias:ident $reference:ident $magic:literal $code:ident $domain:ident |$r:ident| $texts:expr $(, $id:expr)?;)*) => {
        $(pub type $alias = Object<refs::$reference>;
        impl Kind for refs::$reference {
            const MAGIC: u32 = $magic;
            const CODE: ErrorCode = ErrorCode::$code;
            const DOMAIN: ErrorDomain = ErrorDomain::$domain;
            fn texts(&self) -> Vec<&str> { let $r = self; $texts }
            $(fn id(&self) -> i32 { let $r = self; $id })?
        })*
    };
}

kinds! {
    Domain DomainRef 0x7669_0002 InvalidDomain Dom |r| vec![&r.name], r.id;
    Network NetworkRef 0x7669_0003 InvalidNetwork Network |r| vec![&r.name];
    NetworkPort NetworkPortRef 0x7669_0004 InvalidNetworkPort Network |_r| vec![];
    NWFilter NwfilterRef 0x7669_0005 InvalidNwfilter Nwfilter |r| vec![&r.name];
    NWFilterBinding NwfilterBindingRef 0x7669_0006 InvalidNwfilterBinding Nwfilter |r| vec![&r.portdev, &r.filtername];
    Interface InterfaceRef 0x7669_0007 InvalidInterface Interface |r| vec![&r.name, &r.mac];
    StoragePool StoragePoolRef 0x7669_0008 InvalidStoragePool Storage |r| vec![&r.name];
    StorageVol StorageVolRef 0x7669_0009 InvalidStorageVol Storage |r| vec![&r.name, &r.key, &r.pool];
    NodeDevice NodeDeviceRef 0x7669_000a InvalidNodeDevice Nodedev |r| vec![&r.name];
    Secret SecretRef 0x7669_000b InvalidSecret Secret |r| vec![&r.usage_id];
    DomainSnapshot DomainSnapshotRef 0x7669_000c InvalidDomainSnapshot DomainSnapshot |r| vec![&r.name];
    DomainCheckpoint DomainCheckpointRef 0x7669_000d InvalidDomainCheckpoint DomainCheckpoint |r| vec![&r.name];
}
