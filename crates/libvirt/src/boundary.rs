//! The one way from C into the drivers: the last error is reset, a panic is caught, an error is kept.

use std::ffi::{c_int, c_long, c_uint, c_ulong, c_ulonglong};
use std::panic::{AssertUnwindSafe, catch_unwind};
use vir_base::{Error, Result, err};

/// What a function gives when it fails.
pub trait Failed {
    fn failed() -> Self;
}

macro_rules! failed {
    ($($ty:ty = $value:expr),*) => { $(impl Failed for $ty { fn failed() -> Self { $value } })* };
}
failed!(c_int = -1, c_uint = c_uint::MAX, c_ulong = 0, c_long = -1, () = ());

impl<T> Failed for *mut T {
    fn failed() -> Self {
        std::ptr::null_mut()
    }
}

impl<T> Failed for *const T {
    fn failed() -> Self {
        std::ptr::null()
    }
}

/// Runs a function's body as C expects it.
pub fn entry<T: Failed>(body: impl FnOnce() -> Result<T>) -> T {
    crate::error::reset();
    match guarded(body) {
        Ok(value) => value,
        Err(error) => {
            crate::error::raise(&error);
            T::failed()
        }
    }
}

/// Runs `body`; a panic is an internal error.
pub fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> Error {
    err!(None, InternalError, "a defect in the library stopped this call")
}

const _: () = assert!(size_of::<c_ulong>() == size_of::<c_ulonglong>(), "libvirt's ABI on 64 bits");
