//! The log daemon as a real process.
//!
//! `FERROVIRT_TESTED=peer` puts the C daemon in the place of ours.

mod crowd;
mod guests;
mod life;
mod protocol;
mod reexec;
