//! A user's own daemon, started by whoever needs it first.

use crate::sockets::program;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vir_base::{Error, ErrorCode, ErrorDomain, Result};

/// How long it may take to listen.
const LIMIT: Duration = Duration::from_secs(10);

/// Connects; if nobody listens and there is a `daemon` to start, it is started, unless the user has
/// forbidden that (`LIBVIRT_AUTOSTART=0`).
pub(crate) fn or_start<T>(daemon: Option<&str>, connect: impl Fn() -> Result<T>) -> Result<T> {
    let error = match connect() {
        Ok(connected) => return Ok(connected),
        Err(error) => error,
    };
    let forbidden = std::env::var_os("LIBVIRT_AUTOSTART").is_some_and(|value| value == "0");
    let Some(daemon) = daemon.filter(|_| !forbidden && nobody_listens(&error)) else {
        return Err(error);
    };
    start(daemon)?;
    // two who start it at once: one of the two daemons ends, and both reach the other
    let end = Instant::now() + LIMIT;
    loop {
        match connect() {
            Err(error) if nobody_listens(&error) && Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(5));
            }
            connected => return connected,
        }
    }
}

fn nobody_listens(error: &Error) -> bool {
    use rustix::io::Errno;
    let errno = error.data().int1;
    error.code() == ErrorCode::SystemError
        && [Errno::NOENT, Errno::CONNREFUSED].iter().any(|known| known.raw_os_error() == errno)
}

fn start(daemon: &str) -> Result<()> {
    let program = program(daemon);
    let started = Command::new(&program)
        .args(["--daemon", "--timeout", "120"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match started {
        Ok(_) => Ok(()),
        Err(error) => {
            let what = format!("Failed to start daemon '{}'", program.display());
            Err(Error::io(ErrorDomain::Rpc, &error, what))
        }
    }
}
