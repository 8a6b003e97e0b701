//! Load: one client, many clients, clients that come and go.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::wire::{ACQUIRE, Connection, RELEASE, RESTRICT, call, resource, word};

/// Makes the file of a resource, which stays.
fn ready(connection: &mut Connection, space: &str, name: &str) -> io::Result<()> {
    connection.space(space)?;
    std::fs::write(Path::new(space).join(name), "")
}

/// The mean time of acquiring and of releasing, in microseconds.
pub(crate) fn round_trip(socket: &Path, space: &str, calls: usize) -> io::Result<f64> {
    let mut connection = Connection::registered(socket, 0)?;
    ready(&mut connection, space, "one")?;
    let arguments = resource(space, "one", 0);
    let mut times = Vec::with_capacity(calls);
    for turn in 0..calls {
        let started = Instant::now();
        connection.call(if turn % 2 == 0 { ACQUIRE } else { RELEASE }, &arguments)?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(calls / 2).copied().unwrap_or_default().as_secs_f64() * 1e6)
}

struct Client {
    stream: UnixStream,
    calls: [Vec<u8>; 2],
    next: usize,
}

/// Calls answered a second and in all, where each client acquires and releases what is its own.
pub(crate) fn calls_per_second(
    socket: &Path,
    space: &str,
    connections: u32,
    time: Duration,
) -> io::Result<(f64, u64)> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut clients = Vec::new();
    for number in 0..connections {
        let mut connection = Connection::registered(socket, number)?;
        let name = format!("load{number}");
        ready(&mut connection, space, &name)?;
        let arguments = resource(space, &name, 0);
        let calls = [ACQUIRE, RELEASE].map(|procedure| call(procedure, 7, &arguments));
        let stream = connection.into_stream();
        let data = epoll::EventData::new_u64(number.into());
        epoll::add(&poll, stream.as_fd(), data, epoll::EventFlags::IN)?;
        clients.push(Client { stream, calls, next: 0 });
    }
    let started = Instant::now();
    for client in &mut clients {
        client.ask()?;
    }
    let mut answered = 0;
    let mut open = clients.len();
    let mut events = Vec::with_capacity(256);
    // each ends with a release, so that nothing is left
    while open > 0 {
        events.clear();
        let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
        if epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), Some(&patience))? == 0 {
            return Err(io::Error::other("no answer for 20 s"));
        }
        let over = started.elapsed() >= time;
        for event in &events {
            let client = &mut clients[usize::try_from(event.data.u64()).unwrap_or(0)];
            client.hear()?;
            answered += 1;
            if over && client.next == 0 {
                open -= 1;
            } else {
                client.ask()?;
            }
        }
    }
    Ok((answered as f64 / started.elapsed().as_secs_f64(), answered))
}

impl Client {
    fn ask(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.calls[self.next])?;
        self.next = 1 - self.next;
        Ok(())
    }

    /// Answers are short, so they come whole.
    fn hear(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1024];
        let n = self.stream.read(&mut buffer)?;
        if n < 28 || word(&buffer, 6) != 0 {
            return Err(io::Error::other("a call failed"));
        }
        Ok(())
    }
}

/// Clients that connect, register, give up their rights and leave, a second, one after the other.
pub(crate) fn comers_per_second(socket: &Path, time: Duration) -> io::Result<f64> {
    let started = Instant::now();
    let mut came = 0_u32;
    while started.elapsed() < time {
        let mut connection = Connection::registered(socket, came)?;
        connection.call(RESTRICT, &[0; 4])?;
        came += 1;
    }
    Ok(f64::from(came) / started.elapsed().as_secs_f64())
}
