//! A daemon that misbehaves on purpose: it lets clients in, and then says what a test wants it to say.
//!
//! It serves one connection at a time, on a socket of its own, and speaks in bytes: what is wrong must
//! not be put right by code that knows how it should be.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;
use std::time::Duration;

/// The program that a driver's calls go to.
pub const PROGRAM: u32 = 0x2000_8086;
/// The program of keepalive messages.
const KEEPALIVE: u32 = 0x6b65_6570;
/// `REMOTE_PROC_CONNECT_GET_HOSTNAME`, the call that is answered as the test wants.
pub const HOSTNAME: u32 = 59;
const SUPPORTS_FEATURE: u32 = 60;
const AUTH_LIST: u32 = 66;
/// Kinds of messages.
pub const REPLY: u32 = 1;
/// As [`REPLY`]: what answers nothing.
pub const MESSAGE: u32 = 2;

/// What the server does when it is asked for the host's name.
pub enum Said {
    /// Says this, and listens on.
    Bytes(Vec<u8>),
    /// Says this, and closes.
    Last(Vec<u8>),
    /// Says this a byte at a time, with so long between them, for as long as anybody listens.
    Slowly(Vec<u8>, Duration),
}

/// The server's end.
pub struct Misbehaving {
    directory: tempfile::TempDir,
    thread: Option<JoinHandle<()>>,
}

impl Misbehaving {
    /// A server that answers questions for the host's name by `answer`, which gets their serials. If it
    /// is `deaf`, it does not answer whether it is there.
    ///
    /// # Errors
    /// No socket can be made.
    pub fn start(deaf: bool, answer: impl FnMut(u32) -> Said + Send + 'static) -> io::Result<Self> {
        let directory = tempfile::tempdir()?;
        let listener = UnixListener::bind(directory.path().join("socket"))?;
        let mut answer = answer;
        let thread = std::thread::spawn(move || {
            if let Ok((socket, _)) = listener.accept() {
                // whoever misbehaves is left alone by clients
                let _ = serve(socket, deaf, &mut answer);
            }
        });
        Ok(Self { directory, thread: Some(thread) })
    }

    /// Where clients find it.
    pub fn uri(&self) -> String {
        format!("test+unix:///default?socket={}/socket", self.directory.path().display())
    }

    /// Waits until it has closed.
    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A message's frame.
pub fn message(
    program: u32,
    version: u32,
    procedure: u32,
    kind: u32,
    serial: u32,
    payload: &[u8],
) -> Vec<u8> {
    let length = u32::try_from(28 + payload.len()).unwrap_or(u32::MAX);
    let words = [length, program, version, procedure, kind, serial, 0];
    words.iter().flat_map(|word| word.to_be_bytes()).chain(payload.iter().copied()).collect()
}

/// An answer with that payload.
pub fn reply(procedure: u32, serial: u32, payload: &[u8]) -> Vec<u8> {
    message(PROGRAM, 1, procedure, REPLY, serial, payload)
}

/// A good answer: the host is called `host`.
pub fn name(serial: u32) -> Vec<u8> {
    reply(HOSTNAME, serial, b"\0\0\0\x04host")
}

fn word(bytes: &[u8; 28], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn serve(mut socket: UnixStream, deaf: bool, answer: &mut dyn FnMut(u32) -> Said) -> io::Result<()> {
    loop {
        let mut head = [0; 28];
        socket.read_exact(&mut head)?;
        let rest = u64::from(word(&head, 0).saturating_sub(28));
        io::copy(&mut io::Read::by_ref(&mut socket).take(rest), &mut io::sink())?;
        let (program, procedure, serial) = (word(&head, 4), word(&head, 12), word(&head, 20));
        if program == KEEPALIVE {
            if !deaf && procedure == 1 {
                socket.write_all(&message(KEEPALIVE, 1, 2, MESSAGE, 0, &[]))?;
            }
            continue;
        }
        match procedure {
            HOSTNAME => match answer(serial) {
                Said::Bytes(bytes) => socket.write_all(&bytes)?,
                Said::Last(bytes) => return socket.write_all(&bytes),
                Said::Slowly(bytes, pause) => {
                    for byte in bytes {
                        socket.write_all(&[byte])?;
                        std::thread::sleep(pause);
                    }
                }
            },
            // one way to be let in: none
            AUTH_LIST => socket.write_all(&reply(procedure, serial, b"\0\0\0\x01\0\0\0\0"))?,
            SUPPORTS_FEATURE => socket.write_all(&reply(procedure, serial, b"\0\0\0\x01"))?,
            _ => socket.write_all(&reply(procedure, serial, &[]))?,
        }
    }
}

/// A way to misbehave: its name, and the answer to the call of that serial.
pub type Lie = (&'static str, fn(u32) -> Vec<u8>);

/// Each way to misbehave; none of these answers may be believed.
pub fn lies() -> Vec<Lie> {
    vec![
        ("garbage", |_| vec![0xff; 100]),
        ("zeros", |_| vec![0; 100]),
        ("a length of 3", |_| vec![0, 0, 0, 3, 0, 0, 0, 0]),
        ("a length and no header", |_| vec![0, 0, 0, 8, 0, 0, 0, 0]),
        ("more than a message may have", |serial| {
            let mut said = name(serial);
            said[..4].copy_from_slice(&0x0200_0005_u32.to_be_bytes());
            said
        }),
        ("a length of four gigabytes", |_| vec![0xff; 4]),
        // one that no call has had, however many wait at once
        ("another serial", |serial| name(serial + 1_000_000)),
        ("another program", |serial| message(PROGRAM + 1, 1, HOSTNAME, REPLY, serial, b"\0\0\0\x04host")),
        ("another version", |serial| message(PROGRAM, 2, HOSTNAME, REPLY, serial, b"\0\0\0\x04host")),
        ("another procedure", |serial| message(PROGRAM, 1, HOSTNAME + 1, REPLY, serial, b"\0\0\0\x04host")),
        ("a call", |serial| message(PROGRAM, 1, HOSTNAME, 0, serial, b"\0\0\0\x04host")),
        ("a kind that there is none of", |serial| message(PROGRAM, 1, HOSTNAME, 9, serial, &[])),
        ("a status that there is none of", |serial| {
            let mut said = name(serial);
            said[27] = 7;
            said
        }),
        ("a failure without an error", |serial| {
            let mut said = name(serial);
            said[27] = 1;
            said
        }),
        ("a text of four gigabytes", |serial| reply(HOSTNAME, serial, &[0xff; 4])),
        ("a text that ends early", |serial| reply(HOSTNAME, serial, b"\0\0\0\x05h")),
        ("descriptors that do not come", |serial| {
            message(PROGRAM, 1, HOSTNAME, 5, serial, b"\0\0\0\x02\0\0\0\x04host\0\0")
        }),
        ("more descriptors than may be", |serial| message(PROGRAM, 1, HOSTNAME, 5, serial, &[0, 0, 0, 99])),
        ("a good answer's other half", |serial| name(serial)[14..].to_vec()),
    ]
}
