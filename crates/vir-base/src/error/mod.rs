//! The one error type: what every function of every crate fails with, and what clients see.
//!
//! An error carries the number, the domain and the text that unmodified clients compare and show,
//! and beyond them a hint that says what to do about it. Nothing here logs or prints.

mod codes;

pub use codes::{ErrorCode, ErrorDomain};

use crate::refs::{DomainRef, NetworkRef};
use std::fmt;

/// How bad it is (`virErrorLevel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[allow(missing_docs)] // the three names say it
pub enum ErrorLevel {
    None = 0,
    Warning = 1,
    Error = 2,
}

/// What a function of this project fails with.
///
/// One machine word wide, so that `Result<T, Error>` stays small.
#[derive(Clone, PartialEq)]
pub struct Error(Box<ErrorData>);

/// The fields of an [`Error`], as they travel on the wire (`virNetMessageError`).
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorData {
    /// Number; kept raw because a newer peer may send one we do not know.
    pub code: i32,
    /// Domain; raw for the same reason.
    pub domain: i32,
    /// Level, see [`ErrorLevel`]; raw for the same reason.
    pub level: i32,
    /// The whole text shown to people.
    pub message: Option<String>,
    /// The domain it is about, if any.
    pub dom: Option<DomainRef>,
    /// The network it is about, if any.
    pub net: Option<NetworkRef>,
    /// The template of the message, with `%s` where the detail stands.
    pub str1: Option<String>,
    /// The detail.
    pub str2: Option<String>,
    /// Unused by this project.
    pub str3: Option<String>,
    /// `-1` unless the error has a number of its own (`errno` for system errors).
    pub int1: i32,
    /// `-1` unless set.
    pub int2: i32,
    /// What the person can do about it. Never sent to clients that do not ask for it.
    pub hint: Option<String>,
}

/// Shorthand used everywhere.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a detail: `Error::new(Domain::Qemu, Code::NoDomain, "no domain …")` reads
    /// "Domain not found: no domain …".
    pub fn new(domain: ErrorDomain, code: ErrorCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let template = code.templates().1;
        let data = ErrorData {
            message: Some(template.replacen("%s", &detail, 1)),
            // the place has a number where there is text around it
            str1: Some(if template == "%s" {
                template.to_owned()
            } else {
                template.replacen("%s", "%1$s", 1)
            }),
            str2: Some(detail),
            ..ErrorData::blank(domain, code)
        };
        Self(Box::new(data))
    }

    /// An error without a detail: the code's short text.
    pub fn bare(domain: ErrorDomain, code: ErrorCode) -> Self {
        let text = code.templates().0;
        let data = ErrorData {
            message: Some(text.to_owned()),
            str1: Some(text.to_owned()),
            ..ErrorData::blank(domain, code)
        };
        Self(Box::new(data))
    }

    /// A failed system call: "`what`: `strerror(errno)`", with `errno` in `int1`.
    pub fn system(domain: ErrorDomain, errno: i32, what: impl fmt::Display) -> Self {
        let text = format!("{what}: {}", errno_text(errno));
        let mut error = Self::new(domain, ErrorCode::SystemError, text);
        error.0.int1 = errno;
        error
    }

    /// As [`Error::system`], from an [`std::io::Error`].
    pub fn io(domain: ErrorDomain, error: &std::io::Error, what: impl fmt::Display) -> Self {
        match error.raw_os_error() {
            Some(errno) => Self::system(domain, errno, what),
            None => Self::new(domain, ErrorCode::SystemError, format!("{what}: {error}")),
        }
    }

    /// "this function is not supported by the connection driver: `function`".
    pub fn no_support(domain: ErrorDomain, function: &str) -> Self {
        Self::new(domain, ErrorCode::NoSupport, function)
    }

    /// An argument that `function` cannot take; `text` is all that people see, without the
    /// "invalid argument: " that [`Error::new`] puts before it.
    pub fn bad_argument(
        domain: ErrorDomain,
        function: &str,
        argument: &str,
        text: impl Into<String>,
    ) -> Self {
        Self(Box::new(ErrorData {
            message: Some(text.into()),
            str1: Some(function.to_owned()),
            str2: Some(argument.to_owned()),
            int1: 0,
            int2: 0,
            ..ErrorData::blank(domain, ErrorCode::InvalidArg)
        }))
    }

    /// An error as received from elsewhere.
    pub fn from_data(data: ErrorData) -> Self {
        Self(Box::new(data))
    }

    /// Adds what the person can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The number, or [`ErrorCode::InternalError`] if it is one we do not know.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::from_raw(self.0.code).unwrap_or(ErrorCode::InternalError)
    }

    /// The domain, or [`ErrorDomain::None`] if it is one we do not know.
    pub fn domain(&self) -> ErrorDomain {
        ErrorDomain::from_raw(self.0.domain).unwrap_or(ErrorDomain::None)
    }

    /// The whole text shown to people.
    pub fn message(&self) -> &str {
        self.0.message.as_deref().unwrap_or("unknown error")
    }

    /// What the person can do about it, if known.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// All fields.
    pub fn data(&self) -> &ErrorData {
        &self.0
    }
}

