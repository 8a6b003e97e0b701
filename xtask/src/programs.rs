//! `cargo xtask build`: every program, in `target/release`, under the names that libvirt's have.

use std::path::Path;
use std::process::Command;

use crate::outcome::{Context as _, Outcome};
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
    alone()?;
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
    bench("bench-rpc", arguments, false)
}

/// `cargo xtask bench-lockd [ROUNDS [SECONDS]]`
pub(crate) fn bench_lockd(arguments: &[String]) -> Outcome {
    bench("bench-lockd", arguments, true)
}

/// Before all other programs: what else the host has to do is no part of how long something takes.
const FIRST: [&str; 2] = ["--fifo", "10"];

fn bench(name: &str, arguments: &[String], undisturbed: bool) -> Outcome {
    release()?;
    let mut build = Command::new(paths::cargo());
    process::run(build.current_dir(paths::workspace()).args(["build", "--release", "--package", name]))?;
    let directory = paths::target().join("release");
    let mut bench = Command::new(directory.join(name));
    if undisturbed && process::output(Command::new("chrt").args(FIRST).arg("true")).is_ok() {
        bench = Command::new("chrt");
        bench.args(FIRST).arg(directory.join(name));
    }
    process::run(bench.arg(&directory).args(arguments))
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

/// Daemons that replace their own program while clients wait: they have the C library in them, since looking
/// for it, and for others, would take longer than all else that they do until they serve.
const ALONE: &[&str] = &["virtlockd", "virtlogd"];

/// Builds those, where the C library is there to be linked in.
fn alone() -> Outcome {
    let library = process::output(Command::new("cc").arg("-print-file-name=libc.a"));
    if !library.is_ok_and(|path| Path::new(path.trim()).is_absolute()) {
        println!(
            "build: there is no libc.a, so virtlockd and virtlogd look for the C library when they start"
        );
        return Ok(());
    }
    let about = process::output(Command::new("rustc").arg("-vV"))?;
    let target =
        about.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc -vV names no host")?;
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).args(["build", "--release", "--target", target]);
    cargo.env("RUSTFLAGS", format!("{flags} -C target-feature=+crt-static"));
    process::run(ALONE.iter().fold(&mut cargo, |cargo, name| cargo.args(["--package", name])))?;
    for name in ALONE {
        let [from, to] =
            [paths::target().join(target), paths::target()].map(|dir| dir.join("release").join(name));
        // cargo's own is another name of a file that stays
        let _ = std::fs::remove_file(&to);
        std::fs::copy(&from, &to).context(format_args!("{}", to.display()))?;
    }
    Ok(())
}

fn programs() -> Command {
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).args(["build", "--workspace"]);
    for other in OTHERS {
        cargo.args(["--exclude", other]);
    }
    cargo
}
