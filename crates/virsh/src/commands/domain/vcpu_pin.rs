//! Where virtual CPUs and the emulator run.

use crate::args::Args;
use crate::cpu_set;
use crate::domain::{Domain, ask, call};
use crate::failure::{Outcome, fail};
use crate::grammar::{ANY, CONFIG, CURRENT, Command, Completer, LIVE, domain, flag, number, text};
use crate::number;
use crate::shell::Shell;
use vir_api::constants::*;

/// `vcpuinfo`: detailed domain vcpu information.
pub(crate) const VCPUINFO: Command = Command::new("vcpuinfo", "detailed domain vcpu information")
    .describe("Returns basic information about the domain virtual CPUs.")
    .options(&[domain(ANY), flag("pretty", "return human readable output")])
    .run(info);

/// `vcpupin`: control or query domain vcpu affinity.
pub(crate) const VCPUPIN: Command = Command::new("vcpupin", "control or query domain vcpu affinity")
    .describe("Pin domain VCPUs to host physical CPUs.")
    .options(&[
        domain(ANY),
        number("vcpu", "vcpu number").tolerated().completes(Completer::DomainVcpu),
        text("cpulist", "host cpu number(s) to set, or omit option to query")
            .tolerated()
            .allow_empty()
            .completes(Completer::DomainCpulist),
        CONFIG,
        LIVE,
        CURRENT,
    ]);

/// `emulatorpin`: control or query domain emulator affinity.
pub(crate) const EMULATORPIN: Command =
    Command::new("emulatorpin", "control or query domain emulator affinity")
        .describe("Pin domain emulator threads to host physical CPUs.")
        .options(&[
            domain(ANY),
            text("cpulist", "host cpu number(s) to set, or omit option to query")
                .tolerated()
                .allow_empty()
                .completes(Completer::DomainCpulist),
            CONFIG,
            LIVE,
            CURRENT,
        ]);

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let link = &dom.link;
    let host_cpus = match ask!(link.node_get_cpu_map(0, 0, 0)) {
        Ok(map) => map.ret,
        Err(_) => {
            let node = ask!(link.node_get_info())?;
            node.nodes * node.sockets * node.cores * node.threads
        }
    }
    .max(0) as usize;
    let pretty = args.has("pretty");
    let basics = call!(dom.domain_get_info())?;
    let length = cpu_set::map_length(host_cpus);
    let vcpus = call!(dom.domain_get_vcpus(i32::from(basics.nr_virt_cpu), length as i32));
    let found = match vcpus {
        Ok(found) => found,
        Err(_) if i32::from(basics.state) == VIR_DOMAIN_SHUTOFF => {
            return offline(shell, &dom, host_cpus, pretty);
        }
        Err(error) => return Err(error.into()),
    };
    for (at, vcpu) in found.info.iter().enumerate() {
        let state = match vcpu.state {
            0 => "offline",
            1 => "running",
            2 => "blocked",
            _ => "no state",
        };
        let mut text = format!("{:<15} {}\n{:<15} {}\n", "VCPU:", vcpu.number, "CPU:", vcpu.cpu);
        text.push_str(&format!("{:<15} {state}\n", "State:"));
        if vcpu.cpu_time != 0 {
            text.push_str(&format!("{:<15} {:.1}s\n", "CPU time:", vcpu.cpu_time as f64 / 1e9));
        }
        let map = found.cpumaps.get(at * length..(at + 1) * length).unwrap_or_default();
        text.push_str(&affinity(map, host_cpus, pretty));
        if at + 1 < found.info.len() {
            text.push('\n');
        }
        shell.out.print(text);
    }
    Ok(())
}

fn affinity(map: &[u8], host_cpus: usize, pretty: bool) -> String {
    let cpus = match pretty {
        true => format!("{} (out of {host_cpus})", cpu_set::ranges(map)),
        false => cpu_set::letters(map, host_cpus),
    };
    format!("{:<15} {cpus}\n", "CPU Affinity:")
}

/// What is known of a domain that does not run: where its virtual CPUs would.
fn offline(shell: &mut Shell, dom: &Domain, host_cpus: usize, pretty: bool) -> Outcome {
    let vcpus = configured(dom)?;
    let length = cpu_set::map_length(host_cpus);
    let size = vcpus.last().map_or(0, |last| last + 1);
    let maps = call!(dom.domain_get_vcpu_pin_info(size as i32, length as i32, VIR_DOMAIN_AFFECT_CONFIG))?;
    for (at, vcpu) in vcpus.iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        let mut text = format!("{gap}{:<15} {vcpu}\n", "VCPU:");
        for label in ["CPU:", "State:", "CPU time"] {
            text.push_str(&format!("{label:<15} N/A\n"));
        }
        let map = maps.cpumaps.get(vcpu * length..(vcpu + 1) * length).unwrap_or_default();
        shell.out.print(text + &affinity(map, host_cpus, pretty));
    }
    Ok(())
}

/// The numbers of the virtual CPUs that the configuration switches on.
fn configured(dom: &Domain) -> Outcome<Vec<usize>> {
    let document = dom.document(VIR_DOMAIN_XML_INACTIVE)?;
    let vcpu = document.child("vcpu");
    let Some(most) = vcpu.and_then(|vcpu| number::unsigned::<u32>(&vcpu.text())) else {
        fail!("Failed to retrieve maximum vcpu count");
    };
    let current = vcpu.and_then(|vcpu| vcpu.attribute("current")).and_then(number::unsigned::<u32>);
    let current = current.filter(|count| *count != 0).unwrap_or(most) as usize;
    let listed = document.all("vcpus/vcpu");
    if listed.is_empty() {
        return Ok((0..current).collect());
    }
    let on = listed.iter().filter(|vcpu| vcpu.attribute("enabled") == Some("yes"));
    let mut numbers: Vec<usize> = on
        .filter_map(|vcpu| vcpu.attribute("id").and_then(number::unsigned::<u32>))
        .map(|id| id as usize)
        .collect();
    numbers.sort_unstable();
    if numbers.len() != current {
        fail!("Failed to retrieve vcpu state bitmap");
    }
    Ok(numbers)
}
