//! Arguments from C and results for C. What C gets is made by `malloc`, since C frees it.

use crate::handle::{Connect, Kind, Object};
use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, Uuid, bail, err};

/// Memory for `count` values, zeroed; never NULL.
pub fn room<T>(count: usize) -> *mut T {
    // SAFETY: any sizes; the result is looked at.
    let room = unsafe { libc::calloc(count.max(1), size_of::<T>().max(1)) };
    if room.is_null() {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<T>());
    }
    room.cast()
}

/// A text that C frees; ends at the first zero byte.
pub fn c_text(text: &str) -> *mut c_char {
    let room: *mut c_char = room(text.len() + 1);
    // SAFETY: the room has a byte more, which is zero.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), room.cast(), text.len()) };
    room
}

pub fn free_text(text: *mut c_char) {
    // SAFETY: NULL or made by `c_text` or `strdup`.
    unsafe { libc::free(text.cast()) }
}

/// Where and of which function an argument is, for what is said when it is wrong.
#[derive(Clone, Copy)]
pub struct At {
    pub domain: ErrorDomain,
    pub function: &'static str,
}

impl At {
    /// The argument is NULL and must not be.
    pub fn null(self, name: &str) -> Error {
        let text = format!("{name} in {} must not be NULL", self.function);
        Error::bad_argument(self.domain, self.function, name, text)
    }

    pub fn negative(self, name: &str) -> Error {
        let text = format!("{name} in {} must be zero or greater", self.function);
        Error::bad_argument(self.domain, self.function, name, text)
    }

    /// A text.
    ///
    /// # Safety
    /// NULL or a text that ends with a zero byte.
    pub unsafe fn text<'a>(self, text: *const c_char, name: &str) -> Result<&'a str> {
        // SAFETY: the caller's contract.
        unsafe { self.text_or_null(text, name) }?.ok_or_else(|| self.null(name))
    }

    /// As [`At::text`]; NULL is none.
    ///
    /// # Safety
    /// NULL or a text that ends with a zero byte.
    pub unsafe fn text_or_null<'a>(self, text: *const c_char, name: &str) -> Result<Option<&'a str>> {
        if text.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller's contract.
        match unsafe { CStr::from_ptr(text) }.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(err!(None, InvalidArg, "{name} in {} is not UTF-8", self.function)),
        }
    }

    /// # Safety
    /// NULL or 16 bytes.
    pub unsafe fn uuid(self, uuid: *const u8, name: &str) -> Result<Uuid> {
        // SAFETY: the caller's contract.
        unsafe { uuid.cast::<[u8; 16]>().as_ref() }.map(|bytes| Uuid(*bytes)).ok_or_else(|| self.null(name))
    }

    /// A place to write to.
    ///
    /// # Safety
    /// NULL or such a place, which nothing else reads meanwhile.
    pub unsafe fn place<'a, T>(self, place: *mut T, name: &str) -> Result<&'a mut T> {
        // SAFETY: the caller's contract.
        unsafe { place.as_mut() }.ok_or_else(|| self.null(name))
    }

    /// A list of `count` values.
    ///
    /// # Safety
    /// NULL or so many values.
    pub unsafe fn list<'a, T>(self, list: *const T, count: i64, name: &str) -> Result<&'a [T]> {
        let count = usize::try_from(count).map_err(|_| self.negative(name))?;
        match (list.is_null(), count) {
            (_, 0) => Ok(&[]),
            (true, _) => Err(self.null(name)),
            // SAFETY: the caller's contract.
            _ => Ok(unsafe { std::slice::from_raw_parts(list, count) }),
        }
    }

    /// A list of texts.
    ///
    /// # Safety
    /// NULL or so many texts.
    pub unsafe fn texts(self, list: *const *const c_char, count: i64, name: &str) -> Result<Vec<String>> {
        // SAFETY: the caller's contract.
        let list = unsafe { self.list(list, count, name) }?;
        // SAFETY: as before.
        list.iter().map(|text| Ok(unsafe { self.text(*text, name) }?.to_owned())).collect()
    }

    /// Puts objects into a list that C frees, with a NULL behind them; gives their number.
    ///
    /// # Safety
    /// NULL, for the number alone, or room for a pointer.
    pub unsafe fn objects<R: Kind>(
        self,
        conn: &Connect,
        found: Vec<R>,
        out: *mut *mut *mut Object<R>,
    ) -> Result<c_int> {
        let count = found.len();
        // SAFETY: the caller's contract; the list has room for one more.
        unsafe {
            if let Some(out) = out.as_mut() {
                let list: *mut *mut Object<R> = room(count + 1);
                for (at, reference) in found.into_iter().enumerate() {
                    list.add(at).write(Object::make(conn, reference));
                }
                *out = list;
            }
        }
        number(count)
    }

    /// Puts texts into a list that C frees, with a NULL behind them; gives their number.
    ///
    /// # Safety
    /// NULL, for the number alone, or room for a pointer.
    pub unsafe fn text_list(self, found: &[String], out: *mut *mut *mut c_char) -> Result<c_int> {
        // SAFETY: the caller's contract; the list has room for one more.
        unsafe {
            if let Some(out) = out.as_mut() {
                let list: *mut *mut c_char = room(found.len() + 1);
                for (at, text) in found.iter().enumerate() {
                    list.add(at).write(c_text(text));
                }
                *out = list;
            }
        }
        number(found.len())
    }

    /// Puts names into the caller's own list of `max`; gives how many.
    ///
    /// # Safety
    /// NULL or room for so many.
    pub unsafe fn fill_names(self, found: &[String], out: *mut *mut c_char, max: c_int) -> Result<c_int> {
        let fit = self.fit(found.len(), max);
        if out.is_null() && fit > 0 {
            return Err(self.null("names"));
        }
        for (at, text) in found[..fit].iter().enumerate() {
            // SAFETY: the caller's contract.
            unsafe { out.add(at).write(c_text(text)) };
        }
        number(fit)
    }

    /// Copies values into the caller's own list of `max`; gives how many.
    ///
    /// # Safety
    /// NULL or room for so many.
    pub unsafe fn fill<T: Copy>(self, found: &[T], out: *mut T, max: c_int) -> Result<c_int> {
        let fit = self.fit(found.len(), max);
        if out.is_null() && fit > 0 {
            return Err(self.null("list"));
        }
        // SAFETY: the caller's contract.
        unsafe { std::ptr::copy_nonoverlapping(found.as_ptr(), out, fit) };
        number(fit)
    }

    fn fit(self, found: usize, max: c_int) -> usize {
        found.min(usize::try_from(max).unwrap_or(0))
    }
}

/// A number of things, as C gets it.
pub fn number(count: usize) -> Result<c_int> {
    match c_int::try_from(count) {
        Ok(count) => Ok(count),
        Err(_) => bail!(None, Overflow, "too many results"),
    }
}

/// A text or NULL.
pub trait IntoC {
    fn into_c(self) -> *mut c_char;
}

impl IntoC for String {
    fn into_c(self) -> *mut c_char {
        c_text(&self)
    }
}

impl IntoC for Option<String> {
    fn into_c(self) -> *mut c_char {
        self.map_or(null_mut(), |text| c_text(&text))
    }
}
