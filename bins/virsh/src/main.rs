//! `virsh`: see the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    virsh::cli::main(std::env::args_os())
}
