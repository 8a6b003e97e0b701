//! What the log daemon looks after, and how it fits the daemon's shell.

use crate::aging;
use crate::logs::{Guest, LogId, Logs};
use crate::program::LogProgram;
use crate::rotation::Position;
use crate::settings::Settings;
use crate::state::{self, Surviving};
use rustix::process::geteuid;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vir_base::paths::Paths;
use vir_base::{Error, ErrorDomain, Result};
use vir_daemon::{DaemonSpec, Instance, Part, Service};
use vir_rpc::server::{ClientHandle, ClientHooks, EventLoop, LoopHandle};

/// Logs of guests.
pub const VIRTLOGD: DaemonSpec = DaemonSpec {
    name: "virtlogd",
    socket_prefix: "virtlogd",
    stands_for: &[],
    title: "libvirt log management daemon:",
    network: false,
    read_only: false,
    one_thread: true,
    state: Some(&state::FORMAT),
    check_settings: Settings::check,
};

/// How often files are looked for that are too old.
const AGING: Duration = Duration::from_secs(24 * 60 * 60);

/// A client that may ask.
pub(crate) struct Admitted;

/// The daemon's state: one thread works on it, call by call.
pub struct Shared {
    settings: Settings,
    logs: Mutex<Logs>,
    event_loop: OnceLock<LoopHandle>,
}

/// All that the log daemon serves.
pub fn service(instance: &Instance) -> Service {
    // a user's logs are the user's own business, and not looked through
    let log_root = if instance.paths.system { instance.paths.log.clone() } else { Paths::system().log };
    let settings = Settings::read(&instance.settings, &log_root).unwrap_or_else(|error| {
        // checked by the shell before
        log::error!("{error}");
        Settings::new(&log_root)
    });
    let shared = Arc::new(Shared {
        logs: Mutex::new(Logs::new(settings.limits)),
        settings,
        event_loop: OnceLock::new(),
    });
    let surviving = Surviving { shared: Arc::clone(&shared), rescue_dir: instance.paths.log.clone() };
    Service {
        survivor: Some(Arc::new(surviving)),
        programs: vec![Arc::new(LogProgram(Arc::clone(&shared)))],
        part: Some(Arc::new(LogDaemon(shared))),
        ..Service::default()
    }
}

impl Shared {
    /// The logs, for the length of one call.
    pub fn lock(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a log whose pipe is read from now on.
    pub(crate) fn open(
        self: &Arc<Self>,
        guest: Guest,
        path: &Path,
        truncate: bool,
    ) -> Result<(OwnedFd, Position)> {
        let mut logs = self.lock();
        let (id, end, position) = logs.open(guest, path, truncate)?;
        let watched = self.watch_soon(&logs, id);
        if let Err(error) = watched {
            logs.close(id);
            return Err(Error::io(ErrorDomain::Logging, &error, "Unable to watch the log's pipe"));
        }
        Ok((end, position))
    }

    fn watch_soon(self: &Arc<Self>, logs: &Logs, id: LogId) -> io::Result<()> {
        let Some(pipe) = logs.pipe(id) else { return Ok(()) };
        // descriptors may run out here, where somebody can still be told
        let pipe = pipe.try_clone_to_owned()?;
        let Some(event_loop) = self.event_loop.get() else { return Err(io::ErrorKind::NotConnected.into()) };
        let this = Arc::clone(self);
        event_loop.run(move |event_loop| this.watch(event_loop, pipe, id));
        Ok(())
    }

    fn watch(self: &Arc<Self>, event_loop: &mut EventLoop, pipe: OwnedFd, id: LogId) {
        let this = Arc::clone(self);
        if let Err(error) = event_loop.watch(pipe, move |_| this.lock().ready(id)) {
            log::error!("Unable to watch a log's pipe: {error}");
            self.lock().close(id);
        }
    }

    /// Reads the pipes of logs that were open before there was a loop.
    fn watch_all(self: &Arc<Self>, event_loop: &mut EventLoop) {
        let ids = self.lock().ids();
        for id in ids {
            let pipe = self.lock().pipe(id).map(|pipe| pipe.try_clone_to_owned());
            match pipe {
                Some(Ok(pipe)) => self.watch(event_loop, pipe, id),
                Some(Err(error)) => log::error!("Unable to watch a log's pipe: {error}"),
                None => {}
            }
        }
    }

    /// Removes what nobody has written for long.
    fn remove_old(&self) {
        let Settings { limits, max_age_days, log_root } = &self.settings;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let rules = aging::Rules { not_since: aging::not_since(now, *max_age_days), backups: limits.backups };
        let found = aging::look(log_root);
        let gone = {
            let logs = self.lock();
            aging::too_old(&found, logs.iter().map(|log| log.path()), rules)
        };
        aging::remove(&gone);
    }
}

/// The logs as the shell sees them.
struct LogDaemon(Arc<Shared>);

impl ClientHooks for LogDaemon {
    fn connected(&self, client: &ClientHandle) {
        if admit(client) {
            return;
        }
        let peer = client.identity().unix;
        let (pid, uid) = peer.map_or((0, 0), |peer| (peer.pid, peer.uid));
        log::error!("access denied: Disallowing client {pid} with uid {uid}");
        client.close();
    }

    fn leaves_at_once(&self, _client: &ClientHandle) -> bool {
        true
    }
}

impl Part for LogDaemon {
    fn start(&self, event_loop: &mut EventLoop) -> Result<()> {
        let _ = self.0.event_loop.set(event_loop.handle());
        self.0.watch_all(event_loop);
        if self.0.settings.max_age_days == 0 {
            return Ok(());
        }
        let shared = Arc::clone(&self.0);
        let watched = every(AGING).and_then(|timer| {
            let fd = timer.as_fd().try_clone_to_owned()?;
            event_loop.watch(fd, move |_| {
                let _ = rustix::io::read(&timer, &mut [0; 8]);
                shared.remove_old();
                true
            })
        });
        watched.map_err(|error| Error::io(ErrorDomain::Logging, &error, "Failed to set up a timer"))
    }

    /// Its guest would lose its log.
    fn is_busy(&self) -> bool {
        !self.0.lock().is_empty()
    }
}

/// Lets a client ask if it is of our user; whether it is.
pub(crate) fn admit(client: &ClientHandle) -> bool {
    let ours = client.identity().unix.is_some_and(|peer| peer.uid == geteuid().as_raw());
    if ours {
        client.init_data(|| Admitted);
    }
    ours
}

fn every(time: Duration) -> io::Result<OwnedFd> {
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    let time = Timespec::try_from(time).map_err(|_| io::ErrorKind::InvalidInput)?;
    let spec = Itimerspec { it_interval: time, it_value: time };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &spec)?;
    Ok(timer)
}
