//! Errors as C sees them: the thread's last error, copies of it, callbacks.

use crate::convert::{c_text, free_text};
use crate::handle::{CONNECT, Connect, Domain, Network};
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};
use vir_base::error::ErrorData;
use vir_base::{Error, ErrorDomain};

/// `virError`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct virError {
    code: c_int,
    domain: c_int,
    message: *mut c_char,
    level: c_int,
    conn: *mut Connect,
    dom: *mut Domain,
    str1: *mut c_char,
    str2: *mut c_char,
    str3: *mut c_char,
    int1: c_int,
    int2: c_int,
    net: *mut Network,
}

const NONE: virError = virError {
    code: 0,
    domain: 0,
    message: null_mut(),
    level: 0,
    conn: null_mut(),
    dom: null_mut(),
    str1: null_mut(),
    str2: null_mut(),
    str3: null_mut(),
    int1: 0,
    int2: 0,
    net: null_mut(),
};

type Function = unsafe extern "C" fn(*mut c_void, *mut virError);

/// An error callback with its argument.
#[derive(Clone, Copy)]
pub struct Handler {
    function: Option<Function>,
    data: *mut c_void,
}

// SAFETY: the pointer is the program's, which by the API's contract may get it on any thread.
unsafe impl Send for Handler {}

impl Default for Handler {
    fn default() -> Self {
        Self { function: None, data: null_mut() }
    }
}

static GLOBAL: Mutex<Handler> = Mutex::new(Handler { function: None, data: null_mut() });

struct Last(virError);

impl Drop for Last {
    fn drop(&mut self) {
        clear(&mut self.0);
    }
}

thread_local! {
    static LAST: RefCell<Last> = const { RefCell::new(Last(NONE)) };
    static CONCERNS: Cell<*mut Connect> = const { Cell::new(null_mut()) };
}

fn clear(error: &mut virError) {
    for text in [error.message, error.str1, error.str2, error.str3] {
        free_text(text);
    }
    *error = NONE;
}

/// A copy whose texts are its own.
fn copy(from: &virError) -> virError {
    let own = |text: *mut c_char| match text.is_null() {
        true => null_mut(),
        // SAFETY: an error's texts are NULL or end with a zero byte.
        false => unsafe { libc::strdup(text) },
    };
    virError {
        message: own(from.message),
        str1: own(from.str1),
        str2: own(from.str2),
        str3: own(from.str3),
        conn: null_mut(),
        dom: null_mut(),
        net: null_mut(),
        ..*from
    }
}

/// The call that runs on this thread is about `conn`.
pub fn concerns(conn: *mut Connect) {
    CONCERNS.set(conn);
}

/// What is said when nothing was.
pub fn unknown() -> Error {
    Error::from_data(ErrorData {
        code: 1,
        domain: 0,
        message: Some("An error occurred, but the cause is unknown".to_owned()),
        level: 2,
        str1: None,
        str2: None,
        str3: None,
        dom: None,
        net: None,
        hint: None,
        int1: -1,
        int2: -1,
    })
}

/// Forgets the thread's last error.
pub fn reset() {
    CONCERNS.set(null_mut());
    LAST.with_borrow_mut(|last| clear(&mut last.0));
}

/// Keeps `error` as the thread's last and tells who asked to be told.
pub fn raise(error: &Error) {
    let data = error.data();
    let text = |text: &Option<String>| text.as_deref().map_or(null_mut(), c_text);
    let new = virError {
        code: data.code,
        domain: data.domain,
        level: data.level,
        message: text(&data.message),
        str1: text(&data.str1),
        str2: text(&data.str2),
        str3: text(&data.str3),
        int1: data.int1,
        int2: data.int2,
        ..NONE
    };
    let pointer = LAST.with_borrow_mut(|last| {
        clear(&mut last.0);
        last.0 = new;
        &raw mut last.0
    });
    let lock = |handler: &Mutex<Handler>| *handler.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the connection lives while a call on it runs.
    let own = unsafe { CONCERNS.get().as_ref() }.map(|conn| lock(&conn.on_error));
    let handler = own.filter(|h| h.function.is_some()).unwrap_or_else(|| lock(&GLOBAL));
    match handler.function {
        // SAFETY: the program's function with the program's argument; the error is this thread's.
        Some(function) => unsafe { function(handler.data, pointer) },
        None => print(error.domain().title(), error.data().level, error.message()),
    }
}

