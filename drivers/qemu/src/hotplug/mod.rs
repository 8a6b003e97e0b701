//! Devices that are given to a guest and taken away: what of it can be thought through without a guest.
//!
//! [`settle`] completes a device that a document gives by itself; [`config`] changes a stored definition; [`place`]
//! finds a device its name and its place in a running guest, [`unplug`] the running guest's device that is meant;
//! [`plan`] says what QEMU is to be told, and how that is taken back; [`chardev`], [`disk`], [`change`],
//! [`interface`] and [`graphics`] have what is particular to these. Nothing here talks to a monitor or touches the host: `driver::hotplug` does that.

pub mod change;
pub mod chardev;
pub mod config;
pub mod disk;
pub mod graphics;
pub mod interface;
pub mod place;
pub mod plan;
pub mod settle;
#[cfg(test)]
mod tests;
pub mod unplug;
