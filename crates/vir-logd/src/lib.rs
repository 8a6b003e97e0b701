//! The log daemon: it reads what guests write through pipes, and keeps it in files that never grow too
//! large, so that no guest can fill the host's disk.
//!
//! - [`settings`]: its own part of the configuration.
//! - [`rotation`]: files that are set aside when they are full.
//! - [`logs`]: the logs that are open, and the guests whose they are.
//! - [`aging`]: files that nobody has written for long go.
//! - [`program`]: the protocol.
//! - [`state`]: its part of the state document, by which open logs outlive its program.
//! - [`daemon`]: all of it as the daemon's shell sees it.
//!
//! [`service`] is what the daemon's shell serves. There is one thread, and nothing waits but for the
//! disk.

pub mod aging;
pub mod daemon;
pub mod logs;
pub mod program;
pub mod rotation;
pub mod settings;
pub mod state;

pub use daemon::{VIRTLOGD, service};
