//! `libvirtd`: the daemon's shell with all drivers in it.

mod compose;
mod polkit;
mod tls;

use std::process::ExitCode;

fn main() -> ExitCode {
    let argv = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    vir_daemon::run(&vir_daemon::LIBVIRTD, argv, compose::service)
}
