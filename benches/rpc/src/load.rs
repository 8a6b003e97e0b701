//! Load: many connections, or many calls in flight, from one thread.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::wire::{Connection, call, frame_length, procedure, word};

struct Client {
    stream: UnixStream,
    input: Vec<u8>,
}

/// Calls answered a second, with `connections`, each always having `in_flight` calls under way.
pub(crate) fn calls_per_second(
    socket: &Path,
    uri: &str,
    connections: usize,
    in_flight: usize,
    time: Duration,
) -> io::Result<f64> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut clients = Vec::new();
    for token in 0..connections {
        let stream = Connection::open(socket, uri)?.into_stream();
        epoll::add(&poll, stream.as_fd(), epoll::EventData::new_u64(token as u64), epoll::EventFlags::IN)?;
        clients.push(Client { stream, input: Vec::with_capacity(8192) });
    }
    let one = call(procedure::LIB_VERSION, 7, &[]);
    for client in &mut clients {
        client.stream.write_all(&one.repeat(in_flight))?;
    }
    let started = Instant::now();
    let mut answered = 0_u64;
    let mut events = Vec::with_capacity(256);
    while started.elapsed() < time {
        events.clear();
        let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
        let ready = epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), Some(&patience))?;
        if ready == 0 {
            return Err(io::Error::other("no answer for 20 s"));
        }
        for event in &events {
            let client = &mut clients[usize::try_from(event.data.u64()).unwrap_or(0)];
            let finished = client.take()?;
            answered += finished as u64;
            client.stream.write_all(&one.repeat(finished))?;
        }
    }
    Ok(answered as f64 / started.elapsed().as_secs_f64())
}

impl Client {
    /// How many answers came in.
    fn take(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 65536];
        let n = self.stream.read(&mut buffer)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.input.extend_from_slice(&buffer[..n]);
        let (mut at, mut finished) = (0, 0);
        while let Some(length) = frame_length(&self.input[at..])
            && length > 0
            && self.input.len() - at >= length
        {
            if word(&self.input[at..], 6) != 0 {
                return Err(io::Error::other("a call failed"));
            }
            finished += 1;
            at += length;
        }
        self.input.drain(..at);
        Ok(finished)
    }
}

/// Connections that were opened and closed a second, one after the other.
pub(crate) fn opens_per_second(socket: &Path, uri: &str, time: Duration) -> io::Result<f64> {
    let started = Instant::now();
    let mut opened = 0_u64;
    while started.elapsed() < time {
        let mut connection = Connection::open(socket, uri)?;
        connection.call(procedure::CLOSE, &[])?;
        opened += 1;
    }
    Ok(opened as f64 / started.elapsed().as_secs_f64())
}

/// The median time of a round trip, in microseconds.
pub(crate) fn round_trip(connection: &mut Connection, calls: usize) -> io::Result<f64> {
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let started = Instant::now();
        connection.call(procedure::LIB_VERSION, &[])?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(calls / 2).copied().unwrap_or_default().as_secs_f64() * 1e6)
}
