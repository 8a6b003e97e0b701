//! The lock manager, as hypervisor drivers see it: which leases a guest needs for its disks, and the
//! client of `virtlockd`, which holds them.
//!
//! A guest's process is known to the daemon by a connection of its own, which it makes itself and which
//! lasts as long as it does ([`Lockd::register`]). Leases are taken for it and given back by whoever
//! manages it ([`Lockd::acquire`], [`Lockd::release`]), over connections that come and go; when the
//! process ends, however it does, so does its own connection, and the daemon lets go of what is left.
//!
//! This crate starts no guest and knows no document.

mod client;
mod config;
mod keys;
mod plan;

pub use client::{Lockd, Owner};
pub use config::LockdConfig;
pub use plan::{Disk, Lease, Needs, Resource};
