//! Whether the other end is still there: when to ask, and when to give up.
//!
//! A plain value without a clock: `now` is milliseconds of any clock that never goes back.

use std::time::Duration;

/// The keepalive of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keepalive {
    interval: u64,
    count: u32,
    /// Pings left before giving up.
    left: u32,
    running: bool,
    /// Start of the current interval.
    since: u64,
}

/// What [`Keepalive::poll`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepaliveAction {
    /// Nothing yet.
    Wait,
    /// Send a ping.
    Ping,
    /// The other end is gone: "connection closed due to keepalive timeout".
    Dead,
}

impl Keepalive {
    /// Asks after each `interval` of silence, and gives up when `count` pings got no answer. A zero
    /// interval never asks.
    pub fn new(interval: Duration, count: u32) -> Self {
        let interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        Self { interval, count, left: count, running: false, since: 0 }
    }

    /// Starts asking, if the interval is not zero; does nothing when it runs already.
    pub fn start(&mut self, now: u64) {
        if !self.running && self.interval > 0 {
            self.running = true;
            self.since = now;
        }
    }

    /// Whether it has an interval to ask after.
    pub fn is_configured(&self) -> bool {
        self.interval > 0
    }

    /// Stops asking.
    pub fn stop(&mut self) {
        self.running = false;
    }

    /// Whether it asks.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Something arrived.
    pub fn heard(&mut self, now: u64) {
        self.left = self.count;
        self.since = now;
    }

    /// When to call [`Keepalive::poll`] next.
    pub fn deadline(&self) -> Option<u64> {
        self.running.then(|| self.since.saturating_add(self.interval))
    }

    /// What is due.
    pub fn poll(&mut self, now: u64) -> KeepaliveAction {
        if self.deadline().is_none_or(|at| now < at) {
            return KeepaliveAction::Wait;
        }
        if self.left == 0 {
            return KeepaliveAction::Dead;
        }
        self.left -= 1;
        self.since = now;
        KeepaliveAction::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_count_times_then_gives_up() {
        let mut keepalive = Keepalive::new(Duration::from_secs(5), 2);
        assert_eq!(keepalive.deadline(), None);
        keepalive.start(1000);
        assert_eq!(keepalive.deadline(), Some(6000));
        assert_eq!(keepalive.poll(5999), KeepaliveAction::Wait);
        assert_eq!(keepalive.poll(6000), KeepaliveAction::Ping);
        assert_eq!(keepalive.poll(11_000), KeepaliveAction::Ping);
        assert_eq!(keepalive.poll(15_000), KeepaliveAction::Wait);
        assert_eq!(keepalive.poll(16_000), KeepaliveAction::Dead);
    }

    #[test]
    fn anything_heard_starts_over() {
        let mut keepalive = Keepalive::new(Duration::from_secs(5), 1);
        keepalive.start(0);
        assert_eq!(keepalive.poll(5000), KeepaliveAction::Ping);
        keepalive.heard(9000);
        assert_eq!(keepalive.poll(10_000), KeepaliveAction::Wait);
        assert_eq!(keepalive.poll(14_000), KeepaliveAction::Ping);
        assert_eq!(keepalive.poll(19_000), KeepaliveAction::Dead);
    }

    #[test]
    fn a_zero_interval_never_asks() {
        let mut keepalive = Keepalive::new(Duration::ZERO, 3);
        keepalive.start(0);
        assert_eq!(keepalive.poll(u64::MAX), KeepaliveAction::Wait);
    }
}
