//! The lock daemon: who may write to which disk.
//!
//! - [`record`]: a lease in plain values, as the journal and the state document write it down.
//! - [`table`]: which leases are held, by whom. No I/O.
//! - [`kernel`]: the files behind the leases, and the kernel's locks on them.
//! - [`leases`]: the two together: what the program, the owners' watch and the status act on.
//! - [`journal`]: every change on disk.
//! - [`owners`]: the processes that hold leases: whether they live, and how they end.
//! - [`program`]: the protocol.
//! - [`daemon`]: all of it as the daemon's shell sees it.
//!
//! [`service`] is what the daemon's shell serves.

pub mod daemon;
pub mod journal;
pub mod kernel;
pub mod leases;
pub mod owners;
pub mod program;
pub mod record;
pub mod table;

pub use daemon::service;
