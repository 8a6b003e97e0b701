//! What is settled about a definition after it was read, whatever runs it: named passes, one subject a
//! file, in the order of [`super::defaults::complete`]. Those of one hypervisor stand in its driver's
//! crate.

pub mod boot;
pub mod controllers;
pub mod devices;
pub mod disks;
pub mod guests;
pub mod memory;
pub mod offers;
pub mod processors;
pub mod timers;
pub mod videos;
