//! Calls over real sockets: where they run, how they fail, what they carry.

mod common;

use common::{PROGRAM, Running, call, pipe_with, procedure::*, target};
use std::io::Read;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use vir_base::ErrorCode;
use vir_rpc::auth::AuthMethod;
use vir_rpc::client::{Client, CloseReason, Target};
use vir_rpc::server::{Limits, ListenerOptions};
use vir_rpc::transport::TransportKind;

#[test]
fn answers_come_back() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    for procedure in [ECHO, UNSURE, LATER] {
        assert_eq!(call(&client, procedure, b"four").unwrap(), b"four", "procedure {procedure}");
    }
    assert_eq!(call(&client, SLEEP, &1u32.to_be_bytes()).unwrap(), 1u32.to_be_bytes());
    let large = call(&client, BYTES, &20_000_000u32.to_be_bytes()).unwrap();
    assert!(large.len() == 20_000_000 && large.iter().all(|byte| *byte == 9));
    let large = vec![5; 20_000_000];
    assert!(call(&client, ECHO, &large).unwrap() == large);
}

#[test]
fn tcp_and_adopted_sockets() {
    let running = Running::start(Limits::default());
    let socket = vir_rpc::server::listen_tcp("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = std::net::TcpListener::from(socket.try_clone().unwrap());
    let port = listener.local_addr().unwrap().port();
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let server = std::sync::Arc::clone(&running.server);
    running.handle.run(move |event_loop| {
        event_loop.listen(&server, socket, ListenerOptions::default()).unwrap();
        event_loop.adopt(&server, theirs.into(), ListenerOptions::default()).unwrap();
    });
    let client = Client::connect_tcp("127.0.0.1", port).unwrap();
    assert_eq!(call(&client, ECHO, b"over").unwrap(), b"over");
    let adopted = Client::from_fd(ours.into()).unwrap();
    assert_eq!(call(&adopted, ECHO, b"here").unwrap(), b"here");
    let infos: Vec<_> = running.server.clients().iter().map(|client| client.info().clone()).collect();
    let tcp = infos.iter().find(|info| info.transport == TransportKind::Tcp).unwrap();
    assert!(tcp.address.starts_with("127.0.0.1:") && tcp.address != "127.0.0.1:0");
    let unix = infos.iter().find(|info| info.transport == TransportKind::Unix).unwrap();
    assert_eq!(unix.address, "127.0.0.1:0");

    let error = Client::connect_unix(std::path::Path::new("/nowhere/sock")).err().unwrap();
    assert_eq!(error.message(), "Failed to connect socket to '/nowhere/sock': No such file or directory");
    drop(listener);
}

#[test]
fn failures_in_the_peers_words() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let error = call(&client, FAIL, &[]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NoDomain);
    assert_eq!(error.message(), "Domain not found: no domain with matching name 'x'");
    let unknown = call(&client, 99, &[]).unwrap_err();
    // so that callers fall back on what the server may know
    assert_eq!((unknown.message(), unknown.code()), ("unknown procedure: 99", ErrorCode::NoSupport));
    assert_eq!(call(&client, -1, &[]).unwrap_err().message(), "unknown procedure: -1");
    let other = Target { program: 0x2000_8086, version: 7, procedure: 1 };
    let error = client.call(other, &[], vec![]).unwrap_err();
    assert_eq!(error.message(), "Cannot find program 536903814 version 7");
    assert_eq!(call(&client, SLEEP, &[1]).unwrap_err().message(), "Unable to decode message payload");
    assert_eq!(call(&client, PANIC, &[]).unwrap_err().code(), ErrorCode::InternalError);
    let error = call(&client, BYTES, &40_000_000u32.to_be_bytes()).unwrap_err();
    assert_eq!(error.message(), "Unable to encode message payload");
    assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn authentication_comes_first() {
    let options = ListenerOptions { auth: AuthMethod::Polkit, readonly: true };
    let server = Running::with_options(Limits::default(), options, (1, 1, 1));
    let client = server.connect();
    assert_eq!(call(&client, SECRET, b"x").unwrap_err().message(), "authentication required");
    assert_eq!(call(&client, ECHO, b"x").unwrap(), b"x");
    assert_eq!(server.server.client_counts(), (1, 1));
    let handle = server.server.client(1).unwrap();
    let unix = handle.identity().unix.unwrap();
    assert_eq!(unix.pid, std::process::id() as i32);
    assert!(handle.is_readonly());
    handle.set_authenticated(|identity| identity.sasl_user = Some("joe".into()));
    assert_eq!(call(&client, SECRET, b"x").unwrap(), b"x");
    assert_eq!(server.server.client_counts(), (1, 0));
}

#[test]
fn a_waiting_call_holds_up_nothing() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (slow, started) = (client.clone(), Instant::now());
    let waiting = thread::spawn(move || call(&slow, SLEEP, &1000u32.to_be_bytes()).unwrap());
    thread::sleep(Duration::from_millis(50));
    for _ in 0..100 {
        call(&client, ECHO, b"quick").unwrap();
    }
    assert!(started.elapsed() < Duration::from_millis(800), "{:?}", started.elapsed());
    waiting.join().unwrap();
}

