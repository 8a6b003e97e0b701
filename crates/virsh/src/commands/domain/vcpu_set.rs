//! Setting the number and state of virtual CPUs.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, domains, flag, number, text};

/// `setvcpus`: change number of virtual CPUs.
pub(crate) const SETVCPUS: Command = Command::new("setvcpus", "change number of virtual CPUs")
    .describe("Change the number of virtual CPUs in the guest domain.")
    .options(&[
        domain(ANY),
        number("count", "number of virtual CPUs").required().positional(),
        flag("maximum", "set maximum limit on next boot"),
        CONFIG,
        LIVE,
        CURRENT,
        flag("guest", "modify cpu state in the guest"),
        flag("hotpluggable", "make added vcpus hot(un)pluggable"),
    ]);

/// `setvcpu`: attach/detach vcpu or groups of threads.
pub(crate) const SETVCPU: Command = Command::new("setvcpu", "attach/detach vcpu or groups of threads")
    .describe("Add or remove vcpus")
    .options(&[
        domain(ANY),
        text("vcpulist", "ids of vcpus to manipulate")
            .required()
            .positional()
            .completes(Completer::DomainVcpulist),
        flag("enable", "enable cpus specified by cpumap"),
        flag("disable", "disable cpus specified by cpumap"),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `guestvcpus`: query or modify state of vcpu in the guest (via agent).
pub(crate) const GUESTVCPUS: Command =
    Command::new("guestvcpus", "query or modify state of vcpu in the guest (via agent)")
        .describe("Use the guest agent to query or set cpu state from guest's point of view")
        .options(&[
            domain(domains::ACTIVE),
            text("cpulist", "list of cpus to enable or disable")
                .tolerated()
                .completes(Completer::DomainVcpulistViaAgent),
            flag("enable", "enable cpus specified by cpulist"),
            flag("disable", "disable cpus specified by cpulist"),
        ]);
