//! The QEMU driver: guests as QEMU processes, spoken to over QMP.
//!
//! It knows the driver traits, the document model and the host, and no other driver.

pub mod monitor;
pub mod reactor;
#[cfg(test)]
mod testing;
