//! The leases on a guest's disks: held while its processors run, and by nobody else.
//!
//! QEMU's process is known to the lock daemon by a connection of its own from before it is QEMU. Leases
//! are taken before the processors run and given back once they have stopped, since another host may
//! then go on with the guest; whatever is left goes with the process.

use super::core::Core;
use crate::config::Config;
use crate::guest::Guest;
use crate::guest::job::Kind;
use crate::model::Domain;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;
use vir_api::constants::{VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN, VIR_DOMAIN_RUNNING};
use vir_base::command::Command;
use vir_base::paths::Paths;
use vir_base::{Error, ErrorDomain, Result};
use vir_locking::{Disk, Lease, Lockd, Needs, Owner, Resource};
use vir_model::domain::device::Devices;
use vir_model::domain::device::disk::DiskType;

/// How long the daemon may take to take up a connection.
const CONNECT: Duration = Duration::from_secs(30);

/// The lock manager that is configured, if one is.
#[derive(Debug)]
pub(super) struct Leases(Option<Lockd>);

impl Leases {
    /// As configured.
    ///
    /// # Errors
    /// Its own configuration is wrong, or lockspaces cannot be made.
    pub(super) fn start(config: &Config, paths: &Paths) -> Result<Self> {
        Ok(Self(match config.keys.lock_manager.as_deref() {
            Some("lockd") => Some(Lockd::start(paths, &paths.config_file("qemu-lockd"))?),
            _ => None,
        }))
    }

    /// What a guest is to hold while it runs.
    fn plan(&self, def: &Domain) -> Result<Vec<Resource>> {
        self.0.as_ref().map_or(Ok(Vec::new()), |lockd| lockd.plan(&needs(def)))
    }

    /// Checks that a guest can have its leases, and has the process that is about to be made connect to
    /// the lock daemon; gives a duplicate of the connection, over which it is to be registered.
    ///
    /// # Errors
    /// What cannot have its lease; that the daemon cannot be started.
    pub(super) fn prepare(&self, def: &Domain, command: &mut Command) -> Result<Option<OwnedFd>> {
        let Some(lockd) = &self.0 else { return Ok(None) };
        lockd.plan(&needs(def))?;
        let failed = |e: std::io::Error| Error::io(ErrorDomain::Rpc, &e, "Failed to create socket");
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(|errno| failed(errno.into()))?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(CONNECT))
            .map_err(|errno| failed(errno.into()))?;
        let theirs = socket.try_clone().map_err(failed)?;
        command.connect_itself(theirs, lockd.socket()?);
        Ok(Some(socket))
    }

    /// Registers a process that waits to become QEMU, over its own connection.
    ///
    /// # Errors
    /// What the daemon says.
    pub(super) fn register(&self, connection: Option<OwnedFd>, def: &Domain, pid: i32) -> Result<()> {
        match (&self.0, connection) {
            (Some(lockd), Some(connection)) => lockd.register(connection, &owner(def, pid)),
            _ => Ok(()),
        }
    }
}

/// What disks and leases of a guest that runs are to hold; nothing where no lock manager is.
pub(super) fn of_devices(core: &Core, devices: &Devices) -> Result<Vec<Resource>> {
    let Some(lockd) = &core.leases.0 else { return Ok(Vec::new()) };
    lockd.plan(&needs_of(devices))
}

/// Takes leases for a device that a guest is about to be given. A guest that stands still holds none: there it is
/// only asked whether it could.
///
/// # Errors
/// Another has one.
pub(super) fn take(core: &Core, guest: &Guest, wanted: &[Resource]) -> Result<()> {
    let Some(lockd) = core.leases.0.as_ref().filter(|_| !wanted.is_empty()) else { return Ok(()) };
    let mut held = guest.leases();
    let view = guest.view();
    let live = view.running()?;
    let owner = owner(&live.def, live.process.pid());
    lockd.acquire(&owner, wanted)?;
    match view.state {
        VIR_DOMAIN_RUNNING => held.extend_from_slice(wanted),
        _ => lockd.release(&owner, wanted),
    }
    Ok(())
}

/// Gives back leases of a device that a guest has let go of, as far as they are held.
pub(super) fn drop_some(core: &Core, guest: &Guest, leases: &[Resource]) {
    let Some(lockd) = &core.leases.0 else { return };
    let mut held = guest.leases();
    let view = guest.view();
    let Some(live) = &view.live else { return };
    let mut gone = Vec::new();
    for lease in leases {
        if let Some(at) = held.iter().position(|other| other == lease) {
            gone.push(held.remove(at));
        }
    }
    if !gone.is_empty() {
        lockd.release(&owner(&live.def, live.process.pid()), &gone);
    }
}

