//! Open logs into a document and out of it, as far as they can be read.

use crate::logs::{Guest, Log, path_of};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use vir_base::sys::FdKind;
use vir_base::{Result, bail, err};
use vir_daemon::reexec::document::OURS;
use vir_daemon::reexec::{Faults, Format, Named, Object, Successor, Value};

/// The log daemon's part of a document.
#[derive(Clone, Copy, Debug)]
pub struct LogFormat;

impl Format for LogFormat {
    fn check(&self, own: &Object<'_>, _: &[u8], named: &mut Vec<Named>, faults: &mut Faults) {
        for log in read(own, faults) {
            named.push(Named::new(log.pipe, &[FdKind::Pipe], format!("the pipe of {}", log.path.display())));
        }
    }

    fn check_client(&self, _private: &Value<'_>, _faults: &mut Faults) {}

    fn version(&self) -> u32 {
        super::VERSION
    }
}

/// A log that a document says is open.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenLog {
    pub guest: Guest,
    pub path: PathBuf,
    pub pipe: RawFd,
}

/// Reads the open logs. A log is one if its pipe and its file are known; whose it is can do without.
pub fn read(own: &Object<'_>, faults: &mut Faults) -> Vec<OpenLog> {
    let Some(handler) = own.get("handler").and_then(Value::as_object) else {
        faults.add(err!(Logging, InternalError, "Malformed daemon data from JSON file"));
        return Vec::new();
    };
    match handler.get("files") {
        Some(Value::Array(files)) => files.iter().filter_map(|file| open_log(file, faults)).collect(),
        Some(_) => {
            faults.add(err!(Logging, InternalError, "Malformed files array"));
            Vec::new()
        }
        None => {
            faults.add(err!(Logging, InternalError, "Missing files data from JSON file"));
            Vec::new()
        }
    }
}

fn open_log(file: &Value<'_>, faults: &mut Faults) -> Option<OpenLog> {
    let mut text = |name: &str, what: &str| match file.get(name).and_then(Value::as_str) {
        Some(text) => Some(text),
        None => {
            faults.add(err!(Logging, InternalError, "Missing '{name}' {what}in JSON document"));
            None
        }
    };
    let path = text("path", "field ").map(PathBuf::from);
    let driver = text("driver", "").unwrap_or_default().to_owned();
    let name = text("domname", "").unwrap_or_default().to_owned();
    let uuid = text("domuuid", "").map(str::parse);
    if uuid.as_ref().is_some_and(Result::is_err) {
        faults.add(err!(Logging, InternalError, "Malformed 'domuuid' in JSON document"));
    }
    let uuid = uuid.and_then(Result::ok).unwrap_or_default();
    let pipe = file.get("pipefd").and_then(Value::as_i64).and_then(|fd| RawFd::try_from(fd).ok());
    if pipe.is_none() {
        faults.add(err!(Logging, InternalError, "Missing 'pipefd' in JSON document"));
    }
    let path = file.get(OURS).and_then(exact_path).or(path);
    Some(OpenLog { guest: Guest { driver, uuid, name }, path: path?, pipe: pipe? })
}

fn exact_path(ours: &Value<'_>) -> Option<PathBuf> {
    let bytes = ours.get("path")?.as_array()?.iter();
    bytes.map(|byte| u8::try_from(byte.as_u64()?).ok()).collect::<Option<Vec<u8>>>().map(path_of)
}

/// Writes the open logs.
///
/// # Errors
/// This successor could not find the file of one of them.
pub fn write<'a>(
    own: &mut Object<'static>,
    logs: impl Iterator<Item = &'a Log>,
    successor: Successor,
) -> Result<()> {
    let files = logs.map(|log| write_log(log, successor)).collect::<Result<Vec<_>>>()?;
    own.insert("handler", Object::of([("files", files.into())]));
    Ok(())
}

fn write_log(log: &Log, successor: Successor) -> Result<Object<'static>> {
    let Guest { driver, uuid, name } = &log.guest;
    let mut file = Object::of([
        ("pipefd", log.fd().as_raw_fd().into()),
        ("path", log.path().to_string_lossy().into_owned().into()),
        ("driver", driver.clone().into()),
        ("domname", name.clone().into()),
        ("domuuid", uuid.to_string().into()),
    ]);
    if log.path().to_str().is_none() {
        if successor == Successor::Peer {
            bail!(Logging, OperationUnsupported, "{:?} cannot be told the peer's program", log.path());
        }
        // JSON has no other bytes than text
        let bytes = log.path().as_os_str().as_bytes().iter().map(|byte| u32::from(*byte));
        file.insert(OURS, Object::of([("path", bytes.collect())]));
    }
    Ok(file)
}