/// What programs without a handler get, on the standard error output.
fn print(domain: &str, level: c_int, message: &str) {
    let level = match level {
        1 => "warning",
        2 => "error",
        _ => "",
    };
    eprintln!("libvirt: {domain} {level} : {}", message.strip_suffix('\n').unwrap_or(message));
}

/// The thread's last error, NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn virGetLastError() -> *mut virError {
    LAST.with_borrow_mut(|last| if last.0.code == 0 { null_mut() } else { &raw mut last.0 })
}

#[unsafe(no_mangle)]
pub extern "C" fn virGetLastErrorCode() -> c_int {
    LAST.with_borrow(|last| last.0.code)
}

#[unsafe(no_mangle)]
pub extern "C" fn virGetLastErrorDomain() -> c_int {
    LAST.with_borrow(|last| last.0.domain)
}

#[unsafe(no_mangle)]
pub extern "C" fn virGetLastErrorMessage() -> *const c_char {
    LAST.with_borrow(|last| match (last.0.code, last.0.message.is_null()) {
        (0, _) => c"no error".as_ptr(),
        (_, true) => c"unknown error".as_ptr(),
        _ => last.0.message.cast_const(),
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn virResetLastError() {
    reset();
}

/// Copies the last error out; its number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virCopyLastError(to: *mut virError) -> c_int {
    // SAFETY: NULL, or room for an error.
    let Some(to) = (unsafe { to.as_mut() }) else { return -1 };
    *to = LAST.with_borrow(|last| copy(&last.0));
    to.code
}

#[unsafe(no_mangle)]
pub extern "C" fn virSaveLastError() -> *mut virError {
    // SAFETY: room for one error, which is written before it is read.
    unsafe {
        let room: *mut virError = libc::malloc(size_of::<virError>()).cast();
        if !room.is_null() {
            room.write(LAST.with_borrow(|last| copy(&last.0)));
        }
        room
    }
}

/// Makes a copy of `error` the thread's last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virSetLastErrorFromCopy(error: *const virError) -> c_int {
    // SAFETY: NULL or an error.
    let Some(error) = (unsafe { error.as_ref() }) else { return -1 };
    let new = copy(error);
    LAST.with_borrow_mut(|last| {
        clear(&mut last.0);
        last.0 = new;
    });
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virResetError(error: *mut virError) {
    // SAFETY: NULL or an error whose texts are its own.
    if let Some(error) = unsafe { error.as_mut() } {
        clear(error);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virFreeError(error: *mut virError) {
    // SAFETY: NULL or an error that `virSaveLastError` made.
    unsafe {
        virResetError(error);
        libc::free(error.cast());
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn virSetErrorFunc(data: *mut c_void, function: Option<Function>) {
    *GLOBAL.lock().unwrap_or_else(PoisonError::into_inner) = Handler { function, data };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnSetErrorFunc(
    conn: *mut Connect,
    data: *mut c_void,
    function: Option<Function>,
) {
    // SAFETY: NULL or a connection.
    if let Some(conn) = unsafe { conn.as_ref() }.filter(|c| c.head.is(CONNECT)) {
        *conn.on_error.lock().unwrap_or_else(PoisonError::into_inner) = Handler { function, data };
    }
}

/// Errors are kept for each thread: a connection's last is that thread's.
#[unsafe(no_mangle)]
pub extern "C" fn virConnGetLastError(conn: *mut Connect) -> *mut virError {
    if conn.is_null() { null_mut() } else { virGetLastError() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virConnCopyLastError(conn: *mut Connect, to: *mut virError) -> c_int {
    if conn.is_null() || to.is_null() {
        return -1;
    }
    // SAFETY: room for an error.
    unsafe { virCopyLastError(to) }
}

#[unsafe(no_mangle)]
pub extern "C" fn virConnResetLastError(_conn: *mut Connect) {
    reset();
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virDefaultErrorFunc(error: *mut virError) {
    // SAFETY: NULL or an error.
    let Some(error) = (unsafe { error.as_ref() }).filter(|e| e.code != 0 && !e.message.is_null()) else {
        return;
    };
    // SAFETY: an error's text ends with a zero byte.
    let message = unsafe { std::ffi::CStr::from_ptr(error.message) };
    let title = ErrorDomain::from_raw(error.domain).map_or("Unknown", ErrorDomain::title);
    print(title, error.level, &message.to_string_lossy());
}

const _: () = assert!(size_of::<virError>() == 80);
