//! Where and how the processors run while something is measured.
//!
//! On a virtual machine a core that sleeps is woken through the host, which takes longer than a call. What a
//! program costs would drown in that: so the cores are kept awake, by programs of the lowest
//! priority, and a round trip is measured with both ends on one core.

use std::fs;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, getpid};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps every core awake until it is dropped.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    pub(crate) fn start() -> Result<Awake, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut awake = Awake(Vec::new());
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let child = Command::new("chrt")
                .args(["--idle", "0"])
                .arg(&program)
                .arg("--awake")
                .stdin(Stdio::piped())
                .spawn()
                .map_err(|error| format!("chrt: {error}"))?;
            awake.0.push(child);
        }
        Ok(awake)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Nothing can be done if it cannot be ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The body of such a program: runs until its parent is gone.
pub(crate) fn stay_awake() -> Result<(), String> {
    let parent = rustix::process::getppid();
    while rustix::process::getppid() == parent {
        for _ in 0..1_000_000 {
            std::hint::spin_loop();
        }
    }
    Ok(())
}

/// Holds this process and another one, with the threads that they have now, on the same core, until it is dropped.
pub(crate) struct OneCore {
    other: Option<Pid>,
    before: CpuSet,
}

impl OneCore {
    pub(crate) fn with(process: u32) -> Result<OneCore, String> {
        let other = i32::try_from(process).ok().and_then(Pid::from_raw);
        let before = sched_getaffinity(None).map_err(|error| error.to_string())?;
        let first = (0..CpuSet::MAX_CPU).find(|core| before.is_set(*core)).unwrap_or(0);
        let mut one = CpuSet::new();
        one.set(first);
        let held = OneCore { other, before };
        held.allow(&one)?;
        Ok(held)
    }

    fn allow(&self, cores: &CpuSet) -> Result<(), String> {
        for process in [Some(getpid()), self.other].into_iter().flatten() {
            for task in fs::read_dir(format!("/proc/{}/task", process.as_raw_nonzero()))
                .into_iter()
                .flatten()
                .flatten()
            {
                let task =
                    task.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
                if let Some(task) = task {
                    sched_setaffinity(Some(task), cores)
                        .map_err(|error| format!("choosing a core: {error}"))?;
                }
            }
        }
        Ok(())
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        // If it is gone there is nothing to move.
        let _ = self.allow(&self.before);
    }
}
