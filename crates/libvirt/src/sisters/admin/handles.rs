//! Handles of administration: the connection, a daemon's servers and their clients.

use super::closing::Closing;
use crate::boundary::entry;
use crate::handle::Head;
use crate::watch::Watch;
use std::ffi::{CString, c_char, c_int, c_longlong, c_ulonglong};
use std::ptr::null;
use std::sync::Arc;
use vir_base::Result;
use vir_base::error::{Error, ErrorCode, ErrorDomain};
use vir_remote::{Admin, AdminClient, AdminServer};

/// What a handle is: its first word says so.
pub trait Kind: Sized {
    const MAGIC: u32;
}

/// A counted handle.
#[repr(C)]
pub struct Handle<T> {
    head: Head,
    pub body: T,
}

/// `virAdmConnect`
pub struct Connection {
    /// Ends before the socket that it watches.
    _watch: Option<Watch>,
    pub admin: Arc<Admin>,
    pub closing: Arc<Closing>,
}

/// `virAdmServer`
pub struct Server {
    pub conn: Kept,
    pub server: AdminServer,
    pub name: CString,
}

/// `virAdmClient`
pub struct Client {
    pub conn: Kept,
    pub client: AdminClient,
}

impl Connection {
    pub fn new(admin: Arc<Admin>, closing: Arc<Closing>) -> Self {
        Self { _watch: Watch::start(&admin), admin, closing }
    }
}

impl Kind for Connection {
    const MAGIC: u32 = 0x7669_0101;
}

impl Kind for Server {
    const MAGIC: u32 = 0x7669_0102;
}

impl Kind for Client {
    const MAGIC: u32 = 0x7669_0103;
}

impl<T: Kind> Handle<T> {
    /// A handle with one reference, which is the caller's.
    pub fn make(body: T) -> *mut Self {
        Box::into_raw(Box::new(Self { head: Head::new(T::MAGIC), body }))
    }

    pub fn acquire(&self) {
        self.head.acquire();
    }

    /// Gives a reference back; true if that was the last.
    ///
    /// # Safety
    /// The caller owns one.
    pub unsafe fn release(&self) -> bool {
        let last = self.head.release();
        if last {
            let pointer = std::ptr::from_ref(self).cast_mut();
            // SAFETY: it was made by `make`, and this was the last reference.
            drop(unsafe { Box::from_raw(pointer) });
        }
        last
    }
}

/// A reference to a connection, given back when it is dropped.
pub struct Kept(*const Handle<Connection>);

// SAFETY: a connection is shared by threads, and its count is atomic.
unsafe impl Send for Kept {}

impl Kept {
    pub fn new(conn: &Handle<Connection>) -> Self {
        conn.acquire();
        Self(conn)
    }

    pub fn admin(&self) -> &Admin {
        // SAFETY: one of its references is ours.
        unsafe { &(*self.0).body.admin }
    }

    pub fn handle(&self) -> &Handle<Connection> {
        // SAFETY: as before.
        unsafe { &*self.0 }
    }

    pub fn pointer(&self) -> *mut Handle<Connection> {
        self.0.cast_mut()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: the reference is ours, and given back once.
        unsafe { (*self.0).release() };
    }
}

/// The handle behind a pointer from C.
///
/// # Errors
/// It is NULL or something else.
///
/// # Safety
/// NULL or a handle that has not ended.
pub unsafe fn handle<'a, T: Kind>(pointer: *mut Handle<T>, function: &str) -> Result<&'a Handle<T>> {
    // SAFETY: the caller's contract.
    match unsafe { pointer.as_ref() } {
        Some(handle) if handle.head.is(T::MAGIC) => Ok(handle),
        _ => Err(Error::new(ErrorDomain::Admin, ErrorCode::InvalidConn, function)),
    }
}

/// Gives a reference back; NULL is none.
///
/// # Safety
/// NULL or a handle that has not ended, and one of its references.
unsafe fn free<T: Kind>(pointer: *mut Handle<T>, function: &str) -> c_int {
    // SAFETY: the caller's contract.
    entry(|| unsafe {
        if !pointer.is_null() {
            handle(pointer, function)?.release();
        }
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmServerFree(srv: *mut Handle<Server>) -> c_int {
    // SAFETY: the program's handle.
    unsafe { free(srv, "virAdmServerFree") }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmClientFree(client: *mut Handle<Client>) -> c_int {
    // SAFETY: the program's handle.
    unsafe { free(client, "virAdmClientFree") }
}

/// The server keeps the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmServerGetName(srv: *mut Handle<Server>) -> *const c_char {
    let mut name = null();
    // SAFETY: the program's handle.
    let _: c_int = entry(|| unsafe {
        name = handle(srv, "virAdmServerGetName")?.body.name.as_ptr();
        Ok(0)
    });
    name
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmClientGetID(client: *mut Handle<Client>) -> c_ulonglong {
    let mut id = c_ulonglong::MAX;
    // SAFETY: the program's handle.
    let _: c_int = entry(|| unsafe {
        id = handle(client, "virAdmClientGetID")?.body.client.id;
        Ok(0)
    });
    id
}

/// Seconds since 1970.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmClientGetTimestamp(client: *mut Handle<Client>) -> c_longlong {
    // SAFETY: the program's handle.
    entry(|| unsafe { Ok(handle(client, "virAdmClientGetTimestamp")?.body.client.timestamp) })
}

/// `virClientTransport`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmClientGetTransport(client: *mut Handle<Client>) -> c_int {
    // SAFETY: the program's handle.
    entry(|| unsafe { Ok(handle(client, "virAdmClientGetTransport")?.body.client.transport.cast_signed()) })
}
