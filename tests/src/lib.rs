//! What tests of the real programs share: a private daemon, its clients, and the guest to boot.
//!
//! `cargo xtask run` shows the same things to a person, so it uses the same code. Nothing here may
//! touch the host's own libvirt: every daemon gets directories, sockets and configuration of its
//! own, and only processes that were started here are ever ended.

pub mod attempt;
pub mod authority;
pub mod client;
pub mod console;
pub mod crowd;
pub mod daemon;
pub mod guest;
pub mod leases;
pub mod lockd;
pub mod logd;
pub mod manager;
pub mod misbehaving;
pub mod paths;
pub mod plug;
pub mod stage;

pub use skip::skip;
pub use stage::boot;
