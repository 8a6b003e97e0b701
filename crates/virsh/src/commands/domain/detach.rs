//! Detaching and changing devices.

use super::attach::{detach, device_change, states};
use super::media::find_disk;
use crate::args::Args;
use crate::document::Node;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::files::read_file;
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, PERSISTENT, domain, file, flag, text};
use crate::shell::Shell;
use crate::xpath::tree::element_text;
use vir_api::constants::*;

/// `detach-device`: detach device from an XML file.
pub(crate) const DETACH_DEVICE: Command = Command::new("detach-device", "detach device from an XML file")
    .describe("Detach device from an XML <file>")
    .options(&[domain(ANY), file("XML file"), PERSISTENT, CONFIG, LIVE, CURRENT])
    .run(detach_device);

/// `detach-device-alias`: detach device from an alias.
pub(crate) const DETACH_DEVICE_ALIAS: Command =
    Command::new("detach-device-alias", "detach device from an alias")
        .describe("Detach device identified by the given alias from a domain")
        .options(&[
            domain(ANY),
            text("alias", "device alias").required().positional().completes(Completer::DomainDeviceAlias),
            CONFIG,
            LIVE,
            CURRENT,
        ])
        .run(detach_device_alias);

/// `detach-disk`: detach disk device.
pub(crate) const DETACH_DISK: Command = Command::new("detach-disk", "detach disk device")
    .describe("Detach disk device.")
    .options(&[
        domain(ANY),
        text("target", "target of disk device")
            .required()
            .positional()
            .completes(Completer::DomainDiskTarget),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than detach the disk"),
    ])
    .run(detach_disk);

/// `detach-interface`: detach network interface.
pub(crate) const DETACH_INTERFACE: Command = Command::new("detach-interface", "detach network interface")
    .describe("Detach network interface.")
    .options(&[
        domain(ANY),
        text("type", "network interface type").required().positional(),
        text("mac", "MAC address").tolerated().completes(Completer::DomainInterfaceMac),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than detach the interface"),
    ])
    .run(detach_interface);

/// `update-device`: update device from an XML file.
pub(crate) const UPDATE_DEVICE: Command = Command::new("update-device", "update device from an XML file")
    .describe("Update device from an XML <file>.")
    .options(&[
        domain(ANY),
        file("XML file"),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("force", "force device update"),
    ])
    .run(update_device);

fn detach_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    detach(&dom, args, &xml, flags).context(|| format!("Failed to detach device from {from}"))?;
    shell.out.extra("Device detached successfully\n");
    Ok(())
}

fn update_device(shell: &mut Shell, args: &Args) -> Outcome {
    let (dom, from, flags) = device_change(shell, args)?;
    let xml = read_file(from)?;
    let force = if args.has("force") { VIR_DOMAIN_DEVICE_MODIFY_FORCE } else { 0 };
    call!(dom.domain_update_device_flags(&xml, flags | force))
        .context(|| format!("Failed to update device from {from}"))?;
    shell.out.extra("Device updated successfully\n");
    Ok(())
}

fn detach_device_alias(shell: &mut Shell, args: &Args) -> Outcome {
    let flags = args.affect()?.flags();
    let dom = Domain::find(shell, args)?;
    let alias = args.required("alias")?;
    call!(dom.domain_detach_device_alias(alias, flags))
        .context(|| format!("Failed to detach device with alias {alias}"))?;
    shell.out.extra("Device detach request sent successfully\n");
    Ok(())
}

fn detach_disk(shell: &mut Shell, args: &Args) -> Outcome {
    let states = states(args)?;
    let dom = Domain::find(shell, args)?;
    let target = args.required("target")?;
    let stored = states.asked(args) == VIR_DOMAIN_AFFECT_CONFIG;
    let document = definition(&dom, if stored { VIR_DOMAIN_XML_INACTIVE } else { 0 })?;
    let flags = states.of(&dom, args);
    let xml = element_text(&find_disk(&document, target, false)?);
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    detach(&dom, args, &xml, flags).context(|| "Failed to detach disk")?;
    shell.out.extra("Disk detached successfully\n");
    Ok(())
}

/// A domain's definition, whose error is all that is said of it.
pub(super) fn definition(dom: &Domain, flags: u32) -> Outcome<Node> {
    let xml = call!(dom.domain_get_xml_desc(flags))?;
    Ok(crate::document::parse(&xml)?)
}

fn detach_interface(shell: &mut Shell, args: &Args) -> Outcome {
    let states = states(args)?;
    let dom = Domain::find(shell, args)?;
    let failed = || "Failed to detach interface";
    let asked = states.asked(args);
    let stored = asked & VIR_DOMAIN_AFFECT_CONFIG;
    let running = states.of(&dom, args) & VIR_DOMAIN_AFFECT_LIVE;
    if stored != 0 {
        let document = definition(&dom, VIR_DOMAIN_XML_INACTIVE).context(failed)?;
        one_interface(shell, args, &dom, &document, stored).map_err(|error| error.then(failed()))?;
    }
    if running != 0 || stored == 0 {
        let document = definition(&dom, 0).context(failed)?;
        let done = one_interface(shell, args, &dom, &document, running);
        if args.has("print-xml") {
            return done;
        }
        done.map_err(|error| error.then(failed()))?;
    }
    if !args.has("print-xml") {
        shell.out.extra("Interface detached successfully\n");
    }
    Ok(())
}

/// Detaches the one interface that options mean, of one definition.
fn one_interface(shell: &Shell, args: &Args, dom: &Domain, document: &Node, flags: u32) -> Outcome {
    let kind = args.required("type")?;
    let of_kind: Vec<&Node> = document
        .all("devices/interface")
        .into_iter()
        .filter(|interface| interface.attribute("type") == Some(kind))
        .collect();
    if of_kind.is_empty() {
        fail!("No interface found whose type is {kind}");
    }
    let found = match args.text("mac")? {
        None if of_kind.len() > 1 => {
            fail!("Domain has {} interfaces. Please specify which one to detach using --mac", of_kind.len())
        }
        None => of_kind[0],
        Some(mac) => {
            let own = |interface: &&&Node| {
                let known = interface.attribute_at("mac", "address");
                known.is_some_and(|known| same_mac(known, mac))
            };
            let mut with_mac = of_kind.iter().filter(own);
            match (with_mac.next(), with_mac.next()) {
                (Some(found), None) => *found,
                (Some(_), Some(_)) => fail!(
                    "Domain has multiple interfaces matching MAC address {mac}. You must use detach-device \
                     and specify the device pci address to remove it."
                ),
                (None, _) => fail!("No interface with MAC address {mac} was found"),
            }
        }
    };
    let xml = element_text(found);
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    Ok(detach(dom, args, &xml, flags)?)
}

/// Addresses are the same, whatever their letters and leading zeroes.
fn same_mac(a: &str, b: &str) -> bool {
    let bytes = |text: &str| {
        text.split(':').map(|part| u8::from_str_radix(part, 16).ok()).collect::<Option<Vec<u8>>>()
    };
    a.eq_ignore_ascii_case(b) || matches!((bytes(a), bytes(b)), (Some(a), Some(b)) if a == b)
}
