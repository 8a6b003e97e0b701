//! Guests of Xen, as libxl runs them. Today their documents: reading, completing and checking them.

pub mod commandline;
pub mod prepare;

pub use prepare::Xen;
