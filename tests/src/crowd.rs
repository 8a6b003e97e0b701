//! Clients that are up to no good: they send halves, read nothing, send too much, come in crowds. What is to be
//! seen each time is that others are served, in which order, and what is left behind.
//!
//! It knows frames and nothing of what daemons do: all calls are of a procedure that there is not, which is
//! answered like any other.

use crate::lockd::{PATIENCE, until};
use rustix::net::sockopt::set_socket_recv_buffer_size;
use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use vir_proto::frame::{self, Header, MessageType, Status};

/// A procedure that no program has.
const NO_PROCEDURE: i32 = 9999;

/// What a daemon may need for clients that it serves, at most: its buffers for them are smaller by far.
const ROOM: u64 = 12 << 20;

/// A daemon that is besieged.
#[derive(Debug)]
pub struct Besieged {
    /// Its process.
    pub pid: u32,
    /// Where clients come.
    pub socket: PathBuf,
    /// What they ask for: a program's number.
    pub program: u32,
}

/// One of the crowd.
#[derive(Debug)]
pub struct Raw {
    stream: UnixStream,
    program: u32,
    serial: u32,
}

impl Raw {
    fn connect(socket: &Path, program: u32) -> Self {
        let stream = UnixStream::connect(socket).unwrap_or_else(|error| panic!("connecting: {error}"));
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { stream, program, serial: 0 }
    }

    /// The bytes of its next call.
    fn call(&mut self) -> Vec<u8> {
        self.serial += 1;
        let (kind, status) = (MessageType::CALL, Status::OK);
        let (program, serial) = (self.program, self.serial);
        let header = Header { program, version: 1, procedure: NO_PROCEDURE, kind, serial, status };
        let mut bytes = Vec::new();
        frame::append(&mut bytes, &header, &[]).expect("a frame");
        bytes
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap_or_else(|error| panic!("sending: {error}"));
    }

    /// Waits for the next answer, and gives the number of its call.
    fn answer(&mut self) -> u32 {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap_or_else(|error| panic!("no answer: {error}"));
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        self.stream.read_exact(&mut rest).unwrap_or_else(|error| panic!("half an answer: {error}"));
        let header = Header::from_bytes(&rest).expect("a header");
        assert_eq!(header.status, Status::ERROR);
        header.serial
    }

    /// Asks something and waits for the answer.
    fn is_served(&mut self) {
        let call = self.call();
        self.send(&call);
        assert_eq!(self.answer(), self.serial);
    }

