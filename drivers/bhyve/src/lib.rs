//! Guests of FreeBSD's bhyve. Today their documents: reading, completing and checking them, on any host.

pub mod commandline;
pub mod prepare;

pub use prepare::Bhyve;
