//! One descriptor for the end of many processes, and for a time.

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::time::{Duration, Instant};
use vir_base::process::Process;

/// Stands for the timer among the numbers of processes, none of which is that large.
const TIMER: u64 = u64::MAX;

pub(super) struct Watch {
    epoll: OwnedFd,
    timer: OwnedFd,
}

pub(super) enum Event {
    /// The process of this number may have ended.
    Ended(i32),
    /// The time has come.
    Time,
}

impl Watch {
    pub(super) fn new() -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        epoll::add(&epoll, &timer, EventData::new_u64(TIMER), EventFlags::IN)?;
        Ok(Self { epoll, timer })
    }

    pub(super) fn add(&self, process: &Process, pid: i32) -> io::Result<()> {
        let data = EventData::new_u64(u64::from(pid.unsigned_abs()));
        Ok(epoll::add(&self.epoll, process.as_fd(), data, EventFlags::IN)?)
    }

    pub(super) fn remove(&self, process: &Process) {
        // it fails only for what is not in the set, which is what is wanted
        let _ = epoll::delete(&self.epoll, process.as_fd());
    }

    /// Sets the timer, or stops it.
    pub(super) fn set_timer(&self, at: Option<Instant>) -> io::Result<()> {
        // zero would stop it
        let left = at.map(|at| at.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1)));
        let it_value = left.map(Timespec::try_from).and_then(Result::ok).unwrap_or_default();
        let spec = Itimerspec { it_interval: Timespec::default(), it_value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &spec)?;
        Ok(())
    }

    /// What has happened. Never waits.
    pub(super) fn events(&self) -> Vec<Event> {
        let mut events = Vec::with_capacity(64);
        let spare = rustix::buffer::spare_capacity(&mut events);
        if epoll::wait(&self.epoll, spare, Some(&Timespec::default())).is_err() {
            return vec![];
        }
        let event = |event: epoll::Event| match event.data.u64() {
            TIMER => {
                let _ = rustix::io::read(&self.timer, &mut [0; 8]);
                Event::Time
            }
            pid => Event::Ended(i32::try_from(pid).unwrap_or(0)),
        };
        events.into_iter().map(event).collect()
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
