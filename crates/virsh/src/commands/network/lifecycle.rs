//! Networks: definition, start and end.

use crate::args::Args;
use crate::failure::{Context, Outcome};
use crate::files::read_file;
use crate::grammar::{Command, Completer, file, flag, networks, text};
use crate::network::{Network, call};
use crate::shell::Shell;
use vir_api::constants::*;

/// `net-autostart`: autostart a network.
pub(crate) const NET_AUTOSTART: Command = Command::new("net-autostart", "autostart a network")
    .describe("Configure a network to be automatically started at boot.")
    .options(&[
        text("network", "network name or uuid")
            .required()
            .positional()
            .completes(Completer::Network(networks::PERSISTENT)),
        flag("disable", "disable autostarting"),
    ])
    .run(autostart);

/// `net-create`: create a network from an XML file.
pub(crate) const NET_CREATE: Command = Command::new("net-create", "create a network from an XML file")
    .describe("Create a network.")
    .options(&[
        file("file containing an XML network description"),
        flag("validate", "validate the XML against the schema"),
    ])
    .run(create);

/// `net-define`: define an inactive persistent virtual network or modify an existing persistent one from an XML file.
pub(crate) const NET_DEFINE: Command = Command::new(
    "net-define",
    "define an inactive persistent virtual network or modify an existing persistent one from an XML file",
)
.describe("Define or modify a persistent virtual network.")
.options(&[
    file("file containing an XML network description"),
    flag("validate", "validate the XML against the schema"),
])
.run(define);

/// `net-destroy`: destroy (stop) a network.
pub(crate) const NET_DESTROY: Command = Command::new("net-destroy", "destroy (stop) a network")
    .describe("Forcefully stop a given network.")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(networks::ACTIVE))])
    .run(destroy);

/// `net-start`: start a (previously defined) inactive network.
pub(crate) const NET_START: Command =
    Command::new("net-start", "start a (previously defined) inactive network")
        .describe("Start a network.")
        .options(&[text("network", "network name or uuid")
            .required()
            .positional()
            .completes(Completer::Network(networks::INACTIVE))])
        .run(start);

/// `net-undefine`: undefine a persistent network.
pub(crate) const NET_UNDEFINE: Command = Command::new("net-undefine", "undefine a persistent network")
    .describe("Undefine the configuration for a persistent network.")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(networks::PERSISTENT))])
    .run(undefine);

fn autostart(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    let (name, on) = (&net.asked, !args.has("disable"));
    let mark = if on { "mark" } else { "unmark" };
    call!(net.network_set_autostart(i32::from(on)))
        .context(|| format!("failed to {mark} network {name} as autostarted"))?;
    shell.out.extra(format!("Network {name} {mark}ed as autostarted\n"));
    Ok(())
}

fn start(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    call!(net.network_create()).context(|| format!("Failed to start network {}", net.asked))?;
    shell.out.extra(format!("Network {} started\n", net.asked));
    Ok(())
}

fn destroy(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    call!(net.network_destroy()).context(|| format!("Failed to destroy network {}", net.asked))?;
    shell.out.extra(format!("Network {} destroyed\n", net.asked));
    Ok(())
}

fn undefine(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    call!(net.network_undefine()).context(|| format!("Failed to undefine network {}", net.asked))?;
    shell.out.extra(format!("Network {} has been undefined\n", net.asked));
    Ok(())
}

fn define(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let from = args.required("file")?;
    let xml = read_file(from)?;
    let driver = link.network()?;
    let net = match args.has("validate") {
        true => driver.network_define_xml_flags(&link.caller, &xml, VIR_NETWORK_DEFINE_VALIDATE),
        false => driver.network_define_xml(&link.caller, &xml),
    }
    .context(|| format!("Failed to define network from {from}"))?;
    shell.out.extra(format!("Network {} defined from {from}\n", net.name));
    Ok(())
}

fn create(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let from = args.required("file")?;
    let xml = read_file(from)?;
    let driver = link.network()?;
    let net = match args.has("validate") {
        true => driver.network_create_xml_flags(&link.caller, &xml, VIR_NETWORK_CREATE_VALIDATE),
        false => driver.network_create_xml(&link.caller, &xml),
    }
    .context(|| format!("Failed to create network from {from}"))?;
    shell.out.extra(format!("Network {} created from {from}\n", net.name));
    Ok(())
}
