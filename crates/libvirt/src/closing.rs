//! Close callbacks: a connection that ends by itself is told of once.

use crate::boundary::entry;
use crate::convert::At;
use crate::event_loop::FreeFunction;
use crate::events::Data;
use crate::handle::{Connect, Held, connect};
use std::ffi::{c_int, c_void};
use std::sync::{Arc, Mutex, PoisonError};
use vir_base::error::ErrorDomain;
use vir_base::{Result, bail};

/// `virConnectCloseFunc`.
type CloseFunction = unsafe extern "C" fn(*mut Connect, c_int, *mut c_void);

/// Who wants to hear of a connection's end.
#[derive(Default)]
pub struct Closing(Mutex<Option<Callback>>);

struct Callback {
    function: CloseFunction,
    /// Its argument and the connection that it keeps, until it has been called.
    armed: Option<(Data, Held)>,
}

impl Closing {
    fn with<T>(&self, body: impl FnOnce(&mut Option<Callback>) -> T) -> T {
        body(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn call(&self, reason: c_int) {
        let found = self.with(|slot| slot.as_mut().and_then(|c| Some((c.function, c.armed.take()?))));
        if let Some((function, (data, conn))) = found {
            // SAFETY: the program's function with the program's argument.
            unsafe { function(conn.pointer(), reason, data.pointer) };
            data.end();
        }
    }

    fn arm(&self, conn: &Connect, function: CloseFunction, data: Data) -> Result<()> {
        self.with(|slot| {
            if slot.is_some() {
                bail!(Remote, OperationInvalid, "A close callback is already registered");
            }
            *slot = Some(Callback { function, armed: Some((data, Held::new(conn))) });
            Ok(())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectRegisterCloseCallback(
    conn: *mut Connect,
    cb: Option<CloseFunction>,
    opaque: *mut c_void,
    freecb: Option<FreeFunction>,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectRegisterCloseCallback" };
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        // what lives in this process never ends by itself
        let Some(remote) = &conn.remote else { return Ok(0) };
        conn.closing.arm(conn, cb, Data { pointer: opaque, free: freecb })?;
        let closing = Arc::downgrade(&conn.closing);
        let told = move |reason| closing.upgrade().map_or((), |closing| closing.call(reason));
        if let Err(error) = remote.on_close(told) {
            // who is refused still owns the argument
            drop(conn.closing.with(Option::take));
            return Err(error);
        }
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnectUnregisterCloseCallback(
    conn: *mut Connect,
    cb: Option<CloseFunction>,
) -> c_int {
    let at = At { domain: ErrorDomain::Domain, function: "virConnectUnregisterCloseCallback" };
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = connect(conn, at.domain, at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        let Some(remote) = &conn.remote else { return Ok(0) };
        if !conn.closing.with(|slot| slot.as_ref().is_some_and(|c| std::ptr::fn_addr_eq(c.function, cb))) {
            bail!(Remote, OperationInvalid, "A different callback was requested");
        }
        if remote.is_alive() {
            remote.forget_close()?;
        }
        if let Some((data, held)) = conn.closing.with(Option::take).and_then(|callback| callback.armed) {
            data.end();
            drop(held);
        }
        Ok(0)
    })
}
