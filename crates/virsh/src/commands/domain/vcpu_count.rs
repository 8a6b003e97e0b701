//! vcpucount: how many virtual CPUs there are, by configuration and state.

use crate::grammar::{ANY, Command, domain, flag};

/// `vcpucount`: domain vcpu counts.
pub(crate) const VCPUCOUNT: Command = Command::new("vcpucount", "domain vcpu counts")
    .describe("Returns the number of virtual CPUs used by the domain.")
    .options(&[
        domain(ANY),
        flag("maximum", "get maximum count of vcpus"),
        flag("active", "get number of currently active vcpus"),
        flag("live", "get value from running domain"),
        flag("config", "get value to be used on next boot"),
        flag("current", "get value according to current domain state"),
        flag("guest", "retrieve vcpu count from the guest instead of the hypervisor"),
    ]);
