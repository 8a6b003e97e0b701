//! What every other crate stands on: errors, references, typed parameters, UUIDs, files, processes.
//!
//! It knows no hypervisor, no protocol and no XML, and starts no thread but those of
//! [`giveup`], since a system call that hangs cannot be interrupted.

pub mod atomic;
pub mod auth_file;
pub mod bitmap;
pub mod command;
pub mod conf;
pub mod error;
pub mod event_loop;
pub mod file;
pub mod giveup;
pub mod hooks;
pub mod log;
pub mod paths;
pub mod pidfile;
pub mod process;
pub mod refs;
pub mod signals;
pub mod sys;
pub mod typed;
pub mod uri;
pub mod users;
pub mod uuid;

pub use bitmap::Bitmap;
pub use error::{Error, ErrorCode, ErrorDomain, Result};
pub use typed::{TypedParam, TypedParams, TypedValue};
pub use uuid::Uuid;
