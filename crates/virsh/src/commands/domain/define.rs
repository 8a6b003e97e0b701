//! define and create: a domain from its XML.

use crate::grammar::{Command, Completer, file, flag, text};

/// `define`: define (but don't start) a domain from an XML file.
pub(crate) const DEFINE: Command =
    Command::new("define", "define (but don't start) a domain from an XML file")
        .describe("Define a domain.")
        .options(&[
            file("file containing an XML domain description"),
            flag("validate", "validate the XML against the schema"),
        ]);

/// `create`: create a domain from an XML file.
pub(crate) const CREATE: Command =
    Command::new("create", "create a domain from an XML file").describe("Create a domain.").options(&[
        file("file containing an XML domain description"),
        flag("console", "attach to console after creation"),
        flag("paused", "leave the guest paused after creation"),
        flag("autodestroy", "automatically destroy the guest when virsh disconnects"),
        text("pass-fds", "pass file descriptors N,M,... to the guest")
            .tolerated()
            .completes(Completer::Nothing),
        flag("validate", "validate the XML against the schema"),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ]);
