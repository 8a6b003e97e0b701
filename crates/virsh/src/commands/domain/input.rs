//! Keys and signals sent into a domain.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Outcome, fail};
use crate::grammar::{Command, Completer, domain, domains, number, text, words};
use crate::number;
use crate::shell::Shell;

/// `send-key`: Send keycodes to the guest.
pub(crate) const SEND_KEY: Command = Command::new("send-key", "Send keycodes to the guest")
    .describe("Send keycodes (integers or symbolic names) to the guest")
    .options(&[
        domain(domains::ACTIVE),
        text("codeset", "the codeset of keycodes, default:linux").completes(Completer::CodesetName),
        number("holdtime", "the time (in milliseconds) how long the keys will be held"),
        words("keycode", "the key code").required().positional().completes(Completer::KeycodeName),
    ])
    .run(send_key);

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
        ])
        .run(send_signal);

/// Sets of key codes, in the order of their numbers.
const SETS: [&str; 10] =
    ["linux", "xt", "atset1", "atset2", "atset3", "os_x", "xt_kbd", "usb", "win32", "qnum"];

/// The most keys in one call.
const MAX_KEYS: usize = 16;

/// Names of keys: set, name and code on each line.
const KEYS: &str = include_str!("../../data/keys.txt");

/// The code of a key by its name in a set.
fn key_by_name(set: &str, name: &str) -> Option<u32> {
    let mut lines = KEYS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' '));
    lines.find_map(|mut words| match (words.next(), words.next(), words.next()) {
        (Some(own), Some(key), Some(code)) if own == set && key == name => code.parse().ok(),
        _ => None,
    })
}

fn send_key(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let set = match args.text_quiet("codeset").unwrap_or("linux") {
        // its name of old
        "rfb" => "qnum",
        set => set,
    };
    let hold = args.uint("holdtime")?.unwrap_or(0);
    let Some(number) = SETS.iter().position(|own| *own == set) else { fail!("unknown codeset: '{set}'") };
    let mut codes = Vec::new();
    for word in args.words("keycode") {
        if codes.len() == MAX_KEYS {
            fail!("too many keycodes");
        }
        let code =
            number::any_base(word).and_then(|code| u32::try_from(code).ok()).filter(|code| *code <= 0xffff);
        match code.or_else(|| key_by_name(set, word)) {
            Some(code) => codes.push(code),
            None => fail!("invalid keycode: '{word}'"),
        }
    }
    Ok(call!(dom.domain_send_key(number as u32, hold, &codes, 0))?)
}

/// Signals by their numbers; real-time ones follow as "rt0" to "rt32".
const SIGNALS: [&str; 32] = [
    "nop", "hup", "int", "quit", "ill", "trap", "abrt", "bus", "fpe", "kill", "usr1", "segv", "usr2", "pipe",
    "alrm", "term", "stkflt", "chld", "cont", "stop", "tstp", "ttin", "ttou", "urg", "xcpu", "xfsz",
    "vtalrm", "prof", "winch", "poll", "pwr", "sys",
];

fn signal_number(text: &str) -> Option<u32> {
    let text = text.to_ascii_lowercase();
    if let Some(number) = number::signed::<i32>(&text) {
        return u32::try_from(number).ok();
    }
    let name = text.strip_prefix("sig_").or_else(|| text.strip_prefix("sig")).unwrap_or(&text);
    let named = SIGNALS.iter().position(|own| *own == name);
    let real_time =
        || name.strip_prefix("rt")?.parse::<usize>().ok().filter(|at| *at <= 32).map(|at| at + 32);
    named.or_else(real_time).map(|number| number as u32)
}

fn send_signal(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let pid = args.long("pid")?.unwrap_or(0);
    let name = args.required("signame")?;
    let Some(signal) = signal_number(name) else { fail!("malformed signal name: {name}") };
    Ok(call!(dom.domain_send_process_signal(pid, signal, 0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_signals_have_names() {
        assert_eq!(key_by_name("linux", "KEY_LEFTCTRL"), Some(29));
        assert_eq!(key_by_name("win32", "VK_ESCAPE"), Some(0x1b));
        assert_eq!(key_by_name("usb", "KEY_LEFTCTRL"), None);
        assert_eq!(signal_number("SIGTERM"), Some(15));
        assert_eq!(signal_number("sig_rt3"), Some(35));
        assert_eq!(signal_number("9"), Some(9));
        assert_eq!(signal_number("nope"), None);
    }
}
