//! dommemstat: what the balloon says.

use crate::grammar::{CONFIG, CURRENT, Command, LIVE, domain, domains, number};

/// `dommemstat`: get memory statistics for a domain.
pub(crate) const DOMMEMSTAT: Command = Command::new("dommemstat", "get memory statistics for a domain")
    .describe("Get memory statistics for a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        number("period", "period in seconds to set collection"),
        CONFIG,
        LIVE,
        CURRENT,
    ]);
