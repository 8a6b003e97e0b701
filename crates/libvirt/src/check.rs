//! What arguments must be like, in the words in which programs are told.

use crate::convert::At;
use std::ffi::{c_char, c_int};
use vir_base::Result;
use vir_base::error::Error;

/// `VIR_DOMAIN_AFFECT_LIVE` and `_CONFIG`, which many functions take one of.
pub const AFFECT: [(&str, u32); 2] = [("VIR_DOMAIN_AFFECT_LIVE", 1), ("VIR_DOMAIN_AFFECT_CONFIG", 2)];

impl At {
    /// The argument `name` is not as it must be; `must` says how.
    pub fn wrong(self, name: &str, must: &str) -> Error {
        Error::bad_argument(
            self.domain,
            self.function,
            name,
            format!("{name} in {} must {must}", self.function),
        )
    }

    /// The argument `name` is wrong, in words of their own.
    pub fn invalid(self, name: &str, text: String) -> Error {
        Error::bad_argument(self.domain, self.function, name, text)
    }

    pub fn positive(self, value: i64, name: &str) -> Result<()> {
        if value > 0 { Ok(()) } else { Err(self.wrong(name, "be greater than zero")) }
    }

    pub fn not_negative(self, value: c_int, name: &str) -> Result<()> {
        if value >= 0 { Ok(()) } else { Err(self.negative(name)) }
    }

    pub fn not_zero(self, value: usize, name: &str) -> Result<()> {
        if value != 0 { Ok(()) } else { Err(self.wrong(name, "not be zero")) }
    }

    pub fn not_null<T>(self, pointer: *const T, name: &str) -> Result<()> {
        if pointer.is_null() { Err(self.null(name)) } else { Ok(()) }
    }

    /// A text with something in it.
    ///
    /// # Safety
    /// NULL or a text that ends with a zero byte.
    pub unsafe fn some_text<'a>(self, text: *const c_char, name: &str) -> Result<&'a str> {
        // SAFETY: the caller's contract.
        match unsafe { self.text(text, name) }? {
            "" => {
                let text = format!("string {name} in {} must not be empty", self.function);
                Err(Error::bad_argument(self.domain, self.function, name, text))
            }
            text => Ok(text),
        }
    }

    /// Not both of two flags.
    pub fn exclusive(self, flags: u32, pair: [(&str, u32); 2]) -> Result<()> {
        let [(one, a), (other, b)] = pair;
        if flags & a != 0 && flags & b != 0 {
            return Err(self.invalid("ctl", format!("Flags '{one}' and '{other}' are mutually exclusive")));
        }
        Ok(())
    }

    /// Not the first flag without the second.
    pub fn requires(self, flags: u32, pair: [(&str, u32); 2]) -> Result<()> {
        let [(one, a), (other, b)] = pair;
        if flags & a != 0 && flags & b == 0 {
            return Err(self.invalid("ctl", format!("Flag '{other}' is required by flag '{one}'")));
        }
        Ok(())
    }
}
