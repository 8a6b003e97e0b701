//! A new daemon finds its guests: definitions on disk, running ones by their state files and
//! monitors, each on a thread of its own, so that a sick one holds up nobody.

use super::core::{Core, GuestSink};
use super::{define, start, stop};
use crate::guest::job::Kind;
use crate::guest::{Ending, Guest, Live};
use crate::monitor::Monitor;
use crate::store;
use std::sync::Arc;
use std::time::Duration;
use vir_api::Caller;
use vir_api::constants::*;
use vir_base::process::Process;
use vir_base::{Error, ErrorDomain::Qemu, Result, bail};
use vir_model::domain::{Domain, ParseOptions, namespaces};
use vir_model::status::Status;

/// A guest that does not greet within this time is left alone, as one that cannot be managed.
const GREETING: Duration = Duration::from_secs(30);

/// Loads the stored definitions. One that cannot be read is left out; the file stays.
pub(super) fn load_definitions(core: &Core) {
    for (name, text) in store::config::all(&core.dirs) {
        let parsed = Domain::parse_with(&text, ParseOptions::default(), namespaces::QEMU, "qemu");
        let Ok(def) = parsed else { continue };
        // the file's name must be the guest's: anything else is a leftover
        if def.name != name {
            continue;
        }
        // a guest whose emulator is gone must not vanish: it is listed as it was stored
        let def = define::complete(core, def.clone(), define::Age::Old).unwrap_or(def);
        let Ok(guest) = core.guests.claim(&def.name, def.uuid) else { continue };
        let managed_save = core.dirs.managed_save(&name).exists();
        let autostart = store::config::autostart(&core.dirs, &name);
        let once = store::config::autostart_once(&core.dirs, &name);
        guest.update(|view| {
            view.config = Some(Arc::new(def));
            view.managed_save = managed_save;
            view.autostart = autostart;
            view.autostart_once = once;
        });
    }
}

/// Finds the guests that run. Returns when all of them are listed; their monitors are connected
/// by threads of their own.
pub(super) fn find_running(core: &Arc<Core>) -> Vec<std::thread::JoinHandle<()>> {
    let mut threads = Vec::new();
    for name in store::status::names(&core.dirs) {
        let status = match store::status::load(&core.dirs, &name) {
            Ok(status) => status,
            Err(error) => {
                // half a file is never written: whoever wrote this one may know what to do with it
                log::error!("the state of guest {name} cannot be read: {error}");
                continue;
            }
        };
        let def = status.domain.clone();
        match adopt(core, &name, status) {
            Ok((guest, id, monitor)) => {
                let core = Arc::clone(core);
                let thread = std::thread::Builder::new()
                    .name("qemu-reconnect".into())
                    .spawn(move || reconnect(&core, &guest, id, &monitor));
                threads.extend(thread);
            }
            Err(_) => {
                let _ = std::fs::remove_file(core.dirs.status(&name));
                let _ = std::fs::remove_file(core.dirs.pid_file(&name));
                if let Some(owner) = &core.owner {
                    super::files::take_back(owner, &def);
                }
            }
        }
    }
    threads
}

/// Takes in a guest by its state file.
fn adopt(core: &Arc<Core>, name: &str, status: Status) -> Result<(Arc<Guest>, i32, std::path::PathBuf)> {
    let id = status.domain.id.unwrap_or(-1);
    let pid = i32::try_from(status.notes.pid).unwrap_or(-1);
    if status.domain.name != name || id < 0 || pid <= 0 {
        bail!(Qemu, InternalError, "state file of another domain");
    }
    let guest = core.guests.claim(name, status.domain.uuid)?;
    let gone = |e: std::io::Error| Error::io(Qemu, &e, "the process is gone");
    let process = Arc::new(Process::open(pid).map_err(gone).inspect_err(|_| {
        core.guests.drop_if_gone(&guest);
    })?);
    // numbers are used again: this one must be the guest's
    if !is_guest(pid, &status.domain.uuid.to_string()) {
        core.guests.drop_if_gone(&guest);
        bail!(Qemu, InternalError, "the process is another one");
    }
    core.guests.ids_taken(id);
    let noted = status.notes.nodename.as_ref().and_then(|it| u32::try_from(it.index).ok());
    let last_node = crate::model::last_node(&status.domain).max(noted.unwrap_or(0));
    let dirs = store::status::directories(&core.dirs, &status);
    let Status { notes, domain } = status;
    let monitor = notes.monitor.as_ref().and_then(|monitor| monitor.path.clone()).unwrap_or_default();
    guest.update(|view| {
        (view.state, view.reason) = (notes.state_number(), notes.reason_number());
        view.live = Some(Live {
            id,
            def: Arc::new(domain),
            process: Arc::clone(&process),
            dirs,
            monitor: None,
            vcpus: store::status::threads(&notes),
            balloon: None,
            starting: false,
            ending: None,
            fake_reboot: notes.fake_reboot,
            taints: store::status::taints(&notes),
            next_reason: None,
            auto_destroy: None,
            migration: Arc::default(),
            io_errors: Vec::new(),
            last_node,
            unplug: Arc::default(),
            trays: Arc::default(),
            notes: Arc::new(notes),
        });
    });
    super::leases::found(core, &guest);
    start::watch_end(core, &guest, id, &process)?;
    Ok((guest, id, monitor.into()))
}

