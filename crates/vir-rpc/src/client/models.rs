//! The engine's rules in every order of threads, up to a few preemptions: who polls when several wait,
//! how polling is handed over, an end while others wait, events.
//!
//! Run by `cargo xtask models`. The far end is a queue of bytes; it answers as soon as it is written to.

use super::engine::Engine;
use super::port::Port;
use super::{CloseReason, Target};
use crate::frame::{self, Frame, Header, MessageType, PREFIX_SIZE, Status};
use crate::transport::{Transport, TransportKind};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use rustix::fd::{BorrowedFd, OwnedFd};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::time::Duration;
use vir_base::{ErrorCode, err};

const TARGET: Target = Target { program: 7, version: 1, procedure: 3 };

/// Threads are interrupted where they would not wait at most so often.
const PREEMPTIONS: usize = 2;

fn model(body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(body);
}

/// What the far end does with the calls that it has got so far: takes some, gives bytes.
type Serve = fn(&mut Vec<u32>) -> Vec<u8>;

/// The pipe to the far end, and the bell.
struct Pipe {
    state: Mutex<PipeState>,
    changed: Condvar,
    serve: Serve,
}

#[derive(Default)]
struct PipeState {
    calls: Vec<u32>,
    incoming: VecDeque<u8>,
    eof: bool,
    rung: bool,
}

impl Pipe {
    fn change(&self, body: impl FnOnce(&mut PipeState)) {
        body(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }
}

struct End(Arc<Pipe>);

impl Transport for End {
    fn recv(&mut self, buffer: &mut [u8], _: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        let mut state = self.0.state.lock().unwrap();
        let length = state.incoming.len().min(buffer.len());
        match length {
            0 if state.eof => Ok(0),
            0 => Err(io::ErrorKind::WouldBlock.into()),
            _ => {
                state.incoming.drain(..length).zip(buffer).for_each(|(byte, place)| *place = byte);
                Ok(length)
            }
        }
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut bytes = parts[0].as_ref();
        let all = bytes.len();
        self.0.change(|state| {
            while let Some(found) = Frame::find(bytes).unwrap() {
                state.calls.push(found.header.serial);
                bytes = &bytes[found.end..];
            }
            let said = (self.0.serve)(&mut state.calls);
            state.incoming.extend(said);
        });
        Ok(all)
    }

    fn send_fd(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdin()
    }

    fn kind(&self) -> TransportKind {
        TransportKind::Unix
    }
}

impl Port for End {
    fn wait(&self, _: bool, _: Option<Duration>) {
        let mut state = self.0.state.lock().unwrap();
        while state.incoming.is_empty() && !state.eof && !state.rung {
            state = self.0.changed.wait(state).unwrap();
        }
        state.rung = false;
    }

    fn ring(&self) {
        self.0.change(|state| state.rung = true);
    }

    fn shut_down(&self) {
        self.0.change(|state| state.eof = true);
    }

    fn fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdin()
    }
}

fn engine(serve: Serve) -> (Arc<Engine>, Arc<Pipe>) {
    let state = Mutex::new(PipeState::default());
    let pipe = Arc::new(Pipe { state, changed: Condvar::new(), serve });
    let engine = Engine::with_port(Box::new(End(pipe.clone())), Box::new(End(pipe.clone())));
    (Arc::new(engine), pipe)
}

fn message(kind: MessageType, serial: u32) -> Vec<u8> {
    let Target { program, version, procedure } = TARGET;
    let header = Header { program, version, procedure, kind, serial, status: Status::OK };
    let mut bytes = vec![];
    frame::append(&mut bytes, &header, &serial.to_be_bytes()).unwrap();
    assert_eq!(bytes.len(), PREFIX_SIZE + 4);
    bytes
}

fn reply(serial: u32) -> Vec<u8> {
    message(MessageType::REPLY, serial)
}

fn call(engine: &Engine) -> vir_base::Result<()> {
    let Target { program, version, procedure } = TARGET;
    let serial = engine.send(TARGET, &mut |state, serial| {
        let kind = MessageType::CALL;
        let header = Header { program, version, procedure, kind, serial, status: Status::OK };
        state.queue_call(&header, vec![], &mut |_| Ok(()))
    })?;
    let answer = engine.wait_reply(serial, None)?;
    assert_eq!(answer.payload, serial.to_be_bytes(), "another call's answer");
    Ok(())
}

/// The last answer comes first, once both calls are there.
fn backwards(calls: &mut Vec<u32>) -> Vec<u8> {
    if calls.len() < 2 { vec![] } else { calls.drain(..).rev().flat_map(reply).collect() }
}

fn at_once(calls: &mut Vec<u32>) -> Vec<u8> {
    calls.drain(..).flat_map(reply).collect()
}

fn never(_: &mut Vec<u32>) -> Vec<u8> {
    vec![]
}

#[test]
fn each_of_two_callers_gets_its_own_answer() {
    model(|| {
        let (engine, _) = engine(backwards);
        let other = engine.clone();
        let thread = thread::spawn(move || call(&other).unwrap());
        call(&engine).unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn who_leaves_hands_polling_over() {
    model(|| {
        let (engine, pipe) = engine(never);
        let callers = [(); 2].map(|()| {
            let engine = engine.clone();
            thread::spawn(move || call(&engine).unwrap())
        });
        // one after the other, each as a message of its own
        for serial in [0, 1] {
            loop {
                let there = pipe.state.lock().unwrap().calls.contains(&serial);
                if there {
                    break;
                }
                thread::yield_now();
            }
            pipe.change(|state| state.incoming.extend(reply(serial)));
        }
        callers.into_iter().for_each(|caller| caller.join().unwrap());
    });
}

#[test]
fn a_loop_that_reads_an_answer_wakes_who_polls_for_it() {
    model(|| {
        let (engine, _) = engine(at_once);
        let other = engine.clone();
        let thread = thread::spawn(move || {
            let _ = other.dispatch();
        });
        call(&engine).unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn all_who_wait_hear_of_the_end_and_the_sink_once() {
    model(|| {
        let (engine, pipe) = engine(never);
        let told = Arc::new(Mutex::new(0));
        let count = told.clone();
        engine.set_close_sink(Box::new(move |_| *count.lock().unwrap() += 1));
        let other = engine.clone();
        let waiting = thread::spawn(move || assert!(call(&other).is_err()));
        let other = engine.clone();
        let closing = thread::spawn(move || {
            other.close(CloseReason::Client, err!(Rpc, InternalError, "client socket is closed"));
        });
        pipe.change(|state| state.eof = true);
        let error = call(&engine).unwrap_err();
        assert!(matches!(error.code(), ErrorCode::InternalError | ErrorCode::SystemError), "{error}");
        waiting.join().unwrap();
        closing.join().unwrap();
        assert_eq!(*told.lock().unwrap(), 1);
    });
}

#[test]
fn events_are_handed_out_once_and_in_order() {
    model(|| {
        let (engine, pipe) = engine(at_once);
        let seen = Arc::new(Mutex::new(vec![]));
        let list = seen.clone();
        engine.set_event_sink(std::sync::Arc::new(move |event| list.lock().unwrap().push(event.payload[3])));
        let first = [1, 2].map(|number| message(MessageType::MESSAGE, number)).concat();
        pipe.change(|state| state.incoming.extend(first));
        let other = engine.clone();
        let thread = thread::spawn(move || other.dispatch().unwrap());
        pipe.change(|state| state.incoming.extend(message(MessageType::MESSAGE, 3)));
        call(&engine).unwrap();
        thread.join().unwrap();
        assert_eq!(*seen.lock().unwrap(), [1, 2, 3]);
    });
}
