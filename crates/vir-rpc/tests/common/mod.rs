//! A program to test with, and a server of it in a directory of its own.

#![allow(dead_code, unreachable_pub)] // each test uses a part of it

use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use vir_base::{Result, err};
use vir_rpc::client::{Client, Target};
use vir_rpc::server::{
    Call, ClientHandle, EventLoop, Limits, ListenerOptions, LoopHandle, Outcome, Placement, Procedure,
    Program, Reply, Server, StreamDirection, StreamEnd, StreamItem, listen_unix,
};

pub const PROGRAM: u32 = 0x7465_7374;

/// What the procedures do.
pub mod procedure {
    /// Gives back its argument, in place.
    pub const ECHO: i32 = 1;
    /// Waits so many milliseconds on a worker.
    pub const SLEEP: i32 = 2;
    /// As `SLEEP`, and may use a priority worker.
    pub const PRIO_SLEEP: i32 = 3;
    /// Fails.
    pub const FAIL: i32 = 4;
    /// Panics.
    pub const PANIC: i32 = 5;
    /// Sends so many events of so many bytes, then answers.
    pub const EVENTS: i32 = 6;
    /// Gives back the descriptors it got.
    pub const FDS: i32 = 7;
    /// A stream that gives so many bytes.
    pub const DOWNLOAD: i32 = 8;
    /// A stream that counts what it gets; its finish fails unless the sum is the argument.
    pub const UPLOAD: i32 = 9;
    /// A stream joined to the descriptor that came with the call, both ways.
    pub const CONSOLE: i32 = 10;
    /// Says it may wait when in place, answers on a worker.
    pub const UNSURE: i32 = 11;
    /// Answers later from a thread.
    pub const LATER: i32 = 12;
    /// Answers and closes.
    pub const CLOSE: i32 = 13;
    /// Starts the server's keepalive.
    pub const KEEPALIVE: i32 = 14;
    /// A stream whose far end never reads nor ends.
    pub const STUCK: i32 = 15;
    /// As `ECHO`, needs authentication.
    pub const SECRET: i32 = 16;
    /// So many bytes.
    pub const BYTES: i32 = 17;
    /// A sparse stream: data, a hole, data.
    pub const SPARSE: i32 = 18;
    /// A stream out of the file whose name is the argument.
    pub const FILE_OUT: i32 = 19;
    /// A sparse stream into the file whose name is the argument.
    pub const FILE_IN: i32 = 20;
    /// As `FILE_OUT`, sparse.
    pub const FILE_OUT_SPARSE: i32 = 21;
    /// Opens a stream and fails; the stream's thread counts in `ABANDONED` when it is told.
    pub const ABANDON: i32 = 22;
    /// An event.
    pub const EVENT: i32 = 100;
}

/// See [`procedure::ABANDON`].
pub static ABANDONED: AtomicUsize = AtomicUsize::new(0);

pub struct Tester;

impl Program for Tester {
    fn number(&self) -> u32 {
        PROGRAM
    }

    fn version(&self) -> u32 {
        1
    }

    fn procedure(&self, number: i32) -> Option<Procedure> {
        use procedure::*;
        let placement = match number {
            SLEEP => Placement::Worker,
            PRIO_SLEEP => Placement::PriorityWorker,
            ECHO..=ABANDON => Placement::InPlace,
            _ => return None,
        };
        Some(Procedure { placement, needs_auth: number == SECRET })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        use procedure::*;
        match call.header.procedure {
            ECHO | SECRET => reply.payload().extend_from_slice(call.args),
            SLEEP | PRIO_SLEEP => {
                // Bytes out of step may ask for hours.
                thread::sleep(Duration::from_millis(call.decode::<u32>()?.min(3000).into()));
                reply.payload().extend_from_slice(call.args);
            }
            FAIL => {
                reply.payload().extend_from_slice(b"half an answer");
                return Err(err!(Test, NoDomain, "no domain with matching name 'x'"));
            }
            PANIC => panic!("as asked"),
            EVENTS => {
                let (count, size): (u32, u32) =
                    (call.decode()?, u32::from_be_bytes(call.args[4..8].try_into().unwrap()));
                for n in 0..count.min(1000) {
                    let mut payload = n.to_be_bytes().to_vec();
                    payload.resize(size.min(65536) as usize, 7);
                    let _ = client.send_event(PROGRAM, 1, EVENT, &payload);
                }
            }
            FDS => std::mem::take(&mut call.fds).into_iter().for_each(|fd| reply.attach_fd(fd)),
            BYTES => {
                let len = call.decode::<u32>()?.min(64 << 20) as usize;
                let end = reply.payload().len() + len;
                reply.payload().resize(end, 9);
            }
            UNSURE if call.on_loop => {
                reply.payload().push(0);
                return Ok(Outcome::MayWait(Placement::Worker));
            }
            UNSURE => reply.payload().extend_from_slice(call.args),
            LATER => {
                let (pending, args) = (client.defer(call), call.args.to_vec());
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(50));
                    pending.reply(|reply| {
                        reply.payload().extend_from_slice(&args);
                        Ok(())
                    });
                });
                return Ok(Outcome::Later);
            }
            ABANDON => {
                let (end, stream) = StreamEnd::pair(false);
                reply.open_stream(end);
                thread::spawn(move || {
                    assert_eq!(stream.recv(), StreamItem::Abort);
                    assert!(stream.send(b"x").is_err());
                    ABANDONED.fetch_add(1, Ordering::SeqCst);
                });
                return Err(err!(Test, OperationFailed, "after all"));
            }
            CLOSE => client.close_after_reply(),
            KEEPALIVE => client.start_keepalive(),
            _ => streams(call, reply)?,
        }
        Ok(Outcome::Done)
    }
}

