//! `make bench-rpc`: how fast the daemon answers over its socket, beside a server that only echoes
//! and, where it is installed, the C daemon; all in one run, in turns, medians over the rounds.
//!
//! Arguments: the directory of our programs, the number of rounds, seconds a measurement.

mod cores;
mod echo;
mod load;
mod side;
mod table;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use cores::OneCore;
use ferrovirt_tests::daemon::Kind;
use side::{Side, URI};
use table::{FIGURES, Measured};
use wire::Connection;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--echo", socket] => echo::serve(Path::new(socket)).map_err(|error| error.to_string()),
        ["--awake"] => cores::stay_awake(),
        [programs, rest @ ..] => {
            let rounds = rest.first().and_then(|word| word.parse().ok()).unwrap_or(5);
            let seconds = rest.get(1).and_then(|word| word.parse().ok()).unwrap_or(1.5);
            compare(Path::new(programs), rounds, Duration::from_secs_f64(seconds))
        }
        [] => Err("bench-rpc DIRECTORY-OF-PROGRAMS [ROUNDS [SECONDS]]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-rpc: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(programs: &Path, rounds: usize, time: Duration) -> Result<(), String> {
    let mut sides = vec![Side::Floor, Side::Daemon(Kind::Ours(programs.to_owned()))];
    let root = rustix::process::geteuid().is_root();
    if !root {
        return Err("needs root, as the daemon's system mode does".into());
    }
    if ferrovirt_tests::paths::program("libvirtd")
        .is_some_and(|found| found != PathBuf::from(programs).join("libvirtd"))
    {
        sides.push(Side::Daemon(Kind::Peer));
    }
    let _awake = cores::Awake::start()?;
    let mut rows: Vec<Vec<Measured>> = vec![Vec::new(); sides.len()];
    for round in 0..rounds {
        for turn in 0..sides.len() {
            // Each round begins with another side.
            let index = (round + turn) % sides.len();
            eprintln!("round {} of {rounds}: {}", round + 1, sides[index].name());
            rows[index].push(
                measure(&sides[index], time).map_err(|error| format!("{}: {error}", sides[index].name()))?,
            );
        }
    }
    let columns: Vec<_> =
        sides.iter().zip(&rows).map(|(side, rounds)| (side.name(), table::medians(rounds))).collect();
    print!("{}", table::show(&columns));
    Ok(())
}

/// All figures of one side, in one round.
fn measure(side: &Side, time: Duration) -> Result<Measured, String> {
    let explain = |error: std::io::Error| error.to_string();
    let (running, cold_start) = side.start()?;
    let socket = running.socket();
    // Some drivers forget their state when the last connection closes: one stays.
    let mut connection = Connection::open(&socket, URI).map_err(explain)?;
    let calls = 20_000;
    load::round_trip(&mut connection, calls / 10).map_err(explain)?;
    let idle = running.resident();
    let (round_trip, processor) = {
        let _together = OneCore::with(running.pid())?;
        let before = running.processor_time();
        let round_trip = load::round_trip(&mut connection, calls).map_err(explain)?;
        (round_trip, (running.processor_time() - before) / calls as f64)
    };
    let many = load::calls_per_second(&socket, URI, 64, 1, time).map_err(explain)?;
    let deep = load::calls_per_second(&socket, URI, 1, 16, time).map_err(explain)?;
    let opens = {
        let _together = OneCore::with(running.pid())?;
        load::opens_per_second(&socket, URI, time).map_err(explain)?
    };
    let mut held = Vec::new();
    for _ in 0..1000 {
        held.push(Connection::open(&socket, URI).map_err(explain)?);
    }
    let full = running.resident();
    let among = {
        let _together = OneCore::with(running.pid())?;
        load::round_trip(&mut connection, calls / 4).map_err(explain)?
    };
    let measured = [round_trip, processor, many, deep, opens, idle, full, among, cold_start];
    debug_assert_eq!(measured.len(), FIGURES.len());
    Ok(measured)
}
