//! A session's own lock daemon, which is started by whoever needs it first.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vir_base::command::Command;
use vir_base::{ErrorCode, Result};
use vir_rpc::client::Client;

/// How long it may take to listen.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How long a process may take until it is in the background.
const DAEMONIZE: Duration = Duration::from_secs(10);

/// The program: `VIRTLOCKD_PATH`, else the one beside ours, else where packages put it.
fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("VIRTLOCKD_PATH") {
        return path.into();
    }
    let beside = std::env::current_exe().ok().map(|exe| exe.with_file_name("virtlockd"));
    beside.filter(|path| path.exists()).unwrap_or_else(|| "/usr/sbin/virtlockd".into())
}

/// Connects to the socket of a user's own daemon, which is started if nobody listens there.
pub(crate) fn connect(socket: &Path) -> Result<Client> {
    let error = match Client::connect_unix(socket) {
        Ok(client) => return Ok(client),
        Err(error) => error,
    };
    let program = program();
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
