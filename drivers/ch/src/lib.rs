//! Guests of Cloud Hypervisor. Today their documents: reading, completing and checking them.

pub mod prepare;

pub use prepare::Ch;