fn streams(call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<()> {
    use procedure::*;
    if call.header.procedure == CONSOLE {
        let fd = call.fds.pop().ok_or_else(|| err!(Rpc, InvalidArg, "no descriptor"))?;
        let end = StreamEnd::from_fd(fd, StreamDirection::Both);
        reply.open_stream(end.map_err(|error| err!(Rpc, InvalidArg, "{error}"))?);
        return Ok(());
    }
    if (FILE_OUT..=FILE_OUT_SPARSE).contains(&call.header.procedure) {
        let path = std::str::from_utf8(call.args).unwrap();
        let file = std::fs::File::options().read(true).write(true).open(path).unwrap().into();
        reply.open_stream(
            match call.header.procedure {
                FILE_OUT => StreamEnd::from_fd(file, StreamDirection::ToClient),
                FILE_IN => StreamEnd::from_file(file, StreamDirection::FromClient, true),
                _ => StreamEnd::from_file(file, StreamDirection::ToClient, true),
            }
            .unwrap(),
        );
        return Ok(());
    }
    let sparse = call.header.procedure == SPARSE;
    let (end, stream) = StreamEnd::pair(sparse);
    reply.open_stream(end);
    let size = if call.args.is_empty() { 0 } else { call.decode::<u32>()? as usize };
    let number = call.header.procedure;
    thread::spawn(move || match number {
        DOWNLOAD => {
            let block: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
            let mut left = size;
            while left > 0 && stream.send(&block[..left.min(block.len())]).is_ok() {
                left -= left.min(block.len());
            }
            let _ = stream.send(b"");
            if stream.recv() == StreamItem::Finish {
                stream.finish();
            }
        }
        UPLOAD | SPARSE => {
            if sparse {
                let _ = stream.send(b"abc");
                let _ = stream.send_hole(1 << 40);
                let _ = stream.send(b"def");
                let _ = stream.send(b"");
            }
            let mut sum = 0;
            loop {
                match stream.recv() {
                    StreamItem::Data(data) => sum += data.len(),
                    StreamItem::Hole(len) => sum += len as usize,
                    StreamItem::Finish if sum == size => return stream.finish(),
                    StreamItem::Finish => {
                        return stream.fail(err!(Storage, OperationFailed, "{sum} is not {size}"));
                    }
                    StreamItem::Abort => return,
                }
            }
        }
        _ => thread::sleep(Duration::from_secs(3600)),
    });
    Ok(())
}

/// A server in a thread; shut down when dropped.
pub struct Running {
    pub dir: tempfile::TempDir,
    pub path: PathBuf,
    pub server: Arc<Server>,
    pub handle: LoopHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start(limits: Limits) -> Self {
        Self::with_options(limits, ListenerOptions::default(), (1, 4, 1))
    }

    pub fn with_options(limits: Limits, options: ListenerOptions, workers: (usize, usize, usize)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sock");
        let mut event_loop = EventLoop::new().unwrap();
        let builder = Server::builder("test").program(Arc::new(Tester)).limits(limits);
        let server = builder.workers(workers.0, workers.1, workers.2).build(&event_loop).unwrap();
        event_loop.listen(&server, listen_unix(&path, 0o700, 1024).unwrap(), options).unwrap();
        let handle = event_loop.handle();
        let thread = Some(thread::spawn(move || event_loop.run().unwrap()));
        Self { dir, path, server, handle, thread }
    }

    pub fn connect(&self) -> Client {
        Client::connect_unix(&self.path).unwrap()
    }

    /// A socket without a client behind it, that gives up after 10 s.
    pub fn raw(&self) -> std::os::unix::net::UnixStream {
        let socket = std::os::unix::net::UnixStream::connect(&self.path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        socket.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        socket
    }

    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shut_down(Duration::ZERO);
        self.join();
    }
}

pub fn target(procedure: i32) -> Target {
    Target { program: PROGRAM, version: 1, procedure }
}

pub fn call(client: &Client, procedure: i32, args: &[u8]) -> Result<Vec<u8>> {
    let deadline = Instant::now() + Duration::from_secs(20);
    client.call_until(target(procedure), args, vec![], Some(deadline)).map(|answer| answer.payload)
}

/// Waits until `done`, at most 10 s.
pub fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A pipe with something in it.
pub fn pipe_with(text: &str) -> OwnedFd {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    reader.into()
}
