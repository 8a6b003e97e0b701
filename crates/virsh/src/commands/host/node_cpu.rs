//! The host's CPUs.

use crate::args::Args;
use crate::cpu_set;
use crate::domain::ask;
use crate::failure::{Context, Outcome};
use crate::grammar::{Command, Completer, flag, number};
use crate::shell::Shell;
use std::time::Duration;

/// `nodecpumap`: node cpu map.
pub(crate) const NODECPUMAP: Command = Command::new("nodecpumap", "node cpu map")
    .describe(
        "Displays the node's total number of CPUs, the number of online CPUs and the list of online CPUs.",
    )
    .options(&[flag("pretty", "return human readable output")])
    .run(cpu_map);

/// `nodecpustats`: Prints cpu stats of the node.
pub(crate) const NODECPUSTATS: Command = Command::new("nodecpustats", "Prints cpu stats of the node.")
    .describe("Returns cpu stats of the node, in nanoseconds.")
    .options(&[
        number("cpu", "prints specified cpu statistics only.").tolerated().completes(Completer::NodeCpu),
        flag("percent", "prints by percentage during 1 second."),
    ])
    .run(cpu_stats);

/// `nodeinfo`: node information.
pub(crate) const NODEINFO: Command = Command::new("nodeinfo", "node information")
    .describe("Returns basic information about the node.")
    .run(info);

fn info(shell: &mut Shell, _: &Args) -> Outcome {
    let link = shell.session.link()?;
    let node = ask!(link.node_get_info()).context(|| "failed to get node information")?;
    let show = |label: &str, value: String| shell.out.print(format!("{label:<20} {value}\n"));
    show("CPU model:", node.model);
    show("CPU(s):", node.cpus.to_string());
    if node.mhz != 0 {
        show("CPU frequency:", format!("{} MHz", node.mhz));
    }
    show("CPU socket(s):", node.sockets.to_string());
    show("Core(s) per socket:", node.cores.to_string());
    show("Thread(s) per core:", node.threads.to_string());
    show("NUMA cell(s):", node.nodes.to_string());
    show("Memory size:", format!("{} KiB", node.memory));
    Ok(())
}

fn cpu_map(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let map = ask!(link.node_get_cpu_map(1, 1, 0)).context(|| "Unable to get cpu map")?;
    let count = map.ret.max(0) as usize;
    let cpus = match args.has("pretty") {
        true => cpu_set::ranges(&map.cpumap),
        false => cpu_set::letters(&map.cpumap, count),
    };
    shell.out.print(format!("{:<15} {count}\n{:<15} {}\n", "CPUs present:", "CPUs online:", map.online));
    shell.out.print(format!("{:<15} {cpus}\n", "CPU map:"));
    Ok(())
}

/// What is counted, by its name in the API and on the screen; use itself comes last.
const COUNTED: [(&str, &str); 6] = [
    ("user", "user:"),
    ("kernel", "system:"),
    ("idle", "idle:"),
    ("iowait", "iowait:"),
    ("intr", "intr:"),
    ("utilization", "usage:"),
];
const USAGE: usize = 5;

fn cpu_stats(shell: &mut Shell, args: &Args) -> Outcome {
    let link = shell.session.link()?;
    let cpu = args.int("cpu")?.unwrap_or(-1);
    let read = || {
        let stats = ask!(link.node_get_cpu_stats(cpu, 0))?;
        let value = |name: &str| stats.iter().find(|stat| stat.field == name).map(|stat| stat.value);
        Ok::<_, vir_base::Error>(COUNTED.map(|(name, _)| value(name)))
    };
    let mut stats = read().context(|| "Unable to get number of cpu stats")?;
    if stats.iter().all(Option::is_none) {
        return Ok(());
    }
    let percent = args.has("percent");
    if percent && stats[USAGE].is_none() {
        std::thread::sleep(Duration::from_secs(1));
        let later = read().context(|| "Unable to get node cpu stats")?;
        for (before, now) in stats.iter_mut().zip(later) {
            *before = before.zip(now).map(|(before, now)| now.wrapping_sub(before));
        }
    }
    let counters =
        || COUNTED[..USAGE].iter().zip(&stats).filter_map(|((_, label), value)| Some((label, (*value)?)));
    if !percent {
        for (label, value) in counters() {
            shell.out.print(format!("{label:<15} {value:>20}\n"));
        }
    } else if let Some(usage) = stats[USAGE] {
        shell.out.print(format!(
            "{:<15} {usage:>5}%\n{:<15} {:>5}%\n",
            "usage:",
            "idle:",
            100 - usage.min(100)
        ));
    } else {
        let total: u64 = counters().map(|(_, value)| value).sum();
        let share = |value: u64| value as f64 / total as f64 * 100.0;
        let busy = stats[0].unwrap_or(0) + stats[1].unwrap_or(0);
        shell.out.print(format!("{:<15} {:>5.1}%\n", "usage:", share(busy)));
        for (label, value) in counters() {
            shell.out.print(format!("{label:<15} {:>5.1}%\n", share(value)));
        }
    }
    Ok(())
}
