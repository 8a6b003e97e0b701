//! domtime: the guest's clock.

use crate::grammar::{Command, domain, domains, flag, number};

/// `domtime`: domain time.
pub(crate) const DOMTIME: Command =
    Command::new("domtime", "domain time").describe("Gets or sets the domain's system time").options(&[
        domain(domains::ACTIVE),
        flag("now", "set to the time of the host running virsh"),
        flag("pretty", "print domain's time in human readable form"),
        flag("sync", "instead of setting given time, synchronize from domain's RTC"),
        number("time", "time to set").tolerated(),
    ]);
