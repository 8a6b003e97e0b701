//! Close callbacks of administration: called once, when the connection ends by itself.

use super::calls::at;
use super::handles::{Connection, Handle, Kept, handle};
use crate::boundary::entry;
use crate::event_loop::FreeFunction;
use crate::events::Data;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, PoisonError};
use vir_base::bail;

/// `virAdmConnectCloseFunc`
type CloseFunction = unsafe extern "C" fn(*mut Handle<Connection>, c_int, *mut c_void);

/// Who wants to hear of a connection's end.
#[derive(Default)]
pub struct Closing(Mutex<Option<Callback>>);

struct Callback {
    function: CloseFunction,
    data: Data,
    /// A callback keeps its connection.
    conn: Kept,
}

impl Closing {
    fn with<T>(&self, body: impl FnOnce(&mut Option<Callback>) -> T) -> T {
        body(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn call(&self, reason: c_int) {
        if let Some(callback) = self.with(Option::take) {
            // SAFETY: the program's function with the program's argument.
            unsafe { (callback.function)(callback.conn.pointer(), reason, callback.data.pointer) };
            callback.data.end();
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectRegisterCloseCallback(
    conn: *mut Handle<Connection>,
    cb: Option<CloseFunction>,
    opaque: *mut c_void,
    freecb: Option<FreeFunction>,
) -> c_int {
    let at = at("virAdmConnectRegisterCloseCallback");
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        let function = cb.ok_or_else(|| at.null("cb"))?;
        conn.body.closing.with(|slot| {
            if slot.is_some() {
                bail!(Admin, OperationInvalid, "A close callback is already registered");
            }
            let data = Data { pointer: opaque, free: freecb };
            *slot = Some(Callback { function, data, conn: Kept::new(conn) });
            Ok(0)
        })
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrovirt_virAdmConnectUnregisterCloseCallback(
    conn: *mut Handle<Connection>,
    cb: Option<CloseFunction>,
) -> c_int {
    let at = at("virAdmConnectUnregisterCloseCallback");
    // SAFETY: the program's connection.
    entry(|| unsafe {
        let conn = handle(conn, at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        let found = conn.body.closing.with(|slot| {
            let same = slot.as_ref().is_some_and(|c| std::ptr::fn_addr_eq(c.function, cb));
            if same { slot.take() } else { None }
        });
        match found {
            Some(callback) => {
                callback.data.end();
                Ok(0)
            }
            None => bail!(None, OperationInvalid, "A different callback was requested"),
        }
    })
}
