//! console and ttyconsole.

use crate::grammar::{Command, Completer, domain, domains, flag, text};

/// `console`: connect to the guest console.
pub(crate) const CONSOLE: Command = Command::new("console", "connect to the guest console")
    .describe("Connect the virtual serial console for the guest")
    .options(&[
        domain(domains::ACTIVE),
        text("devname", "character device name").tolerated().completes(Completer::DomainConsole),
        flag("force", "force console connection (disconnect already connected sessions)"),
        flag("resume", "resume a paused guest after connecting to console"),
        flag("safe", "only connect if safe console handling is supported"),
    ]);

/// `ttyconsole`: tty console.
pub(crate) const TTYCONSOLE: Command = Command::new("ttyconsole", "tty console")
    .describe("Output the device for the TTY console.")
    .options(&[domain(domains::ACTIVE)]);
