//! The frame around every message: length word, header, descriptor count, stream hole.
//!
//! It knows the limits of the wire and nothing of sockets, programs or payloads.
//!
//! On the wire a message is a length word (which counts itself), six words of [`Header`] and the
//! payload, all big endian. A message that carries descriptors starts its payload with their
//! number; each descriptor then follows the message with one byte of its own.

use std::fmt;

/// Bytes of the length word.
pub const LENGTH_SIZE: usize = 4;
/// Bytes of an encoded [`Header`].
pub const HEADER_SIZE: usize = 24;
/// Bytes before the payload: length word and header.
pub const PREFIX_SIZE: usize = LENGTH_SIZE + HEADER_SIZE;
/// Largest message, without its length word.
pub const MESSAGE_MAX: usize = 33_554_432;
/// Largest payload.
pub const PAYLOAD_MAX: usize = MESSAGE_MAX - HEADER_SIZE;
/// Largest payload of a stream packet: what every client ever released can take.
pub const STREAM_PAYLOAD_MAX: usize = 262_120;
/// Most descriptors with one message.
pub const FDS_MAX: usize = 32;

/// What a message is (`virNetMessageType`). Kept raw: an unknown type is answered or dropped by
/// whoever dispatches, it does not make the frame malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageType(pub i32);

impl MessageType {
    /// A call from client to server.
    pub const CALL: Self = Self(0);
    /// The answer to a call.
    pub const REPLY: Self = Self(1);
    /// An event or a keepalive message: nobody answers it.
    pub const MESSAGE: Self = Self(2);
    /// Data, end or failure of a stream.
    pub const STREAM: Self = Self(3);
    /// A call that carries descriptors.
    pub const CALL_WITH_FDS: Self = Self(4);
    /// An answer that carries descriptors.
    pub const REPLY_WITH_FDS: Self = Self(5);
    /// A hole in a sparse stream.
    pub const STREAM_HOLE: Self = Self(6);

    /// Whether descriptors follow the message.
    pub fn has_fds(self) -> bool {
        matches!(self, Self::CALL_WITH_FDS | Self::REPLY_WITH_FDS)
    }

    /// Whether the sender waits for a reply.
    pub fn is_call(self) -> bool {
        matches!(self, Self::CALL | Self::CALL_WITH_FDS)
    }
}

/// How it went (`virNetMessageStatus`), raw as [`MessageType`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(pub i32);

impl Status {
    /// A call, a good reply, an event, or a stream's finish.
    pub const OK: Self = Self(0);
    /// A failed reply, a stream's failure, or a stream's abort.
    pub const ERROR: Self = Self(1);
    /// A stream packet with more to come.
    pub const CONTINUE: Self = Self(2);
}

/// What precedes every payload (`virNetMessageHeader`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Program number.
    pub program: u32,
    /// Version of the program.
    pub version: u32,
    /// Procedure within the program.
    pub procedure: i32,
    /// What the message is.
    pub kind: MessageType,
    /// Chosen by the caller, repeated in the reply and in the packets of the call's stream.
    pub serial: u32,
    /// How it went.
    pub status: Status,
}

impl Header {
    /// The header's 24 bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_SIZE] {
        let words = [
            self.program,
            self.version,
            self.procedure as u32,
            self.kind.0 as u32,
            self.serial,
            self.status.0 as u32,
        ];
        let mut bytes = [0; HEADER_SIZE];
        for (slot, word) in bytes.chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    /// Reads a header; `None` if there are fewer than 24 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |n: usize| Some(u32::from_be_bytes(*bytes.get(n * 4..)?.first_chunk()?));
        Some(Self {
            program: word(0)?,
            version: word(1)?,
            procedure: word(2)? as i32,
            kind: MessageType(word(3)? as i32),
            serial: word(4)?,
            status: Status(word(5)? as i32),
        })
    }

    /// The header of this call's reply (or of a packet of its stream, with the kind given).
    pub fn answer(&self, kind: MessageType, status: Status) -> Self {
        Self { kind, status, ..*self }
    }
}

