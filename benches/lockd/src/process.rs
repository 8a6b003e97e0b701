//! What a daemon takes of the machine.

use std::fs;

/// Memory of the daemon and its children (our keeper is one), what they share counted once.
pub(crate) fn megabytes(pid: i32) -> f64 {
    let kilobytes: u64 = family(pid).into_iter().map(share).sum();
    kilobytes as f64 / 1024.0
}

fn share(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn family(pid: i32) -> Vec<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    std::iter::once(pid).chain(text.split_whitespace().filter_map(|word| word.parse().ok())).collect()
}

/// Processor time of the daemon so far, in microseconds.
pub(crate) fn processor_time(pid: i32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    let nanoseconds: f64 = text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
    nanoseconds / 1e3
}

/// Where its program begins in memory: another place after another exec.
pub(crate) fn program(pid: i32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(')').next()?.split_whitespace().nth(23).map(str::to_owned)
}
