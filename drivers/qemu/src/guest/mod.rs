//! A guest: what is known of it, and whose turn it is to change it.
//!
//! [`View`] is all that is known; readers take the current one and wait for nobody. Whoever changes
//! it does so by [`Guest::update`], and holds a [`Job`] for all that takes time. State and its
//! reasons change where QEMU's events are read, in the driver's `react`.

pub mod job;
pub mod list;
pub mod taint;
pub mod unplug;

use crate::model::Domain;
use crate::monitor::{MigrateStatus, MigrationInfo, Monitor};
use crate::process::dirs::GuestDirs;
use job::{Held, HeldLong, Jobs, Kind, LongKind};
use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};
use taint::Taint;
use unplug::Unplug;
use vir_api::constants::*;
use vir_base::process::Process;
use vir_base::refs::DomainRef;
use vir_base::{Result, Uuid, bail};
use vir_locking::Resource;
use vir_model::status::Notes;

/// What is known of a guest at one moment.
#[derive(Clone)]
pub struct View {
    /// Name.
    pub name: String,
    /// UUID.
    pub uuid: Uuid,
    /// The stored definition; none for a guest that is gone once it ends.
    pub config: Option<Arc<Domain>>,
    /// The running instance.
    pub live: Option<Live>,
    /// `virDomainState`.
    pub state: i32,
    /// The reason, in the numbering of the state.
    pub reason: i32,
    /// Starts with the host.
    pub autostart: bool,
    /// It starts the next time that the host does, and then no more.
    pub autostart_once: bool,
    /// The stored definition was changed since it was last read.
    pub updated: bool,
    /// There is a managed save image.
    pub managed_save: bool,
    /// The statistics of the last long job, until they are asked for.
    pub last_job: Option<JobStats>,
}

/// A running instance.
#[derive(Clone)]
pub struct Live {
    /// Number, never used twice while this daemon runs.
    pub id: i32,
    /// The definition it runs by.
    pub def: Arc<Domain>,
    /// Its process.
    pub process: Arc<Process>,
    /// Its directories.
    pub dirs: GuestDirs,
    /// What else is kept of it for the next daemon, of a guest that another daemon started all that this one knew.
    pub notes: Arc<Notes>,
    /// Its monitor; none as long as it is being started or was lost.
    pub monitor: Option<Monitor>,
    /// The thread of each virtual CPU.
    pub vcpus: Vec<i32>,
    /// What the guest makes do with, in KiB, as far as the balloon told.
    pub balloon: Option<u64>,
    /// Being started: whoever starts it cleans up after it.
    pub starting: bool,
    /// Why it is being ended by us: what its end is then taken for.
    pub ending: Option<Ending>,
    /// On power off, start again (a reboot by the power button).
    pub fake_reboot: bool,
    /// What makes it hard to answer for.
    pub taints: BTreeSet<Taint>,
    /// Why it will be paused or running next, when that is our doing.
    pub next_reason: Option<i32>,
    /// The client whose going ends it.
    pub auto_destroy: Option<u64>,
    /// How far a migration is; told by events.
    pub migration: Arc<Signal<MigrateStatus>>,
    /// Paths of disks' sources that made it pause, with the reason.
    pub io_errors: Vec<(String, i32)>,
    /// The highest number that was given to a node of a disk's source.
    pub last_node: u32,
    /// The device that it is asked to let go of.
    pub unplug: Arc<Unplug>,
    /// Told whenever the tray of a drive opens or closes.
    pub trays: Arc<Signal<bool>>,
}

/// How a guest came to its end (`virDomainShutoffReason` and the detail of the event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// `virDomainShutoffReason`.
    pub reason: i32,
    /// `virDomainEventStoppedDetailType`.
    pub detail: i32,
    /// The word in the guest's log.
    pub word: &'static str,
}

