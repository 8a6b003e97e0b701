//! Clients that outlive the loop they connected to.

mod common;

use common::{PROGRAM, Running, Tester, call, eventually, procedure::*};
use std::io::{Read, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use vir_proto::frame::{self, Header, MessageType, Status};
use vir_rpc::server::{EventLoop, Freeze, Limits, Released, Saved, Server};

/// Freezes the loop and takes over from it, as far as that goes within one process: with a second
/// descriptor of each socket.
fn take_over(running: &Running) -> Vec<Released> {
    let (sender, receiver) = mpsc::channel();
    let server = Arc::clone(&running.server);
    running.handle.run(move |event_loop| {
        event_loop.freeze(Freeze::Hold);
        let saved = event_loop.save(&server);
        sender.send(saved.into_iter().map(released).collect()).unwrap();
    });
    receiver.recv().unwrap()
}

fn released(saved: Saved<'_>) -> Released {
    let client = saved.client;
    assert_eq!(saved.bound, None);
    Released {
        fd: saved.fd.try_clone_to_owned().unwrap(),
        info: client.info().clone(),
        identity: client.identity(),
        auth_pending: !client.is_authenticated(),
        session: saved.session.with_fds(|_| None).unwrap(),
        ends: saved.ends,
    }
}

#[test]
fn clients_go_on_with_the_next_loop() {
    let first = Running::start(Limits::default());
    let client = first.connect();
    let other = first.connect();
    call(&client, ECHO, b"first").unwrap();
    call(&other, KEEPALIVE, b"").unwrap();
    let released = take_over(&first);
    assert_eq!(released.iter().map(|client| client.info.id).collect::<Vec<_>>(), [1, 2]);
    drop(first);
    // Asked while nobody is there: it is answered by the next one.
    let asking = thread::spawn(move || call(&client, ECHO, b"second").unwrap());
    thread::sleep(Duration::from_millis(50));

    let mut event_loop = EventLoop::new().unwrap();
    let server = Server::builder("next").program(Arc::new(Tester)).build(&event_loop).unwrap();
    for client in released {
        event_loop.restore(&server, client, |_| {}).unwrap();
    }
    let handle = event_loop.handle();
    let running = thread::spawn(move || event_loop.run().unwrap());
    assert_eq!(asking.join().unwrap(), b"second");
    assert_eq!(call(&other, SLEEP, &1u32.to_be_bytes()).unwrap(), 1u32.to_be_bytes());
    assert_eq!(server.clients().iter().map(|client| client.id()).collect::<Vec<_>>(), [2]);
    handle.shut_down(Duration::ZERO);
    running.join().unwrap();
}

/// What a client sends while the loop is frozen is taken up after it thaws.
#[test]
fn a_frozen_loop_goes_on() {
    let running = Running::start(Limits::default());
    let client = running.connect();
    call(&client, ECHO, b"before").unwrap();
    let (sender, receiver) = mpsc::channel();
    let server = Arc::clone(&running.server);
    running.handle.run(move |event_loop| {
        event_loop.freeze(Freeze::Hold);
        sender.send(event_loop.in_flight(&server).is_none()).unwrap();
    });
    assert!(receiver.recv().unwrap());
    let asking = thread::spawn(move || call(&client, ECHO, b"while").unwrap());
    running.handle.run(EventLoop::thaw);
    assert_eq!(asking.join().unwrap(), b"while");
    call(&running.connect(), ECHO, b"after").unwrap();
}

/// A request of which a part has come is completed and served, and what follows stays in the socket.
#[test]
fn it_stops_between_messages() {
    let running = Running::start(Limits::default());
    let mut raw = running.raw();
    let ask = |serial: u32, text: &[u8]| {
        let (kind, status) = (MessageType::CALL, Status::OK);
        let header = Header { program: PROGRAM, version: 1, procedure: ECHO, kind, serial, status };
        let mut bytes = vec![];
        frame::append(&mut bytes, &header, text).unwrap();
        bytes
    };
    let (first, second) = (ask(1, b"first"), ask(2, b"second"));
    raw.write_all(&first[..10]).unwrap();
    let unsettled = |running: &Running| {
        let (sender, receiver) = mpsc::channel();
        let server = Arc::clone(&running.server);
        running.handle.run(move |event_loop| {
            event_loop.freeze(Freeze::Complete);
            sender.send(event_loop.unsettled(&server).map(|(client, why)| (client.id(), why))).unwrap();
        });
        receiver.recv().unwrap()
    };
    eventually("a part has been read", || {
        running.handle.run(EventLoop::thaw);
        unsettled(&running) == Some((1, "it has sent a part of a request"))
    });
    raw.write_all(&first[10..]).unwrap();
    raw.write_all(&second).unwrap();
    let mut answer = vec![0; first.len()];
    raw.read_exact(&mut answer).unwrap();
    assert_eq!(&answer[28..], b"first");
    eventually("a clean cut", || unsettled(&running).is_none());
    // had it read on, the second would be answered by now
    raw.set_nonblocking(true).unwrap();
    assert!(raw.read(&mut [0; 1]).is_err());
    raw.set_nonblocking(false).unwrap();
    running.handle.run(EventLoop::thaw);
    let mut answer = vec![0; second.len()];
    raw.read_exact(&mut answer).unwrap();
    assert_eq!(&answer[28..], b"second");
}
