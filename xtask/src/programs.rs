//! `cargo xtask build`: every program, in `target/release`, under the names that libvirt's have.

use std::process::Command;

use crate::outcome::Outcome;
use crate::{install, library, paths, process};

/// `cargo xtask build`
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    match arguments {
        [] => release(),
        [debug] if debug == "--debug" => self::debug(),
        _ => Err("only --debug is known".into()),
    }
}

/// Builds every program in release.
pub(crate) fn release() -> Outcome {
    process::run(programs().arg("--release"))?;
    let library = paths::target().join("release");
    library::link("release", &library)?;
    install::uninstalled(&library)
}

/// Builds every program as the tests run them.
pub(crate) fn debug() -> Outcome {
    process::run(&mut programs())?;
    // not beside the programs: there, libvirt's own clients would take it for theirs when a test starts them
    let library = paths::target().join("debug/lib");
    std::fs::create_dir_all(&library).map_err(|error| format!("{}: {error}", library.display()))?;
    library::link("debug", &library)
}

/// `cargo xtask bench-rpc [ROUNDS [SECONDS]]`
pub(crate) fn bench_rpc(arguments: &[String]) -> Outcome {
    bench("bench-rpc", arguments)
}

/// `cargo xtask bench-lockd [ROUNDS [SECONDS]]`
pub(crate) fn bench_lockd(arguments: &[String]) -> Outcome {
    bench("bench-lockd", arguments)
}

fn bench(name: &str, arguments: &[String]) -> Outcome {
    release()?;
    let mut build = Command::new(paths::cargo());
    process::run(build.current_dir(paths::workspace()).args(["build", "--release", "--package", name]))?;
    let directory = paths::target().join("release");
    process::run(Command::new(directory.join(name)).arg(&directory).args(arguments))
}

/// `cargo xtask bench-xml [ROUNDS [SECONDS]]`
pub(crate) fn bench_xml(arguments: &[String]) -> Outcome {
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "bench-xml",
        "--",
    ]);
    process::run(cargo.args(arguments))
}

/// `cargo xtask corpus`: the program of that name does it, since a chore knows no documents.
pub(crate) fn corpus(arguments: &[String]) -> Outcome {
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).args(["run", "--quiet", "--package", "ferrovirt-corpus", "--"]);
    process::run(cargo.args(arguments))
}

/// What is no part of the product: chores, which run as this is done, measurements and tests.
const OTHERS: &[&str] = &[
    "xtask",
    "bench-lockd",
    "bench-rpc",
    "ferrovirt-tests",
    "ferrovirt-fuzzing",
    "ferrovirt-corpus",
    "skip",
];

fn programs() -> Command {
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).args(["build", "--workspace"]);
    for other in OTHERS {
        cargo.args(["--exclude", other]);
    }
    cargo
}
