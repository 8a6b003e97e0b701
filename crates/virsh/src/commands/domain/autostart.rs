//! autostart: with the host or not.

use crate::grammar::{Command, domain, domains, flag};

/// `autostart`: autostart a domain.
pub(crate) const AUTOSTART: Command = Command::new("autostart", "autostart a domain")
    .describe("Configure a domain to be automatically started at boot.")
    .options(&[
        domain(domains::PERSISTENT),
        flag("disable", "disable autostarting"),
        flag("once", "control next boot state"),
    ]);