/// Why bytes are no frame. The connection cannot be used any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The length word is smaller than itself.
    TooSmall(u32),
    /// The message is longer than [`MESSAGE_MAX`]; without its length word.
    TooLarge(u32),
    /// The message ends before its header does.
    NoHeader,
    /// The message announces descriptors and ends before their number.
    NoFdCount,
    /// More than [`FDS_MAX`] descriptors announced.
    TooManyFds(u32),
    /// The bytes for the descriptors came without them.
    FdsMissing,
    /// Descriptors that no message announced.
    FdsUnexpected,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall(len) => {
                write!(f, "packet {len} bytes received from server too small, want {LENGTH_SIZE}")
            }
            Self::TooLarge(len) => {
                write!(f, "packet {len} bytes received from server too large, want {MESSAGE_MAX}")
            }
            Self::NoHeader => f.write_str("Unable to decode message header"),
            Self::NoFdCount => f.write_str("Unable to decode number of FDs"),
            Self::TooManyFds(n) => write!(f, "Received too many FDs {n}, expected {FDS_MAX} maximum"),
            Self::FdsMissing => f.write_str("No file descriptors came with the message"),
            Self::FdsUnexpected => f.write_str("Unexpected file descriptors received"),
        }
    }
}

impl std::error::Error for FrameError {}

/// The extent of one message at the start of received bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub header: Header,
    /// Where its payload starts.
    pub payload: usize,
    /// Where it ends.
    pub end: usize,
    /// How many descriptors, each with one byte, follow [`Frame::end`].
    pub fds: usize,
}

impl Frame {
    /// Looks for a message at the start of `bytes`: `Ok(None)` while more bytes are needed.
    ///
    /// # Errors
    /// The bytes can never become a message.
    pub fn find(bytes: &[u8]) -> Result<Option<Self>, FrameError> {
        let Some(end) = frame_length(bytes)? else { return Ok(None) };
        let Some(frame) = bytes.get(..end) else { return Ok(None) };
        let header = Header::from_bytes(&frame[LENGTH_SIZE..]).ok_or(FrameError::NoHeader)?;
        let mut found = Self { header, payload: PREFIX_SIZE, end, fds: 0 };
        if header.kind.has_fds() {
            let count = frame.get(PREFIX_SIZE..).and_then(|rest| rest.first_chunk());
            let count = u32::from_be_bytes(*count.ok_or(FrameError::NoFdCount)?);
            if count as usize > FDS_MAX {
                return Err(FrameError::TooManyFds(count));
            }
            found.payload += 4;
            found.fds = count as usize;
        }
        Ok(Some(found))
    }

    /// Where the whole unit ends: message and the bytes that carry its descriptors.
    pub fn end_with_fds(&self) -> usize {
        self.end + self.fds
    }
}

/// The length that the length word at the start of `bytes` announces, itself included.
///
/// # Errors
/// No message can have this length.
pub fn frame_length(bytes: &[u8]) -> Result<Option<usize>, FrameError> {
    let Some(word) = bytes.first_chunk() else { return Ok(None) };
    let length = u32::from_be_bytes(*word);
    match (length as usize).checked_sub(LENGTH_SIZE) {
        None => Err(FrameError::TooSmall(length)),
        Some(rest) if rest > MESSAGE_MAX => Err(FrameError::TooLarge(rest as u32)),
        Some(rest) if rest < HEADER_SIZE => Err(FrameError::NoHeader),
        Some(_) => Ok(Some(length as usize)),
    }
}

/// Starts a message in `out`; its payload is appended to `out`, then [`finish`] is called with the
/// returned position.
pub fn begin(out: &mut Vec<u8>, header: &Header) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_SIZE]);
    out.extend_from_slice(&header.to_bytes());
    start
}

/// Writes the length of the message that [`begin`] started at `start`.
///
/// # Errors
/// It is longer than any peer accepts.
pub fn finish(out: &mut [u8], start: usize) -> Result<(), FrameError> {
    let length = out.len() - start;
    match u32::try_from(length) {
        Ok(word) if length - LENGTH_SIZE <= MESSAGE_MAX => {
            out[start..start + LENGTH_SIZE].copy_from_slice(&word.to_be_bytes());
            Ok(())
        }
        _ => Err(FrameError::TooLarge(u32::try_from(length - LENGTH_SIZE).unwrap_or(u32::MAX))),
    }
}

/// Appends a whole message.
///
/// # Errors
/// The payload is longer than [`PAYLOAD_MAX`]; `out` is left as it was.
pub fn append(out: &mut Vec<u8>, header: &Header, payload: &[u8]) -> Result<(), FrameError> {
    let start = begin(out, header);
    out.extend_from_slice(payload);
    finish(out, start).inspect_err(|_| out.truncate(start))
}

