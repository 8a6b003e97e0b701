//! What every other crate stands on: errors, references, typed parameters, UUIDs, files, processes.
//!
//! It knows no hypervisor, no protocol and no XML, and starts no thread.

pub mod atomic;
pub mod conf;
pub mod error;
pub mod file;
pub mod paths;
pub mod refs;
pub mod typed;
pub mod uuid;

pub use error::{Error, ErrorCode, ErrorDomain, Result};
pub use typed::{TypedParam, TypedParams, TypedValue};
pub use uuid::Uuid;