    fn has_no_answer(&mut self) -> bool {
        self.stream.set_nonblocking(true).expect("a mode");
        let read = self.stream.read(&mut [0]);
        self.stream.set_nonblocking(false).expect("a mode");
        read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Whether the daemon has ended the connection.
    fn is_closed(&mut self) -> bool {
        match self.stream.read(&mut [0; 64]) {
            Ok(0) => true,
            // a last word
            Ok(_) => self.is_closed(),
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

impl Besieged {
    fn come(&self) -> Raw {
        Raw::connect(&self.socket, self.program)
    }

    /// Somebody who comes now is served.
    pub fn serves(&self) {
        self.come().is_served();
    }

    /// Those who have sent a part of a call, of any length, are waited for by nobody but themselves.
    pub fn halves_hold_up_nobody(&self) {
        let mut slow: Vec<(Raw, Vec<u8>)> = Vec::new();
        for number in 0..120 {
            let mut raw = self.come();
            let call = raw.call();
            let sent = number % call.len();
            raw.send(&call[..sent]);
            slow.push((raw, call[sent..].to_vec()));
            if number % 10 == 0 {
                self.serves();
            }
        }
        // byte by byte, in turns, and never one that is not finished is answered
        while !slow.is_empty() {
            slow.retain_mut(|(raw, rest)| {
                assert!(raw.has_no_answer());
                raw.send(&rest[..1]);
                rest.remove(0);
                if rest.is_empty() {
                    assert_eq!(raw.answer(), 1);
                }
                !rest.is_empty()
            });
        }
        self.serves();
    }

    /// One that asks without end and reads no answer is not listened to any more after a while, which costs nothing;
    /// as soon as it reads it gets what it has asked for, in order.
    pub fn who_does_not_read_waits(&self) {
        let before = self.resident();
        let mut deaf = self.come();
        // so that what the kernel keeps does not hide the daemon
        set_socket_recv_buffer_size(&deaf.stream, 4096).expect("a buffer");
        deaf.stream.set_nonblocking(true).expect("a mode");
        let mut left: Vec<u8> = Vec::new();
        let (mut quiet, mut sent) = (0, 0);
        // two rounds in which others were served and it could not say a word
        while quiet < 2 {
            let before = sent;
            loop {
                if left.is_empty() {
                    left = deaf.call();
                }
                match deaf.stream.write(&left) {
                    Ok(count) => {
                        left.drain(..count);
                        sent += count;
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("it is sent away: {error}"),
                }
            }
            assert!(sent < 64 << 20, "it may ask without end");
            self.serves();
            quiet = if sent == before { quiet + 1 } else { 0 };
        }
        assert!(self.resident() < before + ROOM, "{} from {before}", self.resident());
        deaf.stream.set_nonblocking(false).expect("a mode");
        // the last one may have been sent in part
        let mut writer = deaf.stream.try_clone().expect("a duplicate");
        let rest = std::thread::spawn(move || writer.write_all(&left));
        for serial in 1..=deaf.serial {
            assert_eq!(deaf.answer(), serial);
        }
        rest.join().expect("a thread").expect("the rest is taken");
        assert!(deaf.has_no_answer());
        self.serves();
    }

    /// Lengths that no message has end the connection, and nobody else's.
    pub fn impossible_messages_end_their_connection(&self) {
        let mut other = self.come();
        for length in [0, 3, 27, frame::MESSAGE_MAX as u32 + 5, u32::MAX] {
            let mut raw = self.come();
            raw.send(&length.to_be_bytes());
            raw.send(&[0; 24]);
            assert!(raw.is_closed(), "{length}");
            other.is_served();
        }
        // as large as can be, and never complete: nothing is set aside for what has not come
        let before = self.resident();
        let mut large: Vec<Raw> = (0..50).map(|_| self.come()).collect();
        for raw in &mut large {
            raw.send(&(frame::MESSAGE_MAX as u32).to_be_bytes());
            raw.send(&[0; 1000]);
        }
        other.is_served();
        assert!(self.resident() < before + ROOM, "{} from {before}", self.resident());
    }

    /// With at most `most` clients: the next one waits until one has left, and is served then.
    pub fn no_more_than_allowed(&self, most: usize) {
        // those who have left are still there for a moment
        let mut inside: Vec<Raw> = (0..most).map(|_| self.come()).collect();
        inside.iter_mut().for_each(Raw::is_served);
        let mut outside: Vec<Raw> = (0..5).map(|_| self.come()).collect();
        for raw in &mut outside {
            let call = raw.call();
            raw.send(&call);
        }
        for _ in 0..20 {
            inside.iter_mut().for_each(Raw::is_served);
        }
        assert!(outside.iter_mut().all(Raw::has_no_answer));
        // one leaves, one comes, in the order in which they came
        for mut raw in outside {
            drop(inside.remove(0));
            assert_eq!(raw.answer(), 1);
            inside.push(raw);
            inside.iter_mut().for_each(Raw::is_served);
        }
    }

    /// Crowds come and go; `work` does what this daemon is there for. Nothing is left of them.
    pub fn nothing_is_left(&self, mut work: impl FnMut()) {
        let mut round = || {
            for _ in 0..5 {
                let mut crowd: Vec<Raw> = (0..60).map(|_| self.come()).collect();
                for (number, raw) in crowd.iter_mut().enumerate() {
                    let call = raw.call();
                    raw.send(&call[..if number % 2 == 0 { call.len() } else { number % call.len() }]);
                }
                work();
                self.serves();
            }
        };
        // the first ones make it as large as it has to be
        round();
        self.serves();
        let descriptors = until("all have left", || {
            let now = self.descriptors();
            (now < 60).then_some(now)
        });
        let resident = self.resident();
        for _ in 0..3 {
            round();
        }
        until("all have left again", || (self.descriptors() <= descriptors).then_some(()));
        assert!(self.resident() < resident + (1 << 20), "{} from {resident}", self.resident());
    }

    fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid)).expect("its descriptors").count()
    }

    /// Its memory, in bytes.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its size");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }
}