/// A hole in a sparse stream (`virNetStreamHole`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamHole {
    /// Bytes to skip.
    pub length: i64,
    /// None is defined.
    pub flags: u32,
}

impl StreamHole {
    /// The payload of a [`MessageType::STREAM_HOLE`].
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&self.length.to_be_bytes());
        bytes[8..].copy_from_slice(&self.flags.to_be_bytes());
        bytes
    }

    /// Reads the payload of a [`MessageType::STREAM_HOLE`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let length = i64::from_be_bytes(*bytes.first_chunk()?);
        let flags = u32::from_be_bytes(*bytes.get(8..)?.first_chunk()?);
        Some(Self { length, flags })
    }
}

/// The keepalive program, which both ends speak beside every other one.
pub mod keepalive {
    use super::{Header, MessageType, Status};

    /// Program number ("keep").
    pub const PROGRAM: u32 = 0x6b65_6570;
    /// Its version.
    pub const VERSION: u32 = 1;
    /// "Are you there?"
    pub const PING: i32 = 1;
    /// "I am."
    pub const PONG: i32 = 2;

    /// The header of a keepalive message, which has no payload.
    pub fn header(procedure: i32) -> Header {
        Header {
            program: PROGRAM,
            version: VERSION,
            procedure,
            kind: MessageType::MESSAGE,
            serial: 0,
            status: Status::OK,
        }
    }

    /// The procedure, if `header` is of a keepalive message.
    pub fn procedure(header: &Header) -> Option<i32> {
        let ours = header.program == PROGRAM && header.version == VERSION;
        (ours && header.kind == MessageType::MESSAGE).then_some(header.procedure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(kind: MessageType) -> Header {
        Header { program: 0x2000_8086, version: 1, procedure: 3, kind, serial: 7, status: Status::OK }
    }

    #[test]
    fn a_message_as_on_the_wire() {
        let mut out = vec![];
        append(&mut out, &header(MessageType::CALL), &[0xaa, 0xbb]).unwrap();
        let expected: Vec<u8> = [30u32, 0x2000_8086, 1, 3, 0, 7, 0]
            .iter()
            .flat_map(|w| w.to_be_bytes())
            .chain([0xaa, 0xbb])
            .collect();
        assert_eq!(out, expected);
        let frame = Frame::find(&out).unwrap().unwrap();
        assert_eq!((frame.payload, frame.end, frame.fds), (28, 30, 0));
        assert_eq!(frame.header, header(MessageType::CALL));
        assert_eq!(Frame::find(&out[..29]), Ok(None));
    }

    #[test]
    fn lengths_out_of_range_are_refused() {
        assert_eq!(Frame::find(&[0, 0, 0]), Ok(None));
        assert_eq!(Frame::find(&3u32.to_be_bytes()), Err(FrameError::TooSmall(3)));
        assert_eq!(Frame::find(&27u32.to_be_bytes()), Err(FrameError::NoHeader));
        assert_eq!(frame_length(&(MESSAGE_MAX as u32 + 4).to_be_bytes()), Ok(Some(MESSAGE_MAX + 4)));
        let large = MESSAGE_MAX as u32 + 1;
        assert_eq!(Frame::find(&(large + 4).to_be_bytes()), Err(FrameError::TooLarge(large)));
    }

    #[test]
    fn descriptor_counts() {
        let with = |count: &[u8]| {
            let mut out = vec![];
            append(&mut out, &header(MessageType::CALL_WITH_FDS), count).unwrap();
            Frame::find(&out).map(|frame| frame.map(|f| (f.payload, f.fds, f.end_with_fds() - f.end)))
        };
        assert_eq!(with(&2u32.to_be_bytes()), Ok(Some((32, 2, 2))));
        assert_eq!(with(&[0, 0]), Err(FrameError::NoFdCount));
        assert_eq!(with(&33u32.to_be_bytes()), Err(FrameError::TooManyFds(33)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_frame_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(Some(frame)) = Frame::find(&bytes) {
                prop_assert!(frame.payload <= frame.end && frame.end <= bytes.len());
                prop_assert_eq!(&frame.header.to_bytes()[..], &bytes[4..28]);
            }
        }

        #[test]
        fn holes_survive(length in any::<i64>(), flags in any::<u32>()) {
            let hole = StreamHole { length, flags };
            prop_assert_eq!(StreamHole::from_bytes(&hole.to_bytes()), Some(hole));
        }
    }
}
