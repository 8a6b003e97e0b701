//! vcpucount: how many virtual CPUs there are, by configuration and state.

use crate::args::Args;
use crate::args::exclusive;
use crate::domain::{Domain, call};
use crate::failure::{Outcome, fail};
use crate::grammar::{ANY, Command, domain, flag};
use crate::number;
use crate::shell::Shell;
use vir_api::constants::*;
use vir_base::ErrorCode;

/// `vcpucount`: domain vcpu counts.
pub(crate) const VCPUCOUNT: Command = Command::new("vcpucount", "domain vcpu counts")
    .describe("Returns the number of virtual CPUs used by the domain.")
    .options(&[
        domain(ANY),
        flag("maximum", "get maximum count of vcpus"),
        flag("active", "get number of currently active vcpus"),
        flag("live", "get value from running domain"),
        flag("config", "get value to be used on next boot"),
        flag("current", "get value according to current domain state"),
        flag("guest", "retrieve vcpu count from the guest instead of the hypervisor"),
    ])
    .run(count);

const LIVE: u32 = VIR_DOMAIN_AFFECT_LIVE;
const CONFIG_STATE: u32 = VIR_DOMAIN_AFFECT_CONFIG;
const MAXIMUM: u32 = VIR_DOMAIN_VCPU_MAXIMUM;

fn count(shell: &mut Shell, args: &Args) -> Outcome {
    let has = |name: &str| args.has(name);
    let (maximum, active, config) = (has("maximum"), has("active"), has("config"));
    let (live, guest) = (has("live"), has("guest"));
    let all = !(maximum || active || has("current") || config || live || guest);
    // once, `--current` was the opposite of `--maximum`
    let current = has("current") && (maximum || active);
    exclusive("live", live, "config", config)?;
    exclusive("current", current, "live", live)?;
    exclusive("current", current, "config", config)?;
    exclusive("active", active, "maximum", maximum)?;
    exclusive("guest", guest, "config", config)?;

    let dom = Domain::find(shell, args)?;
    if all {
        let kinds = [
            (CONFIG_STATE | MAXIMUM, "maximum", "config"),
            (CONFIG_STATE, "current", "config"),
            (LIVE | MAXIMUM, "maximum", "live"),
            (LIVE, "current", "live"),
        ];
        let mut counts = Vec::new();
        for (flags, which, state) in kinds {
            let there = match flags & LIVE {
                0 => matches!(call!(dom.domain_is_persistent()), Ok(1..)),
                _ => dom.is_active(),
            };
            counts.push((which, state, if there { collect(&dom, flags)? } else { 0 }));
        }
        for at in [0, 2, 1, 3] {
            let (which, state, count) = counts[at];
            if count > 0 {
                shell.out.print(format!("{which:<12} {state:<12} {count:>3}\n"));
            }
        }
        return Ok(());
    }
    let mut flags = 0;
    for (wanted, flag) in
        [(live, LIVE), (config, CONFIG_STATE), (maximum, MAXIMUM), (guest, VIR_DOMAIN_VCPU_GUEST)]
    {
        flags |= if wanted { flag } else { 0 };
    }
    shell.out.print(format!("{}\n", collect(&dom, flags)?));
    Ok(())
}

/// One count, by older calls where the newer one is not served.
fn collect(dom: &Domain, flags: u32) -> Outcome<i32> {
    match call!(dom.domain_get_vcpus_flags(flags)) {
        Err(error) if matches!(error.code(), ErrorCode::NoSupport | ErrorCode::InvalidArg) => {}
        count => return Ok(count?),
    }
    if flags & VIR_DOMAIN_VCPU_GUEST != 0 {
        fail!("Failed to retrieve vCPU count from the guest");
    }
    let maximum = flags & MAXIMUM != 0;
    if flags & LIVE != 0 || (flags & CONFIG_STATE == 0 && dom.is_active()) {
        return Ok(match maximum {
            true => call!(dom.domain_get_max_vcpus())?,
            false => i32::from(call!(dom.domain_get_info())?.nr_virt_cpu),
        });
    }
    let document = dom.document(VIR_DOMAIN_XML_INACTIVE)?;
    let found = document.child("vcpu").and_then(|vcpu| match maximum {
        true => number::signed(&vcpu.text()),
        false => vcpu.attribute("current").and_then(number::signed),
    });
    match found {
        Some(count) => Ok(count),
        None => fail!("Failed to retrieve {} vcpu count", if maximum { "maximum" } else { "current" }),
    }
}
