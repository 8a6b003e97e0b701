//! QEMU only: its monitor, and foreign QEMU processes.

use crate::args::Args;
use crate::domain::{Domain, ask, call};
use crate::events::{self, Watch};
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{ANY, Command, Completer, domain, domains, flag, number, text, words};
use crate::shell::Shell;
use serde_json::{Map, Value};
use vir_api::constants::*;
use vir_api::event::{Event, Filter};

/// `qemu-monitor-command`: QEMU Monitor Command.
pub(crate) const QEMU_MONITOR_COMMAND: Command = Command::new("qemu-monitor-command", "QEMU Monitor Command")
    .describe("QEMU Monitor Command")
    .options(&[
        domain(domains::ACTIVE),
        flag("hmp", "command is in human monitor protocol"),
        flag("pretty", "pretty-print any qemu monitor protocol output"),
        flag("return-value", "extract the value of the 'return' key from the returned string"),
        text("pass-fds", "pass file descriptors N,M,... along with the command")
            .completes(Completer::Nothing),
        words("cmd", "command").required().positional(),
    ])
    .run(command);

/// `qemu-monitor-event`: QEMU Monitor Events.
pub(crate) const QEMU_MONITOR_EVENT: Command = Command::new("qemu-monitor-event", "QEMU Monitor Events")
    .describe("Listen for QEMU Monitor Events")
    .options(&[
        text("domain", "filter by domain name, id or uuid").tolerated().completes(Completer::Domain(ANY)),
        text("event", "filter by event name").tolerated(),
        flag("pretty", "pretty-print any JSON output"),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("regex", "treat event as a regex rather than literal filter"),
        flag("no-case", "treat event case-insensitively"),
        flag("timestamp", "show timestamp for each printed event"),
    ])
    .run(events);

/// `qemu-attach`: QEMU Attach.
pub(crate) const QEMU_ATTACH: Command = Command::new("qemu-attach", "QEMU Attach")
    .describe("QEMU Attach")
    .options(&[text("pid", "pid").required().positional().completes(Completer::Nothing)])
    .run(attach);

/// The QMP command that the user's words mean: an object as it is, or a name with arguments.
fn qmp(words: &[String]) -> Outcome<String> {
    let whole = words.join(" ");
    if matches!(serde_json::from_str(&whole), Ok(Value::Object(_))) {
        return Ok(whole);
    }
    let Some((name, rest)) = words.split_first() else { return Ok(whole) };
    let mut command = Map::from_iter([("execute".to_owned(), Value::from(name.as_str()))]);
    let text = rest.join(" ");
    let arguments = match serde_json::from_str(&text) {
        _ if rest.is_empty() => None,
        Ok(Value::Object(arguments)) => Some(arguments),
        _ => match serde_json::from_str(&format!("{{{}}}", rest.join(","))) {
            Ok(Value::Object(arguments)) => Some(arguments),
            _ => fail!("failed to wrap arguments '{text}' into a QMP command wrapper"),
        },
    };
    if let Some(arguments) = arguments {
        command.insert("arguments".to_owned(), Value::Object(arguments));
    }
    Ok(Value::Object(command).to_string())
}

fn command(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("hmp", "pretty")?;
    args.exclusive("hmp", "return-value")?;
    let dom = Domain::find(shell, args)?;
    let (text, flags) = match args.has("hmp") {
        true => (args.joined("cmd").unwrap_or_default(), VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP),
        false => (qmp(args.words("cmd"))?, 0),
    };
    if args.has("pass-fds") {
        fail!("option --pass-fds is not supported by this version");
    }
    let result = call!(dom.domain_qemu_monitor_command(&text, flags))?;
    let (pretty, only_value) = (args.has("pretty"), args.has("return-value"));
    let value: Option<Value> = (pretty || only_value).then(|| serde_json::from_str(&result).ok()).flatten();
    let Some(value) = value else {
        if only_value {
            fail!("failed to parse JSON returned by qemu");
        }
        shell.out.print(result + "\n");
        return Ok(());
    };
    let shown = match only_value {
        true => match value.get("return") {
            Some(value) => value,
            None => fail!("'return' member missing"),
        },
        false => &value,
    };
    shell.out.print(if pretty { format!("{shown:#}") } else { shown.to_string() });
    Ok(())
}

fn events(shell: &mut Shell, args: &Args) -> Outcome {
    let regex = if args.has("regex") { VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX } else { 0 };
    let no_case = if args.has("no-case") { VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE } else { 0 };
    let watch =
        Watch { once: !args.has("loop"), timestamp: args.has("timestamp"), timeout: args.timeout_ms()? };
    let event = args.text("event")?.map(str::to_owned);
    let only = match args.has("domain") {
        true => Some(Domain::find(shell, args)?.uuid),
        false => None,
    };
    let filter = Filter::QemuMonitor { only, event, flags: regex | no_case };
    let (pretty, timestamp) = (args.has("pretty"), watch.timestamp);
    events::watch(shell, watch, vec![filter], move |event| {
        let Event::QemuMonitor { dom, event, seconds, micros, details } = event else { return None };
        let parsed =
            details.as_deref().filter(|_| pretty).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let details = match (parsed, details) {
            (Some(value), _) => format!("{value:#}"),
            (None, Some(text)) => text.clone(),
            (None, None) => "<null>".to_owned(),
        };
        Some(match timestamp {
            true => format!("event {event} for domain '{}': {details}\n", dom.name),
            false => format!("event {event} at {seconds}.{micros:06} for domain '{}': {details}\n", dom.name),
        })
    })
}

fn attach(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let Some(pid) = args.uint("pid")? else { fail!("malformed pid") };
    let dom = ask!(link.domain_qemu_attach(pid, 0)).context(|| format!("Failed to attach to pid {pid}"))?;
    shell.out.extra(format!("Domain '{}' attached to pid {pid}\n", dom.name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(words: &[&str]) -> Result<String, crate::failure::Failure> {
        qmp(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_become_commands() {
        assert_eq!(wrapped(&["query-status"]).unwrap(), r#"{"execute":"query-status"}"#);
        assert_eq!(wrapped(&["{\"execute\":", "\"x\"}"]).unwrap(), "{\"execute\": \"x\"}");
        assert_eq!(wrapped(&["x", "{\"a\":1}"]).unwrap(), r#"{"execute":"x","arguments":{"a":1}}"#);
        assert_eq!(
            wrapped(&["x", "\"a\":1", "\"b\":2"]).unwrap(),
            r#"{"execute":"x","arguments":{"a":1,"b":2}}"#
        );
        assert!(wrapped(&["x", "nope"]).is_err());
    }
}
