//! The project's chores: `cargo xtask help` lists them.

mod codegen;

use std::path::Path;
use std::process::ExitCode;

/// A chore: name, what it does, function.
type Chore = (&'static str, &'static str, fn(&Path, &[String]) -> Result<(), String>);

const CHORES: &[Chore] =
    &[("codegen", "[--check]  write the generated code, or say whether it is fresh", codegen::run)];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let name = args.first().map(String::as_str).unwrap_or("help");
    match CHORES.iter().find(|(chore, ..)| *chore == name) {
        Some((.., run)) => match run(root, &args[1..]) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        None => {
            for (name, what, _) in CHORES {
                eprintln!("cargo xtask {name:10} {what}");
            }
            ExitCode::from(if name == "help" { 0 } else { 2 })
        }
    }
}