#[test]
fn priority_calls_pass_hanging_ones() {
    let server = Running::with_options(Limits::default(), ListenerOptions::default(), (1, 1, 1));
    let hanging = server.connect();
    thread::spawn(move || call(&hanging, SLEEP, &1500u32.to_be_bytes()));
    common::eventually("the only worker is busy", || server.server.pool_info().free_workers == 0);
    let started = Instant::now();
    call(&server.connect(), PRIO_SLEEP, &1u32.to_be_bytes()).unwrap();
    assert!(started.elapsed() < Duration::from_secs(1));
    let info = server.server.pool_info();
    assert_eq!((info.min_workers, info.max_workers, info.workers, info.prio_workers), (1, 1, 1, 1));
}

#[test]
fn many_threads_share_a_connection() {
    let server = Running::start(Limits { max_client_requests: 64, ..Limits::default() });
    let client = server.connect();
    let threads: Vec<_> = (0..8u32)
        .map(|id| {
            let client = client.clone();
            thread::spawn(move || {
                for n in 0..300u32 {
                    let args = [id.to_be_bytes(), n.to_be_bytes()].concat();
                    let procedure = if n % 50 == 0 { UNSURE } else { ECHO };
                    assert_eq!(call(&client, procedure, &args).unwrap(), args);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn descriptors_both_ways() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let texts: Vec<String> = (0..32).map(|n| format!("pipe {n}")).collect();
    for _ in 0..3 {
        let fds = texts.iter().map(|text| pipe_with(text)).collect();
        let answer = client.call(target(FDS), b"", fds).unwrap();
        assert_eq!(answer.fds.len(), 32);
        for (fd, text) in answer.fds.into_iter().zip(&texts) {
            let mut read = String::new();
            std::fs::File::from(fd).read_to_string(&mut read).unwrap();
            assert_eq!(&read, text);
        }
    }
    let fds = (0..33).map(|_| pipe_with("")).collect();
    let error = client.call(target(FDS), b"", fds).unwrap_err();
    assert_eq!(error.message(), "Too many FDs to send 33, expected 32 maximum");
    assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn events_in_order_and_without_a_call() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (sender, events) = mpsc::channel();
    client.set_event_sink(move |event| sender.send(event).unwrap());
    call(&client, EVENTS, &[100u32.to_be_bytes(), 8u32.to_be_bytes()].concat()).unwrap();
    server.server.client(1).unwrap().send_event(PROGRAM, 1, EVENT, b"last").unwrap();
    common::eventually("the last event", || {
        client.process_for(Duration::from_millis(10)).unwrap();
        events.try_iter().any(|event| event.payload == b"last")
    });
    call(&client, EVENTS, &[50u32.to_be_bytes(), 4u32.to_be_bytes()].concat()).unwrap();
    let mut got: Vec<u32> = vec![];
    while got.len() < 50 {
        client.process_for(Duration::from_millis(1)).unwrap();
        got.extend(events.try_iter().map(|e| u32::from_be_bytes(e.payload.try_into().unwrap())));
    }
    assert_eq!(got, (0..50).collect::<Vec<_>>());
}

#[test]
fn closing_is_seen_at_both_ends() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (sender, reasons) = mpsc::channel();
    client.set_close_sink(move |reason| sender.send(reason).unwrap());
    call(&client, CLOSE, &[]).unwrap();
    let error = call(&client, SLEEP, &5000u32.to_be_bytes()).unwrap_err();
    let fates = [
        "End of file while reading data: Input/output error",
        "Cannot recv data: Connection reset by peer",
        "Cannot write data: Broken pipe",
        "internal error: client socket is closed",
    ];
    assert!(fates.contains(&error.message()), "{error}");
    assert!(matches!(reasons.recv().unwrap(), CloseReason::Eof | CloseReason::Error));
    assert_eq!(call(&client, ECHO, &[]).unwrap_err().message(), "internal error: client socket is closed");
    common::eventually("the server forgets", || server.server.client_counts().0 == 0);

    let client = server.connect();
    call(&client, ECHO, &[]).unwrap();
    let handle = server.server.clients().remove(0);
    handle.close();
    common::eventually("calls fail", || call(&client, ECHO, &[]).is_err());
    common::eventually("the handle knows", || handle.is_gone());
    assert!(handle.send_event(PROGRAM, 1, EVENT, &[]).is_err());
}

#[test]
fn a_deadline_ends_waiting_only() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let deadline = Instant::now() + Duration::from_millis(50);
    let error = client.call_until(target(SLEEP), &300u32.to_be_bytes(), vec![], Some(deadline)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::OperationTimeout);
    // The late answer is for nobody, and disturbs nobody.
    assert_eq!(call(&client, SLEEP, &400u32.to_be_bytes()).unwrap(), 400u32.to_be_bytes());
}
