//! Replacing a running daemon's program: SIGUSR1. See `docs/reexec.md`.
//!
//! - The document: [`tree`] (JSON), [`document`] (values), [`read`], [`write`](mod@write), [`carried`] (messages under
//!   way), [`salvage`] (what can be had from a damaged one), [`descriptors`].
//! - A daemon's own part of it: [`Survivor`], [`Format`].
//! - The program that goes: [`snapshot`], [`program`] and [`note`] (which program takes over),
//!   [`asking`] (whether it can), [`handover`] (the steps to exec).
//! - The program that comes: [`checker`] (asked before), [`takeover`], [`restore`].

pub mod checker;
pub mod descriptors;
pub mod document;
pub mod fields;
pub mod note;
pub mod read;
pub mod survivor;
pub mod tree;
pub mod write;

mod asking;
mod carried;
mod handover;
mod program;
mod restore;
mod salvage;
mod snapshot;
mod takeover;

pub use descriptors::{Descriptors, Named};
pub use fields::{Faults, Fields};
pub use survivor::{Attached, Format, Origin, Successor, Survivor};
pub use tree::{Object, Value};

pub(crate) use handover::{Handover, Setting};
pub(crate) use restore::servers as restore_servers;
pub(crate) use takeover::{Inheritance, find};

/// The name of the administration's server.
const ADMIN: &str = "admin";
/// The option by which a program checks documents and does nothing else.
pub(crate) const CHECK_OPTION: &str = "--check-state";
/// By what the successor knows the number of the descriptor with the document.
const STATE_VARIABLE: &str = "FERROVIRT_STATE_FD";

/// Where the peer's program of this daemon looks for its document.
pub fn peers_file(paths: &vir_base::paths::Paths, daemon: &str) -> std::path::PathBuf {
    paths.run.join(format!("{daemon}-restart-exec.json"))
}

#[cfg(test)]
mod corpus_tests;
