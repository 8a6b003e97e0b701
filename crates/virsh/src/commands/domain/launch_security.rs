//! Confidential guests.

use crate::grammar::{ANY, Command, domain, number, text};

/// `domlaunchsecinfo`: Get domain launch security info.
pub(crate) const DOMLAUNCHSECINFO: Command =
    Command::new("domlaunchsecinfo", "Get domain launch security info")
        .describe("Get the launch security parameters for a guest domain")
        .options(&[domain(ANY)]);

/// `domsetlaunchsecstate`: Set domain launch security state.
pub(crate) const DOMSETLAUNCHSECSTATE: Command =
    Command::new("domsetlaunchsecstate", "Set domain launch security state")
        .describe("Set a secret in the guest domain's memory")
        .options(&[
            domain(ANY),
            text("secrethdr", "path to file containing the secret header"),
            text("secret", "path to file containing the secret"),
            number("set-address", "physical address within the guest domain's memory to set the secret")
                .tolerated(),
        ]);
