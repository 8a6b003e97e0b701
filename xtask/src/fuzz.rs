//! `cargo xtask fuzz-smoke [SECONDS] [TARGET]...`: a while of fuzzing for each target.
//!
//! Needs cargo-fuzz, which it installs where it is missing, and a C++ compiler. The stable compiler
//! is told to allow what libFuzzer needs; nothing that is shipped is built that way.

use crate::outcome::{Context, Outcome};
use crate::paths;
use std::process::Command;

/// Seconds for each target unless said otherwise.
const SECONDS: u64 = 60;

/// Seconds for all of them, unless said otherwise: what a person waits for.
const ALL: u64 = 600;

/// The chore.
pub(crate) fn chore(arguments: &[String]) -> Outcome {
    let seconds: Option<u64> = arguments.first().and_then(|a| a.parse().ok());
    let names: Vec<&String> = arguments.iter().skip(usize::from(seconds.is_some())).collect();
    let have = Command::new("cargo").args(["fuzz", "--version"]).output();
    if !have.is_ok_and(|output| output.status.success()) {
        println!("installing cargo-fuzz");
        run(Command::new("cargo").args(["install", "--locked", "cargo-fuzz"]))?;
    }
    let root = paths::workspace();
    let made = Command::new("cargo")
        .args(["run", "--quiet", "--package", "ferrovirt-fuzzing", "--example", "seeds", "--", "fuzz/corpus"])
        .current_dir(&root)
        .output()
        .context("starting cargo")?;
    if !made.status.success() {
        return Err(format!("making the seeds: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let known = String::from_utf8_lossy(&made.stdout).into_owned();
    let wanted = |name: &&str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let targets: Vec<&str> = known.lines().filter(wanted).collect();
    let each = seconds.unwrap_or_else(|| SECONDS.min(ALL / targets.len().max(1) as u64));
    for name in targets {
        println!("fuzzing {name} for {each} s");
        let time = format!("-max_total_time={each}");
        let mut command = Command::new("cargo");
        command.current_dir(&root).env("RUSTC_BOOTSTRAP", "1");
        run(command.args([
            "fuzz",
            "run",
            name,
            "--",
            &time,
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=65536",
        ]))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Outcome {
    let status = command.status().context("starting cargo")?;
    if status.success() { Ok(()) } else { Err(format!("cargo ended with {status}")) }
}
