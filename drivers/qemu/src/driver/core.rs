//! The driver's inside: what all its functions share, and what happens without a caller.
//!
//! QEMU's events are taken in on the reactor's thread ([`GuestSink`]); what takes time goes to the
//! chores' thread, and what may hang on a guest to a thread of its own.

use super::console::Consoles;
use super::leases::Leases;
use super::react::{Chore, react};
use super::stop;
use crate::caps::CapsCache;
use crate::config::{Config, StdioHandler};
use crate::guest::Guest;
use crate::guest::list::Guests;
use crate::monitor::{Event as QmpEvent, EventSink};
use crate::process::dirs::Dirs;
use crate::process::log::LogPlace;
use crate::process::owner::Owner;
use crate::reactor::Reactor;
use crate::store;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;
use vir_api::event::{DomainEvent, Event, EventBus};
use vir_base::paths::Paths;
use vir_base::refs::DomainRef;
use vir_base::{Error, ErrorDomain, Result, Uuid, bail};
use vir_host::identity::UuidSource;

/// What all functions of the driver share.
pub struct Core {
    /// The instance's directories.
    pub paths: Paths,
    /// The driver's directories.
    pub dirs: Dirs,
    /// What `qemu.conf` says.
    pub config: Config,
    /// What definitions are completed by.
    pub prepare: crate::prepare::Host,
    /// Gives files to QEMU's user, where that is another.
    pub(super) owner: Option<Owner>,
    /// Leases on guests' disks.
    pub(super) leases: Leases,
    /// All guests.
    pub guests: Guests,
    /// What the binaries can do.
    pub caps: CapsCache,
    /// Subscribers to events.
    pub bus: Arc<EventBus>,
    /// The thread that waits for monitors and processes.
    pub reactor: Arc<Reactor>,
    /// Console sessions.
    pub(super) consoles: Consoles,
    /// Where the host's UUID comes from.
    pub(super) uuid_source: UuidSource,
    /// The host's UUID, once it was asked for: one that is made up must not change.
    uuid: OnceLock<Uuid>,
    /// Clients whose going ends a guest.
    keepers: Mutex<BTreeSet<u64>>,
    chores: Mutex<Sender<Task>>,
}

/// Work for the chores' thread.
pub(super) enum Task {
    Chore(Weak<Guest>, i32, Chore),
    /// The process has ended.
    Ended(Weak<Guest>, i32),
    /// The monitor is gone: its connection ended, or it talks nonsense.
    MonitorLost(Weak<Guest>, i32, Error),
}

impl Core {
    /// Over an instance's directories, which must exist or be makeable.
    pub fn start(paths: Paths, uuid_source: UuidSource) -> Result<Arc<Self>> {
        let fail = |e: std::io::Error| Error::io(ErrorDomain::Qemu, &e, "cannot start a thread");
        let dirs = Dirs::new(paths.driver("qemu"));
        let config = Config::load(&paths)?;
        let (sender, tasks) = channel();
        let core = Arc::new(Self {
            caps: CapsCache::new(dirs.capabilities()),
            leases: Leases::start(&config, &paths)?,
            owner: Owner::of(&config),
            prepare: crate::prepare::Host::of(&config, &dirs),
            config,
            paths,
            dirs,
            guests: Guests::default(),
            bus: Arc::default(),
            reactor: Arc::new(Reactor::start().map_err(fail)?),
            consoles: Consoles::default(),
            uuid_source,
            uuid: OnceLock::new(),
            keepers: Mutex::default(),
            chores: Mutex::new(sender),
        });
        let weak = Arc::downgrade(&core);
        std::thread::Builder::new()
            .name("qemu-chores".into())
            .spawn(move || do_chores(&weak, &tasks))
            .map_err(fail)?;
        Ok(core)
    }

    /// The host's UUID: the one that was found first.
    pub(super) fn host_uuid(&self, found: Uuid) -> Uuid {
        *self.uuid.get_or_init(|| found)
    }

