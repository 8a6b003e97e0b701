//! What is measured: the floor, our daemon, the C daemon; each as a process of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ferrovirt_tests::daemon::{Daemon, Kind, Mode};

use crate::wire::{Connection, procedure};

/// More clients than a daemon admits by itself, and as many calls of one as are in flight here.
const LIMITS: &str = "max_clients = 5000\nmax_anonymous_clients = 5000\nmax_client_requests = 64\n";

/// What every side opens.
pub(crate) const URI: &str = "test:///default";

/// One of the columns of the table.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    Floor,
    Daemon(Kind),
}

/// A side that runs.
pub(crate) enum Running {
    Floor { child: Child, directory: PathBuf },
    Daemon(Daemon),
}

impl Side {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Side::Floor => "floor",
            Side::Daemon(Kind::Ours(_)) => "ours",
            Side::Daemon(Kind::Peer) => "C",
        }
    }

    /// Starts it; gives also the time from the start of its program to its first answer, in
    /// milliseconds.
    pub(crate) fn start(&self) -> Result<(Running, f64), String> {
        let spawned = Instant::now();
        let running = match self {
            Side::Floor => start_floor()?,
            Side::Daemon(kind) => Running::Daemon(Daemon::start_with(kind, Mode::System, LIMITS)?),
        };
        loop {
            let answer = Connection::open(&running.socket(), URI)
                .and_then(|mut connection| connection.call(procedure::LIB_VERSION, &[]));
            match answer {
                Ok(()) => break,
                Err(error) if spawned.elapsed() > Duration::from_secs(10) => return Err(error.to_string()),
                Err(_) => thread::sleep(Duration::from_micros(500)),
            }
        }
        let before_program = match &running {
            Running::Daemon(daemon) => daemon.time_before_program(),
            Running::Floor { .. } => Duration::ZERO,
        };
        Ok((running, spawned.elapsed().saturating_sub(before_program).as_secs_f64() * 1e3))
    }
}

fn start_floor() -> Result<Running, String> {
    let directory = std::env::temp_dir().join(format!("ferrovirt-bench-{}", std::process::id()));
    fs::create_dir_all(&directory).map_err(|error| format!("making {}: {error}", directory.display()))?;
    let socket = directory.join("socket");
    // It is there from an earlier round, or not.
    let _ = fs::remove_file(&socket);
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .arg("--echo")
        .arg(&socket)
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| format!("starting the echo server: {error}"))?;
    Ok(Running::Floor { child, directory })
}

impl Running {
    pub(crate) fn socket(&self) -> PathBuf {
        match self {
            Running::Floor { directory, .. } => directory.join("socket"),
            Running::Daemon(daemon) => daemon.socket(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        match self {
            Running::Floor { child, .. } => child.id(),
            Running::Daemon(daemon) => daemon.pid().unwrap_or_default(),
        }
    }

    /// Processor time that it has used, in microseconds: of all threads that it has now.
    pub(crate) fn processor_time(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid())).into_iter().flatten().flatten();
        let nanoseconds: u64 = tasks
            .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
            .filter_map(|text| text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()))
            .sum();
        nanoseconds as f64 / 1e3
    }

    /// Its resident memory, in megabytes.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(Path::new("/proc").join(self.pid().to_string()).join("status"));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kilobytes.unwrap_or_default() * 1024.0 / 1e6
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Running::Floor { child, directory } = self {
            // Nothing can be done if it cannot be ended or its directory not be removed.
            let _ = child.kill();
            let _ = child.wait();
            let _ = fs::remove_dir_all(directory);
        }
    }
}
