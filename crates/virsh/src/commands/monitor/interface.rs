//! Network interfaces of a domain: list, traffic, link, addresses.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, alias, domain, domains, flag, text};
use crate::shell::Shell;
use crate::table::Table;
use vir_api::constants::*;

/// `domif-getlink`: get link state of a virtual interface.
pub(crate) const DOMIF_GETLINK: Command =
    Command::new("domif-getlink", "get link state of a virtual interface")
        .describe("Get link state of a domain's virtual interface.")
        .options(&[
            domain(ANY),
            text("interface", "interface device (MAC Address)")
                .required()
                .positional()
                .completes(Completer::DomainInterface),
            alias("persistent", "config"),
            flag("config", "Get persistent interface state"),
        ])
        .run(link);

/// `domifaddr`: Get network interfaces' addresses for a running domain.
pub(crate) const DOMIFADDR: Command =
    Command::new("domifaddr", "Get network interfaces' addresses for a running domain")
        .describe("Get network interfaces' addresses for a running domain")
        .options(&[
            domain(domains::ACTIVE),
            text("interface", "network interface name").positional().completes(Completer::DomainInterface),
            flag("full", "always display names and MACs of interfaces"),
            text("source", "address source: 'lease', 'agent', or 'arp'")
                .tolerated()
                .completes(Completer::DomainInterfaceAddrSource),
        ])
        .run(addresses);

/// `domiflist`: list all domain virtual interfaces.
pub(crate) const DOMIFLIST: Command = Command::new("domiflist", "list all domain virtual interfaces")
    .describe("Get the summary of virtual interfaces for a domain.")
    .options(&[domain(ANY), flag("inactive", "get inactive rather than running configuration")])
    .run(list);

/// `domifstat`: get network interface stats for a domain.
pub(crate) const DOMIFSTAT: Command = Command::new("domifstat", "get network interface stats for a domain")
    .describe("Get network interface stats for a running domain.")
    .options(&[
        domain(domains::ACTIVE),
        text("interface", "interface device specified by name or MAC Address")
            .required()
            .positional()
            .completes(Completer::DomainInterface),
    ])
    .run(stats);

fn list(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = if args.has("inactive") { VIR_DOMAIN_XML_INACTIVE } else { 0 };
    let document = Domain::find(shell, args)?.document(flags)?;
    let mut table = Table::new(["Interface", "Type", "Source", "Model", "MAC"]);
    for nic in document.all("devices/interface") {
        let source = nic.any_attribute_at("source", &["bridge", "dev", "network", "name", "path"]);
        table.row([
            nic.attribute_at("target", "dev").unwrap_or("-"),
            nic.attribute("type").unwrap_or_default(),
            source.unwrap_or("-"),
            nic.attribute_at("model", "type").unwrap_or("-"),
            nic.attribute_at("mac", "address").unwrap_or("-"),
        ]);
    }
    shell.print_table(&table);
    Ok(())
}

/// A MAC address in its usual spelling; `None` if the text is something else.
fn mac_address(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text
        .split(':')
        .map(|part| u8::from_str_radix(part, 16).ok().filter(|_| (1..=2).contains(&part.len())))
        .collect();
    let texts: Vec<String> =
        bytes.filter(|bytes| bytes.len() == 6)?.iter().map(|b| format!("{b:02x}")).collect();
    Some(texts.join(":"))
}

fn link(shell: &mut Shell, args: &Args) -> Outcome {
    let name = args.required("interface")?;
    let flags = if args.has("config") { VIR_DOMAIN_XML_INACTIVE } else { 0 };
    let document = Domain::find(shell, args)?.document(flags)?;
    let mac = mac_address(name);
    let nics: Vec<_> = document
        .all("devices/interface")
        .into_iter()
        .filter(|nic| {
            nic.attribute_at("target", "dev") == Some(name)
                || mac.as_deref().is_some_and(|mac| nic.attribute_at("mac", "address") == Some(mac))
        })
        .collect();
    match (&nics[..], mac) {
        ([nic], _) => {
            let state = nic.attribute_at("link", "state").unwrap_or("up");
            shell.out.print(format!("{name} {state}"));
            Ok(())
        }
        ([], Some(mac)) => fail!("Interface (mac: {mac}) not found."),
        ([], None) => fail!("Interface (dev: {name}) not found."),
        _ => fail!("multiple matching interfaces found"),
    }
}

fn stats(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let device = args.required("interface")?;
    let stats = call!(dom.domain_interface_stats(device))
        .context(|| format!("Failed to get interface stats {} {device}", dom.asked))?;
    for (name, value) in [
        ("rx_bytes", stats.rx_bytes),
        ("rx_packets", stats.rx_packets),
        ("rx_errs", stats.rx_errs),
        ("rx_drop", stats.rx_drop),
        ("tx_bytes", stats.tx_bytes),
        ("tx_packets", stats.tx_packets),
        ("tx_errs", stats.tx_errs),
        ("tx_drop", stats.tx_drop),
    ] {
        if value >= 0 {
            shell.out.print(format!("{device} {name} {value}\n"));
        }
    }
    Ok(())
}

fn addresses(shell: &mut Shell, args: &Args) -> Outcome {
    let wanted = args.text("interface")?;
    let source = match args.text("source")? {
        None | Some("lease") => VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
        Some("agent") => VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
        Some("arp") => VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
        Some(other) => fail!("Unknown data source '{other}'"),
    };
    let dom = Domain::find(shell, args)?;
    let nics = call!(dom.domain_interface_addresses(source as u32, 0))
        .context(|| "Failed to query for interfaces addresses")?;
    let line = "-".repeat(79);
    shell.out.extra(format!(
        " {:<10} {:<20} {:<8}     {}\n{line}\n",
        "Name", "MAC address", "Protocol", "Address"
    ));
    for nic in nics.iter().filter(|nic| wanted.is_none_or(|wanted| wanted == nic.name)) {
        if nic.addrs.is_empty() {
            let mac = nic.hwaddr.as_deref().unwrap_or("N/A");
            shell.out.print(format!(" {:<10} {mac:<17}    {:<12} N/A\n", nic.name, "N/A"));
        }
        for (at, address) in nic.addrs.iter().enumerate() {
            // the name stands once, unless asked for more
            let first = at == 0 || args.has("full");
            let name = if first { &nic.name } else { "-" };
            let mac = if first { nic.hwaddr.as_deref().unwrap_or_default() } else { "-" };
            let kind = if address.kind == VIR_IP_ADDR_TYPE_IPV6 { "ipv6" } else { "ipv4" };
            shell
                .out
                .print(format!(" {name:<10} {mac:<17}    {kind:<12} {}/{}\n", address.addr, address.prefix));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mac_addresses_are_spelled_one_way() {
        assert_eq!(mac_address("52:54:0:AB:c:1").as_deref(), Some("52:54:00:ab:0c:01"));
        assert_eq!(mac_address("vnet0"), None);
        assert_eq!(mac_address("52:54:00:ab:0c"), None);
    }
}
