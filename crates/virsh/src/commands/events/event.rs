//! event: what happens to domains, as it happens.

use crate::args::Args;
use crate::domain::Domain;
use crate::events::{NAMES, Watch, describe, watch};
use crate::failure::{Outcome, fail};
use crate::grammar::{ANY, Command, Completer, flag, number, text};
use crate::shell::Shell;
use vir_api::event::{Event, Filter};

/// `event`: Domain Events.
pub(crate) const EVENT: Command = Command::new("event", "Domain Events")
    .describe("List event types, or wait for domain events to occur")
    .options(&[
        text("domain", "filter by domain name, id or uuid").tolerated().completes(Completer::Domain(ANY)),
        text("event", "which event type to wait for").tolerated().completes(Completer::DomainEventName),
        flag("all", "wait for all events instead of just one type"),
        flag("loop", "loop until timeout or interrupt, rather than one-shot"),
        number("timeout", "timeout seconds").tolerated(),
        flag("list", "list valid event types"),
        flag("timestamp", "show timestamp for each printed event"),
    ])
    .run(event);

fn event(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("all", "event")?;
    args.exclusive("list", "all")?;
    args.exclusive("list", "event")?;
    if args.has("list") {
        shell.out.print(NAMES.map(|name| format!("{name}\n")).concat());
        return Ok(());
    }
    let wanted = match args.text("event")? {
        None if !args.has("all") => fail!("one of --list, --all, or --event <type> is required"),
        None => (0..NAMES.len()).collect(),
        Some(name) => match NAMES.iter().position(|own| *own == name) {
            Some(id) => vec![id],
            None => fail!("unknown event type {name}"),
        },
    };
    let how =
        Watch { once: !args.has("loop"), timestamp: args.has("timestamp"), timeout: args.timeout_ms()? };
    let only = match args.has("domain") {
        true => Some(Domain::find(shell, args)?.uuid),
        false => None,
    };
    let filters = wanted.iter().map(|id| Filter::Domain { id: *id as i32, only }).collect();
    watch(shell, how, filters, |event| match event {
        Event::Domain(dom, event) => Some(describe(&dom.name, event)),
        _ => None,
    })
}
