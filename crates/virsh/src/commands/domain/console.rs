//! console and ttyconsole.

use crate::args::Args;
use crate::console;
use crate::domain::{Domain, call};
use crate::failure::{Context, Failure, Outcome, fail};
use crate::grammar::{Command, Completer, domain, domains, flag, text};
use crate::shell::Shell;
use vir_api::constants::*;

/// `console`: connect to the guest console.
pub(crate) const CONSOLE: Command = Command::new("console", "connect to the guest console")
    .describe("Connect the virtual serial console for the guest")
    .options(&[
        domain(domains::ACTIVE),
        text("devname", "character device name").tolerated().completes(Completer::DomainConsole),
        flag("force", "force console connection (disconnect already connected sessions)"),
        flag("resume", "resume a paused guest after connecting to console"),
        flag("safe", "only connect if safe console handling is supported"),
    ])
    .run(console);

/// `ttyconsole`: tty console.
pub(crate) const TTYCONSOLE: Command = Command::new("ttyconsole", "tty console")
    .describe("Output the device for the TTY console.")
    .options(&[domain(domains::ACTIVE)])
    .run(tty);

fn console(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let device = args.text("devname")?;
    let force = if args.has("force") { VIR_DOMAIN_CONSOLE_FORCE } else { 0 };
    let safe = if args.has("safe") { VIR_DOMAIN_CONSOLE_SAFE } else { 0 };
    attach(shell, &dom, device, args.has("resume"), force | safe)
}

/// Connects the user's terminal to a console of the domain until they leave; with `resume` the domain
/// goes on once that is done.
pub(super) fn attach(
    shell: &mut Shell,
    dom: &Domain,
    device: Option<&str>,
    resume: bool,
    flags: u32,
) -> Outcome {
    let (state, _) = dom.state().context(|| "Unable to get domain status")?;
    if state == VIR_DOMAIN_SHUTOFF {
        fail!("The domain is not running");
    }
    if !crate::cli::at_terminal() {
        fail!("Cannot run interactive console without a controlling TTY");
    }
    let stream = call!(dom.domain_open_console(device, flags))?;
    shell.out.extra(format!("Connected to domain '{}'\nEscape character is {}", dom.name, shell.escape));
    if let Some(letter) = shell.escape.strip_prefix('^') {
        shell.out.extra(format!(" (Ctrl + {letter})"));
    }
    shell.out.extra("\n");
    console::talk(stream, console::escape_byte(&shell.escape), || match resume {
        true => call!(dom.domain_resume()).context(|| format!("Failed to resume domain '{}'", dom.name)),
        false => Ok(()),
    })
}

fn tty(shell: &mut Shell, args: &Args) -> Outcome {
    let document = Domain::find(shell, args)?.document(0)?;
    let tty = document.attribute_at("devices/console", "tty").ok_or_else(Failure::silent)?;
    shell.out.print(format!("{tty}\n"));
    Ok(())
}
