//! What host and hypervisor can do.

use crate::args::Args;
use crate::document;
use crate::domain::ask;
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, Completer, flag, text};
use crate::number;
use crate::shell::Shell;
use crate::show_xml::{show, xpath_of};
use vir_api::constants::*;

/// `capabilities`: capabilities.
pub(crate) const CAPABILITIES: Command = Command::new("capabilities", "capabilities")
    .describe("Returns capabilities of hypervisor/driver.")
    .options(&[
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ])
    .run(capabilities);

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
    ])
    .run(domain_capabilities);

/// `maxvcpus`: connection vcpu maximum.
pub(crate) const MAXVCPUS: Command = Command::new("maxvcpus", "connection vcpu maximum")
    .describe("Show maximum number of virtual CPUs for guests on this connection.")
    .options(&[text("type", "domain type").tolerated().completes(Completer::DomainVirtType)])
    .run(max_vcpus);

/// `nodesevinfo`: node SEV information.
pub(crate) const NODESEVINFO: Command = Command::new("nodesevinfo", "node SEV information")
    .describe("Returns basic SEV information about the node.");

fn capabilities(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let xpath = xpath_of(args)?;
    let xml = ask!(link.connect_get_capabilities()).context(|| "failed to get capabilities")?;
    show(shell, &xml, xpath, args.has("wrap"))
}

fn domain_capabilities(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let flags = match args.has("disable-deprecated-features") {
        true => VIR_CONNECT_GET_DOMAIN_CAPABILITIES_DISABLE_DEPRECATED_FEATURES,
        false => 0,
    };
    let (virt, emulator) = (args.text("virttype")?, args.text("emulatorbin")?);
    let (arch, machine) = (args.text("arch")?, args.text("machine")?);
    let xpath = xpath_of(args)?;
    let xml = ask!(link.connect_get_domain_capabilities(emulator, arch, machine, virt, flags))
        .context(|| "failed to get emulator capabilities")?;
    show(shell, &xml, xpath, args.has("wrap"))
}

fn max_vcpus(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let kind = args.text("type")?;
    let known = match ask!(link.connect_get_domain_capabilities(None, None, None, kind, 0)) {
        Ok(xml) => document::parse(&xml)?.attribute_at("vcpu", "max").and_then(number::signed::<i32>),
        Err(_) => None,
    };
    let count = match known.filter(|count| *count >= 0) {
        Some(count) => count,
        None => ask!(link.connect_get_max_vcpus(kind))?,
    };
    shell.out.print(format!("{count}\n"));
    Ok(())
}
