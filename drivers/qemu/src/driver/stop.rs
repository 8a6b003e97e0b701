//! The end of a guest: how it is brought about, and what is cleaned up after it.

use super::core::Core;
use crate::guest::{Ending, Guest, View};
use rustix::process::Signal;
use std::sync::Arc;
use std::time::Duration;
use vir_api::constants::*;
use vir_base::process::Process;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, bail};

/// How long QEMU may take to write out what it holds before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How long the kernel may take to end what was killed.
const KILLED: Duration = Duration::from_secs(30);

/// Asks a process to end, and sees to it that it does, without waiting for that here.
pub(super) fn end_soon(process: Arc<Process>) {
    if process.signal(Signal::TERM).is_err() {
        return;
    }
    let _ = std::thread::Builder::new().name("qemu-end".into()).spawn(move || {
        if let Ok(false) = process.wait_end(Some(GRACE)) {
            let _ = process.signal(Signal::KILL);
        }
    });
}

/// Ends the instance `id` and cleans up after it; returns when it is gone. The end is taken for
/// `ending`. With `force`, one that does not listen is killed.
///
/// # Errors
/// It does not end; it is then left as it is.
pub(super) fn end_now(core: &Core, guest: &Arc<Guest>, id: i32, ending: Ending, force: bool) -> Result<()> {
    let Some(process) = guest.update_live(id, |live| {
        live.ending = Some(ending);
        Arc::clone(&live.process)
    }) else {
        return Ok(());
    };
    let ended = end_process(&process, force).inspect_err(|_| {
        guest.update_live(id, |live| live.ending = None);
    })?;
    if !ended {
        guest.update_live(id, |live| live.ending = None);
        let pid = process.pid();
        let what =
            format!("Failed to terminate process {pid} with SIG{}", if force { "KILL" } else { "TERM" });
        return Err(Error::system(ErrorDomain::Qemu, rustix::io::Errno::BUSY.raw_os_error(), what));
    }
    clean_up(core, guest, id);
    Ok(())
}

fn end_process(process: &Process, force: bool) -> Result<bool> {
    let failed = |e: std::io::Error| Error::io(ErrorDomain::Qemu, &e, "cannot end the QEMU process");
    for (signal, wait) in [(Signal::TERM, GRACE), (Signal::KILL, KILLED)] {
        if signal == Signal::KILL && !force {
            return Ok(false);
        }
        match process.signal(signal) {
            Err(e) if e.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => return Ok(true),
            other => other.map_err(failed)?,
        }
        if process.wait_end(Some(wait)).map_err(failed)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The process of the instance `id` has ended by itself.
pub(super) fn process_ended(core: &Core, guest: &Arc<Guest>, id: i32) {
    let ours = guest.update_live(id, |live| {
        live.ending.get_or_insert(Ending::CRASHED);
        !live.starting
    });
    if ours == Some(true) {
        clean_up(core, guest, id);
    }
}

/// Takes down what belonged to the instance `id`, whose process is gone, and tells everyone. When
/// another thread is doing it, waits until it is done.
///
/// The guest counts as running until its files are gone, so that nobody starts it again and then
/// loses theirs; and whoever waited for its end finds that subscribers were told.
pub(super) fn clean_up(core: &Core, guest: &Arc<Guest>, id: i32) {
    let _alone = guest.lock_end();
    let view = guest.view();
    let Some(live) = view.live.as_ref().filter(|l| l.id == id) else { return };
    let ending = live.ending.unwrap_or(Ending::CRASHED);
    // collects it if it is our child; if it is not, there is nothing to collect
    let fd = std::os::fd::AsFd::as_fd(&*live.process);
    let options = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOHANG;
    let _ = rustix::process::waitid(rustix::process::WaitId::PidFd(fd), options);
    let name = &view.name;
    core.log_place(guest).say(&format!("shutting down, reason={}", ending.word));
    for file in [core.dirs.status(name), core.dirs.pid_file(name)] {
        let _ = std::fs::remove_file(file);
    }
    live.dirs.remove();
    super::net::remove_taps(&live.def);
    if let Some(owner) = &core.owner {
        super::files::take_back(owner, &live.def);
    }
    // who waits for a device need not wait any longer
    live.unplug.forget();
    // they went with the process
    guest.leases().clear();
    guest.update(|view| {
        view.live = None;
        view.state = VIR_DOMAIN_SHUTOFF;
        view.reason = ending.reason;
    });
    if !live.starting {
        tell(core, &view.domain_ref(), ending);
    }
    core.guests.drop_if_gone(guest);
}

fn tell(core: &Core, dom: &DomainRef, ending: Ending) {
    core.post_lifecycle(dom, VIR_DOMAIN_EVENT_STOPPED, ending.detail);
}

/// `virDomainDestroyFlags`.
pub(super) fn destroy(core: &Core, api: &str, dom: &DomainRef, flags: u32) -> Result<()> {
    use crate::guest::job::Kind;
    let known = VIR_DOMAIN_DESTROY_GRACEFUL | VIR_DOMAIN_DESTROY_REMOVE_LOGS;
    vir_base::error::check_flags(ErrorDomain::Qemu, flags, known, "qemuDomainDestroyFlags")?;
    let guest = core.find(dom)?;
    let id = guest.view().running()?.id;
    // the process goes first, so that nobody who waits for it holds us up
    end_now(core, &guest, id, Ending::DESTROYED, flags & VIR_DOMAIN_DESTROY_GRACEFUL == 0)?;
    let _job = guest.begin(api, Kind::Destroy)?;
    if flags & VIR_DOMAIN_DESTROY_REMOVE_LOGS != 0 {
        let _ = std::fs::remove_file(core.dirs.log(&dom.name));
    }
    match still_running(&guest.view(), id) {
        false => Ok(()),
        true => bail!(Qemu, OperationFailed, "failed to kill qemu process with SIGTERM"),
    }
}

fn still_running(view: &View, id: i32) -> bool {
    view.live.as_ref().is_some_and(|l| l.id == id)
}
