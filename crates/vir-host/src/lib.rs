//! Facts about the host: processors, memory, NUMA, caches, names, processes, devices' counters; and
//! questions to its services ([`bus`], [`polkit`]).
//!
//! All that is read from `/proc`, `/sys` and `/etc` goes through a [`Host`], which may have another
//! root: tests run on captured trees. It knows no document and no driver; what it finds are plain
//! structures, in [`capabilities`] all that a capabilities document says about the host.

pub mod bus;
pub mod caches;
pub mod capabilities;
pub mod cpu;
pub mod cpuid;
mod features;
pub mod hostname;
pub mod identity;
pub mod kvm;
pub mod memory;
pub mod network;
pub mod numa;
pub mod polkit;
pub mod power;
pub mod process;
pub mod resctrl;
pub mod stats;
pub mod storage;
mod tree;

#[cfg(test)]
mod published;

pub use capabilities::HostCapabilities;
pub use cpu::{CpuMap, NodeInfo};
pub use tree::Host;
