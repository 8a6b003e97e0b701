//! As much of the wire protocol as is measured, written out by hand: what is measured must not
//! measure itself.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

const PROGRAM: u32 = 0x2000_8086;
const VERSION: u32 = 1;
pub(crate) const HEADER: usize = 28;

/// Procedures of the remote program.
pub(crate) mod procedure {
    pub(crate) const OPEN: u32 = 1;
    pub(crate) const CLOSE: u32 = 2;
    pub(crate) const LIB_VERSION: u32 = 157;
}

/// A call's frame: the header (length, program, version, procedure, type, serial, status) and the
/// encoded arguments.
pub(crate) fn call(procedure: u32, serial: u32, arguments: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + arguments.len()).unwrap_or(u32::MAX);
    let mut frame = Vec::with_capacity(HEADER + arguments.len());
    for word in [length, PROGRAM, VERSION, procedure, 0, serial, 0] {
        frame.extend_from_slice(&word.to_be_bytes());
    }
    frame.extend_from_slice(arguments);
    frame
}

/// The arguments of OPEN: an optional string, and flags.
pub(crate) fn open_arguments(uri: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&1_u32.to_be_bytes());
    bytes.extend_from_slice(&u32::try_from(uri.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(uri.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend_from_slice(&0_u32.to_be_bytes());
    bytes
}

/// The `index`th word of a frame.
pub(crate) fn word(frame: &[u8], index: usize) -> u32 {
    frame.get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// The length of the whole frame at the start of `bytes`, once its first word is there.
pub(crate) fn frame_length(bytes: &[u8]) -> Option<usize> {
    (bytes.len() >= 4).then(|| word(bytes, 0) as usize)
}

/// A connection that makes one call at a time and waits for the answer.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: UnixStream,
    serial: u32,
}

impl Connection {
    pub(crate) fn new(socket: &Path) -> io::Result<Connection> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Connection { stream, serial: 0 })
    }

    /// A connection on which `uri` is open.
    pub(crate) fn open(socket: &Path, uri: &str) -> io::Result<Connection> {
        let mut connection = Connection::new(socket)?;
        connection.call(procedure::OPEN, &open_arguments(uri))?;
        Ok(connection)
    }

    /// Makes a call; an answer that is an error is an error.
    pub(crate) fn call(&mut self, procedure: u32, arguments: &[u8]) -> io::Result<()> {
        self.serial += 1;
        self.stream.write_all(&call(procedure, self.serial, arguments))?;
        let mut buffer = [0; 1024];
        let mut have = 0;
        loop {
            let n = self.stream.read(&mut buffer[have..])?;
            if n == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            have += n;
            if frame_length(&buffer[..have]).is_some_and(|length| have >= length.min(buffer.len())) {
                break;
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

#[cfg(test)]
mod tests {
    use super::{call, frame_length, open_arguments, word};

    #[test]
    fn a_call_is_seven_words_and_its_arguments() {
        let frame = call(1, 9, &open_arguments("test:///default"));
        assert_eq!(frame_length(&frame), Some(frame.len()));
        assert_eq!(frame.len(), 28 + 4 + 4 + 16 + 4);
        assert_eq!((word(&frame, 1), word(&frame, 3), word(&frame, 5)), (0x2000_8086, 1, 9));
    }
}
