//! Where virtual CPUs and the emulator run.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, flag, number, text};

/// `vcpuinfo`: detailed domain vcpu information.
pub(crate) const VCPUINFO: Command = Command::new("vcpuinfo", "detailed domain vcpu information")
    .describe("Returns basic information about the domain virtual CPUs.")
    .options(&[domain(ANY), flag("pretty", "return human readable output")]);

/// `vcpupin`: control or query domain vcpu affinity.
pub(crate) const VCPUPIN: Command = Command::new("vcpupin", "control or query domain vcpu affinity")
    .describe("Pin domain VCPUs to host physical CPUs.")
    .options(&[
        domain(ANY),
        number("vcpu", "vcpu number").tolerated().completes(Completer::DomainVcpu),
        text("cpulist", "host cpu number(s) to set, or omit option to query")
            .tolerated()
            .allow_empty()
            .completes(Completer::DomainCpulist),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `emulatorpin`: control or query domain emulator affinity.
pub(crate) const EMULATORPIN: Command =
    Command::new("emulatorpin", "control or query domain emulator affinity")
        .describe("Pin domain emulator threads to host physical CPUs.")
        .options(&[
            domain(ANY),
            text("cpulist", "host cpu number(s) to set, or omit option to query")
                .tolerated()
                .allow_empty()
                .completes(Completer::DomainCpulist),
            CONFIG,
            LIVE,
            CURRENT,
        ]);
