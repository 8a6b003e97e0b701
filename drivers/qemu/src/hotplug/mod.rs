//! Devices that are given to a guest and taken away: what of it can be thought through without a guest.
//!
//! [`settle`] completes a device that a document gives by itself; [`config`] changes a stored definition. Nothing here talks to a monitor or touches the host:
//! `driver::hotplug` does that.

pub mod config;
pub mod settle;
#[cfg(test)]
mod tests;
