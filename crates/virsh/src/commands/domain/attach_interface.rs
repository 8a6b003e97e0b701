//! Attaching an interface that options describe.

use super::address::Address;
use super::attach::{attach, states};
use crate::args::Args;
use crate::domain::Domain;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, PERSISTENT, domain, flag, text};
use crate::shell::Shell;

/// `attach-interface`: attach network interface.
pub(crate) const ATTACH_INTERFACE: Command = Command::new("attach-interface", "attach network interface")
    .describe("Attach new network interface.")
    .options(&[
        domain(ANY),
        text("type", "network interface type").required().positional(),
        text("source", "source of network interface").required().positional(),
        text("target", "target network name").tolerated().completes(Completer::Nothing),
        text("mac", "MAC address").tolerated().completes(Completer::Nothing),
        text("script", "script used to bridge network interface").tolerated(),
        text("model", "model type").tolerated(),
        text("alias", "custom alias name of interface device").tolerated().completes(Completer::Nothing),
        text("inbound", "control domain's incoming traffics").tolerated().completes(Completer::Nothing),
        text("outbound", "control domain's outgoing traffics").tolerated().completes(Completer::Nothing),
        PERSISTENT,
        CONFIG,
        LIVE,
        CURRENT,
        flag("print-xml", "print XML document rather than attach the interface"),
        flag("managed", "libvirt will automatically detach/attach the device from/to host"),
        text("source-mode", "mode attribute of <source/> element")
            .tolerated()
            .completes(Completer::DomainInterfaceSourceMode),
    ])
    .run(attach_interface);

/// Kinds of interfaces that there are, whether the command makes them or not.
const KINDS: &[&str] = &[
    "user",
    "ethernet",
    "vhostuser",
    "server",
    "client",
    "mcast",
    "network",
    "bridge",
    "internal",
    "direct",
    "hostdev",
    "udp",
    "vdpa",
    "null",
    "vds",
];

fn attach_interface(shell: &mut Shell, args: &Args) -> Outcome {
    let states = states(args)?;
    let xml = describe(args)?;
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    let dom = Domain::find(shell, args)?;
    attach(&dom, args, &xml, states.of(&dom, args)).context(|| "Failed to attach interface")?;
    shell.out.extra("Interface attached successfully\n");
    Ok(())
}

/// A limit: what is usual, what is most, how much at once, what is sure.
#[derive(Clone, Copy, Default)]
struct Rate {
    average: u64,
    peak: u64,
    burst: u64,
    floor: u64,
}

impl Rate {
    fn parse(text: &str) -> Outcome<Self> {
        let fields: Vec<&str> = text.split(',').collect();
        if fields.len() > 4 {
            fail!("Rate string '{text}' has too many fields");
        }
        let mut it = Self::default();
        let slots = [
            ("average", &mut it.average),
            ("peak", &mut it.peak),
            ("burst", &mut it.burst),
            ("floor", &mut it.floor),
        ];
        for ((name, slot), field) in slots.into_iter().zip(fields) {
            if !field.is_empty() {
                *slot = match field.trim_start().parse() {
                    Ok(number) => number,
                    Err(_) => fail!("field '{name}' is malformed"),
                };
            }
        }
        Ok(it)
    }

    fn write(self, name: &str) -> String {
        let fields =
            [("average", self.average), ("peak", self.peak), ("burst", self.burst), ("floor", self.floor)];
        let said = fields.iter().filter(|(_, value)| *value > 0);
        let attributes: String = said.map(|(name, value)| format!(" {name}='{value}'")).collect();
        format!("    <{name}{attributes}/>\n")
    }
}

/// The interface's document.
fn describe(args: &Args) -> Outcome<String> {
    let kind = args.required("type")?;
    let source = args.required("source")?;
    if !KINDS.contains(&kind) {
        fail!("No support for {kind} in command 'attach-interface'");
    }
    let mode = args.text("source-mode")?;
    if let Some(mode) = mode.filter(|mode| !matches!(*mode, "server" | "client")) {
        fail!("Invalid source mode: {mode}");
    }
    let inbound = args.text("inbound")?.map(Rate::parse).transpose()?;
    if inbound.is_some_and(|rate| rate.average == 0 && rate.floor == 0) {
        fail!("either inbound average or floor is mandatory");
    }
    let outbound = args.text("outbound")?.map(Rate::parse).transpose()?;
    match outbound {
        Some(rate) if rate.average == 0 => fail!("outbound average is mandatory"),
        Some(rate) if rate.floor > 0 => fail!("outbound floor is unsupported yet"),
        _ => {}
    }
    let managed = if args.has("managed") { " managed='yes'" } else { "" };
    let mut xml = format!("<interface type='{kind}'{managed}>\n");
    match kind {
        "network" | "bridge" => xml.push_str(&format!("  <source {kind}='{source}'/>\n")),
        "direct" => xml.push_str(&format!("  <source dev='{source}'/>\n")),
        "hostdev" => match Address::parse(&format!("pci:{source}"), false) {
            Some(place) => xml.push_str(&format!("  <source>\n    {place}\n  </source>\n")),
            None => fail!("cannot parse pci address '{source}' for network interface"),
        },
        "vhostuser" => match mode {
            Some(mode) => {
                xml.push_str(&format!("  <source type='unix' path='{source}' mode='{mode}'/>\n"));
            }
            None => fail!("source-mode is mandatory"),
        },
        _ => fail!("No support for {kind} in command 'attach-interface'"),
    }
    for (option, element, attribute) in [
        ("target", "target", "dev"),
        ("mac", "mac", "address"),
        ("script", "script", "path"),
        ("model", "model", "type"),
        ("alias", "alias", "name"),
    ] {
        if let Some(value) = args.text(option)? {
            xml.push_str(&format!("  <{element} {attribute}='{value}'/>\n"));
        }
    }
    if inbound.is_some() || outbound.is_some() {
        xml.push_str("  <bandwidth>\n");
        xml.extend(inbound.map(|rate| rate.write("inbound")));
        xml.extend(outbound.map(|rate| rate.write("outbound")));
        xml.push_str("  </bandwidth>\n");
    }
    xml.push_str("</interface>\n");
    Ok(xml)
}
