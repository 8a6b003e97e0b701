//! What follows from the tables of documents ([`vir_model::documents`]): whether a document is as its tables say,
//! schemas, reference pages, and documents made up for tests. It reads no document by rules of its own; only [`cli`]
//! touches files.

pub mod cli;
pub mod generate;
pub mod json;
mod names;
pub mod page;
pub mod rng;
mod tags;
pub mod validate;

pub use validate::{Fault, faults, require};
