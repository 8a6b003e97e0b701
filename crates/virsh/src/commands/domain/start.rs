//! start: boot a defined domain.

use super::console::attach;
use crate::args::Args;
use crate::domain::{By, Domain, call};
use crate::failure::{Context, Outcome, fail};
use crate::files::passed_descriptors;
use crate::grammar::{Command, Completer, domains, flag, text};
use crate::shell::Shell;
use vir_api::constants::*;
use vir_base::{Error, ErrorCode};

/// `start`: start a (previously defined) inactive domain.
pub(crate) const START: Command = Command::new("start", "start a (previously defined) inactive domain")
    .describe("Start a domain, either from the last managedsave\n    state, or via a fresh boot if no managedsave state\n    is present.")
    .options(&[
        text("domain", "name of the inactive domain").required().positional().completes(Completer::Domain(domains::SHUTOFF)),
        flag("console", "attach to console after creation"),
        flag("paused", "leave the guest paused after creation"),
        flag("autodestroy", "automatically destroy the guest when virsh disconnects"),
        flag("bypass-cache", "avoid file system cache when loading"),
        flag("force-boot", "force fresh boot by discarding any managed save"),
        text("pass-fds", "pass file descriptors N,M,... to the guest").tolerated().completes(Completer::Nothing),
        flag("reset-nvram", "re-initialize NVRAM from its pristine template"),
    ])
    .run(start);

fn start(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find_by(shell, args, By::NAME_OR_UUID)?;
    if dom.has_id() {
        fail!("Domain is already active");
    }
    let files = passed_descriptors(args)?;
    let console = args.has("console");
    let mut resume = console && !args.has("paused");
    let mut flags = if args.has("paused") || console { VIR_DOMAIN_START_PAUSED } else { 0 };
    for (option, flag) in [
        ("autodestroy", VIR_DOMAIN_START_AUTODESTROY),
        ("bypass-cache", VIR_DOMAIN_START_BYPASS_CACHE),
        ("force-boot", VIR_DOMAIN_START_FORCE_BOOT),
        ("reset-nvram", VIR_DOMAIN_START_RESET_NVRAM),
    ] {
        flags |= if args.has(option) { flag } else { 0 };
    }
    let create = |flags| match (files.is_empty(), flags) {
        (false, flags) => {
            files.duplicate().and_then(|files| call!(dom.domain_create_with_files(flags, files)).map(drop))
        }
        (true, 0) => call!(dom.domain_create()),
        (true, flags) => call!(dom.domain_create_with_flags(flags)).map(drop),
    };
    let refused = |done: &Result<(), Error>, codes: &[ErrorCode]| matches!(done, Err(error) if codes.contains(&error.code()));

    let mut done = create(flags);
    if flags & VIR_DOMAIN_START_FORCE_BOOT != 0
        && refused(&done, &[ErrorCode::NoSupport, ErrorCode::InvalidArg])
    {
        // a driver without forced boots is given nothing to restore
        if matches!(call!(dom.domain_has_managed_save_image(0)), Ok(1..)) {
            call!(dom.domain_managed_save_remove(0))?;
        }
        flags &= !VIR_DOMAIN_START_FORCE_BOOT;
        done = create(flags);
    }
    if resume && refused(&done, &[ErrorCode::InvalidArg]) {
        // a driver that cannot start paused starts at once
        resume = false;
        done = create(flags & !VIR_DOMAIN_START_PAUSED);
    }
    done.context(|| format!("Failed to start domain '{}'", dom.name))?;
    shell.out.extra(format!("Domain '{}' started\n", dom.name));
    if console { attach(shell, &dom, None, resume, 0) } else { Ok(()) }
}
