//! nodesuspend: the host goes to sleep.

use crate::args::Args;
use crate::domain::ask;
use crate::failure::{Context, Outcome, fail};
use crate::grammar::{Command, Completer, number, text};
use crate::shell::Shell;
use vir_api::constants::*;

/// `nodesuspend`: suspend the host node for a given time duration.
pub(crate) const NODESUSPEND: Command =
    Command::new("nodesuspend", "suspend the host node for a given time duration")
        .describe("Suspend the host node for a given time duration and attempt to resume thereafter.")
        .options(&[
            text("target", "mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)")
                .required()
                .positional()
                .completes(Completer::NodeSuspendTarget),
            number("duration", "Suspend duration in seconds, at least 60").required().positional(),
        ])
        .run(suspend);

fn suspend(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let target = args.required("target")?;
    let duration = args.long("duration")?.unwrap_or(0);
    let target = match target {
        "mem" => VIR_NODE_SUSPEND_TARGET_MEM,
        "disk" => VIR_NODE_SUSPEND_TARGET_DISK,
        "hybrid" => VIR_NODE_SUSPEND_TARGET_HYBRID,
        _ => fail!("Invalid target"),
    };
    let Ok(duration) = u64::try_from(duration) else { fail!("Invalid duration") };
    ask!(link.node_suspend_for_duration(target as u32, duration, 0))
        .context(|| "The host was not suspended")?;
    Ok(())
}
