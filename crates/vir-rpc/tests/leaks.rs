//! Clients that come, ask for all kinds of things and break off anywhere leave nothing behind: no
//! client, no descriptor, no thread. Alone in its file, since it counts those of the process.

mod common;

use common::{PROGRAM, Running, call, eventually, pipe_with, procedure::*, target};
use std::io::{Read, Write};
use std::time::Duration;
use vir_rpc::frame::{self, Header, MessageType, Status, StreamHole, keepalive};
use vir_rpc::server::Limits;

/// Small and repeatable.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

fn message(dice: &mut Dice, serial: u32) -> Vec<u8> {
    let procedures =
        [ECHO, SLEEP, FAIL, DOWNLOAD, UPLOAD, UNSURE, LATER, EVENTS, BYTES, SPARSE, KEEPALIVE, 77, -3];
    let procedure = procedures[dice.roll(procedures.len() as u64) as usize];
    let (mut kind, mut status, mut payload) =
        (MessageType::CALL, Status::OK, dice.roll(30).to_be_bytes()[4..].to_vec());
    payload.extend_from_slice(&(dice.roll(2000) as u32).to_be_bytes());
    match dice.roll(10) {
        0..5 => {}
        5 => (kind, status) = (MessageType::STREAM, Status(dice.roll(4) as i32)),
        6 => {
            (kind, status) = (MessageType::STREAM_HOLE, Status::CONTINUE);
            payload = StreamHole { length: 5, flags: 0 }.to_bytes().to_vec();
        }
        7 => return frame_of(&keepalive::header(keepalive::PING), &[]),
        8 => return (0..dice.roll(60)).map(|_| dice.roll(4) as u8).collect(),
        _ => kind = MessageType(dice.roll(9) as i32),
    }
    // Packets sometimes belong to a stream that is open.
    let serial = if kind == MessageType::CALL { serial } else { dice.roll(u64::from(serial) + 1) as u32 };
    frame_of(&Header { program: PROGRAM, version: 1, procedure, kind, serial, status }, &payload)
}

fn frame_of(header: &Header, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    frame::append(&mut out, header, payload).unwrap();
    out
}

#[test]
fn nothing_is_left_behind() {
    // The panics that a program is asked for would only fill the output.
    let server = Running::start(Limits { max_client_requests: 3, ..Limits::default() });
    let client = server.connect();
    call(&client, ECHO, b"warm").unwrap();
    eventually("the workers are there", || server.server.pool_info().free_workers > 0);
    let (fds, seed) = (descriptors(), 20_261_122);
    let mut dice = Dice(seed);
    for round in 0..120 {
        let mut raw = server.raw();
        raw.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        raw.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
        for serial in 0..dice.roll(12) as u32 {
            let bytes = message(&mut dice, serial);
            let cut =
                if dice.roll(8) == 0 { dice.roll(bytes.len() as u64 + 1) as usize } else { bytes.len() };
            if raw.write_all(&bytes[..cut]).is_err() {
                break;
            }
            if dice.roll(4) == 0 {
                let _ = raw.read(&mut [0; 10_000]);
            }
        }
        if round % 10 == 0 {
            let other = server.connect();
            let _ = other.call(target(FDS), b"", vec![pipe_with("x"), pipe_with("y")]);
            let _ = other.call(target(ECHO), b"", vec![pipe_with("closed unseen")]);
            let _ = other.call_stream(target(DOWNLOAD), &50_000_000u32.to_be_bytes(), false);
        }
        assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive", "seed {seed} round {round}");
    }
    eventually("all clients are forgotten", || server.server.client_counts().0 == 1);
    eventually("all workers are idle", || {
        let info = server.server.pool_info();
        info.free_workers == info.workers && info.queued == 0
    });
    let pool = server.server.pool_info();
    // This thread, the test's own, the loop's, and the workers.
    eventually("no stream's thread is left", || threads() <= 3 + pool.workers + pool.prio_workers);
    eventually("no descriptor is left", || descriptors() <= fds);
}
