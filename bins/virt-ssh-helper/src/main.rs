//! `virt-ssh-helper`: see `vir_remote::helper`.

use std::process::ExitCode;

fn main() -> ExitCode {
    vir_remote::helper::main(std::env::args_os())
}
