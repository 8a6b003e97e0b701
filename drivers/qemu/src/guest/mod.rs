//! A guest: what is known of it, and whose turn it is to change it.

pub mod job;
