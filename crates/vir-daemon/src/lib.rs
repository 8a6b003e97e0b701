//! The daemon's shell: it serves the drivers' connections over the wire.
//!
//! It knows no hypervisor: the drivers are given to it.
//!
//! [`run`] is a daemon's `main`: it reads the command line and the configuration, opens the sockets,
//! says that it is ready, and only then lets the drivers start, each on a thread of its own.

pub mod admin;
pub mod cli;
pub mod config;
pub mod dispatch;
pub mod drivers;
pub mod reexec;
pub mod spec;

mod control;
mod exit;
mod failures;
mod generated;
mod idle;
mod instance;
mod logging;
mod notify;
mod part;
mod run;
mod signals;
mod sockets;

pub use instance::Instance;
pub use notify::Notify;
pub use part::Part;
pub use run::{MakeEncryption, Service, run};
pub use spec::{DaemonSpec, LIBVIRTD, VIRTLOCKD};
