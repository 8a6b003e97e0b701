//! The one module of this crate with `unsafe` in it: what the standard library and rustix cannot
//! do safely, wrapped so that the rest of the project can.
//!
//! It decides nothing: [`crate::command`] says what a new process looks like, [`crate::signals`]
//! what to do with signals.
#![allow(unsafe_code)]

mod append;
mod background;
mod exec;
mod inherit;
mod lock;
mod peer;
mod sharing;
pub(crate) mod signal;
pub(crate) mod spawn;
pub(crate) mod users;

pub use append::AppendedFile;
pub use background::{Background, Readiness, fork_into_background};
pub use exec::{
    FdFacts, FdKind, NextProgram, bound_path, fd_facts, give_back_memory, inherited_fds, replace_program,
};
pub use inherit::{ListenFd, listen_fd_numbers, listen_fds, stored_fds, take_inherited, take_inherited_many};
pub use lock::{LockHolder, LockKind, LockOwner, first_byte_holder, lock_first_byte, unlock_first_byte};
pub use peer::{PeerCredentials, peer_credentials, peer_pidfd};
pub use sharing::{Sharer, Table, rename_process, share_descriptors};

use std::io;

/// The result of a system call made through libc, as a [`io::Result`].
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}
