//! The running daemon as its parts see it: its servers, and how it ends.

use crate::dispatch::Session;
use crate::drivers::DriverSet;
use crate::idle::Idle;
use crate::notify::Notify;
use crate::part::Part;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;
use vir_base::hooks::{Event, Hooks};
use vir_rpc::server::{ClientHandle, ClientHooks, LoopHandle, Server};

/// How long calls that are being served, and then the drivers, may take when the daemon ends.
pub const GRACE: Duration = Duration::from_secs(30);

/// How long a client that has ended the daemon may take until it leaves.
const FAREWELL: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// What signals, timers and the administration act on.
pub struct Control {
    /// The drivers.
    pub drivers: DriverSet,
    /// The line to the service manager.
    pub notify: Notify,
    /// What the daemon looks after.
    part: Option<Arc<dyn Part>>,
    hooks: Option<Hooks>,
    idle: Idle,
    event_loop: LoopHandle,
    /// Weak, since programs that servers own hold this.
    servers: OnceLock<Vec<Weak<Server>>>,
    quitting: AtomicBool,
    /// The client of the administration that is waited for before the end.
    leaving: Mutex<Option<u64>>,
    reloading: AtomicBool,
}

impl Control {
    /// Of a daemon whose servers are not there yet.
    pub fn new(
        event_loop: LoopHandle,
        drivers: DriverSet,
        part: Option<Arc<dyn Part>>,
        hooks: Option<Hooks>,
    ) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            drivers,
            part,
            notify: Notify::from_env(),
            hooks,
            idle: Idle::new()?,
            event_loop,
            servers: OnceLock::new(),
            quitting: AtomicBool::new(false),
            leaving: Mutex::default(),
            reloading: AtomicBool::new(false),
        }))
    }

    /// Makes the servers known; once.
    pub fn set_servers(&self, servers: &[Arc<Server>]) {
        let _ = self.servers.set(servers.iter().map(Arc::downgrade).collect());
    }

    /// The servers, the one for everybody first.
    pub fn servers(&self) -> Vec<Arc<Server>> {
        self.servers.get().into_iter().flatten().filter_map(Weak::upgrade).collect()
    }

    /// The server of that name.
    pub fn server(&self, name: &str) -> Option<Arc<Server>> {
        self.servers().into_iter().find(|server| server.name() == name)
    }

    /// The timer that ends an idle daemon.
    pub fn idle(&self) -> &Idle {
        &self.idle
    }

    /// How long the daemon stays without clients; zero is for ever.
    pub fn set_timeout(&self, timeout: Duration) {
        self.idle.set_timeout(timeout, || self.has_clients());
    }

    /// From now on clients are served, and may be missed.
    pub fn started(&self) {
        self.idle.start(|| self.has_clients());
    }

    fn has_clients(&self) -> bool {
        self.servers().iter().any(|server| server.client_counts().0 > 0)
    }

    /// The timer says that there have been no clients for long enough.
    pub fn idle_timeout(&self) {
        let busy = || self.drivers.busy() || self.part.as_ref().is_some_and(|part| part.is_busy());
        if self.idle.fired() && !self.has_clients() && !busy() {
            log::info!("ending after idle time");
            self.quit();
        }
    }

    /// Ends the daemon: no call is taken any more, those being served are answered. False if that has
    /// begun already.
    pub fn quit(&self) -> bool {
        if self.quitting.swap(true, Ordering::AcqRel) {
            return false;
        }
        if let Some(part) = &self.part {
            part.ending();
        }
        self.notify.stopping();
        self.notify.extend_timeout(GRACE);
        self.event_loop.shut_down(GRACE);
        true
    }

    /// Ends the daemon because this client of the administration has asked for it: when it has left, or
    /// in a moment. It still closes its connection by a call, and dies of SIGPIPE if nobody reads that.
    pub fn quit_after(self: &Arc<Self>, client: u64) {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC).and_then(|timer| {
            let spec = Itimerspec { it_interval: Timespec::default(), it_value: FAREWELL };
            timerfd_settime(&timer, TimerfdTimerFlags::empty(), &spec).map(|_| timer)
        });
        let Ok(timer) = timer else {
            self.quit();
            return;
        };
        *self.leaving.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
        let control = self.clone();
        self.event_loop.run(move |event_loop| {
            let late = control.clone();
            let watched = event_loop.watch(timer, move |_| {
                late.quit();
                false
            });
            if watched.is_err() {
                control.quit();
            }
        });
    }

    /// A client of the administration has left.
    pub fn admin_left(&self, client: u64) {
        if *self.leaving.lock().unwrap_or_else(PoisonError::into_inner) == Some(client) {
            self.quit();
        }
    }

    /// Whether the end has begun, or is sure to.
    pub fn is_quitting(&self) -> bool {
        self.quitting.load(Ordering::Acquire)
            || self.leaving.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Runs the administrator's scripts for the daemon. What they say is logged; it stops nothing.
    pub fn run_hooks(&self, operation: &str, stage: &str, extra: &str) {
        let event = Event { object: "-", operation, stage, extra, input: "" };
        if let Some(Err(error)) = self.hooks.as_ref().map(|hooks| hooks.call(&event)) {
            log::error!("{error}");
        }
    }

    /// Lets the drivers read their configuration again, on a thread of their own.
    pub fn reload(self: &Arc<Self>) {
        if self.hooks.is_none() && self.drivers.is_empty() {
            return log::info!("nothing to read again on SIGHUP");
        }
        if self.reloading.swap(true, Ordering::AcqRel) {
            log::warn!("a reload is running, another one is ignored");
            return;
        }
        let control = self.clone();
        let run = move || {
            log::info!("Reloading configuration on SIGHUP");
            control.run_hooks("reload", "begin", "SIGHUP");
            control.notify.reloading();
            control.drivers.reload();
            control.notify.ready();
            control.reloading.store(false, Ordering::Release);
        };
        if let Err(error) = std::thread::Builder::new().name("daemon-reload".into()).spawn(run) {
            log::error!("Failed to create thread to handle daemon restart: {error}");
            self.reloading.store(false, Ordering::Release);
        }
    }
}

/// Notices clients that come and go.
pub struct Attendance(pub Arc<Control>);

impl ClientHooks for Attendance {
    fn connected(&self, _client: &ClientHandle) {
        self.0.idle.clients_changed(|| true);
    }

    fn disconnected(&self, client: &ClientHandle) {
        Session::end(client);
        self.0.idle.clients_changed(|| self.0.has_clients());
    }

    fn leaves_at_once(&self, client: &ClientHandle) -> bool {
        Session::ends_at_once(client)
    }
}

/// Clients of the server for everybody: what the daemon looks after hears of them too.
pub struct WithPart {
    /// The daemon's own book.
    pub attendance: Arc<dyn ClientHooks>,
    /// What it looks after.
    pub part: Arc<dyn Part>,
}

impl ClientHooks for WithPart {
    fn connected(&self, client: &ClientHandle) {
        self.attendance.connected(client);
        self.part.connected(client);
    }

    fn disconnected(&self, client: &ClientHandle) {
        self.part.disconnected(client);
        self.attendance.disconnected(client);
    }

    fn leaves_at_once(&self, client: &ClientHandle) -> bool {
        self.part.leaves_at_once(client) && self.attendance.leaves_at_once(client)
    }
}
