//! The functions that migrate a domain; how it is done is `vir_api::migrate`'s.

use crate::boundary::entry;
use crate::convert::At;
use crate::handle::{Connect, Domain, Object, connect, object};
use crate::typed::{self, Parameter};
use std::ffi::{c_char, c_int, c_uint, c_ulong};
use vir_api::constants::VIR_MIGRATE_PEER2PEER;
use vir_api::migrate::{Side, Wishes, migrate, migrate_to_uri};
use vir_base::Result;
use vir_base::error::ErrorDomain;

fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::Domain, function }
}

/// Flags of which programs have more bits than there are.
fn narrow(flags: c_ulong) -> c_uint {
    (flags & c_ulong::from(c_uint::MAX)) as c_uint
}

/// # Safety
/// The program's handles.
unsafe fn direct(
    at: At,
    dom: *mut Domain,
    dconn: *mut Connect,
    wishes: impl FnOnce() -> Result<Wishes>,
    extensible: bool,
) -> *mut Domain {
    // SAFETY: the caller's contract.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.writable(at)?;
        let dconn = connect(dconn, at.domain, at.function)?;
        dconn.writable(at)?;
        crate::error::concerns(dom.connection_pointer());
        let (source, target) = (conn.caller(at.function), dconn.caller(at.function));
        let source = Side { conn: &conn.parts, caller: &source };
        let target = Side { conn: &dconn.parts, caller: &target };
        let found = migrate(source, dom.reference(), target, wishes()?, extensible)?;
        Ok(Object::make(dconn, found))
    })
}

/// # Safety
/// The program's handle and text.
unsafe fn to_uri(
    at: At,
    dom: *mut Domain,
    daemon: impl FnOnce() -> Result<Option<String>>,
    wishes: impl FnOnce() -> Result<Wishes>,
) -> c_int {
    // SAFETY: the caller's contract.
    entry(|| unsafe {
        let dom = object(dom, at.function)?;
        let conn = dom.connection();
        conn.writable(at)?;
        let wishes = wishes()?;
        let daemon = daemon()?;
        let caller = conn.caller(at.function);
        let source = Side { conn: &conn.parts, caller: &caller };
        migrate_to_uri(source, dom.reference(), daemon.as_deref(), &wishes)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrate(
    domain: *mut Domain,
    dconn: *mut Connect,
    flags: c_ulong,
    dname: *const c_char,
    uri: *const c_char,
    bandwidth: c_ulong,
) -> *mut Domain {
    let at = at("virDomainMigrate");
    // SAFETY: the program's handles and texts.
    unsafe {
        let wishes = || {
            let (name, uri) = (at.text_or_null(dname, "dname")?, at.text_or_null(uri, "uri")?);
            Ok(Wishes::plain(narrow(flags), name, uri, None, bandwidth))
        };
        direct(at, domain, dconn, wishes, false)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrate2(
    domain: *mut Domain,
    dconn: *mut Connect,
    dxml: *const c_char,
    flags: c_ulong,
    dname: *const c_char,
    uri: *const c_char,
    bandwidth: c_ulong,
) -> *mut Domain {
    let at = at("virDomainMigrate2");
    // SAFETY: the program's handles and texts.
    unsafe {
        let wishes = || {
            let (name, uri) = (at.text_or_null(dname, "dname")?, at.text_or_null(uri, "uri")?);
            Ok(Wishes::plain(narrow(flags), name, uri, at.text_or_null(dxml, "dxml")?, bandwidth))
        };
        direct(at, domain, dconn, wishes, false)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrate3(
    domain: *mut Domain,
    dconn: *mut Connect,
    params: *mut Parameter,
    nparams: c_uint,
    flags: c_uint,
) -> *mut Domain {
    let at = at("virDomainMigrate3");
    // SAFETY: the program's handles and list.
    unsafe {
        let wishes = || Ok(Wishes { flags, params: typed::read(at, params, nparams.into())? });
        direct(at, domain, dconn, wishes, true)
    }
}

/// One URI, for the daemon or for the hypervisor.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrateToURI(
    domain: *mut Domain,
    duri: *const c_char,
    flags: c_ulong,
    dname: *const c_char,
    bandwidth: c_ulong,
) -> c_int {
    let at = at("virDomainMigrateToURI");
    let by_daemon = narrow(flags) & VIR_MIGRATE_PEER2PEER != 0;
    // SAFETY: the program's handle and texts.
    unsafe {
        let wishes = || {
            let uri = at.text(duri, "duri")?;
            let name = at.text_or_null(dname, "dname")?;
            Ok(Wishes::plain(narrow(flags), name, (!by_daemon).then_some(uri), None, bandwidth))
        };
        let daemon = || match by_daemon {
            true => Ok(Some(at.text(duri, "duri")?.to_owned())),
            false => Ok(None),
        };
        to_uri(at, domain, daemon, wishes)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrateToURI2(
    domain: *mut Domain,
    dconnuri: *const c_char,
    miguri: *const c_char,
    dxml: *const c_char,
    flags: c_ulong,
    dname: *const c_char,
    bandwidth: c_ulong,
) -> c_int {
    let at = at("virDomainMigrateToURI2");
    // SAFETY: the program's handle and texts.
    unsafe {
        let wishes = || {
            let (name, uri) = (at.text_or_null(dname, "dname")?, at.text_or_null(miguri, "miguri")?);
            Ok(Wishes::plain(narrow(flags), name, uri, at.text_or_null(dxml, "dxml")?, bandwidth))
        };
        let daemon = || Ok(at.text_or_null(dconnuri, "dconnuri")?.map(str::to_owned));
        to_uri(at, domain, daemon, wishes)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDomainMigrateToURI3(
    domain: *mut Domain,
    dconnuri: *const c_char,
    params: *mut Parameter,
    nparams: c_uint,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainMigrateToURI3");
    // SAFETY: the program's handle, text and list.
    unsafe {
        let wishes = || Ok(Wishes { flags, params: typed::read(at, params, nparams.into())? });
        let daemon = || Ok(at.text_or_null(dconnuri, "dconnuri")?.map(str::to_owned));
        to_uri(at, domain, daemon, wishes)
    }
}
