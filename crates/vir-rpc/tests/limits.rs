//! What a bad or slow client can do: nothing to others, and little to the server.

mod common;

use common::{PROGRAM, Running, call, eventually, procedure::*};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};
use vir_rpc::auth::AuthMethod;
use vir_rpc::frame::{self, Header, MessageType, Status, keepalive};
use vir_rpc::server::{Limits, ListenerOptions};

fn message(kind: MessageType, procedure: i32, serial: u32, payload: &[u8]) -> Vec<u8> {
    let header = Header { program: PROGRAM, version: 1, procedure, kind, serial, status: Status::OK };
    let mut out = vec![];
    frame::append(&mut out, &header, payload).unwrap();
    out
}

fn read_serial(raw: &mut UnixStream) -> (Header, Vec<u8>) {
    let mut length = [0; 4];
    raw.read_exact(&mut length).unwrap();
    let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
    raw.read_exact(&mut rest).unwrap();
    (Header::from_bytes(&rest).unwrap(), rest.split_off(24))
}

fn is_closed(raw: &mut UnixStream) -> bool {
    match raw.read(&mut [0; 4096]) {
        Ok(0) => true,
        Ok(_) => is_closed(raw),
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn a_thousand_stalled_clients_harm_nobody() {
    let server = Running::start(Limits::default());
    let whole = message(MessageType::CALL, ECHO, 1, &[0; 64]);
    let stalled: Vec<_> = (0..1000)
        .map(|n| {
            let mut raw = server.raw();
            raw.write_all(&whole[..n % whole.len()]).unwrap();
            raw
        })
        .collect();
    let client = server.connect();
    eventually("all are connected", || server.server.client_counts().0 == 1001);
    let started = Instant::now();
    for _ in 0..1000 {
        call(&client, ECHO, b"four").unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop(stalled);
    eventually("all are forgotten", || server.server.client_counts().0 == 1);
}

#[test]
fn a_client_that_never_reads_is_bounded() {
    let server = Running::start(Limits::default());
    let mut raw = server.raw();
    raw.set_nonblocking(true).unwrap();
    let ask = message(MessageType::CALL, BYTES, 1, &100_000u32.to_be_bytes());
    let (mut sent, mut quiet) = (0, 0);
    while quiet < 20 {
        match raw.write(&ask[sent % ask.len()..]) {
            Ok(len) => (sent, quiet) = (sent + len, 0),
            Err(_) => {
                quiet += 1;
                thread::sleep(Duration::from_millis(10));
            }
        }
        assert!(sent < 10_000_000, "it takes calls for ever");
    }
    assert_eq!(call(&server.connect(), ECHO, b"alive").unwrap(), b"alive");
    // When it reads at last, it gets every answer.
    raw.set_nonblocking(false).unwrap();
    for _ in 0..sent / ask.len() {
        assert_eq!(read_serial(&mut raw).1.len(), 100_000);
    }
}

#[test]
fn a_client_that_never_reads_events_is_disconnected() {
    let server = Running::start(Limits::default());
    let mut raw = server.raw();
    raw.write_all(&message(
        MessageType::CALL,
        EVENTS,
        1,
        &[1000u32.to_be_bytes(), 65536u32.to_be_bytes()].concat(),
    ))
    .unwrap();
    eventually("it is disconnected", || server.server.client_counts().0 == 0);
}

#[test]
fn malformed_frames_close_the_connection() {
    let server = Running::start(Limits::default());
    let too_long = [&(frame::MESSAGE_MAX as u32 + 5).to_be_bytes()[..], &[0; 24]].concat();
    let no_count = message(MessageType::CALL_WITH_FDS, ECHO, 1, &[]);
    let many = message(MessageType::CALL_WITH_FDS, ECHO, 1, &33u32.to_be_bytes());
    let missing = [message(MessageType::CALL_WITH_FDS, ECHO, 1, &1u32.to_be_bytes()), vec![0]].concat();
    for bytes in [vec![0, 0, 0, 3], 27u32.to_be_bytes().to_vec(), too_long, no_count, many, missing] {
        let mut raw = server.raw();
        raw.write_all(&bytes).unwrap();
        assert!(is_closed(&mut raw), "{bytes:?}");
    }
    // What is a frame but no call is dropped without a word.
    let mut raw = server.raw();
    for kind in [1, 2, 3, 6, 77, -5] {
        raw.write_all(&message(MessageType(kind), ECHO, 1, b"????")).unwrap();
    }
    raw.write_all(&message(MessageType::CALL, ECHO, 5, b"four")).unwrap();
    assert_eq!(read_serial(&mut raw).0.serial, 5);
    // A call that is not one for its status is answered.
    let header = Header { status: Status(7), ..read_serial_header() };
    let mut bytes = vec![];
    frame::append(&mut bytes, &header, &[]).unwrap();
    raw.write_all(&bytes).unwrap();
    let (header, payload) = read_serial(&mut raw);
    assert_eq!((header.kind, header.status), (MessageType::REPLY, Status::ERROR));
    assert!(payload.windows(27).any(|text| text == b"Unexpected message status 7"));
}

fn read_serial_header() -> Header {
    let kind = MessageType::CALL;
    Header { program: PROGRAM, version: 1, procedure: ECHO, kind, serial: 6, status: Status::OK }
}

#[test]
fn no_more_clients_than_allowed() {
    let server = Running::start(Limits { max_clients: 3, max_anonymous_clients: 0, ..Limits::default() });
    let mut clients: Vec<_> = (0..3).map(|_| server.connect()).collect();
    clients.iter().for_each(|client| drop(call(client, ECHO, b"x").unwrap()));
    // The fourth waits in the kernel's queue until there is room.
    let fourth = server.connect();
    let held = fourth.clone();
    let waiting = thread::spawn(move || call(&fourth, ECHO, b"at last").unwrap());
    thread::sleep(Duration::from_millis(100));
    assert_eq!(server.server.client_counts().0, 3);
    assert!(!waiting.is_finished());
    clients.pop().unwrap().close();
    assert_eq!(waiting.join().unwrap(), b"at last");
    let fifth = server.connect();
    let waiting = thread::spawn(move || call(&fifth, ECHO, b"more").unwrap());
    thread::sleep(Duration::from_millis(50));
    assert!(!waiting.is_finished());
    server
        .server
        .set_limits(Limits { max_clients: 9, max_anonymous_clients: 0, ..server.server.limits() })
        .unwrap();
    assert_eq!(waiting.join().unwrap(), b"more");
    drop(held);
    let error =
        server.server.set_limits(Limits { max_clients: 1, max_anonymous_clients: 2, ..Limits::default() });
    assert!(
        error.unwrap_err().message().starts_with("invalid argument: The overall maximum number of clients")
    );
}

#[test]
fn no_more_strangers_than_allowed() {
    let options = ListenerOptions { auth: AuthMethod::Polkit, readonly: false };
    let server =
        Running::with_options(Limits { max_anonymous_clients: 1, ..Limits::default() }, options, (1, 1, 1));
    let first = server.connect();
    call(&first, ECHO, b"x").unwrap();
    let second = server.connect();
    let waiting = thread::spawn(move || call(&second, ECHO, b"known").unwrap());
    thread::sleep(Duration::from_millis(50));
    assert!(!waiting.is_finished());
    server.server.client(1).unwrap().set_authenticated(|_| {});
    assert_eq!(waiting.join().unwrap(), b"known");
}

#[test]
fn pings_are_answered_while_all_workers_are_busy() {
    let limits = Limits { max_client_requests: 2, ..Limits::default() };
    let server = Running::with_options(limits, ListenerOptions::default(), (1, 1, 0));
    let mut raw = server.raw();
    for serial in 0..4 {
        raw.write_all(&message(MessageType::CALL, SLEEP, serial, &400u32.to_be_bytes())).unwrap();
    }
    let mut ping = vec![];
    frame::append(&mut ping, &keepalive::header(keepalive::PING), &[]).unwrap();
    raw.write_all(&ping).unwrap();
    let started = Instant::now();
    let (header, _) = read_serial(&mut raw);
    assert_eq!(keepalive::procedure(&header), Some(keepalive::PONG));
    assert!(started.elapsed() < Duration::from_millis(300), "{:?}", started.elapsed());
    for serial in 0..4 {
        assert_eq!(read_serial(&mut raw).0.serial, serial);
    }
}

#[test]
fn a_silent_client_is_asked_and_given_up() {
    let limits = Limits { keepalive_interval: 1, keepalive_count: 1, ..Limits::default() };
    let server = Running::start(limits);
    let mut raw = server.raw();
    raw.write_all(&message(MessageType::CALL, KEEPALIVE, 1, &[])).unwrap();
    read_serial(&mut raw);
    let polite = server.connect();
    call(&polite, KEEPALIVE, &[]).unwrap();
    let (header, _) = read_serial(&mut raw);
    assert_eq!(keepalive::procedure(&header), Some(keepalive::PING));
    let listening = thread::spawn(move || {
        polite.process_for(Duration::from_millis(3500)).unwrap();
        polite.is_alive()
    });
    assert!(is_closed(&mut raw));
    assert!(listening.join().unwrap());
}

#[test]
fn keepalive_starts_once() {
    let limits = Limits { keepalive_interval: 1, keepalive_count: 5, ..Limits::default() };
    let server = Running::start(limits);
    let mut raw = server.raw();
    for serial in 0..20 {
        raw.write_all(&message(MessageType::CALL, KEEPALIVE, serial, &[])).unwrap();
        read_serial(&mut raw);
    }
    raw.set_read_timeout(Some(Duration::from_millis(1500))).unwrap();
    assert_eq!(keepalive::procedure(&read_serial(&mut raw).0), Some(keepalive::PING));
    raw.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert!(raw.read(&mut [0; 100]).is_err(), "asked twice");
}

#[test]
fn a_silent_server_is_given_up() {
    let (ours, _theirs) = UnixStream::pair().unwrap();
    let client = vir_rpc::client::Client::from_fd(ours.into()).unwrap();
    client.set_keepalive(Duration::from_millis(50), 2);
    let error = call(&client, ECHO, &[]).unwrap_err();
    assert_eq!(error.message(), "internal error: connection closed due to keepalive timeout");
}

#[test]
fn shutting_down_answers_what_is_being_served() {
    let mut server = Running::start(Limits::default());
    let client = server.connect();
    let slow = client.clone();
    let waiting = thread::spawn(move || call(&slow, SLEEP, &300u32.to_be_bytes()));
    eventually("it is being served", || server.server.pool_info().free_workers == 0);
    server.handle.shut_down(Duration::from_secs(10));
    assert!(waiting.join().unwrap().is_ok());
    server.join();
    assert!(call(&client, ECHO, &[]).is_err());
}

#[test]
fn shutting_down_gives_up_in_the_end() {
    let mut server = Running::start(Limits::default());
    let client = server.connect();
    let waiting = thread::spawn(move || call(&client, SLEEP, &3000u32.to_be_bytes()));
    eventually("it is being served", || server.server.pool_info().free_workers == 0);
    let started = Instant::now();
    server.handle.shut_down(Duration::from_millis(100));
    server.join();
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(waiting.join().unwrap().is_err());
}
