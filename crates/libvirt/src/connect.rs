//! Connections: opening, closing, and what each says about itself.

use crate::auth::Auth;
use crate::boundary::entry;
use crate::convert::{At, c_text};
use crate::handle::{CONNECT, Connect, Head, connect, free_connect};
use crate::typed::{self, Parameter};
use crate::watch::Watch;
use std::ffi::{c_char, c_int, c_uint, c_ulong};
use std::sync::{Arc, Mutex, OnceLock};
use vir_api::auth::Credentials;
use vir_api::caller::Identity;
use vir_api::constants::{VIR_CONNECT_NO_ALIASES, VIR_CONNECT_RO};
use vir_api::{Caller, DriverFactory, OpenRequest};
use vir_base::error::ErrorDomain;
use vir_base::{Result, err};
use vir_driver_test::TestFactory;
use vir_remote::{Destination, OpenOptions};

/// 11.3.0 as a number.
const VERSION: c_ulong = 11_003_000;

#[unsafe(no_mangle)]
pub extern "C" fn virInitialize() -> c_int {
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virGetVersion(
    lib: *mut c_ulong,
    _kind: *const c_char,
    driver: *mut c_ulong,
) -> c_int {
    entry(|| {
        // SAFETY: the program's places.
        unsafe {
            *lib.as_mut().ok_or_else(crate::error::unknown)? = VERSION;
            if let Some(driver) = driver.as_mut() {
                *driver = VERSION;
            }
        }
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectOpen(name: *const c_char) -> *mut Connect {
    // SAFETY: NULL or the program's text.
    entry(|| unsafe { open(name, None, 0, "virConnectOpen") })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectOpenReadOnly(name: *const c_char) -> *mut Connect {
    // SAFETY: NULL or the program's text.
    entry(|| unsafe { open(name, None, VIR_CONNECT_RO, "virConnectOpenReadOnly") })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectOpenAuth(
    name: *const c_char,
    auth: *const Auth,
    flags: c_uint,
) -> *mut Connect {
    // SAFETY: NULL or the program's text, and NULL or its callback.
    entry(|| unsafe { open(name, auth.as_ref(), flags, "virConnectOpenAuth") })
}

/// # Safety
/// `name` is NULL or a text.
unsafe fn open(
    name: *const c_char,
    auth: Option<&Auth>,
    flags: u32,
    function: &'static str,
) -> Result<*mut Connect> {
    // SAFETY: the caller's contract.
    let name = unsafe { At { domain: ErrorDomain::None, function }.text_or_null(name, "name") }?;
    let destination = Destination::of(name.unwrap_or_default(), flags & VIR_CONNECT_NO_ALIASES == 0)?;
    let read_only = flags & VIR_CONNECT_RO != 0;
    let credentials = auth.map(|auth| -> &dyn Credentials { auth });
    let identity = Arc::new(Identity::default());
    let caller = Caller { identity: identity.clone(), read_only, ..Caller::default() };
    let (parts, remote) = match destination {
        Destination::Here(uri) => {
            (test_factory().open(&OpenRequest { uri, flags, identity, credentials })?, None)
        }
        Destination::Daemon(uri) => {
            // what comes while nobody calls is read by the program's loop; without one, nobody waits
            let options = OpenOptions { read_only, autostart: true, credentials, program_reads: true };
            let (parts, driver) = vir_remote::open(&uri, options)?;
            (parts, Some(driver))
        }
    };
    let parts = if read_only { parts.for_reading() } else { parts };
    Ok(Box::into_raw(Box::new(Connect {
        head: Head::new(CONNECT),
        watch: remote.as_ref().and_then(Watch::start),
        parts,
        remote,
        caller,
        kind: Mutex::default(),
        callbacks: Arc::default(),
        closing: Arc::default(),
        texts: OnceLock::new(),
        on_error: Mutex::default(),
    })))
}

/// The test driver of this process: connections to the same place see the same objects.
fn test_factory() -> &'static TestFactory {
    static FACTORY: OnceLock<TestFactory> = OnceLock::new();
    FACTORY.get_or_init(TestFactory::default)
}

macro_rules! on_connection {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $ret:ty = |$conn:ident| $body:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(conn: *mut Connect $(, $arg: $ty)*) -> $ret {
            entry(|| {
                // SAFETY: the program's connection.
                let $conn = unsafe { connect(conn, ErrorDomain::Domain, stringify!($name)) }?;
                $body
            })
        })*
    };
}

on_connection! {
    virConnectRef() -> c_int = |conn| {
        conn.head.acquire();
        Ok(0)
    };
    virConnectGetURI() -> *mut c_char = |conn| Ok(c_text(&conn.parts.uri));
    virConnectGetLibVersion(version: *mut c_ulong) -> c_int = |conn| {
        let found = match &conn.remote {
            Some(remote) => remote.lib_version()?,
            None => VERSION,
        };
        let at = At { domain: ErrorDomain::Domain, function: "virConnectGetLibVersion" };
        // SAFETY: the program's place.
        *unsafe { at.place(version, "libVer") }? = found;
        Ok(0)
    };
    virConnectIsEncrypted() -> c_int = |conn| match &conn.remote {
        Some(remote) => remote.is_encrypted().map(c_int::from),
        None => Ok(0),
    };
    virConnectIsAlive() -> c_int = |conn| Ok(c_int::from(conn.remote.as_ref().is_none_or(|r| r.is_alive())));
    virConnectSetKeepAlive(interval: c_int, count: c_uint) -> c_int = |conn| {
        let Some(remote) = &conn.remote else {
            // the peer says so for drivers without a connection to ask on
            return Err(vir_base::Error::no_support(ErrorDomain::Domain, "virConnectSetKeepAlive"));
        };
        let Some(watch) = &conn.watch else {
            return Err(err!(Remote, InternalError, "the caller doesn't support keepalive protocol; perhaps it's missing event loop implementation"));
        };
        // 1: the far side does not answer such questions
        let answers = remote.keepalive(u32::try_from(interval).unwrap_or(0), count);
        watch.update();
        Ok(c_int::from(!answers))
    };
}

/// The way to a daemon has to be secure as well as what is behind it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectIsSecure(conn: *mut Connect) -> c_int {
    entry(|| {
        // SAFETY: the program's connection.
        let conn = unsafe { connect(conn, ErrorDomain::Domain, "virConnectIsSecure") }?;
        match &conn.remote {
            Some(remote) => remote.is_secure().map(c_int::from),
            None => conn.parts.hypervisor.connect_is_secure(&conn.caller("virConnectIsSecure")),
        }
    })
}

/// Only a daemon has callers to tell apart; in this process the caller is who it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectSetIdentity(
    conn: *mut Connect,
    params: *mut Parameter,
    nparams: c_int,
    flags: c_uint,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectSetIdentity" };
    // SAFETY: the program's connection and list.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let params = typed::read(at, params, nparams.into())?;
        let Some(remote) = &conn.remote else {
            return Err(vir_base::Error::no_support(at.domain, at.function));
        };
        remote.set_identity(params, flags)?;
        Ok(0)
    })
}

/// Gives a reference back; how many are left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectClose(conn: *mut Connect) -> c_int {
    entry(|| {
        // SAFETY: the program's connection, and one of its references.
        let left = unsafe { free_connect(connect(conn, ErrorDomain::None, "virConnectClose")?) };
        crate::error::concerns(std::ptr::null_mut());
        Ok(c_int::try_from(left).unwrap_or(c_int::MAX))
    })
}
