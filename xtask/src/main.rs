//! The project's chores: `cargo xtask help` lists them.

fn main() -> std::process::ExitCode {
    eprintln!("no chore yet");
    std::process::ExitCode::FAILURE
}
