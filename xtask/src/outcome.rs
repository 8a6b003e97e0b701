//! Errors of chores: one sentence for a person, built up from what was being done.

use std::fmt::Display;

/// What a chore or a step of it gives, or the sentence that says why not.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Says what was being done when something failed.
pub(crate) trait Context<T> {
    /// Puts `what` (an activity: "reading FILE") before the error.
    fn context(self, what: impl Display) -> Outcome<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}
