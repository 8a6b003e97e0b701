//! The lock daemon as a real process, and every fault that must not cost a lease.
//!
//! `FERROVIRT_TESTED=peer` puts the C daemon in the place of ours, to show what it loses.

mod command_line;
mod crowd;
mod documents;
mod faults;
mod files;
mod model;
mod owners;
mod raw;
mod reexec;
mod systemd;
mod timeout;
