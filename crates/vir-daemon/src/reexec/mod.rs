//! Replacing a running daemon's program: SIGUSR1. See `docs/reexec.md`.
//!
//! - The document: [`document`] (values), [`read`], [`write`](mod@write), [`carried`] (messages under
//!   way), [`salvage`] (what can be had from a damaged one), [`descriptors`].
//! - A daemon's own part of it: [`Survivor`], [`Format`].

pub mod carried;
pub mod descriptors;
pub mod document;
pub mod fields;
pub mod read;
pub mod salvage;
pub mod survivor;
pub mod write;

pub use descriptors::{Descriptors, Named};
pub use document::Object;
pub use fields::{Faults, Fields};
pub use survivor::{Format, Origin, Successor, Survivor};

#[cfg(test)]
mod corpus_tests;
