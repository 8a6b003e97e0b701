//! A session's own small daemons, which are started by whoever needs them first.

use super::Client;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vir_base::command::Command;
use vir_base::{ErrorCode, Result};

/// How long it may take to listen.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How long a process may take until it is in the background.
const DAEMONIZE: Duration = Duration::from_secs(10);

/// The program of `virtlockd`: `VIRTLOCKD_PATH`, else the one beside ours, else where packages put it.
fn program(daemon: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(format!("{}_PATH", daemon.to_uppercase())) {
        return path.into();
    }
    let beside = std::env::current_exe().ok().map(|exe| exe.with_file_name(daemon));
    beside.filter(|path| path.exists()).unwrap_or_else(|| Path::new("/usr/sbin").join(daemon))
}

/// Connects to the socket of a user's own `daemon`, which is started if nobody listens there.
///
/// # Errors
/// Nobody listens there in time.
pub fn connect_or_start(socket: &Path, daemon: &str) -> Result<Client> {
    let error = match Client::connect_unix(socket) {
        Ok(client) => return Ok(client),
        Err(error) => error,
    };
    let program = program(daemon);
    if !program.exists() {
        return Err(error);
    }
    let mut command = Command::new(program.to_string_lossy());
    command.args(["--daemon", "--timeout", "120"]).umask(0o077);
    // two who start it at once: one of the two daemons ends, and both reach the other
    let _ = command.run(DAEMONIZE);
    let end = Instant::now() + START_LIMIT;
    loop {
        match Client::connect_unix(socket) {
            Err(error) if error.code() == ErrorCode::SystemError && Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(5));
            }
            connected => return connected,
        }
    }
}