fn needs(def: &Domain) -> Needs {
    needs_of(&def.devices)
}

fn needs_of(devices: &Devices) -> Needs {
    let here = |kind: Option<DiskType>| matches!(kind, None | Some(DiskType::File | DiskType::Block));
    let disks = devices.disks.iter().filter(|disk| here(disk.kind));
    let disk = |disk: &vir_model::domain::device::disk::Disk| {
        Some(Disk { path: disk.path()?.to_owned(), readonly: disk.readonly, shareable: disk.shareable })
    };
    let lease = |lease: &vir_model::domain::device::small::Lease| {
        let target = lease.target.clone().unwrap_or_default();
        Lease {
            path: target.path.unwrap_or_default(),
            lockspace: lease.lockspace.clone(),
            key: lease.key.clone().unwrap_or_default(),
            offset: target.offset.unwrap_or(0),
        }
    };
    Needs { leases: devices.leases.iter().map(lease).collect(), disks: disks.filter_map(disk).collect() }
}

fn owner(def: &Domain, pid: i32) -> Owner {
    let id = def.id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
    Owner { uuid: def.uuid, name: def.name.clone(), id, pid }
}

/// Lets the processors run by `run`, with the leases that the guest is to have. Where they do not run
/// after all, leases that were taken for that are given back.
///
/// # Errors
/// Another has a lease; those of `run`.
pub(super) fn hold_while(core: &Core, guest: &Guest, run: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut held = guest.leases();
    let taken = held.is_empty();
    if let (Some(lockd), true) = (&core.leases.0, taken) {
        let view = guest.view();
        let live = view.running()?;
        let plan = core.leases.plan(&live.def)?;
        lockd.acquire(&owner(&live.def, live.process.pid()), &plan)?;
        *held = plan;
    }
    run().inspect_err(|_| {
        if taken {
            give_back(core, guest, &mut held);
        }
    })
}

/// Gives back the leases of a guest whose processors have stopped. One that sleeps is not stopped: it
/// wakes by itself.
pub(super) fn release(core: &Core, guest: &Guest) {
    let mut held = guest.leases();
    if guest.view().state == VIR_DOMAIN_PAUSED {
        give_back(core, guest, &mut held);
    }
}

/// A guest whose processors were let run by somebody else, over its monitor, takes its leases now or is
/// stopped.
fn catch_up(core: &Core, guest: &Arc<Guest>) {
    let lacks = || {
        let view = guest.view();
        guest.leases().is_empty() && view.live.is_some() && view.state == VIR_DOMAIN_RUNNING
    };
    if !lacks() {
        return;
    }
    let stopped = hold_while(core, guest, || Ok(())).or_else(|error| {
        log::warn!("{} runs without its leases and is stopped: {error}", guest.view().name);
        let job = guest.begin("leases", Kind::Suspend)?;
        match lacks() {
            true => super::power::stop_cpus(core, guest, &job, VIR_DOMAIN_PAUSED_UNKNOWN),
            false => Ok(()),
        }
    });
    if let Err(error) = stopped {
        log::error!("{} runs without its leases: {error}", guest.view().name);
    }
}

/// After the processors stopped or ran on without being told by us: leases follow, on another thread,
/// since the lock daemon may keep us waiting.
pub(super) fn follow(core: &Arc<Core>, guest: &Arc<Guest>) {
    if core.leases.0.is_none() {
        return;
    }
    let (core, guest) = (Arc::clone(core), Arc::clone(guest));
    let run = move || match guest.view().state {
        VIR_DOMAIN_RUNNING => catch_up(&core, &guest),
        _ => release(&core, &guest),
    };
    if let Err(error) = std::thread::Builder::new().name("qemu-leases".into()).spawn(run) {
        log::error!("cannot start a thread: leases stay as they are: {error}");
    }
}

fn give_back(core: &Core, guest: &Guest, held: &mut Vec<Resource>) {
    let view = guest.view();
    if let (Some(lockd), Some(live)) = (&core.leases.0, &view.live) {
        lockd.release(&owner(&live.def, live.process.pid()), held);
    }
    held.clear();
}

/// What a guest holds that was found running: it has had it since before.
pub(super) fn found(core: &Core, guest: &Guest) {
    let view = guest.view();
    let Some(live) = view.live.as_ref().filter(|_| view.state == VIR_DOMAIN_RUNNING) else { return };
    match core.leases.plan(&live.def) {
        Ok(plan) => *guest.leases() = plan,
        Err(error) => log::warn!("the leases of {} are not known: {error}", view.name),
    }
}