    /// Where a guest's log is, and who keeps it.
    pub(super) fn log_place(&self, guest: &Guest) -> LogPlace<'_> {
        let DomainRef { name, uuid, .. } = guest.view().domain_ref();
        let by_daemon = self.config.keys.stdio_handler == Some(StdioHandler::Logd);
        LogPlace {
            path: self.dirs.log(&name),
            guest: vir_logging::Guest { driver: "qemu".into(), uuid, name },
            daemon: by_daemon.then_some(&self.paths),
        }
    }

    /// A guest is to end when `client` goes.
    pub(super) fn ends_with(&self, client: u64) {
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner).insert(client);
    }

    /// The client has gone; whether there may be guests that end now. Most clients have none, and all guests need
    /// not be looked at for them.
    pub(super) fn keeper_gone(&self, client: u64) -> bool {
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner).remove(&client)
    }

    /// The guest that a caller means.
    pub fn find(&self, dom: &DomainRef) -> Result<Arc<Guest>> {
        match self.guests.by_uuid(&dom.uuid) {
            Some(guest) => Ok(guest),
            None => {
                bail!(Qemu, NoDomain, "no domain with matching uuid '{}' ({})", dom.uuid, dom.name)
            }
        }
    }

    /// The guest of that UUID, for look-ups.
    pub fn find_uuid(&self, uuid: &Uuid) -> Result<Arc<Guest>> {
        match self.guests.by_uuid(uuid) {
            Some(guest) => Ok(guest),
            None => bail!(Qemu, NoDomain, "no domain with matching uuid '{uuid}'"),
        }
    }

    /// Tells subscribers.
    pub fn post(&self, dom: &DomainRef, event: DomainEvent) {
        self.bus.post(&Event::Domain(dom.clone(), event));
    }

    /// Tells subscribers that a guest's life went on.
    pub fn post_lifecycle(&self, dom: &DomainRef, event: i32, detail: i32) {
        self.post(dom, DomainEvent::Lifecycle { event, detail });
    }

    /// Has something done soon, on another thread.
    pub(super) fn soon(&self, task: Task) {
        // fails only when the driver is on its way out
        let _ = self.chores.lock().unwrap_or_else(PoisonError::into_inner).send(task);
    }

    /// Writes down the state of a running guest. Failing to is no reason to fail what was done.
    pub fn save_status(&self, guest: &Guest) {
        let view = guest.view();
        if view.live.as_ref().is_some_and(|l| !l.starting) {
            let _ = store::status::save(&self.dirs, &view);
        }
    }
}

/// Where the events of one instance go.
pub(super) struct GuestSink {
    pub(super) core: Weak<Core>,
    pub(super) guest: Weak<Guest>,
    pub(super) id: i32,
}

impl EventSink for GuestSink {
    fn event(&self, event: QmpEvent) {
        let (Some(core), Some(guest)) = (self.core.upgrade(), self.guest.upgrade()) else { return };
        let (reaction, dom) = guest.update(|view| (react(view, self.id, &event), view.domain_ref()));
        for happened in reaction.events {
            core.post(&dom, happened);
        }
        for chore in reaction.chores {
            core.soon(Task::Chore(self.guest.clone(), self.id, chore));
        }
        core.bus.post(&Event::QemuMonitor {
            dom,
            event: event.name,
            seconds: event.seconds,
            micros: event.micros,
            details: (!event.data.is_null()).then(|| event.data.to_string()),
        });
    }

    fn closed(&self, why: &Error) {
        if let Some(core) = self.core.upgrade() {
            core.soon(Task::MonitorLost(self.guest.clone(), self.id, why.clone()));
        }
    }
}

/// A process whose monitor is gone gets this long to end by itself.
const LAST_BREATH: Duration = Duration::from_secs(2);

fn do_chores(core: &Weak<Core>, tasks: &Receiver<Task>) {
    while let Ok(task) = tasks.recv() {
        let Some(core) = core.upgrade() else { return };
        match task {
            Task::Chore(guest, id, chore) => {
                if let Some(guest) = guest.upgrade() {
                    do_chore(&core, &guest, id, chore);
                }
            }
            Task::Ended(guest, id) => {
                if let Some(guest) = guest.upgrade() {
                    stop::process_ended(&core, &guest, id);
                }
            }
            Task::MonitorLost(guest, id, why) => {
                if let Some(guest) = guest.upgrade() {
                    monitor_lost(&guest, id, &why);
                }
            }
        }
    }
}

fn do_chore(core: &Arc<Core>, guest: &Arc<Guest>, id: i32, chore: Chore) {
    match chore {
        Chore::SaveStatus => core.save_status(guest),
        Chore::Leases => super::leases::follow(core, guest),
        Chore::End => {
            if let Some(live) = guest.view().live.as_ref().filter(|l| l.id == id) {
                stop::end_soon(Arc::clone(&live.process));
            }
        }
        Chore::Unplugged(alias) => {
            let (core, guest) = (Arc::clone(core), Arc::clone(guest));
            // without a thread the device stays in the definition; a daemon that starts finds it gone
            let _ = std::thread::Builder::new()
                .name("qemu-unplug".into())
                .spawn(move || super::hotplug::departed(&core, &guest, id, &alias));
        }
        Chore::BootAgain => {
            let (core, guest) = (Arc::clone(core), Arc::clone(guest));
            // without a thread it stays off; the next destroy or reset gets it out of that
            let _ = std::thread::Builder::new()
                .name("qemu-reboot".into())
                .spawn(move || super::power::boot_again(&core, &guest, id));
        }
    }
}

/// Without its monitor a guest cannot be managed: a process that is alive after a moment is ended,
/// unless it was not the connection that ended but its sense.
fn monitor_lost(guest: &Arc<Guest>, id: i32, why: &Error) {
    let process = guest.update_live(id, |live| {
        live.monitor = None;
        (!live.starting && live.ending.is_none()).then(|| Arc::clone(&live.process))
    });
    let Some(Some(process)) = process else { return };
    if why.data().str2.as_deref().is_some_and(|text| text.starts_with("Error while processing")) {
        guest.set_control_error();
        return;
    }
    let _ = std::thread::Builder::new().name("qemu-end".into()).spawn(move || {
        if let Ok(false) = process.wait_end(Some(LAST_BREATH)) {
            let _ = process.signal(rustix::process::Signal::KILL);
        }
    });
}
