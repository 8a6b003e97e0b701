//! Ending when nobody needs the daemon: a timer that runs while there are no clients.

use rustix::fd::{AsFd, OwnedFd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The timer.
#[derive(Debug)]
pub struct Idle {
    timer: OwnedFd,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    timeout: Duration,
    /// Not before the daemon serves clients.
    running: bool,
    armed: bool,
}

impl Idle {
    /// One that is not set.
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        Ok(Self { timer: timerfd_create(TimerfdClockId::Monotonic, flags)?, state: Mutex::default() })
    }

    /// What can be read when it fires.
    pub fn poll_fd(&self) -> io::Result<OwnedFd> {
        self.timer.as_fd().try_clone_to_owned()
    }

    /// Sets how long the daemon stays without clients; zero is for ever.
    pub fn set_timeout(&self, timeout: Duration, clients: impl FnOnce() -> bool) {
        let mut state = self.lock();
        state.timeout = timeout;
        // a new time begins now
        self.settle(&mut state, true);
        self.settle(&mut state, clients());
    }

    /// From now on clients are served.
    pub fn start(&self, clients: impl FnOnce() -> bool) {
        let mut state = self.lock();
        state.running = true;
        self.settle(&mut state, clients());
    }

    /// A client has come or gone. `clients` is asked with the timer locked, so that the last word is
    /// the latest.
    pub fn clients_changed(&self, clients: impl FnOnce() -> bool) {
        let mut state = self.lock();
        if !state.timeout.is_zero() {
            self.settle(&mut state, clients());
        }
    }

    /// It can be read: whether it has fired, and is for this daemon to heed.
    pub fn fired(&self) -> bool {
        rustix::io::read(&self.timer, &mut [0; 8]).is_ok() && self.lock().armed
    }

    fn settle(&self, state: &mut State, clients: bool) {
        let wanted = state.running && !clients && !state.timeout.is_zero();
        if wanted == state.armed {
            return;
        }
        let time = if wanted { state.timeout } else { Duration::ZERO };
        let time = Timespec::try_from(time).unwrap_or_default();
        // again and again: what held the daemon up the first time may have ended by the second
        let spec = Itimerspec { it_interval: time, it_value: time };
        if let Err(error) = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &spec) {
            log::error!("Failed to set the shutdown timer: {error}");
        }
        state.armed = wanted;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::event::{PollFd, PollFlags, poll};

    fn fires_within(idle: &Idle, milliseconds: i64) -> bool {
        let mut fds = [PollFd::new(&idle.timer, PollFlags::IN)];
        let time = Timespec { tv_sec: 0, tv_nsec: milliseconds * 1_000_000 };
        poll(&mut fds, Some(&time)).unwrap() > 0 && idle.fired()
    }

    #[test]
    fn it_runs_while_there_are_no_clients() {
        let idle = Idle::new().unwrap();
        idle.set_timeout(Duration::from_millis(5), || false);
        assert!(!fires_within(&idle, 30), "not started");
        idle.start(|| true);
        assert!(!fires_within(&idle, 30), "a client");
        idle.clients_changed(|| false);
        assert!(fires_within(&idle, 500) && fires_within(&idle, 500));
        idle.clients_changed(|| true);
        assert!(!fires_within(&idle, 30), "a client again");
        idle.clients_changed(|| false);
        idle.set_timeout(Duration::ZERO, || false);
        assert!(!fires_within(&idle, 30), "switched off");
    }
}
