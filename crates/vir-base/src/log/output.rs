//! Where messages go.

use super::format::{Message, date, timestamp};
use super::{Priority, journal};
use crate::{Error, ErrorDomain, Result, bail};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

/// One output: a place, and the level from which on it takes messages.
pub(super) struct Output {
    priority: Priority,
    place: Place,
    /// Whether it has had its first messages, which say whose they are.
    introduced: bool,
}

enum Place {
    Stderr,
    Syslog { name: String },
    File { path: PathBuf, file: File },
    Journal(UnixDatagram),
}

impl Output {
    pub(super) fn stderr(priority: Priority) -> Self {
        Self { priority, place: Place::Stderr, introduced: false }
    }

    /// Writes a message, if it is important enough. Failures have nowhere to be told.
    pub(super) fn write(&mut self, message: &Message<'_>) {
        if message.priority < self.priority {
            return;
        }
        if !std::mem::replace(&mut self.introduced, true) {
            let version = env!("CARGO_PKG_VERSION");
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            self.put(&Message::own(format!("libvirt version: {version}, package: ferrovirt")));
            self.put(&Message::own(format!("hostname: {host}")));
        }
        self.put(message);
    }

    fn put(&mut self, message: &Message<'_>) {
        let stamped = || format!("{}: {}", timestamp(), message.tagged());
        let _ = match &mut self.place {
            Place::Stderr => std::io::stderr().write_all(stamped().as_bytes()),
            Place::File { file, .. } => file.write_all(stamped().as_bytes()),
            Place::Syslog { name } => syslog(name, message),
            Place::Journal(socket) => journal::send(socket, message),
        };
    }

    /// Two outputs to the same place are one.
    fn same_place(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::Stderr, Place::Stderr) | (Place::Journal(_), Place::Journal(_)) => true,
            (Place::Syslog { name: a }, Place::Syslog { name: b }) => a == b,
            (Place::File { path: a, .. }, Place::File { path: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.priority as u32;
        match &self.place {
            Place::Stderr => write!(f, "{level}:stderr"),
            Place::Syslog { name } => write!(f, "{level}:syslog:{name}"),
            Place::File { path, .. } => write!(f, "{level}:file:{}", path.display()),
            Place::Journal(_) => write!(f, "{level}:journald"),
        }
    }
}

/// Reads a list of outputs and opens them. Of two with the same place the later counts.
pub(super) fn parse(text: &str) -> Result<Vec<Output>> {
    let mut list: Vec<Output> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let output = parse_one(word)?;
        list.retain(|other| !other.same_place(&output));
        list.push(output);
    }
    Ok(list)
}

fn parse_one(text: &str) -> Result<Output> {
    let parts: Vec<_> = text.split(':').collect();
    let [level, kind, rest @ ..] = &parts[..] else {
        bail!(None, InvalidArg, "Malformed format for log output '{text}'");
    };
    let Some(priority) = level.parse().ok().and_then(Priority::from_number) else {
        bail!(None, InvalidArg, "Invalid log priority '{level}' for log output '{text}'");
    };
    let place = match (*kind, rest) {
        ("stderr", []) => Place::Stderr,
        ("journald", []) => {
            let socket = UnixDatagram::unbound();
            Place::Journal(socket.map_err(|e| Error::io(ErrorDomain::None, &e, "cannot open the journal"))?)
        }
        ("syslog", [name]) => Place::Syslog { name: (*name).to_owned() },
        ("file", [path]) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
            let open = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
            let file = open.map_err(|e| {
                Error::io(ErrorDomain::None, &e, format!("failed to open {}", path.display()))
            })?;
            Place::File { path, file }
        }
        ("stderr" | "journald" | "syslog" | "file", _) => bail!(
            None,
            InvalidArg,
            "Log output '{text}' does not meet the format requirements for destination type '{kind}'"
        ),
        _ => bail!(None, InvalidArg, "Invalid log destination '{kind}' for log output '{text}'"),
    };
    Ok(Output { priority, place, introduced: false })
}

/// Hands a message to the system's log daemon, as one of the daemons.
fn syslog(name: &str, message: &Message<'_>) -> std::io::Result<()> {
    const DAEMON: u32 = 3 << 3;
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime).tv_sec;
    let [_, month, day] = date(now.div_euclid(86_400));
    let month = MONTHS.get(month as usize - 1).unwrap_or(&"Jan");
    let (hour, minute, second) = (now.rem_euclid(86_400) / 3600, now / 60 % 60, now % 60);
    let line = format!(
        "<{}>{month} {day:2} {hour:02}:{minute:02}:{second:02} {name}: {}",
        DAEMON | message.priority.syslog(),
        message.tagged().trim_end()
    );
    // opened for each message: the daemon may have been restarted, and messages are rare
    UnixDatagram::unbound()?.send_to(line.as_bytes(), "/dev/log").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_counts() {
        let list = parse("1:stderr 3:syslog:a 2:stderr  4:syslog:b").unwrap();
        let text: Vec<_> = list.iter().map(Output::to_string).collect();
        assert_eq!(text, ["3:syslog:a", "2:stderr", "4:syslog:b"]);
    }

    #[test]
    fn errors_name_the_output() {
        for (text, expected) in [
            ("stderr", "Malformed format for log output 'stderr'"),
            ("0:stderr", "Invalid log priority '0' for log output '0:stderr'"),
            ("1:printer", "Invalid log destination 'printer' for log output '1:printer'"),
            (
                "1:stderr:x",
                "Log output '1:stderr:x' does not meet the format requirements for destination type 'stderr'",
            ),
            (
                "1:file",
                "Log output '1:file' does not meet the format requirements for destination type 'file'",
            ),
        ] {
            let error = parse(text).err().unwrap();
            assert_eq!(error.message(), format!("invalid argument: {expected}"));
        }
        assert!(parse("1:file:/no/such/dir/f").err().unwrap().message().starts_with("failed to open /no"));
    }
}
