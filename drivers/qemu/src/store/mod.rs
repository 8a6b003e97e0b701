//! What the driver keeps on disk: definitions, the state of running guests, saved guests.

pub mod image;
