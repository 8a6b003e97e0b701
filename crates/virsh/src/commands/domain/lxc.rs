//! lxc-enter-namespace: a program inside a container.

use crate::grammar::{Command, domain, domains, flag, words};

/// `lxc-enter-namespace`: LXC Guest Enter Namespace.
pub(crate) const LXC_ENTER_NAMESPACE: Command =
    Command::new("lxc-enter-namespace", "LXC Guest Enter Namespace")
        .describe("Run an arbitrary command in a lxc guest namespace; use at your own risk")
        .options(&[
            domain(domains::ACTIVE),
            flag("noseclabel", "Do not change process security label"),
            words("cmd", "command to run").required().positional(),
        ]);
