//! Linux containers. Today their documents: reading, completing and checking them.

pub mod namespace;
pub mod prepare;

pub use prepare::Lxc;
