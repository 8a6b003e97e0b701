//! The threads for calls that may wait.
//!
//! Ordinary workers take any call and grow from a minimum to a maximum as calls queue up; priority
//! workers take only calls that are sure to end soon, so that those are served even when all
//! others hang. A pool that may have no ordinary workers has no thread at all: what is submitted
//! runs at once, where it is.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::{io, thread};

/// What a worker does.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// The pool's settings and state, as `virt-admin` shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolInfo {
    /// Ordinary workers kept even when idle.
    pub min_workers: usize,
    /// Ordinary workers at most.
    pub max_workers: usize,
    /// Ordinary workers there are.
    pub workers: usize,
    /// Of those, idle.
    pub free_workers: usize,
    /// Priority workers.
    pub prio_workers: usize,
    /// Calls waiting for a worker.
    pub queued: usize,
}

pub(crate) struct Pool(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ordinary: Condvar,
    priority: Condvar,
}

#[derive(Default)]
struct State {
    info: PoolInfo,
    prio_wanted: usize,
    prio_free: usize,
    ordinary: VecDeque<Job>,
    priority: VecDeque<Job>,
    stopped: bool,
}

impl Pool {
    pub(crate) fn new(min: usize, max: usize, prio: usize) -> io::Result<Self> {
        let pool = Self(Arc::default());
        pool.resize(min, max, prio)?;
        Ok(pool)
    }

    pub(crate) fn info(&self) -> PoolInfo {
        let state = self.0.lock();
        PoolInfo { queued: state.ordinary.len() + state.priority.len(), ..state.info }
    }

    /// Changes the settings; idle workers above them end.
    pub(crate) fn resize(&self, min: usize, max: usize, prio: usize) -> io::Result<()> {
        let mut state = self.0.lock();
        state.info.min_workers = min;
        state.info.max_workers = max;
        state.prio_wanted = prio;
        while state.info.workers < min.min(max) {
            self.0.spawn(&mut state, false)?;
        }
        while state.info.prio_workers < prio {
            self.0.spawn(&mut state, true)?;
        }
        drop(state);
        self.0.ordinary.notify_all();
        self.0.priority.notify_all();
        Ok(())
    }

    pub(crate) fn submit(&self, job: Job, priority: bool) {
        let mut state = self.0.lock();
        if state.info.max_workers == 0 && state.info.prio_workers == 0 {
            drop(state);
            return job();
        }
        let idle = state.info.free_workers > state.ordinary.len() + state.priority.len();
        if !idle && state.info.workers < state.info.max_workers {
            // When no thread can be had, those there are will take it.
            let _ = self.0.spawn(&mut state, false);
        }
        let bell = if priority && state.prio_free > 0 { &self.0.priority } else { &self.0.ordinary };
        match priority {
            true => state.priority.push_back(job),
            false => state.ordinary.push_back(job),
        }
        // The one that wakes up needs the lock at once.
        drop(state);
        bell.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.ordinary.notify_all();
        self.0.priority.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn spawn(self: &Arc<Self>, state: &mut State, priority: bool) -> io::Result<()> {
        let shared = Arc::clone(self);
        let name = if priority { "prio-rpc" } else { "rpc-worker" };
        thread::Builder::new().name(name.into()).spawn(move || shared.work(priority))?;
        if priority {
            state.info.prio_workers += 1;
        } else {
            state.info.workers += 1;
        }
        *state.free(priority) += 1;
        Ok(())
    }

    fn work(&self, priority: bool) {
        let mut state = self.lock();
        loop {
            let surplus = match priority {
                true => state.info.prio_workers > state.prio_wanted,
                false => state.info.workers > state.info.max_workers,
            };
            if state.stopped || surplus {
                break;
            }
            let mut job = state.priority.pop_front();
            if job.is_none() && !priority {
                job = state.ordinary.pop_front();
            }
            if let Some(job) = job {
                *state.free(priority) -= 1;
                drop(state);
                job();
                state = self.lock();
                *state.free(priority) += 1;
                continue;
            }
            let bell = if priority { &self.priority } else { &self.ordinary };
            state = bell.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        // It may have been woken for a job, which it leaves to another.
        self.ordinary.notify_one();
        self.priority.notify_one();
        *state.free(priority) -= 1;
        if priority {
            state.info.prio_workers -= 1;
        } else {
            state.info.workers -= 1;
        }
    }
}

impl State {
    fn free(&mut self, priority: bool) -> &mut usize {
        if priority { &mut self.prio_free } else { &mut self.info.free_workers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_workers_there_is_no_thread() {
        let pool = Pool::new(0, 0, 0).unwrap();
        let here = thread::current().id();
        let (tell, told) = std::sync::mpsc::channel();
        pool.submit(Box::new(move || tell.send(thread::current().id()).unwrap()), false);
        assert_eq!(told.try_recv(), Ok(here));
        assert_eq!(pool.info(), PoolInfo::default());
    }
}
