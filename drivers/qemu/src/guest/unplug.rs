//! Waiting for a guest to let go of a device.
//!
//! Whoever asks the guest to says so first, and then waits; the event is told on the reactor's thread. An event that
//! nobody waits for is somebody else's work.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The device is gone.
    Gone,
    /// The guest keeps it.
    Refused,
}

/// The device that is waited for, of one guest.
#[derive(Debug, Default)]
pub struct Unplug {
    awaited: Mutex<Option<(String, Option<Departure>)>>,
    told: Condvar,
}

impl Unplug {
    fn lock(&self) -> MutexGuard<'_, Option<(String, Option<Departure>)>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the device of that alias is waited for.
    pub fn expect(&self, alias: &str) {
        *self.lock() = Some((alias.to_owned(), None));
    }

    /// Nothing is waited for any more; gives what was told until now.
    pub fn forget(&self) -> Option<Departure> {
        let awaited = self.lock().take();
        self.told.notify_all();
        awaited.and_then(|(_, departure)| departure)
    }

    /// Tells what became of a device; false if nobody waits for it.
    pub fn tell(&self, alias: &str, departure: Departure) -> bool {
        let mut awaited = self.lock();
        let Some((_, slot)) = awaited.as_mut().filter(|(name, _)| name == alias) else { return false };
        *slot = Some(departure);
        self.told.notify_all();
        true
    }

    /// What has been told so far.
    pub fn seen(&self) -> Option<Departure> {
        self.lock().as_ref().and_then(|(_, departure)| *departure)
    }

    /// Waits at most `timeout` until it is told.
    pub fn wait(&self, timeout: Duration) -> Option<Departure> {
        let end = Instant::now() + timeout;
        let mut awaited = self.lock();
        loop {
            match awaited.as_ref() {
                Some((_, Some(departure))) => return Some(*departure),
                Some((_, None)) => {}
                None => return None,
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            awaited = self.told.wait_timeout(awaited, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn who_waits_is_told_and_nobody_else() {
        let unplug = Arc::new(Unplug::default());
        assert!(!unplug.tell("net0", Departure::Gone));
        unplug.expect("net0");
        assert!(!unplug.tell("net1", Departure::Gone));
        assert_eq!(unplug.wait(Duration::ZERO), None);
        let teller = std::thread::spawn({
            let unplug = Arc::clone(&unplug);
            move || unplug.tell("net0", Departure::Refused)
        });
        assert_eq!(unplug.wait(Duration::from_secs(60)), Some(Departure::Refused));
        assert!(teller.join().unwrap());
        assert_eq!(unplug.forget(), Some(Departure::Refused), "nothing that was told is lost");
        assert_eq!((unplug.seen(), unplug.tell("net0", Departure::Gone)), (None, false));
    }
}
