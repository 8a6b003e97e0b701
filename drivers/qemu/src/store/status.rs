//! The state of running guests, from which a new daemon finds them again.

use super::config::names_in;
use super::warning;
use crate::guest::View;
use crate::guest::taint::Taint;
use crate::process::dirs::Dirs;
use std::collections::BTreeSet;
use vir_api::constants::*;
use vir_base::{Result, atomic, bail, err, file};
use vir_model::domain::{Domain, ParseOptions};
use vir_xml::{Element, Format, Writer};

/// No state is longer.
const MAX: u64 = 16 * 1024 * 1024;
const FORMAT: Format = Format { inactive: false, secure: true, migratable: false, status: true };

/// What a status file says.
#[derive(Debug)]
pub struct Status {
    /// `virDomainState`.
    pub state: i32,
    /// The reason, in the numbering of the state.
    pub reason: i32,
    /// The process.
    pub pid: i32,
    /// Its monitor's socket.
    pub monitor: std::path::PathBuf,
    /// The thread of each virtual CPU.
    pub vcpus: Vec<i32>,
    /// The definition it runs by, with its number.
    pub def: Domain,
    /// What makes it hard to answer for.
    pub taints: BTreeSet<Taint>,
    /// It is to boot again once it is off.
    pub fake_reboot: bool,
}

const STATES: &[(i32, &str)] = &[
    (VIR_DOMAIN_NOSTATE, "no state"),
    (VIR_DOMAIN_RUNNING, "running"),
    (VIR_DOMAIN_BLOCKED, "blocked"),
    (VIR_DOMAIN_PAUSED, "paused"),
    (VIR_DOMAIN_SHUTDOWN, "shutdown"),
    (VIR_DOMAIN_SHUTOFF, "shut off"),
    (VIR_DOMAIN_CRASHED, "crashed"),
    (VIR_DOMAIN_PMSUSPENDED, "pmsuspended"),
];

/// The words for the reasons of a state, by their number.
fn reasons(state: i32) -> &'static [&'static str] {
    match state {
        VIR_DOMAIN_RUNNING => &[
            "unknown",
            "booted",
            "migrated",
            "restored",
            "from snapshot",
            "unpaused",
            "migration canceled",
            "save canceled",
            "wakeup",
            "crashed",
            "post-copy",
            "post-copy failed",
        ],
        VIR_DOMAIN_PAUSED => &[
            "unknown",
            "user",
            "migration",
            "save",
            "dump",
            "I/O error",
            "watchdog",
            "from snapshot",
            "shutdown",
            "snapshot",
            "panicked",
            "starting up",
            "post-copy",
            "post-copy failed",
            "API error",
        ],
        VIR_DOMAIN_SHUTDOWN => &["unknown", "user"],
        VIR_DOMAIN_CRASHED => &["unknown", "panicked"],
        _ => &["unknown"],
    }
}

/// Writes down the state of a running guest.
pub fn save(dirs: &Dirs, view: &View) -> Result<()> {
    let live = view.running()?;
    let mut w = Writer::new(FORMAT);
    let state = STATES.iter().find(|(n, _)| *n == view.state).map_or("no state", |(_, word)| word);
    let reason = usize::try_from(view.reason).ok().and_then(|r| reasons(view.state).get(r));
    w.start("domstatus");
    w.attr("state", state);
    w.attr("reason", reason.unwrap_or(&"unknown"));
    w.attr("pid", &live.process.pid().to_string());
    for taint in &live.taints {
        w.start("taint");
        w.attr("flag", taint.word());
        w.end();
    }
    w.start("monitor");
    w.attr("path", &live.dirs.monitor().to_string_lossy());
    w.attr("type", "unix");
    w.end();
    if !live.vcpus.is_empty() {
        w.start("vcpus");
        for (index, thread) in live.vcpus.iter().enumerate() {
            w.start("vcpu");
            w.attr("id", &index.to_string());
            w.attr("pid", &thread.to_string());
            w.end();
        }
        w.end();
    }
    let mut aliases = Vec::new();
    live.def.devices.for_each_info(&mut |info| aliases.extend(info.alias.clone()));
    w.start("devices");
    for alias in aliases {
        w.start("device");
        w.attr("alias", &alias);
        w.end();
    }
    w.end();
    if live.fake_reboot {
        w.empty("fakereboot");
    }
    for (name, path) in [("libDir", &live.dirs.lib), ("channelTargetDir", &live.dirs.channels)] {
        w.start(if name == "libDir" { "libDir" } else { "channelTargetDir" });
        w.attr("path", &path.to_string_lossy());
        w.end();
    }
    live.def.write_into(&mut w);
    w.end();
    let text = warning(&format!("virsh edit {}", view.name)) + &w.finish();
    atomic::replace(dirs.status(&view.name), text.as_bytes(), atomic::PRIVATE)
}

/// The names of the guests that ran when their state was last written.
pub fn names(dirs: &Dirs) -> Vec<String> {
    names_in(&dirs.base.state)
}

/// Reads the state of a guest.
pub fn load(dirs: &Dirs, name: &str) -> Result<Status> {
    parse(&file::read_text(dirs.status(name), MAX)?)
}

fn parse(text: &str) -> Result<Status> {
    let root = vir_xml::parse(text, None)?;
    if root.name != "domstatus" {
        bail!(Qemu, InternalError, "unexpected root element <{}>", root.name);
    }
    let number = |element: &Element, name: &str| element.attr(name).and_then(|v| v.parse::<i32>().ok());
    let word = root.attr("state").unwrap_or_default();
    let Some(state) = STATES.iter().find(|(_, w)| *w == word).map(|(n, _)| *n) else {
        bail!(Qemu, InternalError, "invalid domain state '{word}'");
    };
    let reason = root.attr("reason").unwrap_or_default();
    let reason = reasons(state).iter().position(|w| *w == reason).unwrap_or(0) as i32;
    let Some(pid) = number(&root, "pid").filter(|p| *p > 0) else {
        bail!(Qemu, InternalError, "invalid pid");
    };
    let monitor = root.child("monitor").and_then(|m| m.attr("path"));
    let Some(monitor) = monitor else { bail!(Qemu, InternalError, "no monitor path") };
    let vcpus = root.child("vcpus").map(|v| v.children().filter_map(|c| number(c, "pid")).collect());
    let taints = root.children().filter(|child| child.name == "taint");
    let domain = root.child("domain").ok_or_else(|| err!(Qemu, InternalError, "no domain config"))?;
    Ok(Status {
        state,
        reason,
        pid,
        monitor: monitor.into(),
        vcpus: vcpus.unwrap_or_default(),
        def: Domain::read(domain, ParseOptions { live: true })?,
        taints: taints.filter_map(|taint| Taint::of_word(taint.attr("flag")?)).collect(),
        fake_reboot: root.child("fakereboot").is_some(),
    })
}
