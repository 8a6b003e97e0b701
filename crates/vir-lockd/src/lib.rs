//! The lock daemon: who may write to which disk.
//!
//! - [`record`]: a lease in plain values, as the journal and the state document write it down.
//! - [`table`]: which leases are held, by whom. No I/O.
//! - [`kernel`]: the files behind the leases, and the kernel's locks on them.
//! - [`leases`]: the two together: what the program, the owners' watch and the status act on.
//! - [`guard`]: what stands behind the leases: journal, keeper and the service manager's store.
//! - [`journal`]: every change on disk.
//! - [`owners`]: the processes that hold leases: whether they live, and how they end.
//! - [`keeper`]: the process that holds the leases when the daemon cannot.
//! - [`life`]: whether an owner still lives.
//! - [`takeback`]: what an earlier daemon left, taken back.
//! - [`program`]: the protocol.
//! - [`scan`]: text that this program has written, read again.
//! - [`release_all`]: leases given up on purpose.
//! - [`status`]: what is held, told to whoever asks.
//! - [`state`]: what survives when the daemon's program is replaced; [`convert`]: its locks.
//! - [`daemon`]: all of it as the daemon's shell sees it.
//!
//! [`main`] is the program: the daemon, or one of the commands that ask about it.

pub mod convert;
pub mod daemon;
pub mod guard;
pub mod journal;
pub mod keeper;
pub mod kernel;
pub mod leases;
pub mod life;
pub mod owners;
pub mod program;
pub mod record;
pub mod release_all;
pub mod scan;
pub mod state;
pub mod status;
pub mod table;
pub mod takeback;

use std::process::ExitCode;
use vir_daemon::DaemonSpec;

/// The daemon, whose program can be replaced while it runs.
const SPEC: DaemonSpec = DaemonSpec { state: Some(&state::FORMAT), ..vir_daemon::VIRTLOCKD };

/// The program `virtlockd`; `argv` includes its name.
pub fn main(argv: Vec<String>) -> ExitCode {
    let arguments = argv.get(1..).unwrap_or_default();
    if arguments.iter().any(|word| word == "--status") {
        return status::run(arguments);
    }
    if arguments.iter().any(|word| word == "--release-all") {
        return release_all::run(arguments);
    }
    vir_daemon::run(&SPEC, argv, daemon::service)
}
