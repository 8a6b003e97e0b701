//! A daemon's way into the background, with word to whoever started it when it is ready.

use super::check;
use super::spawn::reap;
use rustix::pipe::{PipeFlags, pipe_with};
use std::io;
use std::os::fd::OwnedFd;

/// Which of the two processes one is in after [`fork_into_background`].
#[derive(Debug)]
pub enum Background {
    /// The one that was started: the daemon has said that it is ready, with this status, or has
    /// died before that (`None`). All that is left to do is to exit accordingly.
    Parent(Option<u8>),
    /// The daemon: in a session of its own, with `/dev/null` as input and output.
    Daemon(Readiness),
}

/// The daemon's end of the line to its parent.
#[derive(Debug)]
pub struct Readiness(OwnedFd);

impl Readiness {
    /// Lets the parent go. 0 is readiness, anything else the daemon's reason for giving up.
    pub fn report(self, status: u8) {
        // a parent that is gone does not care
        let _ = rustix::io::write(&self.0, &[status]);
    }
}

/// Forks twice and leaves the session, so that the daemon belongs to nobody's terminal. The parent
/// waits here until the daemon reports.
///
/// # Errors
/// System errors; `EBUSY` if the process has more than one thread, since the others would not come
/// along.
pub fn fork_into_background() -> io::Result<Background> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    // SAFETY: the only thread forks, so the child has all that there is, in a consistent state
    let pid = check(unsafe { libc::fork() })?;
    if pid != 0 {
        drop(write);
        reap(pid);
        let mut status = [0u8];
        let n = rustix::io::retry_on_intr(|| rustix::io::read(&read, &mut status[..]))?;
        return Ok(Background::Parent((n == 1).then_some(status[0])));
    }
    drop(read);
    match detach() {
        Ok(()) => Ok(Background::Daemon(Readiness(write))),
        // nothing of the parent's must run in this process, hence no return
        // SAFETY: ends the process
        Err(_) => unsafe { libc::_exit(1) },
    }
}

/// In the first child: away from the terminal, then on in the second child.
fn detach() -> io::Result<()> {
    let null = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    rustix::process::setsid()?;
    // SAFETY: as above, one thread
    match check(unsafe { libc::fork() })? {
        0 => Ok(()),
        // SAFETY: ends the process
        _ => unsafe { libc::_exit(0) },
    }
}
