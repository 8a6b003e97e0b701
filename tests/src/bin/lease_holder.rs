//! A process that holds leases for the tests: `lease-holder SOCKET`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let socket = PathBuf::from(std::env::args_os().nth(1).unwrap_or_default());
    match ferrovirt_tests::lockd::run_holder(&socket) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lease-holder: {error}");
            ExitCode::FAILURE
        }
    }
}
