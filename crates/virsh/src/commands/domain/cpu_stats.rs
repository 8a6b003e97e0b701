//! cpu-stats: the time that a domain's processors have used.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::{Failure, Outcome};
use crate::grammar::{Command, domain, domains, flag, number};
use crate::shell::Shell;
use crate::stats::value_text;
use vir_api::constants::*;
use vir_base::{TypedParam, TypedValue};

/// `cpu-stats`: show domain cpu statistics.
pub(crate) const CPU_STATS: Command = Command::new("cpu-stats", "show domain cpu statistics")
    .describe("Display per-CPU and total statistics about the domain's CPUs")
    .options(&[
        domain(domains::ACTIVE),
        flag("total", "Show total statistics only"),
        number("start", "Show statistics from this CPU").tolerated(),
        number("count", "Number of shown CPUs at most").tolerated(),
    ])
    .run(run);

/// The processors that one call asks for at most.
const BATCH: u32 = 128;

fn run(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let wanted = |name: &str, wrong: &str| match args.int(name)? {
        Some(number) => u32::try_from(number).map(Some).map_err(|_| Failure::new(wrong)),
        None => Ok(None),
    };
    let start = wanted("start", "Invalid value for start CPU")?;
    let count = wanted("count", "Invalid value for number of CPUs to show")?;
    let each = start.is_some() || count.is_some();
    let total = args.has("total") || !each;
    let failed = |error: vir_base::Error| {
        Failure::from(error).context(format!("Failed to retrieve CPU statistics for domain '{}'", dom.name))
    };
    if each || !args.has("total") {
        let all = call!(dom.domain_get_cpu_stats(0, 0, 0)).map_err(failed)?.len();
        let all = u32::try_from(all).unwrap_or(u32::MAX);
        let mut at = start.unwrap_or(0);
        if at >= all {
            let last = i64::from(all) - 1;
            return Err(Failure::new(format!("Start CPU {at} is out of range (min: 0, max: {last})")));
        }
        if count.is_some_and(|count| count > all) {
            shell.out.print(format!("Only {all} CPUs available to show\n"));
        }
        let mut left = count.filter(|count| *count <= all).unwrap_or(all - at);
        while left > 0 {
            let asked = left.min(BATCH);
            let params = call!(dom.domain_get_cpu_stats(at as i32, asked, 0)).map_err(failed)?;
            show(shell, at, &params);
            at += asked;
            left -= asked;
        }
    }
    if total {
        let params = call!(dom.domain_get_cpu_stats(-1, 1, 0)).map_err(failed)?;
        if params.is_empty() {
            shell.out.print("No total stats available");
            return Err(Failure::silent());
        }
        shell.out.print("Total:\n");
        params.iter().for_each(|param| field(shell, param));
    }
    Ok(())
}

/// The numbers of processors from `first` on; the names of the first come again for each.
fn show(shell: &Shell, first: u32, params: &[TypedParam]) {
    let Some(name) = params.first().map(|param| param.field.as_str()) else {
        shell.out.print("No per-CPU stats available");
        return;
    };
    let mut cpu = first;
    for param in params {
        if param.field == name {
            shell.out.print(format!("CPU{cpu}:\n"));
            cpu += 1;
        }
        field(shell, param);
    }
}

fn field(shell: &Shell, param: &TypedParam) {
    let times = [
        VIR_DOMAIN_CPU_STATS_CPUTIME,
        VIR_DOMAIN_CPU_STATS_VCPUTIME,
        VIR_DOMAIN_CPU_STATS_USERTIME,
        VIR_DOMAIN_CPU_STATS_SYSTEMTIME,
    ];
    let text = match &param.value {
        TypedValue::Ullong(time) if times.contains(&param.field.as_str()) => {
            format!("{:>9}.{:09} seconds", time / 1_000_000_000, time % 1_000_000_000)
        }
        value => value_text(value),
    };
    shell.out.print(format!("\t{:<12} {text}\n", param.field));
}
