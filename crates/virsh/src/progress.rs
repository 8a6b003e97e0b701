//! Work that takes long: how far it is, while it is done.

use crate::domain::{Domain, call};
use std::io::Write;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use vir_base::Result;

/// How often the daemon is asked.
const TURN: Duration = Duration::from_millis(500);

/// Does `work`; with `verbose`, says on standard error how far it is.
pub(crate) fn watch<T>(
    dom: &Domain,
    label: &str,
    verbose: bool,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if !verbose {
        return work();
    }
    let (done, waiting) = channel::<()>();
    let result = std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(TURN) {
                if let Ok(job) = call!(dom.domain_get_job_info())
                    && job.data_total > 0
                {
                    show(label, job.data_remaining, job.data_total);
                }
            }
        });
        let result = work();
        drop(done);
        result
    });
    if result.is_ok() {
        show(label, 0, 1);
    }
    result
}

/// Says how much is done. Nothing remaining is all; anything else stays below it.
fn show(label: &str, remaining: u64, total: u64) {
    let _ =
        std::io::stderr().write_all(format!("\r{label}: [{:5.2} %]", percent(remaining, total)).as_bytes());
}

fn percent(remaining: u64, total: u64) -> f64 {
    match remaining {
        0 => 100.0,
        remaining => {
            let percent = 100.0 - remaining as f64 * 100.0 / total as f64;
            (percent.min(99.99) * 100.0).trunc() / 100.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_all() {
        assert_eq!(percent(0, 1), 100.0);
        assert_eq!(percent(1, 3), 66.66);
        assert_eq!(percent(1, 1_000_000), 99.99);
    }
}
