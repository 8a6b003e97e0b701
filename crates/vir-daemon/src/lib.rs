//! The daemon's shell: it serves the drivers' connections over the wire.
//!
//! It knows no hypervisor: the drivers are given to it.

pub mod dispatch;

mod generated;
