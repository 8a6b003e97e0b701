//! As much of the lock protocol as is measured, written out by hand: what is measured must not measure
//! itself.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

const PROGRAM: u32 = 0x0ea7_beef;
const HEADER: usize = 28;

/// Procedures.
pub(crate) const REGISTER: u32 = 1;
pub(crate) const RESTRICT: u32 = 2;
pub(crate) const ACQUIRE: u32 = 6;
pub(crate) const RELEASE: u32 = 7;
pub(crate) const CREATE_LOCKSPACE: u32 = 8;

/// The first owner's number: one that no process has, since a daemon may end its owners.
pub(crate) const OWNER: u32 = 100_000_000;

/// A call's frame.
pub(crate) fn call(procedure: u32, serial: u32, arguments: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + arguments.len()).unwrap_or(u32::MAX);
    let words = [length, PROGRAM, 1, procedure, 0, serial, 0];
    let mut frame: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    frame.extend_from_slice(arguments);
    frame
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// The arguments that name a resource.
pub(crate) fn resource(space: &str, name: &str, flags: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    text(&mut bytes, space);
    text(&mut bytes, name);
    bytes.extend_from_slice(&flags.to_be_bytes());
    bytes
}

fn owner(number: u32) -> Vec<u8> {
    let mut bytes = vec![7; 16];
    text(&mut bytes, "guest");
    for word in [number + 1, OWNER + number, 0] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// The `index`th word of a frame.
pub(crate) fn word(frame: &[u8], index: usize) -> u32 {
    frame.get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// A connection that makes one call at a time and waits for the answer.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: UnixStream,
    serial: u32,
}

impl Connection {
    pub(crate) fn new(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(Self { stream, serial: 0 })
    }

    /// One that is registered for the owner of this number.
    pub(crate) fn registered(socket: &Path, number: u32) -> io::Result<Self> {
        let mut connection = Self::new(socket)?;
        connection.call(REGISTER, &owner(number))?;
        Ok(connection)
    }

    pub(crate) fn space(&mut self, space: &str) -> io::Result<()> {
        let mut bytes = Vec::new();
        text(&mut bytes, space);
        self.call(CREATE_LOCKSPACE, &[bytes, vec![0; 4]].concat())
    }

    /// Makes a call; an answer that is an error is an error.
    pub(crate) fn call(&mut self, procedure: u32, arguments: &[u8]) -> io::Result<()> {
        self.serial += 1;
        self.stream.write_all(&call(procedure, self.serial, arguments))?;
        let mut buffer = [0; 2048];
        let mut have = 0;
        while have < 4 || have < (word(&buffer, 0) as usize).min(buffer.len()) {
            match self.stream.read(&mut buffer[have..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => have += n,
            }
        }
        if word(&buffer, 5) != self.serial {
            return Err(io::Error::other("the answer is to another call"));
        }
        if word(&buffer, 6) != 0 {
            let text = String::from_utf8_lossy(&buffer[HEADER..have]).into_owned();
            return Err(io::Error::other(format!("procedure {procedure} failed: {text}")));
        }
        Ok(())
    }

    pub(crate) fn into_stream(self) -> UnixStream {
        self.stream
    }
}
