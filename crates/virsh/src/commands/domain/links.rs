//! Network interfaces of a domain: link state and limits.

use crate::args::Args;
use crate::document::{Item, Node};
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, alias, domain, flag, text};
use crate::shell::Shell;
use crate::xpath::tree::element_text;
use vir_api::constants::*;

/// `domif-setlink`: set link state of a virtual interface.
pub(crate) const DOMIF_SETLINK: Command = Command::new(
    "domif-setlink",
    "set link state of a virtual interface",
)
.describe(
    "Set link state of a domain's virtual interface. This command wraps usage of update-device command.",
)
.options(&[
    domain(ANY),
    text("interface", "interface device (MAC Address)")
        .required()
        .positional()
        .completes(Completer::DomainInterface),
    text("state", "new state of the device")
        .required()
        .positional()
        .completes(Completer::DomainInterfaceState),
    alias("persistent", "config"),
    CONFIG,
    flag("print-xml", "print XML document rather than set the interface link state"),
])
.run(set_link);

/// `domiftune`: get/set parameters of a virtual interface.
pub(crate) const DOMIFTUNE: Command = Command::new("domiftune", "get/set parameters of a virtual interface")
    .describe("Get/set parameters of a domain's virtual interface.")
    .options(&[
        domain(ANY),
        text("interface", "interface device (MAC Address)")
            .required()
            .positional()
            .completes(Completer::DomainInterface),
        text("inbound", "control domain's incoming traffics").tolerated().completes(Completer::Nothing),
        text("outbound", "control domain's outgoing traffics").tolerated().completes(Completer::Nothing),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

fn set_link(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let name = args.required("interface")?;
    let state = args.required("state")?;
    if !matches!(state, "up" | "down") {
        fail!("invalid link state '{state}'");
    }
    let stored = args.has("config");
    let mut flags = if stored { VIR_DOMAIN_AFFECT_CONFIG } else { VIR_DOMAIN_AFFECT_LIVE };
    if matches!(call!(dom.domain_is_active()), Ok(0)) {
        flags = VIR_DOMAIN_AFFECT_CONFIG;
    }
    let document = dom.document(if stored { VIR_DOMAIN_XML_INACTIVE } else { 0 })?;
    let interfaces = document.all("devices/interface");
    if interfaces.is_empty() {
        fail!("Failed to extract interface information or no interfaces found");
    }
    let named = |interface: &&Node| {
        [interface.attribute_at("mac", "address"), interface.attribute_at("target", "dev")]
            .into_iter()
            .flatten()
            .any(|own| own.eq_ignore_ascii_case(name))
    };
    let Some(mut interface) = interfaces.into_iter().find(named).cloned() else {
        fail!("interface '{name}' not found")
    };
    let link = interface.items.iter_mut().find_map(|item| match item {
        Item::Element(node) if node.name == "link" => Some(node),
        _ => None,
    });
    match link {
        Some(link) => link.set_attribute("state", state),
        None => {
            let mut link = Node { name: "link".into(), ..Node::default() };
            link.set_attribute("state", state);
            interface.items.push(Item::Element(link));
        }
    }
    let xml = element_text(&interface);
    if args.has("print-xml") {
        shell.out.print(xml);
        return Ok(());
    }
    call!(dom.domain_update_device_flags(&xml, flags)).context(|| "Failed to update interface link state")?;
    shell.out.extra("Device updated successfully\n");
    Ok(())
}
