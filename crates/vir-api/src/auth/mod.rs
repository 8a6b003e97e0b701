//! Credentials that opening a connection needs, and who is asked for them.
//!
//! A mechanism (SASL, SSH, polkit's agent) puts its questions here; the program that opens the
//! connection answers: by its own callback, on the terminal, from a file. Nothing is kept.

mod ask;

pub use ask::Login;

use vir_base::Result;

/// A kind of credential (`virConnectCredentialType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum CredentialKind {
    /// The identity to act as.
    Username = 1,
    /// The identity to prove.
    Authname = 2,
    /// The language of the answers, by RFC 1766.
    Language = 3,
    /// The client's own part of a challenge.
    Cnonce = 4,
    /// A secret that belongs to the identity.
    Passphrase = 5,
    /// The answer to a challenge that may be seen.
    EchoPrompt = 6,
    /// The answer to a challenge that must not be seen.
    NoEchoPrompt = 7,
    /// The domain of the identity.
    Realm = 8,
    /// Something outside (polkit's agent) has to act; there is no answer.
    External = 9,
}

/// One thing that is asked for, and the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// What it is.
    pub kind: CredentialKind,
    /// What to show to the user.
    pub prompt: String,
    /// What the other side said, if it said anything.
    pub challenge: Option<String>,
    /// What no answer means.
    pub default: Option<String>,
    /// The answer.
    pub answer: Option<String>,
}

/// Who is asked for credentials.
pub trait Credentials {
    /// What it has answers to.
    fn kinds(&self) -> Vec<CredentialKind>;

    /// Puts the answers into `wanted`, all of which are of its kinds.
    ///
    /// # Errors
    /// There are none: the user gave up.
    fn ask(&self, wanted: &mut [Credential]) -> Result<()>;
}

impl CredentialKind {
    /// The kind of that number.
    #[must_use]
    pub fn from_raw(raw: i32) -> Option<Self> {
        use CredentialKind as K;
        [
            K::Username,
            K::Authname,
            K::Language,
            K::Cnonce,
            K::Passphrase,
            K::EchoPrompt,
            K::NoEchoPrompt,
            K::Realm,
            K::External,
        ]
        .into_iter()
        .find(|kind| *kind as i32 == raw)
    }
}
