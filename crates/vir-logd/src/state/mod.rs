//! The log daemon's part of the state document: the open logs, in the peer's form.
//!
//! - [`document`]: reading and writing it.
//! - [`survive`]: logs handed over and taken over, with their guests' pipes.

mod document;
mod survive;

#[cfg(test)]
mod tests;

pub use document::LogFormat;
pub use survive::Surviving;

/// The version of what we write beyond the peer's form.
pub const VERSION: u32 = 1;

/// How the document of the log daemon looks.
pub const FORMAT: LogFormat = LogFormat;