/// Whether a process runs the guest of that UUID, by its arguments.
fn is_guest(pid: i32, uuid: &str) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|b| *b == 0).any(|arg| arg == uuid.as_bytes())
}

fn reconnect(core: &Arc<Core>, guest: &Arc<Guest>, id: i32, path: &std::path::Path) {
    let connected = (|| -> Result<()> {
        let job = guest.begin("reconnect", Kind::Modify)?;
        let sink = GuestSink { core: Arc::downgrade(core), guest: Arc::downgrade(guest), id };
        let name = guest.view().name.clone();
        let monitor = Monitor::connect(&core.reactor, &name, path, Box::new(sink), GREETING)?;
        let state = monitor.query_status()?;
        let vcpus: Vec<i32> = monitor.query_cpus()?.into_iter().map(|cpu| cpu.thread_id).collect();
        let devices = monitor.devices()?;
        let balloon = monitor.query_balloon().ok().flatten().map(|bytes| bytes / 1024);
        guest.update_live(id, |live| {
            live.monitor = Some(monitor);
            live.vcpus = vcpus;
            Arc::make_mut(&mut live.notes).devices = store::status::device_list(devices);
            live.balloon = balloon;
        });
        catch_up(core, guest, id, state.running, &state.status);
        super::hotplug::forget_departed(core, &job, id);
        Ok(())
    })();
    if connected.is_err() {
        guest.set_control_error();
    }
}

/// What happened while nobody listened.
fn catch_up(core: &Arc<Core>, guest: &Arc<Guest>, id: i32, running: bool, status: &str) {
    let off = guest.update(|view| match (running, view.state) {
        (true, VIR_DOMAIN_RUNNING) => false,
        (true, _) => {
            (view.state, view.reason) = (VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
            false
        }
        (false, VIR_DOMAIN_RUNNING) => {
            let reason = match status {
                "io-error" => VIR_DOMAIN_PAUSED_IOERROR,
                "watchdog" => VIR_DOMAIN_PAUSED_WATCHDOG,
                "guest-panicked" => VIR_DOMAIN_PAUSED_CRASHED,
                "shutdown" => VIR_DOMAIN_PAUSED_SHUTTING_DOWN,
                _ => VIR_DOMAIN_PAUSED_UNKNOWN,
            };
            (view.state, view.reason) = (VIR_DOMAIN_PAUSED, reason);
            status == "shutdown"
        }
        (false, _) => status == "shutdown",
    });
    if off {
        // it switched itself off meanwhile
        let _ = stop::end_now(core, guest, id, Ending::SHUTDOWN, true);
    } else {
        core.save_status(guest);
    }
}

/// Starts the guests that are to start with the host.
pub(super) fn autostart(core: &Arc<Core>) {
    let caller = Caller { api: "autostart", ..Caller::default() };
    let delay = Duration::from_millis(u64::from(core.config.keys.auto_start_delay));
    let mut first = true;
    for guest in core.guests.all() {
        let view = guest.view();
        let wanted = view.autostart || view.autostart_once;
        if view.autostart_once {
            // this was the time
            if let Err(error) = store::config::set_autostart_once(&core.dirs, &view.name, false) {
                log::warn!("{error}");
            }
            guest.update(|view| view.autostart_once = false);
        }
        if wanted && !view.active() && view.config.is_some() {
            if !std::mem::take(&mut first) {
                std::thread::sleep(delay);
            }
            // one that does not start must not keep the others from it; its log says why
            let _ = define::create(core, &caller, &view.domain_ref(), 0);
        }
    }
}
