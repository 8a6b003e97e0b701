//! Opening and closing, and what a connection says of itself.

use super::calls::at;
use super::closing::Closing;
use super::handles::{Connection, Handle, handle};
use crate::boundary::entry;
use crate::convert::c_text;
use crate::error::unknown;
use std::ffi::{c_char, c_int, c_uint, c_ulonglong};
use std::sync::Arc;
use vir_api::constants::VIR_CONNECT_NO_ALIASES;
use vir_remote::{Admin, admin_uri};

/// 11.3.0 as a number.
const VERSION: c_ulonglong = 11_003_000;

#[unsafe(no_mangle)]
pub extern "C" fn ferrovirt_virAdmInitialize() -> c_int {
    0
}

/// NULL is refused without words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmGetVersion(version: *mut c_ulonglong) -> c_int {
    // SAFETY: the program's place.
    entry(|| match unsafe { version.as_mut() } {
        Some(version) => {
            *version = VERSION;
            Ok(0)
        }
        None => Err(unknown()),
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectOpen(
    name: *const c_char,
    flags: c_uint,
) -> *mut Handle<Connection> {
    let at = at("virAdmConnectOpen");
    // SAFETY: the program's text.
    entry(|| unsafe {
        let uri = admin_uri(at.text_or_null(name, "name")?, flags & VIR_CONNECT_NO_ALIASES == 0)?;
        let admin = Arc::new(Admin::open(&uri, flags & !VIR_CONNECT_NO_ALIASES)?);
        let closing: Arc<Closing> = Arc::default();
        let told = Arc::downgrade(&closing);
        admin.on_close(Some(Box::new(move |reason| {
            if let Some(closing) = told.upgrade() {
                closing.call(reason);
            }
        })));
        Ok(Handle::make(Connection::new(admin, closing)))
    })
}

/// 0 if that was the last reference, also to the objects on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectClose(conn: *mut Handle<Connection>) -> c_int {
    // SAFETY: the program's connection, and one of its references.
    entry(|| unsafe {
        if conn.is_null() {
            return Ok(0);
        }
        Ok(c_int::from(!handle(conn, "virAdmConnectClose")?.release()))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectRef(conn: *mut Handle<Connection>) -> c_int {
    // SAFETY: the program's connection.
    entry(|| unsafe {
        handle(conn, "virAdmConnectRef")?.acquire();
        Ok(0)
    })
}

/// No connection is not alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectIsAlive(conn: *mut Handle<Connection>) -> c_int {
    // SAFETY: the program's connection.
    entry(|| unsafe {
        if conn.is_null() {
            return Ok(0);
        }
        Ok(handle(conn, "virAdmConnectIsAlive")?.body.admin.is_alive().into())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectGetURI(conn: *mut Handle<Connection>) -> *mut c_char {
    // SAFETY: the program's connection.
    entry(|| unsafe { Ok(c_text(handle(conn, "virAdmConnectGetURI")?.body.admin.uri())) })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectGetLibVersion(
    conn: *mut Handle<Connection>,
    version: *mut c_ulonglong,
) -> c_int {
    let at = at("virAdmConnectGetLibVersion");
    // SAFETY: the program's connection and place.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        let place = at.place(version, "libVer")?;
        *place = conn.body.admin.lib_version()?;
        Ok(0)
    })
}