impl Ending {
    /// Ended by us.
    pub const DESTROYED: Self = Self {
        reason: VIR_DOMAIN_SHUTOFF_DESTROYED,
        detail: VIR_DOMAIN_EVENT_STOPPED_DESTROYED,
        word: "destroyed",
    };
    /// The guest switched itself off.
    pub const SHUTDOWN: Self = Self {
        reason: VIR_DOMAIN_SHUTOFF_SHUTDOWN,
        detail: VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN,
        word: "shutdown",
    };
    /// The process ended unasked.
    pub const CRASHED: Self =
        Self { reason: VIR_DOMAIN_SHUTOFF_CRASHED, detail: VIR_DOMAIN_EVENT_STOPPED_FAILED, word: "crashed" };
    /// Its state is in a file.
    pub const SAVED: Self =
        Self { reason: VIR_DOMAIN_SHUTOFF_SAVED, detail: VIR_DOMAIN_EVENT_STOPPED_SAVED, word: "saved" };
    /// It could not be started.
    pub const FAILED: Self =
        Self { reason: VIR_DOMAIN_SHUTOFF_FAILED, detail: VIR_DOMAIN_EVENT_STOPPED_FAILED, word: "failed" };
}

/// Statistics of a long job.
#[derive(Clone, Debug)]
pub struct JobStats {
    /// `virDomainJobType`.
    pub kind: i32,
    /// `virDomainJobOperation`.
    pub operation: i32,
    /// How long it took, in milliseconds.
    pub elapsed: u64,
    /// For how long the guest stood still, in milliseconds.
    pub downtime: Option<u64>,
    /// What QEMU counted.
    pub migration: Option<MigrationInfo>,
}

impl View {
    /// How callers know it.
    pub fn domain_ref(&self) -> DomainRef {
        DomainRef { name: self.name.clone(), uuid: self.uuid, id: self.live.as_ref().map_or(-1, |l| l.id) }
    }

    /// It runs, or is paused, or is being started.
    pub fn active(&self) -> bool {
        self.live.is_some()
    }

    /// The running instance.
    ///
    /// # Errors
    /// "domain is not running".
    pub fn running(&self) -> Result<&Live> {
        match &self.live {
            Some(live) => Ok(live),
            None => bail!(Qemu, OperationInvalid, "domain is not running"),
        }
    }

    /// The stored definition.
    ///
    /// # Errors
    /// "transient domains do not have any persistent config"
    pub fn persistent(&self) -> Result<&Arc<Domain>> {
        match &self.config {
            Some(config) => Ok(config),
            None => bail!(Qemu, OperationInvalid, "transient domains do not have any persistent config"),
        }
    }

    /// The definition it runs by, or else the stored one.
    pub fn def(&self) -> Option<&Arc<Domain>> {
        self.live.as_ref().map(|l| &l.def).or(self.config.as_ref())
    }
}

/// A guest. Lives as long as it is defined or runs.
pub struct Guest {
    view: RwLock<Arc<View>>,
    jobs: Arc<Jobs>,
    /// held while what belonged to an instance that has ended is taken down
    end: Mutex<()>,
    /// the leases that are held for it; locked while it is decided whether they are
    leases: Mutex<Vec<Resource>>,
    /// when the monitor could not be made sense of, for `virDomainGetControlInfo`
    control_error: Mutex<Option<SystemTime>>,
}

impl Guest {
    /// A guest that is not there yet: neither defined nor running.
    pub fn new(name: &str, uuid: Uuid) -> Self {
        let view = View {
            name: name.to_owned(),
            uuid,
            config: None,
            live: None,
            state: VIR_DOMAIN_SHUTOFF,
            reason: VIR_DOMAIN_SHUTOFF_UNKNOWN,
            autostart: false,
            autostart_once: false,
            updated: false,
            managed_save: false,
            last_job: None,
        };
        Self {
            view: RwLock::new(Arc::new(view)),
            jobs: Arc::default(),
            end: Mutex::default(),
            leases: Mutex::default(),
            control_error: Mutex::default(),
        }
    }

