//! Signals as a descriptor to poll, for daemons.
//!
//! Programs open it at their start, before they have threads: it blocks the signals for the thread
//! that opens it and for those started after, so that they come here and nowhere else. Libraries
//! must not use it: signals are the program's.

use crate::sys::signal;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The signals asked for, one after the other.
#[derive(Debug)]
pub struct Signals(OwnedFd);

/// A signal that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number (`SIGTERM` is 15).
    pub number: i32,
    /// The process that sent it; 0 for the kernel.
    pub sender: i32,
}

impl Signals {
    /// Blocks these signals and opens the descriptor.
    pub fn open(numbers: &[i32]) -> io::Result<Self> {
        signal::block_and_open(numbers).map(Self)
    }

    /// The next one, or `None` if none is waiting.
    pub fn next(&self) -> io::Result<Option<Received>> {
        Ok(signal::read(&self.0)?.map(|(number, sender)| Received { number, sender }))
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