impl ErrorData {
    fn blank(domain: ErrorDomain, code: ErrorCode) -> Self {
        Self {
            code: code as i32,
            domain: domain as i32,
            level: ErrorLevel::Error as i32,
            message: None,
            dom: None,
            net: None,
            str1: None,
            str2: None,
            str3: None,
            int1: -1,
            int2: -1,
            hint: None,
        }
    }
}

/// The C library's text for an `errno`, in the C locale ("No such file or directory").
pub fn errno_text(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    match text.rfind(" (os error ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}: {}", self.code().c_name(), self.domain().c_name(), self.message())
    }
}

impl std::error::Error for Error {}

/// `err!(Qemu, NoDomain, "no domain with matching name '{name}'")`: an [`Error`] with a formatted detail.
#[macro_export]
macro_rules! err {
    ($domain:ident, $code:ident, $($fmt:tt)+) => {
        $crate::error::Error::new(
            $crate::error::ErrorDomain::$domain,
            $crate::error::ErrorCode::$code,
            format!($($fmt)+),
        )
    };
}

/// `bail!(Qemu, NoDomain, "…")`: return early with [`err!`].
#[macro_export]
macro_rules! bail {
    ($($t:tt)+) => { return Err($crate::err!($($t)+)) };
}

/// Refuses flag bits outside `supported`, in the peer's words; `function` is the name that the
/// peer's message shows.
pub fn check_flags(domain: ErrorDomain, flags: u32, supported: u32, function: &str) -> Result<()> {
    match flags & !supported {
        0 => Ok(()),
        unknown => {
            let text = format!("unsupported flags (0x{unknown:x}) in function {function}");
            Err(Error::bad_argument(domain, function, "flags", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_goes_into_the_template() {
        let error = err!(Test, NoDomain, "no domain with matching name '{}'", "x");
        assert_eq!(error.message(), "Domain not found: no domain with matching name 'x'");
        assert_eq!(error.data().str1.as_deref(), Some("Domain not found: %1$s"));
        assert_eq!(error.data().int1, -1);
    }

    #[test]
    fn bad_arguments_are_named_beside_the_text() {
        assert!(check_flags(ErrorDomain::Test, 5, 7, "f").is_ok());
        let error = check_flags(ErrorDomain::Test, 0x11, 1, "testDomainGetXMLDesc").unwrap_err();
        assert_eq!(error.message(), "unsupported flags (0x10) in function testDomainGetXMLDesc");
        let data = error.data();
        assert_eq!(data.str1.as_deref(), Some("testDomainGetXMLDesc"));
        assert_eq!((data.str2.as_deref(), data.int1, data.int2), (Some("flags"), 0, 0));
        assert_eq!(error.code(), ErrorCode::InvalidArg);
    }

    #[test]
    fn system_errors_carry_errno() {
        let error = Error::system(ErrorDomain::Qemu, 2, "cannot open '/x'");
        assert_eq!(error.message(), "cannot open '/x': No such file or directory");
        assert_eq!(error.data().int1, 2);
    }

    #[test]
    fn every_code_is_found_by_its_number() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_raw(*code as i32), Some(*code));
        }
        assert_eq!(ErrorCode::from_raw(0), None);
        assert_eq!(std::mem::size_of::<Error>(), std::mem::size_of::<usize>());
    }
}
