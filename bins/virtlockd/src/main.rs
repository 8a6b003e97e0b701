//! `virtlockd`: leases on the disks of guests.

use std::process::ExitCode;

vir_daemon::state_note!("virtlockd", vir_lockd::state::VERSION);

fn main() -> ExitCode {
    let argv = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    vir_lockd::main(argv)
}
