//! The lock daemon's part of the state document: lockspaces, leases and their owners, and for whom each
//! client acts.
//!
//! - [`read`] and [`write`](mod@write): the document, in the peer's form.
//! - [`attached`]: what one of ours is given besides, with all that only we know of a lease.
//! - [`survive`]: leases handed over and taken over, with their locks.

mod attached;
mod read;
mod survive;
mod write;

#[cfg(test)]
mod tests;

pub use read::LockFormat;
pub use survive::Surviving;

/// The version of what we write beyond the peer's form.
pub const VERSION: u32 = 2;

/// How the document of the lock daemon looks.
pub const FORMAT: LockFormat = LockFormat;
