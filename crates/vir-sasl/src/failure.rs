//! Why an exchange ends without success, in the numbers and words of the library that libvirt uses.

use std::fmt;

/// Kinds of failures, with the numbers that messages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
    /// Something is not as it has to be.
    Fail = -1,
    /// No mechanism is known to both and good enough.
    NoMechanism = -4,
    /// The other end broke the rules.
    BadProtocol = -5,
    /// The other end could not prove who it is.
    BadServer = -10,
    /// The password is wrong.
    BadAuthentication = -13,
    /// Better encryption was asked for than there is.
    TooWeak = -15,
    /// Nobody has that name.
    NoUser = -20,
}

impl Code {
    fn words(self) -> &'static str {
        match self {
            Self::Fail => "generic failure",
            Self::NoMechanism => "no mechanism available",
            Self::BadProtocol => "bad protocol / cancel",
            Self::BadServer => "server failed mutual authentication step",
            Self::BadAuthentication => "authentication failure",
            Self::TooWeak => "mechanism too weak for this user",
            Self::NoUser => "user not found",
        }
    }
}

/// Why an exchange ends.
#[derive(Clone, Debug)]
pub enum Failure {
    /// By the rules of SASL.
    Refused(Code, String),
    /// The user has not answered.
    Unanswered(vir_base::Error),
}

impl Failure {
    pub(crate) fn new(code: Code, why: impl Into<String>) -> Self {
        Self::Refused(code, why.into())
    }

    pub(crate) fn protocol(why: impl Into<String>) -> Self {
        Self::new(Code::BadProtocol, why)
    }
}

impl From<vir_base::Error> for Failure {
    fn from(error: vir_base::Error) -> Self {
        Self::Unanswered(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code, why) => {
                let number = *code as i32;
                write!(f, "{number} (SASL({number}): {}: {why})", code.words())
            }
            Self::Unanswered(error) => write!(f, "{}", error.message()),
        }
    }
}

impl std::error::Error for Failure {}
