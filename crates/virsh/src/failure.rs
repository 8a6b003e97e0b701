//! How a command fails: lines of its own, and the error from the library behind them.

use vir_base::Error;

/// What a command's body returns.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a command failed. The shell prints each line as "error: …", the cause last.
#[derive(Debug, Default, PartialEq)]
pub struct Failure {
    lines: Vec<String>,
    cause: Option<Error>,
}

impl Failure {
    /// A failure that has been said already, or needs no words.
    pub fn silent() -> Self {
        Self::default()
    }

    /// A failure that this shell found itself.
    pub fn new(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], cause: None }
    }

    /// Puts `line` before what has been said so far.
    #[must_use]
    pub fn context(mut self, line: impl Into<String>) -> Self {
        self.lines.insert(0, line.into());
        self
    }

    /// Puts `line` behind what has been said so far, before the library's error.
    #[must_use]
    pub fn then(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// The error from the library, if there is one.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }

    /// Every line to show, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str).chain(self.cause.iter().map(Error::message))
    }
}

impl From<Error> for Failure {
    fn from(cause: Error) -> Self {
        Self { lines: Vec::new(), cause: Some(cause) }
    }
}

/// Returns early with a [`Failure`] of one formatted line.
macro_rules! fail {
    ($($fmt:tt)+) => { return Err($crate::failure::Failure::new(format!($($fmt)+))) };
}
pub(crate) use fail;

/// Adds what was being done to what went wrong.
pub trait Context<T> {
    /// Puts the line that `line` makes before the error.
    fn context<S: Into<String>>(self, line: impl FnOnce() -> S) -> Outcome<T>;
}

impl<T, E: Into<Failure>> Context<T> for Result<T, E> {
    fn context<S: Into<String>>(self, line: impl FnOnce() -> S) -> Outcome<T> {
        self.map_err(|error| error.into().context(line()))
    }
}
