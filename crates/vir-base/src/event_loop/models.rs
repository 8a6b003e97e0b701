//! The loop's rules in every order of threads, up to a few preemptions. Run by `cargo xtask models`.

use super::{Callback, EventLoop, Port, Watched};
use crate::Result;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::sync::{Condvar, Mutex};
use loom::thread;
use std::sync::Arc;
use std::time::Duration;

/// Threads are interrupted where they would not wait at most so often.
const PREEMPTIONS: usize = 3;

fn model(body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(body);
}

/// Which descriptors are ready (a bit each), and whether a wake is pending.
#[derive(Default)]
struct Ready {
    descriptors: u32,
    woken: bool,
}

struct Descriptors {
    ready: Mutex<Ready>,
    changed: Condvar,
}

impl Descriptors {
    fn change(&self, body: impl FnOnce(&mut Ready)) {
        body(&mut self.ready.lock().unwrap());
        self.changed.notify_all();
    }
}

impl Port for Arc<Descriptors> {
    fn wait(&self, list: &mut [Watched], limit: Option<Duration>) -> Result<bool> {
        let mut ready = self.ready.lock().unwrap();
        loop {
            let mut any = limit.is_some() || ready.woken;
            for watched in list.iter_mut() {
                watched.ready = i32::from(ready.descriptors & 1 << watched.fd != 0);
                any |= watched.ready != 0;
            }
            if any {
                ready.woken = false;
                return Ok(true);
            }
            ready = self.changed.wait(ready).unwrap();
        }
    }

    fn wake(&self) {
        self.change(|ready| ready.woken = true);
    }
}

/// What has happened to a callback.
struct Known {
    events: Arc<Loop>,
    called: AtomicUsize,
    inside: AtomicUsize,
    ended: AtomicUsize,
    /// It takes itself away.
    leaves: bool,
}

type Loop = EventLoop<Called, Arc<Descriptors>>;

/// The argument is leaked, so that a use after its end is seen.
#[derive(Clone, Copy)]
struct Called(&'static Known);

impl Called {
    fn call(self, leave: impl FnOnce(&Loop) -> bool) {
        let known = self.0;
        assert_eq!(known.ended.load(Ordering::SeqCst), 0, "called after its end");
        known.inside.fetch_add(1, Ordering::SeqCst);
        known.called.fetch_add(1, Ordering::SeqCst);
        if known.leaves {
            leave(&known.events);
        }
        known.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Callback for Called {
    fn ready(self, number: i32, _: i32, _: i32) {
        self.call(|events| events.remove_handle(number));
    }

    fn fired(self, number: i32) {
        self.call(|events| events.remove_timeout(number));
    }

    fn end(self) {
        assert_eq!(self.0.inside.load(Ordering::SeqCst), 0, "it ends while it runs");
        assert_eq!(self.0.ended.fetch_add(1, Ordering::SeqCst), 0, "it ends twice");
    }
}

fn start() -> (Arc<Loop>, Arc<Descriptors>) {
    let port = Arc::new(Descriptors { ready: Mutex::new(Ready::default()), changed: Condvar::new() });
    (Arc::new(EventLoop::new(port.clone())), port)
}

fn called(events: &Arc<Loop>, leaves: bool) -> Called {
    let zero = || AtomicUsize::new(0);
    let known = Known { events: events.clone(), called: zero(), inside: zero(), ended: zero(), leaves };
    Called(Box::leak(Box::new(known)))
}

fn count(counter: &AtomicUsize) -> usize {
    counter.load(Ordering::SeqCst)
}

#[test]
fn what_is_added_while_a_thread_waits_is_seen() {
    model(|| {
        let (events, _) = start();
        let callback = called(&events, true);
        let other = events.clone();
        let thread = thread::spawn(move || other.add_timeout(Some(Duration::ZERO), callback));
        while count(&callback.0.called) == 0 {
            events.turn().unwrap();
        }
        thread.join().unwrap();
        events.change(|_| ());
        assert_eq!(count(&callback.0.called), 1);
    });
}

#[test]
fn what_is_taken_away_ends_once_and_not_while_it_runs() {
    model(|| {
        let (events, port) = start();
        let callback = called(&events, false);
        let number = events.add_handle(0, 1, callback);
        port.change(|ready| ready.descriptors = 1);
        // no turn waits
        events.add_timeout(Some(Duration::ZERO), called(&events, false));
        let other = events.clone();
        let thread = thread::spawn(move || assert!(other.remove_handle(number)));
        events.turn().unwrap();
        thread.join().unwrap();
        events.turn().unwrap();
        assert_eq!(count(&callback.0.ended), 1);
        assert!(!events.remove_handle(number));
    });
}

#[test]
fn two_threads_that_turn_it_end_a_callback_that_leaves_once() {
    model(|| {
        let (events, _) = start();
        let callback = called(&events, true);
        events.add_timeout(Some(Duration::ZERO), callback);
        events.add_timeout(Some(Duration::ZERO), called(&events, false));
        let other = events.clone();
        let thread = thread::spawn(move || other.turn().unwrap());
        events.turn().unwrap();
        thread.join().unwrap();
        events.turn().unwrap();
        assert!(count(&callback.0.called) >= 1);
        assert_eq!(count(&callback.0.ended), 1);
    });
}

#[test]
fn a_change_reaches_each_of_two_threads_that_wait() {
    model(|| {
        let (events, _) = start();
        let handle = events.add_handle(0, 1, called(&events, false));
        // each turn ends, since each hears of the change
        let threads = [(); 2].map(|()| {
            let events = events.clone();
            thread::spawn(move || events.turn().unwrap())
        });
        loop {
            let waiting = events.lock().waiting;
            if waiting == 2 {
                break;
            }
            thread::yield_now();
        }
        events.update_handle(handle, 0);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}
