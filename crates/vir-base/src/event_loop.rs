//! What an event loop watches: descriptors and timeouts, which of them are due, and when a callback's
//! argument may end.
//!
//! Owns the table and the order of things; any thread, and any callback, may change it at any time. How a
//! thread waits is its [`Port`]'s to know, what a callback is its caller's. Rules: callbacks run without a
//! lock; what has been removed is never called again, and ends once, when no thread is in its callback; a
//! change reaches every thread that waits.

#[cfg(all(test, loom))]
use loom::sync::{Mutex, MutexGuard};
use std::sync::PoisonError;
#[cfg(not(all(test, loom)))]
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::Result;

/// `virEventHandleType`
pub type Events = i32;

/// Who is told, with the argument that it was registered with.
pub trait Callback: Copy {
    /// The descriptor watched under `number` is ready for `events`.
    fn ready(self, number: i32, fd: i32, events: Events);
    /// The timeout of that number is over.
    fn fired(self, number: i32);
    /// It will never be called again.
    fn end(self);
}

/// A descriptor to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// It.
    pub fd: i32,
    /// What for.
    pub events: Events,
    /// What it is ready for.
    pub ready: Events,
}

/// How threads wait.
pub trait Port {
    /// Waits until one of `list` is ready (and notes for what), [`Port::wake`] was called or `limit` is over;
    /// false if it was interrupted.
    ///
    /// # Errors
    /// It cannot wait for these.
    fn wait(&self, list: &mut [Watched], limit: Option<Duration>) -> Result<bool>;
    /// Ends the wait of at least one thread or, if none waits, the next one.
    fn wake(&self);
}

enum What {
    Descriptor { fd: i32, events: Events },
    Timeout { every: Option<Duration>, due: Option<Instant> },
}

struct Entry<C> {
    number: i32,
    what: What,
    callback: C,
    removed: bool,
    /// Threads that are in its callback.
    running: usize,
}

struct Table<C> {
    last: i32,
    entries: Vec<Entry<C>>,
    /// Threads that wait.
    waiting: usize,
    /// Of these, how many began before the last change.
    outdated: usize,
    changes: u64,
}

impl<C: Callback> Table<C> {
    fn add(&mut self, what: What, callback: C) -> i32 {
        self.last += 1;
        let number = self.last;
        self.entries.push(Entry { number, what, callback, removed: false, running: 0 });
        number
    }

    fn find(&mut self, number: i32) -> Option<&mut Entry<C>> {
        self.entries.iter_mut().find(|entry| entry.number == number)
    }

    fn live(&mut self, number: i32) -> Option<&mut Entry<C>> {
        self.find(number).filter(|entry| !entry.removed)
    }

    fn descriptors(&self) -> (Vec<Watched>, Vec<i32>) {
        let found = self.entries.iter().filter(|entry| !entry.removed).filter_map(|entry| match entry.what {
            What::Descriptor { fd, events } if events != 0 => {
                Some((Watched { fd, events, ready: 0 }, entry.number))
            }
            _ => None,
        });
        found.unzip()
    }

    /// The numbers of the timeouts that are not removed, with their times.
    fn timeouts(&self) -> impl Iterator<Item = (i32, Instant)> {
        self.entries.iter().filter(|entry| !entry.removed).filter_map(|entry| match entry.what {
            What::Timeout { due: Some(due), .. } => Some((entry.number, due)),
            _ => None,
        })
    }
}

/// The loop of a program; more than one thread may turn it.
pub struct EventLoop<C, P> {
    table: Mutex<Table<C>>,
    port: P,
}

impl<C: Callback, P: Port> EventLoop<C, P> {
    /// A loop that watches nothing.
    pub fn new(port: P) -> Self {
        let table = Table { last: 0, entries: vec![], waiting: 0, outdated: 0, changes: 0 };
        Self { table: Mutex::new(table), port }
    }

