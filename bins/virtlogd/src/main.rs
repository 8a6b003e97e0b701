//! `virtlogd`: what guests write, in files that never grow too large.

use std::process::ExitCode;

vir_daemon::state_note!("virtlogd", vir_logd::state::VERSION);

fn main() -> ExitCode {
    let argv = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    vir_daemon::run(&vir_logd::VIRTLOGD, argv, vir_logd::service)
}
