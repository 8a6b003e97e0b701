//! `virDomainQemuMonitorCommand`: what a person has to say to QEMU directly.

use super::ErrorDomain::Qemu;
use super::core::Core;
use crate::guest::Guest;
use crate::guest::job::Kind;
use crate::guest::taint::Taint;
use serde_json::{Value, json};
use std::os::fd::{AsFd, OwnedFd};
use vir_base::error::check_flags;
use vir_base::refs::DomainRef;
use vir_base::{Result, bail, err};

/// The command is for the old monitor, as text.
const HUMAN: u32 = 1;

pub(super) fn run(
    core: &Core,
    api: &str,
    dom: &DomainRef,
    text: &str,
    flags: u32,
    files: &[OwnedFd],
) -> Result<String> {
    check_flags(Qemu, flags, HUMAN, "qemuDomainQemuMonitorCommandWithFiles")?;
    if files.len() > 1 {
        bail!(Qemu, InvalidArg, "at most 1 fd can be passed to qemu along with a command");
    }
    let guest = core.find(dom)?;
    let job = guest.begin(api, Kind::Query)?;
    let id = job.view().running()?.id;
    taint(core, &guest, id)?;
    if flags & HUMAN != 0 {
        return job.monitor(|monitor| monitor.human(text));
    }
    let command: Value =
        serde_json::from_str(text).map_err(|e| err!(None, InternalError, "cannot parse json {text}: {e}"))?;
    let Some(name) = command["execute"].as_str() else {
        bail!(Qemu, InternalError, "cannot parse json {text}: no command");
    };
    let id = command.get("id").cloned();
    let arguments = command["arguments"].as_object().cloned();
    let fd = files.first().map(|f| f.as_fd());
    let answer = job.monitor(|monitor| monitor.raw(name, arguments, fd))?;
    let mut reply = match answer {
        Ok(value) => json!({ "return": value }),
        Err(refusal) => {
            let mut reply = json!({});
            if id.is_none() {
                reply["id"] = Value::from("libvirt");
            }
            reply["error"] = json!({"class": refusal.class, "desc": refusal.desc});
            return Ok(with_id(reply, id).to_string());
        }
    };
    if id.is_none() {
        reply["id"] = Value::from("libvirt");
    }
    Ok(with_id(reply, id).to_string())
}

/// Who speaks to QEMU directly may break what we know about it: the guest's log and messages say so.
fn taint(core: &Core, guest: &Guest, id: i32) -> Result<()> {
    let fresh = guest.update_live(id, |live| live.taints.insert(Taint::CustomMonitor));
    if fresh == Some(true) {
        core.log_place(guest).say(&format!("Domain id={id} is tainted: {}", Taint::CustomMonitor.word()));
        core.save_status(guest);
    }
    Ok(())
}

fn with_id(mut reply: Value, id: Option<Value>) -> Value {
    if let Some(id) = id {
        reply["id"] = id;
    }
    reply
}
