//! dominfo, domstate and domcontrol: how a domain is doing.

use crate::args::Args;
use crate::domain::{Domain, call};
use crate::failure::Outcome;
use crate::grammar::{ANY, Command, domain, domains, flag};
use crate::shell::Shell;
use crate::states::{reason_text, state_text};
use vir_api::constants::*;
use vir_base::ErrorCode;

/// `domcontrol`: domain control interface state.
pub(crate) const DOMCONTROL: Command = Command::new("domcontrol", "domain control interface state")
    .describe("Returns state of a control interface to the domain.")
    .options(&[domain(domains::ACTIVE)])
    .run(control);

/// `dominfo`: domain information.
pub(crate) const DOMINFO: Command = Command::new("dominfo", "domain information")
    .describe("Returns basic information about the domain.")
    .options(&[domain(ANY)])
    .run(info);

/// `domstate`: domain state.
pub(crate) const DOMSTATE: Command = Command::new("domstate", "domain state")
    .describe("Returns state about a domain.")
    .options(&[domain(ANY), flag("reason", "also print reason for the state")])
    .run(state);

fn control(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let info = call!(dom.domain_get_control_info(0))?;
    let state = match info.state {
        0 => "ok",
        1 => "background job",
        2 => "occupied",
        3 => "error",
        _ => "unknown",
    };
    shell.out.print(match (info.state as i32, info.details) {
        (VIR_DOMAIN_CONTROL_OK, _) | (VIR_DOMAIN_CONTROL_ERROR, 0) => format!("{state}\n"),
        (VIR_DOMAIN_CONTROL_ERROR, details) => {
            let reason = match details {
                2 => "monitor failure",
                3 => "internal (locking) error",
                _ => "unknown",
            };
            format!("{state}: {reason}\n")
        }
        _ => format!("{state} ({:.3}s)\n", info.state_time as f64 / 1000.0),
    });
    Ok(())
}

fn state(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let (state, reason) = dom.state()?;
    shell.out.print(match args.has("reason") {
        true => format!("{} ({})\n", state_text(state), reason_text(state, reason)),
        false => format!("{}\n", state_text(state)),
    });
    Ok(())
}

fn info(shell: &mut Shell, args: &Args) -> Outcome {
    let dom = Domain::find(shell, args)?;
    let out = &shell.out;
    let show = |label: &str, value: &str| out.print(format!("{label:<15} {value}\n"));
    let number = if dom.has_id() { dom.id.to_string() } else { "-".to_owned() };
    show("Id:", &number);
    show("Name:", &dom.name);
    show("UUID:", &dom.uuid.to_string());
    if let Ok(kind) = call!(dom.domain_get_os_type()) {
        show("OS Type:", &kind);
    }
    // what fails here is told at the end, after all that can be known
    let basics = call!(dom.domain_get_info());
    if let Ok(info) = &basics {
        show("State:", state_text(i32::from(info.state)));
        show("CPU(s):", &info.nr_virt_cpu.to_string());
        if info.cpu_time != 0 {
            show("CPU time:", &format!("{:.1}s", info.cpu_time as f64 / 1e9));
        }
        match info.max_mem {
            0xffff_ffff => show("Max memory:", "no limit"),
            kib => show("Max memory:", &format!("{kib} KiB")),
        }
        show("Used memory:", &format!("{} KiB", info.memory));
    }
    let yes_no = |answer: vir_base::Result<i32>| match answer {
        Ok(0) => "no",
        Ok(_) => "yes",
        Err(_) => "unknown",
    };
    show("Persistent:", yes_no(call!(dom.domain_is_persistent())));
    let enabled = |answer: i32| if answer != 0 { "enable" } else { "disable" };
    if let Ok(autostart) = call!(dom.domain_get_autostart()) {
        show("Autostart:", enabled(autostart));
    }
    if let Ok(once) = call!(dom.domain_get_autostart_once()) {
        show("Autostart Once:", enabled(once));
    }
    show("Managed save:", yes_no(call!(dom.domain_has_managed_save_image(0))));
    security(&dom, &show)?;
    if let Ok(messages) = call!(dom.domain_get_messages(0)) {
        for (at, message) in messages.iter().enumerate() {
            show(if at == 0 { "Messages:" } else { "" }, message);
        }
    }
    Ok(basics.map(drop)?)
}

fn security(dom: &Domain, show: &dyn Fn(&str, &str)) -> Outcome {
    let link = &dom.link;
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    };
    let model = match link.hv.node_get_security_model(&link.caller) {
        Ok(model) => model,
        Err(error) if error.code() == ErrorCode::NoSupport => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if text(&model.model).is_empty() {
        return Ok(());
    }
    show("Security model:", &text(&model.model));
    show("Security DOI:", &text(&model.doi));
    let label = call!(dom.domain_get_security_label())?;
    if !text(&label.label).is_empty() {
        let mode = if label.enforcing != 0 { "enforcing" } else { "permissive" };
        show("Security label:", &format!("{} ({mode})", text(&label.label)));
    }
    Ok(())
}
