//! dom-fd-associate: descriptors for a domain to use.

use crate::grammar::{ANY, Command, Completer, domain, flag, text};

/// `dom-fd-associate`: associate a FD with a domain.
pub(crate) const DOM_FD_ASSOCIATE: Command = Command::new("dom-fd-associate", "associate a FD with a domain")
    .describe("associate a FD with a domain")
    .options(&[
        domain(ANY),
        text("name", "name of the FD group").required().positional().completes(Completer::Nothing),
        text("pass-fds", "file descriptors N,M,... to associate")
            .required()
            .positional()
            .completes(Completer::Nothing),
        flag("seclabel-writable", "use seclabels allowing writes"),
        flag("seclabel-restore", "try to restore security label after use if possible"),
    ]);
