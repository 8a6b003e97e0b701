//! `virtlockd`: leases on the disks of guests.

use std::process::ExitCode;

fn main() -> ExitCode {
    let argv = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    vir_lockd::main(argv)
}
