//! The QEMU driver: guests as QEMU processes, spoken to over QMP.
//!
//! It knows the driver traits, the document model and the host, and no other driver.

pub mod caps;
pub mod command;
pub mod config;
pub mod documents;
pub mod driver;
pub mod firmware;
pub mod guest;
pub mod hotplug;
pub mod model;
pub mod monitor;
pub mod prepare;
pub mod process;
pub mod reactor;
pub mod store;
#[cfg(test)]
mod testing;
pub mod validate;
