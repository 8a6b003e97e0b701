//! Keys and signals sent into a domain.

use crate::grammar::{Command, Completer, domain, domains, number, text, words};

/// `send-key`: Send keycodes to the guest.
pub(crate) const SEND_KEY: Command = Command::new("send-key", "Send keycodes to the guest")
    .describe("Send keycodes (integers or symbolic names) to the guest")
    .options(&[
        domain(domains::ACTIVE),
        text("codeset", "the codeset of keycodes, default:linux").completes(Completer::CodesetName),
        number("holdtime", "the time (in milliseconds) how long the keys will be held"),
        words("keycode", "the key code").required().positional().completes(Completer::KeycodeName),
    ]);

/// `send-process-signal`: Send signals to processes.
pub(crate) const SEND_PROCESS_SIGNAL: Command =
    Command::new("send-process-signal", "Send signals to processes")
        .describe("Send signals to processes in the guest")
        .options(&[
            domain(domains::ACTIVE),
            text("pid", "the process ID").required().positional().completes(Completer::Nothing),
            text("signame", "the signal number or name")
                .required()
                .positional()
                .completes(Completer::DomainSignal),
        ]);
