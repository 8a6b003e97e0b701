//! `cargo xtask test`: all tests, with those that this host cannot run counted as skipped, by name.

mod count;
mod suites;

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use count::Count;

use crate::outcome::{Context as _, Outcome};
use crate::{paths, process, programs, setup};

/// `cargo xtask test [NEXTEST ARGUMENTS]`
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    all(&setup::ensure("test"), &[&["--workspace".to_owned()], arguments].concat(), true)
}

/// `cargo xtask interop`: only the tests with libvirt's own clients.
pub(crate) fn interop(_: &[String]) -> Outcome {
    setup::ensure("interop")?;
    suites::get()?;
    all(&Ok(()), &["--package", "ferrovirt-tests", "--test", "interop"].map(str::to_owned), false)?;
    losses()
}

/// The faults that cost the C lock daemon its leases, with that one in the place of ours: each test shows the
/// loss. It says nothing of us, but it is what the tables in the documents stand on.
fn losses() -> Outcome {
    let mut tests = Command::new(paths::cargo());
    tests.current_dir(paths::workspace()).env("FERROVIRT_TESTED", "peer");
    tests.args(["test", "--quiet", "--package", "ferrovirt-tests", "--test", "lockd", "--"]);
    process::run(tests.args(["faults::", "files::", "owners::", "timeout::"]))
}

/// `cargo xtask asan [TEST]...`: what crosses the C boundary, with every access to memory watched, and
/// what is left at the end. The stable compiler is told to allow it; nothing that is shipped is built so.
pub(crate) fn asan(tests: &[String]) -> Outcome {
    let host = Command::new("rustc").arg("-vV").output().context("asking rustc")?;
    let host = String::from_utf8_lossy(&host.stdout).into_owned();
    let Some(host) = host.lines().find_map(|line| line.strip_prefix("host: ")) else {
        return Err("rustc does not say what host this is".to_owned());
    };
    let mut cargo = Command::new(paths::cargo());
    cargo.current_dir(paths::workspace()).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
    // with a target named, build scripts and macros are built as ever
    cargo.args(["test", "--package", "libvirt", "--target", host, "--target-dir"]);
    cargo.arg(paths::target().join("asan")).arg("--").args(tests);
    process::run(&mut cargo)
}

/// The crates with models of what their threads do; their tests are called so.
const MODELLED: &[&str] = &["vir-base", "vir-rpc"];

/// `cargo xtask models [TEST]...`: the models, with every order of threads up to a few preemptions.
pub(crate) fn models(tests: &[String]) -> Outcome {
    process::run(&mut model_runner(tests))
}

fn model_runner(tests: &[String]) -> Command {
    let mut cargo = Command::new(paths::cargo());
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    cargo.current_dir(paths::workspace()).env("RUSTFLAGS", format!("{flags} --cfg loom"));
    cargo.args(["test", "--lib", "--target-dir"]).arg(paths::target().join("loom"));
    cargo.args(MODELLED.iter().flat_map(|name| ["--package", name])).arg("models::").arg("--").args(tests);
    cargo
}

fn all(setup: &Outcome, selection: &[String], doc_tests: bool) -> Outcome {
    if let Err(missing) = setup {
        println!("test: some tests cannot run here and will be listed as skipped: {missing}");
    }
    programs::debug()?;
    let note = paths::target().join("skipped-tests");
    // It is there from an earlier run, or not.
    let _ = fs::remove_file(&note);
    let mut count = run(selection, &note)?;
    if doc_tests {
        count =
            count + watch(cargo(&note).args(["test", "--workspace", "--doc", "--quiet"]), count::libtest)?;
    }
    if doc_tests {
        count = count + watch(&mut model_runner(&[]), count::libtest)?;
    }
    let note = fs::read_to_string(&note).unwrap_or_default();
    let skipped = count::skipped(&note);
    if !skipped.is_empty() {
        println!("\nSkipped, since this host lacks what they need:");
        for (name, reason) in &skipped {
            println!("  {name}: {reason}");
        }
    }
    let count = count.with_skipped(skipped.len());
    println!("\n{count}");
    if count.failed > 0 { Err(format!("{} tests failed", count.failed)) } else { Ok(()) }
}

fn run(selection: &[String], note: &Path) -> Outcome<Count> {
    if paths::program("cargo-nextest").is_some() {
        return watch(cargo(note).args(["nextest", "run"]).args(selection), count::nextest);
    }
    let kinds = ["--lib", "--bins", "--tests", "--no-fail-fast"];
    let kinds = if selection.iter().any(|word| word == "--test") { &kinds[3..] } else { &kinds[..] };
    watch(cargo(note).arg("test").args(selection).args(kinds), count::libtest)
}

fn cargo(note: &Path) -> Command {
    let mut command = Command::new(paths::cargo());
    command.current_dir(paths::workspace()).env(skip::VARIABLE, note).envs(suites::variables());
    command
}

/// Runs a test runner, shows what it says, and counts by its closing lines. A runner that fails
/// without a failed test (a test that does not compile) is an error.
fn watch(command: &mut Command, closing_line: fn(&str) -> Option<Count>) -> Outcome<Count> {
    // One stream of lines in the order in which they were said.
    let (reader, writer) = io::pipe().context("making a pipe")?;
    let errors = writer.try_clone().context("making a pipe")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(errors)
        .spawn()
        .context("starting the test runner")?;
    // The command holds ends of the pipe, which would keep it open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut count = Count::default();
    let mut stdout = io::stdout();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line.context("reading from the test runner")?;
        stdout.write_all(&line).and_then(|()| stdout.write_all(b"\n")).context("writing")?;
        if let Some(more) = closing_line(&String::from_utf8_lossy(&line)) {
            count = count + more;
        }
    }
    let status = child.wait().context("waiting for the test runner")?;
    if !status.success() && count.failed == 0 {
        return Err(format!("the test runner ended with {status}"));
    }
    Ok(count)
}
