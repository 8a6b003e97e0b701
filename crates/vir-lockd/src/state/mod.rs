//! The lock daemon's part of the state document: lockspaces, leases and their owners, and for whom each
//! client acts.
//!
//! - [`read`] and [`write`](mod@write): the document, in the peer's form; what only we know of a lease
//!   stands in a member of ours.
//! - [`survive`]: leases handed over and taken over, with their locks.

mod read;
mod survive;
mod write;

#[cfg(test)]
mod tests;

pub use read::LockFormat;
pub use survive::Surviving;

/// The version of what we write beyond the peer's form.
pub const VERSION: u32 = 1;

/// How the document of the lock daemon looks.
pub const FORMAT: LockFormat = LockFormat;
