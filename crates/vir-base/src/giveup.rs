//! System calls that may never return, and a way not to wait for them.
//!
//! `stat` on a dead NFS mount hangs in the kernel; no timeout and no signal helps. Such a call runs
//! in a thread of its own here, and after a while the caller goes on without it. The thread is
//! left behind until the kernel lets it go. How many may be left behind is bounded: beyond that,
//! calls are refused at once, since what hung before would hang again.

use crate::{Result, bail, err};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// This many calls may hang before more are refused.
const MAX_STUCK: usize = 64;

static STUCK: AtomicUsize = AtomicUsize::new(0);

/// How long things usually may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Runs `call`, which answers for `what` ("check the size of '/x'"), and waits for it at most this
/// long.
///
/// # Errors
/// `OperationTimeout`: it still runs, or too many others do. What it holds is freed whenever it
/// ends.
pub fn within<T: Send + 'static>(
    timeout: Duration,
    what: &str,
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    if STUCK.load(Ordering::Relaxed) >= MAX_STUCK {
        bail!(None, OperationTimeout, "cannot {what}: {MAX_STUCK} such operations hang already");
    }
    // without room for a value: sending succeeds only if the caller is still there to take it
    let (done, answer) = mpsc::sync_channel(0);
    let worker = move || {
        let result = catch_unwind(AssertUnwindSafe(call));
        if done.send(result).is_err() {
            // the caller has counted this as stuck; now it is so no longer
            STUCK.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let started = thread::Builder::new().name("giveup".to_owned()).stack_size(1 << 20).spawn(worker);
    started.map_err(|e| err!(None, OperationFailed, "cannot {what}: no thread: {e}"))?;
    match answer.recv_timeout(timeout) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
            Err(err!(None, InternalError, "cannot {what}: the operation broke down"))
        }
        Err(RecvTimeoutError::Timeout) => {
            STUCK.fetch_add(1, Ordering::Relaxed);
            Err(err!(None, OperationTimeout, "cannot {what}: no answer within {timeout:?}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn answers_come_back_and_delays_do_not_hold_us_up() {
        assert_eq!(within(PATIENCE, "add", || 1 + 1).unwrap(), 2);
        let (release, held) = mpsc::channel::<()>();
        let start = Instant::now();
        let error = within(Duration::from_millis(20), "wait", move || held.recv().is_ok()).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(error.message(), "Timed out during operation: cannot wait: no answer within 20ms");
        release.send(()).unwrap();
        let error = within(PATIENCE, "fall", || panic!("on purpose")).map(|()| 0).unwrap_err();
        assert!(error.message().contains("broke down"));
    }
}
