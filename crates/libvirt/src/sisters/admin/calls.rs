//! The calls that the daemon answers.

use super::handles::{Client, Connection, Handle, Kept, Server, handle};
use crate::boundary::entry;
use crate::convert::{At, IntoC as _, c_text, number, room};
use crate::typed::{self, Parameter};
use std::ffi::{CString, c_char, c_int, c_uint, c_ulonglong};
use vir_base::error::ErrorDomain;
use vir_base::{Result, TypedParam};
use vir_remote::{Admin, AdminClient, AdminServer};

/// Where an argument is.
pub const fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::Admin, function }
}

fn server(conn: &Handle<Connection>, server: AdminServer) -> *mut Handle<Server> {
    let name = CString::new(server.name.as_str()).unwrap_or_default();
    Handle::make(Server { conn: Kept::new(conn), server, name })
}

fn client(conn: &Handle<Connection>, client: AdminClient) -> *mut Handle<Client> {
    Handle::make(Client { conn: Kept::new(conn), client })
}

/// Puts handles into a list that C frees, with a NULL behind them.
///
/// # Safety
/// NULL, or room for a pointer.
unsafe fn put<T>(found: Vec<*mut Handle<T>>, place: *mut *mut *mut Handle<T>) {
    // SAFETY: the caller's contract; the list has room for one more.
    unsafe {
        if let Some(place) = place.as_mut() {
            *place = room(found.len() + 1);
            std::ptr::copy_nonoverlapping(found.as_ptr(), *place, found.len());
        }
    }
}

