//! What happens when a domain ends.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, text};

/// `set-lifecycle-action`: change lifecycle actions.
pub(crate) const SET_LIFECYCLE_ACTION: Command =
    Command::new("set-lifecycle-action", "change lifecycle actions")
        .describe("Change lifecycle actions for the guest domain.")
        .options(&[
            domain(ANY),
            text("type", "lifecycle type to modify")
                .required()
                .positional()
                .completes(Completer::DomainLifecycle),
            text("action", "lifecycle action to set")
                .required()
                .positional()
                .completes(Completer::DomainLifecycleAction),
            CONFIG,
            LIVE,
            CURRENT,
        ]);
