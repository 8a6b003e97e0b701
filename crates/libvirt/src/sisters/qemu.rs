//! What `libvirt-qemu.so.0` has.

use crate::boundary::entry;
use crate::convert::{At, IntoC as _, c_text};
use crate::event_loop::FreeFunction;
use crate::events::{Data, Function, forget};
use crate::handle::{Connect, Domain, Object, connect, object};
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::os::fd::BorrowedFd;
use vir_api::event::Filter;
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, err};

/// `virDrvFeature`: descriptors can be passed.
const FEATURE_FD_PASSING: i32 = 8;

const fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::None, function }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainQemuMonitorCommand(
    domain: *mut Domain,
    cmd: *const c_char,
    result: *mut *mut c_char,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainQemuMonitorCommand");
    // SAFETY: the program's handle, text and place.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        let conn = domain.connection();
        let (cmd, result) = (at.text(cmd, "cmd")?, at.place(result, "result")?);
        conn.writable(at)?;
        let caller = conn.caller(at.function);
        let said =
            conn.parts.hypervisor.domain_qemu_monitor_command(&caller, domain.reference(), cmd, flags)?;
        *result = c_text(&said);
        Ok(0)
    })
}

/// The descriptors stay the program's; copies go with the command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainQemuMonitorCommandWithFiles(
    domain: *mut Domain,
    cmd: *const c_char,
    ninfiles: c_uint,
    infiles: *const c_int,
    noutfiles: *mut c_uint,
    outfiles: *mut *mut c_int,
    result: *mut *mut c_char,
    flags: c_uint,
) -> c_int {
    let at = at("virDomainQemuMonitorCommandWithFiles");
    // SAFETY: the program's handle, text, descriptors and places.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        let conn = domain.connection();
        let cmd = at.text(cmd, "cmd")?;
        if (ninfiles > 0 || !outfiles.is_null()) && !conn.parts.traits.has_feature(FEATURE_FD_PASSING) {
            return Err(err!(None, ArgumentUnsupported, "fd passing is not supported by this connection"));
        }
        let result = at.place(result, "result")?;
        conn.writable(at)?;
        let files = at.list(infiles, ninfiles.into(), "infiles")?.iter().map(|fd| {
            BorrowedFd::borrow_raw(*fd)
                .try_clone_to_owned()
                .map_err(|error| Error::io(ErrorDomain::Rpc, &error, format!("Cannot duplicate FD {fd}")))
        });
        let files = files.collect::<Result<Vec<_>>>()?;
        let (caller, reference) = (conn.caller(at.function), domain.reference());
        let (said, files) = conn
            .parts
            .hypervisor
            .domain_qemu_monitor_command_with_files(&caller, reference, cmd, flags, files)?;
        super::put_files(files, outfiles, noutfiles);
        *result = c_text(&said);
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainQemuAttach(
    conn: *mut Connect,
    pid: c_uint,
    flags: c_uint,
) -> *mut Domain {
    let at = at("virDomainQemuAttach");
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let refused = |text: String| Error::bad_argument(at.domain, at.function, "pid_value", text);
        if pid == 0 {
            return Err(refused(format!("pid_value in {} must not be zero", at.function)));
        }
        if i32::try_from(pid).is_err() {
            return Err(refused(format!("pid_value in {} is too large", at.function)));
        }
        conn.writable(at)?;
        let found = conn.parts.hypervisor.domain_qemu_attach(&conn.caller(at.function), pid, flags)?;
        Ok(Object::make(conn, found))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virDomainQemuAgentCommand(
    domain: *mut Domain,
    cmd: *const c_char,
    timeout: c_int,
    flags: c_uint,
) -> *mut c_char {
    let at = at("virDomainQemuAgentCommand");
    // SAFETY: the program's handle and text.
    entry(|| unsafe {
        let domain = object(domain, at.function)?;
        let conn = domain.connection();
        conn.writable(at)?;
        let (caller, cmd) = (conn.caller(at.function), at.text(cmd, "cmd")?);
        let said = conn.parts.hypervisor.domain_qemu_agent_command(
            &caller,
            domain.reference(),
            cmd,
            timeout,
            flags,
        )?;
        Ok(said.into_c())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virConnectDomainQemuMonitorEventRegister(
    conn: *mut Connect,
    dom: *mut Domain,
    event: *const c_char,
    cb: Option<Function>,
    opaque: *mut c_void,
    freecb: Option<FreeFunction>,
    flags: c_uint,
) -> c_int {
    let at = at("virConnectDomainQemuMonitorEventRegister");
    // SAFETY: the program's handles and text.
    entry(|| unsafe {
        let found = connect(conn, at.domain, at.function)?;
        let only = match dom.is_null() {
            true => None,
            false => Some(object(dom, at.function)?),
        };
        if let Some(dom) = only.filter(|dom| dom.connection_pointer() != conn) {
            let text = format!("domain '{}' in {} must match connection", dom.reference().name, at.function);
            return Err(Error::bad_argument(at.domain, at.function, "dom", text));
        }
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        found.writable(at)?;
        if !monitored(found) {
            return Err(Error::no_support(at.domain, at.function));
        }
        let event = at.text_or_null(event, "event")?.map(str::to_owned);
        let filter = Filter::QemuMonitor { only: only.map(|dom| dom.reference().uuid), event, flags };
        found.callbacks.add(found, filter, cb, Data { pointer: opaque, free: freecb }, false)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virConnectDomainQemuMonitorEventDeregister(
    conn: *mut Connect,
    callback: c_int,
) -> c_int {
    let at = at("virConnectDomainQemuMonitorEventDeregister");
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        if callback < 0 {
            return Err(at.negative("callbackID"));
        }
        conn.writable(at)?;
        if !monitored(conn) {
            return Err(Error::no_support(at.domain, at.function));
        }
        forget(conn, callback, |filter| matches!(filter, Filter::QemuMonitor { .. }))
    })
}

/// Whether there can be a monitor: only daemons have QEMU's driver.
fn monitored(conn: &Connect) -> bool {
    conn.remote.is_some()
}