    /// What is known of it now.
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is known. `change` must be short: readers wait for it.
    pub fn update<T>(&self, change: impl FnOnce(&mut View) -> T) -> T {
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut view))
    }

    /// Changes the instance `id`, if it still is the running one.
    pub fn update_live<T>(&self, id: i32, change: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.update(|view| view.live.as_mut().filter(|l| l.id == id).map(change))
    }

    /// The right to take down what an ended instance leaves; waits while another thread has it.
    pub fn lock_end(&self) -> MutexGuard<'_, ()> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The leases that are held for it. Whoever has them locked decides whether it may run.
    pub fn leases(&self) -> MutexGuard<'_, Vec<Resource>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose turn it is.
    pub fn jobs(&self) -> &Arc<Jobs> {
        &self.jobs
    }

    /// Waits for a turn.
    pub fn begin(self: &Arc<Self>, api: &str, kind: Kind) -> Result<Job> {
        let held = self.jobs.begin(api, kind)?;
        Ok(Job { guest: Arc::clone(self), _held: held })
    }

    /// Takes a turn if that needs no waiting.
    pub fn try_begin(self: &Arc<Self>, api: &str, kind: Kind) -> Result<Job> {
        let held = self.jobs.begin_within(api, kind, Duration::ZERO)?;
        Ok(Job { guest: Arc::clone(self), _held: held })
    }

    /// Waits for a turn to do something long.
    pub fn begin_long(self: &Arc<Self>, api: &str, kind: LongKind) -> Result<LongJob> {
        let held = self.jobs.begin_long(api, kind)?;
        Ok(LongJob { guest: Arc::clone(self), held, since: Instant::now() })
    }

    /// Notes that the monitor talks nonsense.
    pub fn set_control_error(&self) {
        *self.control_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(SystemTime::now());
    }

    /// Since when the monitor talks nonsense.
    pub fn control_error(&self) -> Option<SystemTime> {
        *self.control_error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to change a guest.
pub struct Job {
    guest: Arc<Guest>,
    _held: Held,
}

impl Job {
    /// The guest.
    pub fn guest(&self) -> &Arc<Guest> {
        &self.guest
    }

    /// What is known of it now.
    pub fn view(&self) -> Arc<View> {
        self.guest.view()
    }

    /// Lends the monitor. Nothing is locked meanwhile but the turn; afterwards the guest must still
    /// be the same instance.
    ///
    /// # Errors
    /// The guest does not run, or not any more; and whatever `with` fails with.
    pub fn monitor<T>(&self, with: impl FnOnce(&Monitor) -> Result<T>) -> Result<T> {
        lend(&self.guest, with)
    }
}

/// The turn to do something long with a guest; parts of it are [`Job`]s.
pub struct LongJob {
    guest: Arc<Guest>,
    held: HeldLong,
    since: Instant,
}

impl LongJob {
    /// The guest.
    pub fn guest(&self) -> &Arc<Guest> {
        &self.guest
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// As [`Job::monitor`], for a part of the job.
    pub fn monitor<T>(&self, with: impl FnOnce(&Monitor) -> Result<T>) -> Result<T> {
        let _turn = self.held.nested()?;
        lend(&self.guest, with)
    }
}

fn lend<T>(guest: &Guest, with: impl FnOnce(&Monitor) -> Result<T>) -> Result<T> {
    let view = guest.view();
    let live = view.running()?;
    let Some(monitor) = &live.monitor else {
        bail!(Qemu, OperationInvalid, "domain is not running");
    };
    let result = with(monitor)?;
    match guest.view().live.as_ref().is_some_and(|l| l.id == live.id) {
        true => Ok(result),
        false => bail!(Qemu, OperationFailed, "domain is no longer running"),
    }
}

/// A value that one thread sets and others wait for.
pub struct Signal<T> {
    value: Mutex<Option<T>>,
    changed: Condvar,
}

impl<T> Default for Signal<T> {
    fn default() -> Self {
        Self { value: Mutex::new(None), changed: Condvar::new() }
    }
}

impl<T: Copy> Signal<T> {
    /// Sets it and wakes who waits.
    pub fn set(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.changed.notify_all();
    }

    /// Forgets it.
    pub fn clear(&self) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits at most `timeout` until it has a value of which `enough` holds.
    pub fn wait(&self, timeout: Duration, enough: impl Fn(T) -> bool) -> Option<T> {
        let end = Instant::now() + timeout;
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = value.filter(|v| enough(*v)) {
                return Some(value);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            value = self.changed.wait_timeout(value, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