/// A count from the daemon, which C gets as a number with a sign.
fn count(count: u32) -> Result<c_int> {
    number(usize::try_from(count).unwrap_or(usize::MAX))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectListServers(
    conn: *mut Handle<Connection>,
    servers: *mut *mut *mut Handle<Server>,
    flags: c_uint,
) -> c_int {
    let at = at("virAdmConnectListServers");
    // SAFETY: the program's connection and place.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        let (found, total) = conn.body.admin.servers(!servers.is_null(), flags)?;
        put(found.into_iter().map(|found| server(conn, found)).collect(), servers);
        count(total)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectLookupServer(
    conn: *mut Handle<Connection>,
    name: *const c_char,
    flags: c_uint,
) -> *mut Handle<Server> {
    let at = at("virAdmConnectLookupServer");
    // SAFETY: the program's connection and text.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        let name = at.text(name, "name")?;
        Ok(server(conn, conn.body.admin.server(name, flags)?))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmServerListClients(
    srv: *mut Handle<Server>,
    clients: *mut *mut *mut Handle<Client>,
    flags: c_uint,
) -> c_int {
    let at = at("virAdmServerListClients");
    // SAFETY: the program's handle and place.
    entry(|| unsafe {
        let body = &handle(srv, at.function)?.body;
        let (found, total) = body.conn.admin().clients(&body.server, !clients.is_null(), flags)?;
        put(found.into_iter().map(|found| client(body.conn.handle(), found)).collect(), clients);
        count(total)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmServerLookupClient(
    srv: *mut Handle<Server>,
    id: c_ulonglong,
    flags: c_uint,
) -> *mut Handle<Client> {
    let at = at("virAdmServerLookupClient");
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let body = &handle(srv, at.function)?.body;
        Ok(client(body.conn.handle(), body.conn.admin().client(&body.server, id, flags)?))
    })
}

macro_rules! get_params {
    ($($name:ident $function:literal $kind:ident |$admin:ident, $body:ident, $flags:ident| $call:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(of: *mut Handle<$kind>, params: *mut *mut Parameter, nparams: *mut c_int, $flags: c_uint) -> c_int {
            let at = at($function);
            // SAFETY: the program's handle and places.
            entry(|| unsafe {
                let $body = &handle(of, at.function)?.body;
                at.place(params, "params")?;
                let $admin: &Admin = $body.conn.admin();
                let found: Vec<TypedParam> = $call?;
                typed::give(at, &found, params, nparams)?;
                Ok(0)
            })
        })*
    };
}

get_params! {
    ferrovirt_virAdmServerGetThreadPoolParameters "virAdmServerGetThreadPoolParameters" Server
        |admin, body, flags| admin.thread_pool(&body.server, flags);
    ferrovirt_virAdmServerGetClientLimits "virAdmServerGetClientLimits" Server
        |admin, body, flags| admin.client_limits(&body.server, flags);
    ferrovirt_virAdmClientGetInfo "virAdmClientGetInfo" Client
        |admin, body, flags| admin.client_info(&body.client, flags);
}

macro_rules! set_params {
    ($($name:ident $function:literal $method:ident;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(srv: *mut Handle<Server>, params: *mut Parameter, nparams: c_int, flags: c_uint) -> c_int {
            let at = at($function);
            // SAFETY: the program's handle and list.
            entry(|| unsafe {
                let body = &handle(srv, at.function)?.body;
                at.place(params, "params")?;
                let params = typed::read(at, params, nparams.into())?;
                body.conn.admin().$method(&body.server, params, flags)?;
                Ok(0)
            })
        })*
    };
}

set_params! {
    ferrovirt_virAdmServerSetThreadPoolParameters "virAdmServerSetThreadPoolParameters" set_thread_pool;
    ferrovirt_virAdmServerSetClientLimits "virAdmServerSetClientLimits" set_client_limits;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmClientClose(client: *mut Handle<Client>, flags: c_uint) -> c_int {
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let body = &handle(client, "virAdmClientClose")?.body;
        body.conn.admin().close_client(&body.client, flags)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmServerUpdateTlsFiles(
    srv: *mut Handle<Server>,
    flags: c_uint,
) -> c_int {
    // SAFETY: the program's handle.
    entry(|| unsafe {
        let body = &handle(srv, "virAdmServerUpdateTlsFiles")?.body;
        body.conn.admin().update_tls_files(&body.server, flags)?;
        Ok(0)
    })
}

/// Gives how many outputs there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectGetLoggingOutputs(
    conn: *mut Handle<Connection>,
    outputs: *mut *mut c_char,
    flags: c_uint,
) -> c_int {
    // SAFETY: the program's connection and place.
    entry(|| unsafe {
        let (text, total) = handle(conn, "virAdmConnectGetLoggingOutputs")?.body.admin.log_outputs(flags)?;
        if let Some(outputs) = outputs.as_mut() {
            *outputs = c_text(&text);
        }
        count(total)
    })
}

/// Gives how many filters there are; without any, NULL is put.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectGetLoggingFilters(
    conn: *mut Handle<Connection>,
    filters: *mut *mut c_char,
    flags: c_uint,
) -> c_int {
    // SAFETY: the program's connection and place.
    entry(|| unsafe {
        let (text, total) = handle(conn, "virAdmConnectGetLoggingFilters")?.body.admin.log_filters(flags)?;
        if let Some(filters) = filters.as_mut() {
            *filters = text.into_c();
        }
        count(total)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectSetLoggingOutputs(
    conn: *mut Handle<Connection>,
    outputs: *const c_char,
    flags: c_uint,
) -> c_int {
    let at = at("virAdmConnectSetLoggingOutputs");
    // SAFETY: the program's connection and text.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        conn.body.admin.set_log_outputs(at.text_or_null(outputs, "outputs")?, flags)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectSetLoggingFilters(
    conn: *mut Handle<Connection>,
    filters: *const c_char,
    flags: c_uint,
) -> c_int {
    let at = at("virAdmConnectSetLoggingFilters");
    // SAFETY: the program's connection and text.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        conn.body.admin.set_log_filters(at.text_or_null(filters, "filters")?, flags)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectSetDaemonTimeout(
    conn: *mut Handle<Connection>,
    timeout: c_uint,
    flags: c_uint,
) -> c_int {
    // SAFETY: the program's connection.
    entry(|| unsafe {
        handle(conn, "virAdmConnectSetDaemonTimeout")?.body.admin.set_daemon_timeout(timeout, flags)?;
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectDaemonShutdown(
    conn: *mut Handle<Connection>,
    flags: c_uint,
) -> c_int {
    // SAFETY: the program's connection.
    entry(|| unsafe {
        handle(conn, "virAdmConnectDaemonShutdown")?.body.admin.shut_daemon_down(flags)?;
        Ok(0)
    })
}
