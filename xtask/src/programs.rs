//! `cargo xtask build`: every program, in `target/release`, under the names that libvirt's have.

use std::process::Command;

use crate::outcome::Outcome;
use crate::{paths, process};

/// `cargo xtask build`
pub(crate) fn chore(_: &[String]) -> Outcome {
    release()
}

/// Builds every program in release.
pub(crate) fn release() -> Outcome {
    process::run(programs().arg("--release"))
}

/// Builds every program as the tests run them.
pub(crate) fn debug() -> Outcome {
    process::run(&mut programs())
}

/// `cargo xtask bench-rpc [ROUNDS [SECONDS]]`
pub(crate) fn bench_rpc(arguments: &[String]) -> Outcome {
    release()?;
    let directory = paths::target().join("release");
    process::run(Command::new(directory.join("bench-rpc")).arg(&directory).args(arguments))
}

/// The chores are no program of the product, and are running as this is done.
fn programs() -> Command {
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace());
    cargo.args([
        "build",
        "--workspace",
        "--exclude",
        "xtask",
        "--exclude",
        "ferrovirt-tests",
        "--exclude",
        "skip",
    ]);
    cargo
}
