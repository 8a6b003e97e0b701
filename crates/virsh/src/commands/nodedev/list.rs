//! nodedev-list: the host's devices, flat or as a tree.

use crate::grammar::{Command, Completer, flag, text};

/// `nodedev-list`: enumerate devices on this host.
pub(crate) const NODEDEV_LIST: Command = Command::new("nodedev-list", "enumerate devices on this host")
    .options(&[
        flag("tree", "list devices in a tree"),
        text("cap", "capability names, separated by comma")
            .tolerated()
            .completes(Completer::NodeDeviceCapabilityName),
        flag("inactive", "list inactive devices"),
        flag("all", "list inactive & active devices"),
        flag("persistent", "list persistent devices"),
        flag("transient", "list transient devices"),
    ]);
