//! The guests of a daemon, as processes: found by the pid files in its own run directory.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A QEMU process that one of the directory's daemons started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestProcess {
    /// The guest's name: its pid file's.
    pub name: String,
    /// Its process.
    pub pid: u32,
}

impl GuestProcess {
    /// Ends the process: asks it first, then kills it.
    ///
    /// # Errors
    /// If it is still there afterwards.
    pub fn end(&self) -> io::Result<()> {
        for (signal, patience) in
            [(Signal::TERM, Duration::from_secs(3)), (Signal::KILL, Duration::from_secs(5))]
        {
            let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else { return Ok(()) };
            // It may just have ended.
            let _ = kill_process(pid, signal);
            let deadline = Instant::now() + patience;
            while Instant::now() < deadline {
                if !self.is_running() {
                    return Ok(());
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
        Err(io::Error::other(format!("process {} does not end", self.pid)))
    }

    /// Whether the process runs; one that has ended and waits to be reaped does not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        is_qemu(self.pid)
    }
}

/// The guests with pid files below `directory` that run now.
pub(super) fn find(directory: &Path) -> Vec<GuestProcess> {
    let mut found = Vec::new();
    search(&directory.join("qemu"), &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn search(directory: &Path, found: &mut Vec<GuestProcess>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            search(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "pid")
            && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
            && let Ok(pid) = fs::read_to_string(&path).unwrap_or_default().trim().parse()
            && is_qemu(pid)
        {
            found.push(GuestProcess { name: name.to_owned(), pid });
        }
    }
}

/// Whether `pid` is a living QEMU: the number in an old file may have become another process's.
fn is_qemu(pid: u32) -> bool {
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let program = line.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(program).contains("qemu")
}
