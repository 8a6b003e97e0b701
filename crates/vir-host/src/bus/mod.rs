//! Asking services of the host over D-Bus: one call, and its answer.
//!
//! A connection for each question: they are rare, and nothing has to be kept alive or watched for them.

pub mod wire;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use vir_base::{Result, bail, err};
use wire::{Broken, FIXED, Message, Method, REFUSAL, Writer};

/// Where the host's bus listens if the environment does not say it.
const SYSTEM: &str = "unix:path=/run/dbus/system_bus_socket";
/// Longest line while the bus finds out who we are.
const LINE_MAX: usize = 1024;

/// A connection to a bus.
pub struct Bus {
    stream: UnixStream,
    end: Instant,
    serial: u32,
}

impl Bus {
    /// Connects to the host's bus; everything asked of it has to be done within `limit`.
    ///
    /// # Errors
    /// There is none, or it does not take us.
    pub fn system(limit: Duration) -> Result<Self> {
        let address = std::env::var("DBUS_SYSTEM_BUS_ADDRESS").unwrap_or_else(|_| SYSTEM.to_owned());
        Self::at(&address, limit)
    }

    /// Connects to the bus at an address, as D-Bus writes it.
    ///
    /// # Errors
    /// There is none, or it does not take us.
    pub fn at(address: &str, limit: Duration) -> Result<Self> {
        let failed = |why: String| err!(Dbus, InternalError, "Unable to get system bus connection: {why}");
        let stream =
            reach(address).map_err(|error| failed(format!("Could not connect: {}", reason(&error))))?;
        let mut bus = Self { stream, end: Instant::now() + limit, serial: 0 };
        bus.introduce().map_err(|error| failed(reason(&error)))?;
        let hello = Method {
            service: "org.freedesktop.DBus",
            path: "/org/freedesktop/DBus",
            interface: "org.freedesktop.DBus",
            name: "Hello",
        };
        bus.call(&hello, "", &Writer::default(), "s")?;
        Ok(bus)
    }

    /// Calls a method and waits for its answer, whose values are of the kinds that `wanted` says.
    ///
    /// # Errors
    /// The service refuses, or there is none, or the time is over.
    pub fn call(
        &mut self,
        method: &Method<'_>,
        signature: &str,
        body: &Writer,
        wanted: &str,
    ) -> Result<Message> {
        self.serial += 1;
        let bytes = wire::call(self.serial, method, signature, body);
        let message = self.converse(&bytes).map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                err!(Dbus, DbusService, "Timeout was reached")
            }
            _ => err!(Dbus, DbusService, "{}", reason(&error)),
        })?;
        if message.kind == REFUSAL {
            let name = message.error.as_deref().unwrap_or_default();
            let text = match message.signature.starts_with('s') {
                true => wire::Reader::new(&message.body, message.big).text().unwrap_or_default(),
                false => "",
            };
            bail!(Dbus, DbusService, "GDBus.Error:{name}: {text}");
        }
        if message.signature != wanted {
            bail!(
                Dbus,
                DbusService,
                "Method “{}” returned type “({})”, but expected “({wanted})”",
                method.name,
                message.signature
            );
        }
        Ok(message)
    }

    /// Sends a call and waits for what answers it.
    fn converse(&mut self, bytes: &[u8]) -> io::Result<Message> {
        self.write(bytes)?;
        loop {
            let mut fixed = [0; FIXED];
            self.read(&mut fixed)?;
            let length = wire::length(&fixed).map_err(broken)?;
            let mut whole = fixed.to_vec();
            whole.resize(length.max(FIXED), 0);
            self.read(&mut whole[FIXED..])?;
            let message = wire::parse(&whole).map_err(broken)?;
            // the bus says more than it is asked for
            if message.answers == Some(self.serial) {
                return Ok(message);
            }
        }
    }

    /// Has the bus ask the kernel who we are.
    fn introduce(&mut self) -> io::Result<()> {
        let uid = rustix::process::geteuid().as_raw().to_string();
        let hex: String = uid.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.write(format!("\0AUTH EXTERNAL {hex}\r\n").as_bytes())?;
        let mut line = vec![];
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            self.read(&mut byte)?;
            line.push(byte[0]);
            if line.len() > LINE_MAX {
                return Err(broken(Broken));
            }
        }
        if !line.starts_with(b"OK ") {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.write(b"BEGIN\r\n")
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        match self.end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write_all(bytes)
    }

    fn read(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            self.stream.set_read_timeout(self.left()?)?;
            match self.stream.read(buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(got) => buffer = &mut buffer[got..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The system's words for it.
fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(errno) => vir_base::error::errno_text(errno),
        None => error.to_string(),
    }
}

fn broken(_: Broken) -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Connects to the first of the sockets in an address that somebody listens at.
fn reach(address: &str) -> io::Result<UnixStream> {
    let mut last = io::ErrorKind::NotFound.into();
    for one in address.split(';') {
        let Some(keys) = one.strip_prefix("unix:") else { continue };
        let key = |name: &str| keys.split(',').find_map(|key| key.strip_prefix(name)?.strip_prefix('='));
        let place = match (key("path"), key("abstract")) {
            (Some(path), _) => SocketAddrUnix::new(path),
            (None, Some(name)) => SocketAddrUnix::new_abstract_name(name.as_bytes()),
            (None, None) => continue,
        };
        let reached = place.and_then(|place| {
            let fd = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
            connect(&fd, &place).map(|()| fd)
        });
        match reached {
            Ok(fd) => return Ok(fd.into()),
            Err(errno) => last = errno.into(),
        }
    }
    Err(last)
}
