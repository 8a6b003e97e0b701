//! Setting the number and state of virtual CPUs.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Outcome, fail};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, domains, flag, number, text};
use crate::shell::Shell;
use vir_api::constants::*;

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
    ])
    .run(set_count);

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

fn set_count(shell: &mut Shell, args: &Args) -> Outcome {
    let affect = args.affect()?;
    args.exclusive("guest", "config")?;
    args.requires("maximum", "config")?;
    let mut flags = affect.flags();
    for (option, flag) in [
        ("guest", VIR_DOMAIN_VCPU_GUEST),
        ("maximum", VIR_DOMAIN_VCPU_MAXIMUM),
        ("hotpluggable", VIR_DOMAIN_VCPU_HOTPLUGGABLE),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let dom = Domain::find(shell, args)?;
    let count = args.uint("count")?.unwrap_or(0);
    if count == 0 {
        fail!("Can't set 0 processors for a VM");
    }
    Ok(match flags {
        0 if !affect.current => call!(dom.domain_set_vcpus(count)),
        flags => call!(dom.domain_set_vcpus_flags(count, flags)),
    }?)
}
