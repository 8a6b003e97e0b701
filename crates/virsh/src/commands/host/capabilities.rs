//! What host and hypervisor can do.

use crate::grammar::{Command, Completer, flag, text};

/// `capabilities`: capabilities.
pub(crate) const CAPABILITIES: Command = Command::new("capabilities", "capabilities")
    .describe("Returns capabilities of hypervisor/driver.")
    .options(&[
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `domcapabilities`: domain capabilities.
pub(crate) const DOMCAPABILITIES: Command = Command::new("domcapabilities", "domain capabilities")
    .describe("Returns capabilities of emulator with respect to host and libvirt.")
    .options(&[
        text("virttype", "virtualization type (/domain/@type)")
            .tolerated()
            .completes(Completer::DomainVirtType),
        text("emulatorbin", "path to emulator binary (/domain/devices/emulator)").tolerated(),
        text("arch", "domain architecture (/domain/os/type/@arch)").tolerated().completes(Completer::Arch),
        text("machine", "machine type (/domain/os/type/@machine)").tolerated(),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
        flag("disable-deprecated-features", "report host CPU model with deprecated features disabled"),
    ]);

/// `maxvcpus`: connection vcpu maximum.
pub(crate) const MAXVCPUS: Command = Command::new("maxvcpus", "connection vcpu maximum")
    .describe("Show maximum number of virtual CPUs for guests on this connection.")
    .options(&[text("type", "domain type").tolerated().completes(Completer::DomainVirtType)]);

/// `nodesevinfo`: node SEV information.
pub(crate) const NODESEVINFO: Command = Command::new("nodesevinfo", "node SEV information")
    .describe("Returns basic SEV information about the node.");
