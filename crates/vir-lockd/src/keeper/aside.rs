//! The keeper of the program that was in this process before this one.

use super::wire;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use vir_base::process::Process;
use vir_base::sys::Sharer;

/// It has the descriptor table as it was when the program was replaced, and would hold the leases if
/// this process died. It is to be ended as soon as there is another one.
#[derive(Debug)]
pub struct Aside {
    sharer: Sharer,
    process: Process,
    command: OwnedFd,
}

impl Aside {
    /// From what [`Keeper::to_pass`](super::Keeper::to_pass) has told.
    ///
    /// # Errors
    /// It is dead.
    pub fn adopt(pid: i32, command: OwnedFd) -> io::Result<Self> {
        wire::limit(&command)?;
        Ok(Self { sharer: Sharer::adopted(pid), process: Process::open(pid)?, command })
    }

    /// Tells it to end. It may take a moment.
    pub fn end(&self) {
        // one that has ended meanwhile is what is wanted
        let _ = wire::send(&self.command, wire::END, &[], &[]);
    }

    /// Tells it to close all but the leases: it may be needed for longer.
    pub fn hold(&self) {
        let _ = wire::send(&self.command, wire::LEAVE, &[], &[]);
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It does not end.
    pub fn wait(self) -> io::Result<()> {
        if !self.process.wait_end(Some(wire::PATIENCE))? {
            self.process.signal(rustix::process::Signal::KILL)?;
        }
        self.sharer.wait();
        Ok(())
    }
}

/// Readable when it is dead.
impl AsFd for Aside {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }
}
