//! Other processes, held by a pidfd: waiting for their end and sending them signals without ever
//! hitting a stranger that got the same number.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use rustix::time::{ClockId, clock_gettime};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// A process that is, or was, alive.
#[derive(Debug)]
pub struct Process {
    pid: i32,
    fd: OwnedFd,
}

impl Process {
    /// Takes hold of a process.
    ///
    /// # Errors
    /// `ESRCH`: there is none of that number.
    pub fn open(pid: i32) -> io::Result<Self> {
        let number = Some(pid).filter(|p| *p > 0).and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
        Ok(Self { pid, fd: pidfd_open(number, PidfdFlags::empty())? })
    }

    /// The process that this pidfd is of; `pid` is its number.
    pub fn from_fd(pid: i32, fd: OwnedFd) -> Self {
        Self { pid, fd }
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether it still runs. A zombie does not.
    pub fn is_alive(&self) -> bool {
        !self.wait_end(Some(Duration::ZERO)).unwrap_or(true)
    }

    /// Waits until it has ended, at most this long (`None`: for ever); false if it still runs.
    pub fn wait_end(&self, timeout: Option<Duration>) -> io::Result<bool> {
        wait_readable(self.as_fd(), timeout)
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// `ESRCH`: it has ended. `EPERM`: not ours to signal.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.fd, signal)?)
    }

    /// Asks it to end, and ends it when it has not done so after `grace`. Waits at most `grace`
    /// once more for the end; false if it runs even then, as one does that is stuck in the kernel.
    pub fn end(&self, grace: Duration) -> io::Result<bool> {
        for signal in [Signal::TERM, Signal::KILL] {
            match self.signal(signal) {
                Err(e) if Errno::from_io_error(&e) == Some(Errno::SRCH) => return Ok(true),
                other => other?,
            }
            if self.wait_end(Some(grace))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Readable when the process has ended.
impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The time since the host started, in the clock ticks of [`start_time`].
pub fn ticks_now() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    let per_second = clock_ticks_per_second();
    let part = now.tv_nsec.unsigned_abs().saturating_mul(per_second) / 1_000_000_000;
    now.tv_sec.unsigned_abs().saturating_mul(per_second).saturating_add(part)
}

/// When a process started, in clock ticks since the host did: with its number, what tells it from
/// any other process, before or after it.
///
/// # Errors
/// `NotFound`: there is no such process.
pub fn start_time(pid: i32) -> io::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // the program's name may contain anything, but what follows it does not contain `)`
    let after_name = stat.rfind(')').and_then(|at| stat.get(at + 2..)).unwrap_or_default();
    let started = after_name.split(' ').nth(19).and_then(|field| field.parse().ok());
    started.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Waits until there is something to read, at most this long; says whether there is.
pub fn wait_readable(fd: BorrowedFd<'_>, timeout: Option<Duration>) -> io::Result<bool> {
    let deadline = timeout.map(|t| Instant::now() + t);
    loop {
        let mut fds = [PollFd::new(&fd, PollFlags::IN)];
        match poll(&mut fds, time_left(deadline).as_ref()) {
            Ok(n) => return Ok(n > 0),
            Err(Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// What is left until a deadline, for `poll`; `None` is without end.
pub fn time_left(deadline: Option<Instant>) -> Option<Timespec> {
    let left = deadline?.saturating_duration_since(Instant::now());
    // a time beyond what the type holds is as good as for ever
    Timespec::try_from(left).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_processes_start_later() {
        let ours = start_time(std::process::id() as i32).unwrap();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let theirs = start_time(child.id() as i32).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(0 < ours && ours <= theirs && theirs <= ticks_now());
        assert_eq!(start_time(i32::MAX).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn an_end_is_seen() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = Process::open(child.id() as i32).unwrap();
        assert!(process.is_alive());
        assert!(!process.wait_end(Some(Duration::from_millis(10))).unwrap());
        assert!(process.end(Duration::from_secs(10)).unwrap());
        assert!(!process.is_alive());
        child.wait().unwrap();
        // the number may be in use again, the handle never means another process
        assert!(process.end(Duration::ZERO).unwrap());
        assert!(Process::open(0).is_err());
        assert!(Process::open(-1).is_err());
    }
}
