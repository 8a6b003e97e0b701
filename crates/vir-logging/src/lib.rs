//! The log manager, as hypervisor drivers see it: the client of `virtlogd`, which keeps what guests
//! write in files that never grow too large.
//!
//! A guest's process gets a pipe to write to ([`Logd::open`]); its log is open as long as somebody has
//! that end. Whoever manages the guest adds lines of its own ([`Logd::append`]), since only the daemon
//! knows in which file the end of the log is, and reads from a position on ([`Logd::read`]).

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vir_base::paths::Paths;
use vir_base::{Result, Uuid, bail, err};
use vir_proto::procedures::log::*;
use vir_proto::wire::{LogDomainGetLogFilePositionRet, LogDomainOpenLogFileRet, LogLogFilePosition};
use vir_proto::xdr::{Decoder, Encoder, Xdr};
use vir_rpc::client::{Answer, Client, Target, connect_or_start};

/// The daemon waits for nothing but the disk: nobody is to be stuck with one that is.
const PATIENCE: Duration = Duration::from_secs(60);
/// The protocol has no longer strings, in bytes.
pub const STRING_MAX: u32 = 4_194_304;
/// What was in the log is to go.
const TRUNCATE: u32 = 1;

/// Whose log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The driver that runs it.
    pub driver: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
}

/// Where in a log somebody writes or reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The file, by its number in the file system.
    pub inode: u64,
    /// Bytes from its beginning.
    pub offset: u64,
}

/// A connection to the daemon.
pub struct Logd(Client);

/// Where the daemon of an instance listens.
pub fn socket(paths: &Paths) -> PathBuf {
    paths.state.join("virtlogd-sock")
}

impl std::fmt::Debug for Logd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Logd")
    }
}

impl Logd {
    /// Connects to the daemon of an instance; a session's own is started if it does not run.
    ///
    /// # Errors
    /// It is not there.
    pub fn connect(paths: &Paths) -> Result<Self> {
        let socket = socket(paths);
        match paths.system {
            true => Self::connect_to(&socket),
            false => connect_or_start(&socket, "virtlogd").map(Self),
        }
    }

    /// Connects to a daemon that is there.
    ///
    /// # Errors
    /// It is not.
    pub fn connect_to(socket: &Path) -> Result<Self> {
        Client::connect_unix(socket).map(Self)
    }

    /// Opens a guest's log: the descriptor for it to write to, and where its first byte goes.
    ///
    /// # Errors
    /// It is open already, or cannot be; what the daemon says.
    pub fn open(&self, guest: &Guest, path: &Path, truncate: bool) -> Result<(OwnedFd, Position)> {
        let mut answer = self.call(LOG_DOMAIN_OPEN_LOG_FILE, |e| {
            whose(e, guest);
            text(e, path);
            (if truncate { TRUNCATE } else { 0 }).encode(e);
        })?;
        let LogDomainOpenLogFileRet { pos } = answer.decode()?;
        let Some(end) = answer.fds.pop() else {
            bail!(Logging, InternalError, "no file descriptor received");
        };
        if !answer.fds.is_empty() {
            bail!(Logging, InternalError, "too many file descriptors received");
        }
        Ok((end, position(pos)))
    }

    /// Where the next byte goes of a log that is open.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn position(&self, path: &Path) -> Result<Position> {
        let answer = self.call(LOG_DOMAIN_GET_LOG_FILE_POSITION, |e| {
            text(e, path);
            0_u32.encode(e);
        })?;
        answer.decode().map(|LogDomainGetLogFilePositionRet { pos }| position(pos))
    }

    /// At most `max` bytes of a log from there on, no more than [`STRING_MAX`]. A NUL ends them.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn read(&self, path: &Path, at: Position, max: u64) -> Result<Vec<u8>> {
        let answer = self.call(LOG_DOMAIN_READ_LOG_FILE, |e| {
            text(e, path);
            at.inode.encode(e);
            at.offset.encode(e);
            max.encode(e);
            0_u32.encode(e);
        })?;
        let data = Decoder::new(&answer.payload).opaque(STRING_MAX);
        data.map_err(|_| err!(Rpc, Rpc, "Unable to decode message payload"))
    }

    /// Adds to a log, whether it is open or not.
    ///
    /// # Errors
    /// What the daemon says.
    pub fn append(&self, guest: &Guest, path: &Path, message: &[u8]) -> Result<()> {
        self.call(LOG_DOMAIN_APPEND_LOG_FILE, |e| {
            whose(e, guest);
            text(e, path);
            e.opaque(message, STRING_MAX);
            0_u32.encode(e);
        })?;
        Ok(())
    }

    /// Strings are written as they are: paths need not be UTF-8.
    fn call(&self, procedure: i32, args: impl FnOnce(&mut Encoder)) -> Result<Answer> {
        let mut encoder = Encoder::default();
        args(&mut encoder);
        let args = encoder.finish().map_err(|_| err!(Rpc, Rpc, "Unable to encode message payload"))?;
        let target = Target { program: PROGRAM, version: VERSION, procedure };
        self.0.call_until(target, &args, vec![], Some(Instant::now() + PATIENCE))
    }
}

fn whose(e: &mut Encoder, Guest { driver, uuid, name }: &Guest) {
    text(e, driver);
    uuid.encode(e);
    text(e, name);
}

fn text(e: &mut Encoder, text: impl AsRef<OsStr>) {
    e.opaque(text.as_ref().as_bytes(), STRING_MAX);
}

fn position(LogLogFilePosition { inode, offset }: LogLogFilePosition) -> Position {
    Position { inode, offset }
}
