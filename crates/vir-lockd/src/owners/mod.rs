//! The processes that hold leases: whether they live, and how those end that must.
//!
//! A process whose connection ends while it holds leases might go on writing, so it has to end before
//! anybody else gets them: it is asked to (SIGTERM), and 1.6 seconds later made to (SIGKILL). Nobody is
//! waited for: the end of a process is an event, and so is the time. Leases go when their holder is
//! dead, not before, and stay for ever with one that cannot be killed.
//!
//! A signal goes through a pidfd only, and only if the pidfd is certain to be that of the process whose
//! connection it was. In doubt nobody is signalled, nothing is released, and the log says so.
//!
//! Nothing here knows leases; whoever owns this asks [`Owners::dead`] and acts.

mod hold;
mod watch;

#[cfg(test)]
mod tests;

pub use hold::Life;

use crate::life;
use hold::{Hold, Owner, Stage};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::process::Signal;
use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};
use vir_base::process::{Process, start_time};
use watch::{Event, Watch};

/// How long a process may take to end that was asked to.
const PATIENCE: Duration = Duration::from_millis(1600);

/// How long one may take that was made to, before the log says that it hangs.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// The processes that hold leases, or may soon.
pub struct Owners {
    by_pid: HashMap<i32, Owner>,
    watch: Watch,
}

/// What is known of the connection that names a process.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    /// The process at its other end.
    pub pid: i32,
    /// When it was accepted, in ticks; `None` if that was before our time.
    pub since: Option<u64>,
    /// Its socket, if it is at hand.
    pub socket: Option<BorrowedFd<'a>>,
}

impl Owners {
    /// None.
    ///
    /// # Errors
    /// No descriptors are left.
    pub fn new() -> io::Result<Self> {
        Ok(Self { by_pid: HashMap::new(), watch: Watch::new()? })
    }

    /// What can be read when [`Owners::dead`] has something to tell.
    ///
    /// # Errors
    /// No descriptors are left.
    pub fn poll_fd(&self) -> io::Result<OwnedFd> {
        self.watch.as_fd().try_clone_to_owned()
    }

    /// Whether this process is being watched.
    pub fn knows(&self, pid: i32) -> bool {
        self.by_pid.contains_key(&pid)
    }

    /// A connection is about to acquire something for process `pid`: from now on that is watched, if it
    /// can be. Returns when it started.
    ///
    /// A process that names itself is known for certain; one that others name is whoever has the number
    /// now, if they see the same numbers as we do.
    pub fn look_at(&mut self, pid: i32, peer: Peer<'_>) -> Option<u64> {
        if let Some(owner) = self.by_pid.get(&pid) {
            return owner.start;
        }
        let hold = if peer.pid == pid { hold::of_peer(peer) } else { hold::of_named_by(pid, peer.pid) };
        self.insert(pid, hold, None)
    }

    /// A process holds leases from before our time, and had started at `start`, if that was known.
    /// Returns whether it may live: one that has another start is another process.
    pub fn adopt(&mut self, pid: i32, start: Option<u64>) -> bool {
        let hold = match (start, hold::of_named(pid)) {
            // looked at again while we have hold of it: it has not been replaced in between
            (Some(_), Hold::Named(process)) if start_time(pid).ok() == start => Hold::Certain(process),
            (Some(_), Hold::Named(_)) => return false,
            (_, hold) => hold,
        };
        // one that has ended and was not collected yet is as dead as one that was
        let over = |start| matches!(life::look(pid, start), life::Life::Over);
        if start.is_some() && matches!(hold, Hold::Nobody) && over(start) {
            return false;
        }
        self.insert(pid, hold, start);
        true
    }

    /// A connection of a process that was adopted: now it can be known for certain.
    pub fn confirm(&mut self, pid: i32, peer: Peer<'_>) {
        let doubtful = self.by_pid.get(&pid).is_none_or(|owner| !matches!(owner.hold, Hold::Certain(_)));
        if doubtful && peer.pid == pid {
            let hold = hold::of_peer(peer);
            if !matches!(hold, Hold::Nobody) {
                self.forget(pid);
                self.insert(pid, hold, None);
            }
        }
    }