    fn lock(&self) -> MutexGuard<'_, Table<C>> {
        // callbacks run without a lock: what this protects is whole even if one panics
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, body: impl FnOnce(&mut Table<C>) -> T) -> T {
        let mut table = self.lock();
        let done = body(&mut table);
        table.changes += 1;
        table.outdated = table.waiting;
        let wake = table.waiting > 0;
        drop(table);
        if wake {
            self.port.wake();
        }
        done
    }

    /// Watches a descriptor; its number, which is above zero.
    pub fn add_handle(&self, fd: i32, events: Events, callback: C) -> i32 {
        self.change(|table| table.add(What::Descriptor { fd, events }, callback))
    }

    /// Watches it for other events; none: not for now.
    pub fn update_handle(&self, number: i32, events: Events) {
        self.change(|table| {
            if let Some(Entry { what: What::Descriptor { events: place, .. }, .. }) = table.live(number) {
                *place = events;
            }
        });
    }

    /// Calls back whenever `every` is over; none: not for now. Its number, which is above zero.
    pub fn add_timeout(&self, every: Option<Duration>, callback: C) -> i32 {
        self.change(|table| table.add(What::Timeout { every, due: next(every) }, callback))
    }

    /// Changes how often, beginning now.
    pub fn update_timeout(&self, number: i32, every: Option<Duration>) {
        self.change(|table| {
            if let Some(Entry { what: what @ What::Timeout { .. }, .. }) = table.live(number) {
                *what = What::Timeout { every, due: next(every) };
            }
        });
    }

    /// Watches it no longer; false if there is no such descriptor.
    pub fn remove_handle(&self, number: i32) -> bool {
        self.remove(number, |what| matches!(what, What::Descriptor { .. }))
    }

    /// As [`EventLoop::remove_handle`], for a timeout.
    pub fn remove_timeout(&self, number: i32) -> bool {
        self.remove(number, |what| matches!(what, What::Timeout { .. }))
    }

    fn remove(&self, number: i32, of_kind: fn(&What) -> bool) -> bool {
        self.change(|table| {
            let found = table.live(number).filter(|entry| of_kind(&entry.what));
            found.map(|entry| entry.removed = true).is_some()
        })
    }

    /// Waits for something to happen, and tells those who wait for it.
    ///
    /// # Errors
    /// What the port says.
    pub fn turn(&self) -> Result<()> {
        self.end_removed();
        let (mut list, numbers, limit, before) = {
            let mut table = self.lock();
            let (list, numbers) = table.descriptors();
            let first = table.timeouts().map(|(_, due)| due).min();
            table.waiting += 1;
            let limit = first.map(|due| due.saturating_duration_since(Instant::now()));
            (list, numbers, limit, table.changes)
        };
        let waited = self.port.wait(&mut list, limit);
        let others = {
            let mut table = self.lock();
            table.waiting -= 1;
            if table.changes != before {
                table.outdated -= 1;
            }
            table.outdated > 0
        };
        if others {
            // this thread may have heard what was said to another
            self.port.wake();
        }
        if !waited? {
            return Ok(());
        }
        self.run_timeouts();
        for (watched, number) in list.iter().zip(numbers).filter(|(watched, _)| watched.ready != 0) {
            self.run(number, Instant::now(), |callback| callback.ready(number, watched.fd, watched.ready));
        }
        self.end_removed();
        Ok(())
    }

    fn run_timeouts(&self) {
        let now = Instant::now();
        let due: Vec<(i32, Instant)> = self.lock().timeouts().filter(|(_, due)| *due <= now).collect();
        for (number, _) in due {
            self.run(number, now, |callback| callback.fired(number));
        }
    }

    /// Runs a callback, unless it has been removed, or is not to be called for now, since it was found.
    fn run(&self, number: i32, now: Instant, body: impl FnOnce(C)) {
        let callback = {
            let mut table = self.lock();
            let Some(entry) = table.live(number) else { return };
            match &mut entry.what {
                What::Descriptor { events: 0, .. } | What::Timeout { due: None, .. } => return,
                What::Timeout { due: Some(due), .. } if *due > now => return,
                What::Timeout { every, due } => *due = next(*every),
                What::Descriptor { .. } => {}
            }
            entry.running += 1;
            entry.callback
        };
        body(callback);
        if let Some(entry) = self.lock().find(number) {
            entry.running -= 1;
        }
    }

    /// Ends what was removed, where no callback runs.
    fn end_removed(&self) {
        let ended: Vec<C> = {
            let mut table = self.lock();
            let gone = |entry: &mut Entry<C>| entry.removed && entry.running == 0;
            table.entries.extract_if(.., gone).map(|entry| entry.callback).collect()
        };
        ended.into_iter().for_each(Callback::end);
    }
}

fn next(every: Option<Duration>) -> Option<Instant> {
    every.map(|every| Instant::now() + every)
}

#[cfg(all(test, loom))]
mod models;
