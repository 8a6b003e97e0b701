//! Our virsh and the peer's, given the same words, say the same: output, errors and exit code.
//!
//! Skipped by name where the peer's virsh 11.3.0 is not installed.

mod commands;
mod grammar;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The peer's program, if it is installed in the version that we speak.
fn peer() -> Option<PathBuf> {
    let path = Path::new("/usr/bin/virsh");
    let output = Command::new(path).arg("--version").output().ok()?;
    (output.stdout == b"11.3.0\n").then(|| path.to_owned())
}

/// Runs a virsh in a directory of its own, in the C locale, away from the user's settings.
fn run(program: &Path, words: &[&str], home: &Path) -> Output {
    run_with(program, words, home, "")
}

/// As [`run`], with lines on standard input.
fn run_with(program: &Path, words: &[&str], home: &Path, input: &str) -> Output {
    let typed = home.join("typed");
    std::fs::write(&typed, input).expect("a file is written");
    let stdin = std::fs::File::open(&typed).expect("a file is read");
    // the peer's `save` and `managedsave` may wait for ever: their end can come before they look for it
    Command::new("timeout")
        .arg("30")
        .arg(program)
        .args(words)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .current_dir(home)
        .stdin(stdin)
        .output()
        .expect("the program starts")
}

fn show(output: &Output) -> String {
    format!(
        "exit {:?}\n--- stdout\n{}--- stderr\n{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn ours() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_virsh"))
}

/// Every case, given to both, must come out the same.
fn compare(peer: &Path, cases: &[&[&str]]) {
    let home = tempfile::tempdir().expect("a directory");
    compare_in(peer, cases, home.path());
}

/// As [`compare`], in a directory with files that the cases need.
fn compare_in(peer: &Path, cases: &[&[&str]], home: &Path) {
    let mut differing = Vec::new();
    for words in cases {
        let (theirs, our) = (run(peer, words, home), run(ours(), words, home));
        if show(&theirs) != show(&our) {
            differing.push(format!("{words:?}\n=== peer: {}\n=== ours: {}", show(&theirs), show(&our)));
        }
    }
    assert!(differing.is_empty(), "{} of {} differ:\n{}", differing.len(), cases.len(), differing.join("\n"));
}
