//! SASL: what a client and a server say to each other until the one knows who the other is, and the
//! encryption that a mechanism may bring along.
//!
//! States without I/O: the messages go through whatever carries them, and questions to the user through
//! [`Secrets`]. Mechanisms with a password are here (SCRAM, DIGEST-MD5, PLAIN); Kerberos is not.

mod choose;
mod digest_md5;
mod failure;
mod layer;
mod plain;
mod scram;
mod text;

pub use choose::{Rules, start};
pub use failure::{Code, Failure};
pub use layer::{Layer, Opener, Sealer};

/// Something that only the user knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// Whom to act as, if not oneself.
    Username,
    /// Who one is.
    Authname,
    /// The password that goes with it.
    Password,
    /// Whose users are meant.
    Realm,
}

/// A question to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked for.
    pub secret: Secret,
    /// What the other end offers, for the user to choose from.
    pub challenge: Option<String>,
    /// What holds without an answer.
    pub default: Option<String>,
}

impl Question {
    fn of(secret: Secret) -> Self {
        Self { secret, challenge: None, default: None }
    }
}

/// Who knows the answers.
pub trait Secrets {
    /// Whether the user can be asked for that.
    fn knows(&self, secret: Secret) -> bool;

    /// The answers, one for each question.
    ///
    /// # Errors
    /// There are none.
    fn ask(&mut self, questions: &[Question]) -> vir_base::Result<Vec<String>>;
}

/// What to send next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The message; none is not the same as an empty one.
    pub data: Option<Vec<u8>>,
    /// Nothing more has to be said by this end.
    pub complete: bool,
}

/// A client's side of one exchange.
pub trait Client: Send {
    /// The mechanism.
    fn name(&self) -> &'static str;

    /// Answers `challenge`; the first step has none.
    ///
    /// # Errors
    /// The other end does not know the rules, or not our password; or the user has no answer.
    fn step(&mut self, challenge: Option<&[u8]>, secrets: &mut dyn Secrets) -> Result<Step, Failure>;

    /// The encryption that both ends have agreed on; once the exchange is complete.
    fn layer(&mut self) -> Option<Layer> {
        None
    }
}

/// The name that one acts as (empty if it is one's own), one's own name and the password.
fn identity(secrets: &mut dyn Secrets) -> Result<[String; 3], Failure> {
    let wanted = [Secret::Username, Secret::Authname, Secret::Password];
    if !secrets.knows(Secret::Authname) {
        return Err(Failure::new(Code::Fail, ""));
    }
    // who is not asked for a name to act as has only one
    let asked: Vec<Question> = wanted
        .into_iter()
        .filter(|secret| *secret != Secret::Username || secrets.knows(*secret))
        .map(Question::of)
        .collect();
    let mut answers = secrets.ask(&asked)?.into_iter();
    let mut of = |secret| match asked.iter().any(|question| question.secret == secret) {
        true => answers.next().unwrap_or_default(),
        false => String::new(),
    };
    Ok(wanted.map(&mut of))
}
