//! domtime: the guest's clock.

use crate::args::Args;
use crate::clock;
use crate::domain::{Domain, call};
use crate::failure::Outcome;
use crate::grammar::{Command, domain, domains, flag, number};
use crate::shell::Shell;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_api::constants::*;

/// `domtime`: domain time.
pub(crate) const DOMTIME: Command = Command::new("domtime", "domain time")
    .describe("Gets or sets the domain's system time")
    .options(&[
        domain(domains::ACTIVE),
        flag("now", "set to the time of the host running virsh"),
        flag("pretty", "print domain's time in human readable form"),
        flag("sync", "instead of setting given time, synchronize from domain's RTC"),
        number("time", "time to set").tolerated(),
    ])
    .run(time);

fn time(shell: &mut Shell, args: &Args) -> Outcome {
    args.exclusive("time", "now")?;
    args.exclusive("time", "sync")?;
    args.exclusive("now", "sync")?;
    let dom = Domain::find(shell, args)?;
    let given = args.long("time")?;
    if given.is_some() || args.has("now") || args.has("sync") {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() as i64;
        let seconds = if args.has("now") { now() } else { given.unwrap_or(0) };
        let flags = if args.has("sync") { VIR_DOMAIN_TIME_SYNC } else { 0 };
        return Ok(call!(dom.domain_set_time(seconds, 0, flags))?);
    }
    let time = call!(dom.domain_get_time(0))?;
    shell.out.print(match args.has("pretty") {
        true => format!("Time: {}", clock::utc(time.seconds, "%Y-%m-%d %H:%M:%S")),
        false => format!("Time: {}", time.seconds),
    });
    Ok(())
}
