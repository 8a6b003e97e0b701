//! autostart: with the host or not.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, domain, domains, flag};
use crate::shell::Shell;

/// `autostart`: autostart a domain.
pub(crate) const AUTOSTART: Command = Command::new("autostart", "autostart a domain")
    .describe("Configure a domain to be automatically started at boot.")
    .options(&[
        domain(domains::PERSISTENT),
        flag("disable", "disable autostarting"),
        flag("once", "control next boot state"),
    ])
    .run(autostart);

fn autostart(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let wanted = !args.has("disable");
    let (done, when) = match args.has("once") {
        true => (call!(dom.domain_set_autostart_once(i32::from(wanted))), " on next boot"),
        false => (call!(dom.domain_set_autostart(i32::from(wanted))), ""),
    };
    let name = &dom.asked;
    let (mark, marked) = if wanted { ("mark", "marked") } else { ("unmark", "unmarked") };
    done.context(|| format!("Failed to {mark} domain '{name}' as autostarted{when}"))?;
    shell.out.extra(format!("Domain '{name}' {marked} as autostarted{when}\n"));
    Ok(())
}
