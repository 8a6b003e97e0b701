//! The lock daemon: who may write to which disk.
//!
//! - [`record`]: a lease in plain values, as the journal and the state document write it down.

pub mod journal;
pub mod record;
