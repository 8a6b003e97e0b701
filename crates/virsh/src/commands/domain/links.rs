//! Network interfaces of a domain: link state and limits.

use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, alias, domain, flag, text};

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
]);

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
