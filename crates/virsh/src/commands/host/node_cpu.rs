//! The host's CPUs.

use crate::grammar::{Command, Completer, flag, number};

/// `nodecpumap`: node cpu map.
pub(crate) const NODECPUMAP: Command = Command::new("nodecpumap", "node cpu map")
    .describe(
        "Displays the node's total number of CPUs, the number of online CPUs and the list of online CPUs.",
    )
    .options(&[flag("pretty", "return human readable output")]);

/// `nodecpustats`: Prints cpu stats of the node.
pub(crate) const NODECPUSTATS: Command = Command::new("nodecpustats", "Prints cpu stats of the node.")
    .describe("Returns cpu stats of the node, in nanoseconds.")
    .options(&[
        number("cpu", "prints specified cpu statistics only.").tolerated().completes(Completer::NodeCpu),
        flag("percent", "prints by percentage during 1 second."),
    ]);

/// `nodeinfo`: node information.
pub(crate) const NODEINFO: Command =
    Command::new("nodeinfo", "node information").describe("Returns basic information about the node.");
