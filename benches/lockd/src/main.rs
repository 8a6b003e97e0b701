//! `make bench-lockd`: how fast the lock daemon answers, how much memory it takes, how long it is away
//! when its program is replaced; beside the C daemon where that is installed, in one run, in turns,
//! medians over the rounds.
//!
//! Arguments: the directory of our programs, the number of rounds, seconds a measurement.

#[path = "../../rpc/src/cores.rs"]
mod cores;
mod load;
mod process;
mod replace;
mod table;
mod wire;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use cores::OneCore;
use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::Lockd;
use table::{FIGURES, Measured};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--awake"] => cores::stay_awake(),
        [programs, rest @ ..] => {
            let rounds = rest.first().and_then(|word| word.parse().ok()).unwrap_or(3);
            let seconds = rest.get(1).and_then(|word| word.parse().ok()).unwrap_or(1.5);
            compare(Path::new(programs), rounds, Duration::from_secs_f64(seconds))
        }
        [] => Err("bench-lockd DIRECTORY-OF-PROGRAMS [ROUNDS [SECONDS]]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-lockd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(programs: &Path, rounds: usize, time: Duration) -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("needs root, as the daemon's system mode does".into());
    }
    let mut sides = vec![("ours", Kind::Ours(programs.to_owned()))];
    match ferrovirt_tests::paths::program("virtlockd") {
        Some(found) if found != programs.join("virtlockd") => sides.push(("C", Kind::Peer)),
        _ => eprintln!("the C virtlockd is not installed: ours alone"),
    }
    // where daemons have their run directory: in memory
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        let _ = tempfile::env::override_temp_dir(memory);
    }
    let _awake = cores::Awake::start()?;
    let mut rows: Vec<Vec<Measured>> = vec![Vec::new(); sides.len()];
    for round in 0..rounds {
        for turn in 0..sides.len() {
            // each round begins with another side
            let index = (round + turn) % sides.len();
            let (name, kind) = &sides[index];
            eprintln!("round {} of {rounds}: {name}", round + 1);
            rows[index].push(measure(kind, time).map_err(|error| format!("{name}: {error}"))?);
        }
    }
    let columns: Vec<_> =
        sides.iter().zip(&rows).map(|((name, _), rounds)| (*name, table::medians(rounds))).collect();
    print!("{}", table::show(&columns));
    Ok(())
}

/// All figures of one side, in one round.
fn measure(kind: &Kind, time: Duration) -> Result<Measured, String> {
    let explain = |error: std::io::Error| error.to_string();
    let daemon = Lockd::start(kind.clone(), &[])?;
    let cold_start = daemon.cold_start().as_secs_f64() * 1e3;
    let (socket, pid) = (daemon.socket(), daemon.pid());
    let space = daemon.root().join("disks/space").display().to_string();
    let idle = process::megabytes(pid);

    let calls = 10_000;
    load::round_trip(&socket, &space, calls / 10).map_err(explain)?;
    let (round_trip, processor) = {
        let _together = OneCore::with(pid.unsigned_abs())?;
        let before = process::processor_time(pid);
        let round_trip = load::round_trip(&socket, &space, calls).map_err(explain)?;
        (round_trip, (process::processor_time(pid) - before) / calls as f64)
    };
    let before = process::processor_time(pid);
    let (many, answered) = load::calls_per_second(&socket, &space, 64, time).map_err(explain)?;
    let processor_many = (process::processor_time(pid) - before) / answered as f64;
    let comers = {
        let _together = OneCore::with(pid.unsigned_abs())?;
        load::comers_per_second(&socket, time).map_err(explain)?
    };

    let mut pauses = [0.0; 3];
    let mut held = replace::Clients::new(&socket, &space, 100).map_err(explain)?;
    let mut full = 0.0;
    for (pause, leases) in pauses.iter_mut().zip([0, 1000, 10_000]) {
        held.hold(leases).map_err(explain)?;
        full = process::megabytes(pid);
        *pause = held.pause(pid).map_err(explain)?;
    }
    let replaced = process::megabytes(pid);
    drop(held);
    let measured = [
        round_trip,
        processor,
        many,
        processor_many,
        comers,
        idle,
        full,
        replaced,
        cold_start,
        pauses[0],
        pauses[1],
        pauses[2],
    ];
    debug_assert_eq!(measured.len(), FIGURES.len());
    Ok(measured)
}
