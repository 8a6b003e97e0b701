//! Guest filesystems, through the agent.

use crate::grammar::{Command, Completer, domain, domains, number, text, words};

/// `domfsfreeze`: Freeze domain's mounted filesystems.
pub(crate) const DOMFSFREEZE: Command = Command::new("domfsfreeze", "Freeze domain's mounted filesystems.")
    .describe("Freeze domain's mounted filesystems.")
    .options(&[
        domain(domains::ACTIVE),
        words("mountpoint", "mountpoint path to be frozen")
            .positional()
            .completes(Completer::DomainFsMountpoints),
    ]);

/// `domfsthaw`: Thaw domain's mounted filesystems.
pub(crate) const DOMFSTHAW: Command = Command::new("domfsthaw", "Thaw domain's mounted filesystems.")
    .describe("Thaw domain's mounted filesystems.")
    .options(&[
        domain(domains::ACTIVE),
        words("mountpoint", "mountpoint path to be thawed")
            .positional()
            .completes(Completer::DomainFsMountpoints),
    ]);

/// `domfsinfo`: Get information of domain's mounted filesystems.
pub(crate) const DOMFSINFO: Command =
    Command::new("domfsinfo", "Get information of domain's mounted filesystems.")
        .describe("Get information of domain's mounted filesystems.")
        .options(&[domain(domains::ACTIVE)]);

/// `domfstrim`: Invoke fstrim on domain's mounted filesystems.
pub(crate) const DOMFSTRIM: Command =
    Command::new("domfstrim", "Invoke fstrim on domain's mounted filesystems.")
        .describe("Invoke fstrim on domain's mounted filesystems.")
        .options(&[
            domain(domains::ACTIVE),
            number("minimum", "Just a hint to ignore contiguous free ranges smaller than this (Bytes)")
                .tolerated(),
            text("mountpoint", "which mount point to trim")
                .tolerated()
                .completes(Completer::DomainFsMountpoints),
        ]);
