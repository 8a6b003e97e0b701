//! The functions that open a stream.

use super::{Stream, stream};
use crate::boundary::entry;
use crate::convert::{At, IntoC as _};
use crate::handle::{Connect, Domain, StorageVol, object};
use std::ffi::{c_char, c_int, c_uint, c_ulonglong};
use vir_base::Result;
use vir_base::error::{Error, ErrorDomain};

/// The stream, which must be one of `conn`'s.
///
/// # Safety
/// The program's stream.
unsafe fn same<'a>(
    at: At,
    conn: &Connect,
    handle: *mut Stream,
    argument: &str,
    text: impl FnOnce() -> String,
) -> Result<&'a Stream> {
    // SAFETY: the caller's contract.
    let stream = unsafe { stream(handle, at.function) }?;
    if !std::ptr::eq(stream.conn.get(), conn) {
        return Err(Error::bad_argument(at.domain, at.function, argument, text()));
    }
    Ok(stream)
}

macro_rules! of_domain {
    ($($name:ident $method:ident $argument:literal;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(dom: *mut Domain, name: *const c_char, handle: *mut Stream, flags: c_uint) -> c_int {
            let at = At { domain: ErrorDomain::Domain, function: stringify!($name) };
            // SAFETY: the program's handles and text.
            entry(|| unsafe {
                let dom = object(dom, at.function)?;
                let conn = dom.connection();
                conn.writable(at)?;
                let other = || format!("stream must match connection of domain '{}'", dom.reference().name);
                let stream = same(at, conn, handle, $argument, other)?;
                let name = at.text_or_null(name, "name")?;
                stream.lead(conn.parts.hypervisor.$method(&conn.caller(at.function), dom.reference(), name, flags)?);
                Ok(0)
            })
        })*
    };
}

of_domain! {
    virDomainOpenConsole domain_open_console "st";
    virDomainOpenChannel domain_open_channel "st";
}

/// The kind of image that the stream gives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainScreenshot(
    domain: *mut Domain,
    handle: *mut Stream,
    screen: c_uint,
    flags: c_uint,
) -> *mut c_char {
    let at = At { domain: ErrorDomain::Domain, function: "virDomainScreenshot" };
    // SAFETY: the program's handles.
    entry(|| unsafe {
        let dom = object(domain, at.function)?;
        let conn = dom.connection();
        // the stream's check comes first here
        stream(handle, at.function)?;
        conn.writable(at)?;
        let other = || format!("stream must match connection of domain '{}'", dom.reference().name);
        let stream = same(at, conn, handle, "stream", other)?;
        let caller = conn.caller(at.function);
        let (kind, body) =
            conn.parts.hypervisor.domain_screenshot(&caller, dom.reference(), screen, flags)?;
        stream.lead(body);
        Ok(kind.into_c())
    })
}

macro_rules! of_volume {
    ($($name:ident $method:ident;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            vol: *mut StorageVol,
            handle: *mut Stream,
            offset: c_ulonglong,
            length: c_ulonglong,
            flags: c_uint,
        ) -> c_int {
            let at = At { domain: ErrorDomain::Storage, function: stringify!($name) };
            // SAFETY: the program's handles.
            entry(|| unsafe {
                let vol = object(vol, at.function)?;
                let conn = vol.connection();
                stream(handle, at.function)?;
                conn.writable(at)?;
                let other = || {
                    format!("stream in {} must match connection of volume '{}'", at.function, vol.reference().name)
                };
                let stream = same(at, conn, handle, "stream", other)?;
                let driver = conn.parts.storage.as_ref().ok_or_else(|| Error::no_support(at.domain, at.function))?;
                let caller = conn.caller(at.function);
                stream.lead(driver.$method(&caller, vol.reference(), offset, length, flags)?);
                Ok(0)
            })
        })*
    };
}

of_volume! {
    virStorageVolUpload storage_vol_upload;
    virStorageVolDownload storage_vol_download;
}
