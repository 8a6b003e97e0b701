//! The public API as Rust: one trait for each kind of driver, with a method for each function.
//!
//! Drivers implement the traits, the remote driver implements them over the wire, the daemon and
//! the C library call them. The traits, their structures and the constants are generated from
//! `api/*.api`. Nothing here knows the wire, XML or a hypervisor.

pub mod auth;
pub mod caller;
pub mod connection;
pub mod event;
pub mod migrate;
pub mod stream;

mod generated;

pub use caller::Caller;
pub use connection::{Connection, DriverFactory, OpenRequest};
pub use generated::*;
