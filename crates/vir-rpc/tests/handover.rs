//! Clients that outlive the loop they connected to.

mod common;

use common::{Running, Tester, call, procedure::*};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use vir_rpc::server::{EventLoop, Limits, Released, Server};

fn release(running: &Running) -> Vec<Released> {
    let (sender, receiver) = mpsc::channel();
    let server = Arc::clone(&running.server);
    running.handle.run(move |event_loop| sender.send(event_loop.release(&server)).unwrap());
    receiver.recv().unwrap()
}

#[test]
fn clients_go_on_with_the_next_loop() {
    let first = Running::start(Limits::default());
    let client = first.connect();
    let other = first.connect();
    call(&client, ECHO, b"first").unwrap();
    call(&other, KEEPALIVE, b"").unwrap();
    let released = release(&first);
    assert_eq!(first.server.client_counts(), (0, 0));
    assert_eq!(released.iter().map(|client| client.info.id).collect::<Vec<_>>(), [1, 2]);
    drop(first);
    // Asked while nobody is there: it is answered by the next one.
    let asking = thread::spawn(move || call(&client, ECHO, b"second").unwrap());
    thread::sleep(Duration::from_millis(50));

    let mut event_loop = EventLoop::new().unwrap();
    let server = Server::builder("next").program(Arc::new(Tester)).build(&event_loop).unwrap();
    for client in released {
        event_loop.restore(&server, client).unwrap();
    }
    let handle = event_loop.handle();
    let running = thread::spawn(move || event_loop.run().unwrap());
    assert_eq!(asking.join().unwrap(), b"second");
    assert_eq!(call(&other, SLEEP, &1u32.to_be_bytes()).unwrap(), 1u32.to_be_bytes());
    assert_eq!(server.clients().iter().map(|client| client.id()).collect::<Vec<_>>(), [2]);
    handle.shut_down(Duration::ZERO);
    running.join().unwrap();
}
