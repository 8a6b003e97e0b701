//! Networks, shown.

use crate::args::Args;
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, Completer, flag, networks, text};
use crate::network::{Network, call};
use crate::shell::Shell;
use crate::show_xml::{show, xpath_of};
use vir_api::constants::*;

/// `net-dumpxml`: network information in XML.
pub(crate) const NET_DUMPXML: Command = Command::new("net-dumpxml", "network information in XML")
    .describe("Output the network information as an XML dump to stdout.")
    .options(&[
        text("network", "network name or uuid").required().positional().completes(Completer::Network(ANY)),
        flag("inactive", "show inactive defined XML"),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ])
    .run(dump_xml);

/// `net-info`: network information.
pub(crate) const NET_INFO: Command = Command::new("net-info", "network information")
    .describe("Returns basic information about the network")
    .options(&[text("network", "network name or uuid")
        .required()
        .positional()
        .completes(Completer::Network(ANY))])
    .run(info);

/// `net-name`: convert a network UUID to network name.
pub(crate) const NET_NAME: Command = Command::new("net-name", "convert a network UUID to network name")
    .options(&[text("network", "network uuid").required().positional().completes(Completer::NetworkUuid)])
    .run(name);

/// `net-uuid`: convert a network name to network UUID.
pub(crate) const NET_UUID: Command = Command::new("net-uuid", "convert a network name to network UUID")
    .options(&[text("network", "network name").required().positional().completes(Completer::Network(ANY))])
    .run(uuid);

/// `net-dhcp-leases`: print lease info for a given network.
pub(crate) const NET_DHCP_LEASES: Command =
    Command::new("net-dhcp-leases", "print lease info for a given network")
        .describe("Print lease info for a given network")
        .options(&[
            text("network", "network name or uuid")
                .required()
                .positional()
                .completes(Completer::Network(networks::ACTIVE)),
            text("mac", "MAC address").tolerated().completes(Completer::NetworkDhcpMac),
        ]);

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    let out = &shell.out;
    let show = |label: &str, value: &str| out.print(format!("{label:<15} {value}\n"));
    let yes_no = |value: i32| if value != 0 { "yes" } else { "no" };
    show("Name:", &net.name);
    show("UUID:", &net.uuid.to_string());
    if let Ok(active) = net.is_active() {
        show("Active:", yes_no(active));
    }
    show("Persistent:", net.is_persistent().map_or("unknown", yes_no));
    show("Autostart:", net.autostart_text());
    if let Ok(bridge) = call!(net.network_get_bridge_name()) {
        show("Bridge:", &bridge);
    }
    Ok(())
}

fn name(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find_by(shell, args, true, false)?;
    shell.out.print(format!("{}\n", net.name));
    Ok(())
}

fn uuid(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find_by(shell, args, false, true)?;
    shell.out.print(format!("{}\n", net.uuid));
    Ok(())
}

fn dump_xml(shell: &mut Shell, args: &Args) -> Outcome {
    let net = Network::find(shell, args)?;
    let flags = if args.has("inactive") { VIR_NETWORK_XML_INACTIVE } else { 0 };
    let xpath = xpath_of(args)?;
    let xml = call!(net.network_get_xml_desc(flags))?;
    show(shell, &xml, xpath, args.has("wrap"))
}
