//! `virt-xml-validate`: see `vir_schema::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    vir_schema::cli::main(std::env::args_os())
}
