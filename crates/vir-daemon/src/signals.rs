//! What signals do to a daemon.

use crate::control::Control;
use crate::reexec::Handover;
use libc::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::AsFd;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vir_base::signals::Signals;
use vir_rpc::server::EventLoop;

/// What daemons heed whose program can be replaced.
pub const REPLACEABLE: &[i32] = &[SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1];
/// What the others heed.
const OTHERS: &[i32] = &[SIGINT, SIGQUIT, SIGTERM, SIGHUP];

/// Takes the signals; before the process has threads, which would take them otherwise.
pub fn open(replaceable: bool) -> io::Result<Arc<Signals>> {
    Signals::open(if replaceable { REPLACEABLE } else { OTHERS }).map(Arc::new)
}

/// Heeds them while the loop runs: the first that asks for the end begins it, the second one
/// forces it.
pub fn watch(
    event_loop: &mut EventLoop,
    signals: &Arc<Signals>,
    control: &Arc<Control>,
    handover: Option<Arc<Handover>>,
) -> io::Result<()> {
    let fd = signals.as_fd().try_clone_to_owned()?;
    let (signals, control) = (signals.clone(), control.clone());
    event_loop.watch(fd, move |event_loop| {
        while let Ok(Some(signal)) = signals.next() {
            log::debug!("signal {} from process {}", signal.number, signal.sender);
            if signal.number == SIGHUP {
                control.reload();
            } else if signal.number == SIGUSR1 {
                if let Some(handover) = handover.as_ref().filter(|_| !control.is_quitting()) {
                    handover.request(event_loop);
                }
            } else if !control.quit() {
                force();
            }
        }
        true
    })
}

/// Waits for `done` when the loop has ended. A signal forces the end, and so does the time.
pub fn wait_for(signals: &Signals, time: Duration, done: impl Fn() -> bool) {
    let end = Instant::now() + time;
    while !done() {
        if Instant::now() >= end {
            force();
        }
        let mut fds = [PollFd::new(signals, PollFlags::IN)];
        let _ = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 5_000_000 }));
        while let Ok(Some(signal)) = signals.next() {
            if ![SIGHUP, SIGUSR1].contains(&signal.number) {
                force();
            }
        }
    }
}

fn force() -> ! {
    log::warn!("Make forcefull daemon shutdown");
    std::process::exit(1)
}