    fn insert(&mut self, pid: i32, hold: Hold, start: Option<u64>) -> Option<u64> {
        let Some(process) = hold.process() else { return start };
        let start = start.or_else(|| start_time(pid).ok());
        if let Err(error) = self.watch.add(process, pid) {
            log::error!("process {pid} cannot be watched: {error}");
        }
        self.by_pid.insert(pid, Owner { hold, start, stage: Stage::Lives });
        start
    }

    /// Nobody needs this process watched any more.
    pub fn forget(&mut self, pid: i32) {
        if let Some(owner) = self.by_pid.remove(&pid)
            && let Some(process) = owner.hold.process()
        {
            self.watch.remove(process);
        }
    }

    /// The connection of process `pid` has ended while it holds leases: it has to end. Returns whether it
    /// has, since then nothing will be told of it.
    pub fn must_end(&mut self, pid: i32, peer: Peer<'_>) -> bool {
        let Some(owner) = self.by_pid.get_mut(&pid) else {
            if peer.pid == pid && hold::life_of_unknown(pid) == Life::Dead {
                return true;
            }
            log::warn!("process {pid} has left, but is not known for certain: its leases stay");
            return false;
        };
        if !matches!(owner.stage, Stage::Lives) {
            return false;
        }
        let Some(process) = owner.certain(peer) else {
            log::warn!("process {pid} has left, but may be another one by now: its leases stay");
            owner.stage = Stage::InDoubt;
            return false;
        };
        log::info!("process {pid} has left and holds leases: it has to end");
        if let Err(error) = process.signal(Signal::TERM) {
            log::debug!("process {pid}: {error}");
        }
        owner.stage = Stage::Asked(Instant::now() + PATIENCE);
        self.set_timer();
        false
    }

    /// The processes that have ended since it was asked last. Does what the time demands of the others.
    pub fn dead(&mut self) -> Vec<i32> {
        let mut dead = vec![];
        for event in self.watch.events() {
            match event {
                Event::Time => self.push_on(),
                Event::Ended(pid) if self.by_pid.get(&pid).is_some_and(Owner::has_ended) => dead.push(pid),
                Event::Ended(_) => {}
            }
        }
        dead.iter().for_each(|pid| self.forget(*pid));
        dead
    }

    /// Whether a process that is known has ended, though nobody has told yet: its number may be
    /// another's.
    pub fn has_ended(&self, pid: i32) -> bool {
        self.by_pid.get(&pid).is_some_and(Owner::has_ended)
    }

    fn push_on(&mut self) {
        let now = Instant::now();
        for (pid, owner) in &mut self.by_pid {
            match owner.stage {
                Stage::Asked(until) if until <= now => {
                    log::warn!("process {pid} does not end: it is made to");
                    if let Some(Err(error)) = owner.hold.process().map(|process| process.signal(Signal::KILL))
                    {
                        log::debug!("process {pid}: {error}");
                    }
                    owner.stage = Stage::Killed(now + LAST_PATIENCE);
                }
                Stage::Killed(until) if until <= now => {
                    log::error!("process {pid} cannot be ended: its leases stay with it");
                    owner.stage = Stage::Hangs;
                }
                _ => {}
            }
        }
        self.set_timer();
    }

    fn set_timer(&self) {
        let next = self.by_pid.values().filter_map(|owner| owner.stage.deadline()).min();
        if let Err(error) = self.watch.set_timer(next) {
            log::error!("Failed to set the timer for processes that must end: {error}");
        }
    }

    /// What is known of a process.
    pub fn life(&self, pid: i32) -> Life {
        self.by_pid.get(&pid).map_or_else(|| hold::life_of_unknown(pid), Owner::life)
    }
}

/// As [`Process::open`], of a process that is there now.
fn open(pid: i32) -> Option<Process> {
    Process::open(pid).ok().filter(Process::is_alive)
}
