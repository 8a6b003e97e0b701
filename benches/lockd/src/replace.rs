//! How long the daemon is away while its program is replaced.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::process;
use crate::wire::{ACQUIRE, Connection, resource};

/// Clients with leases.
pub(crate) struct Clients {
    connections: Vec<Connection>,
    space: String,
    held: usize,
}

impl Clients {
    pub(crate) fn new(socket: &Path, space: &str, count: u32) -> io::Result<Self> {
        // numbers that no other client here has
        let connect = |number| Connection::registered(socket, 1_000_000 + number);
        let connections = (0..count).map(connect).collect::<io::Result<_>>()?;
        Ok(Self { connections, space: space.to_owned(), held: 0 })
    }

    /// Acquires until they hold so many.
    pub(crate) fn hold(&mut self, leases: usize) -> io::Result<()> {
        let count = self.connections.len();
        for number in self.held..leases {
            let arguments = resource(&self.space, &format!("lease{number}"), 2);
            self.connections[number % count].call(ACQUIRE, &arguments)?;
        }
        self.held = leases;
        Ok(())
    }

    /// Lets the daemon replace its program, and calls all the while: the longest time that an answer
    /// took, in milliseconds. The C daemon may leave a call without an answer; then it is measured anew.
    pub(crate) fn pause(&mut self, pid: i32) -> io::Result<f64> {
        for _ in 0..10 {
            match self.try_pause(pid) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    eprintln!("a call was left without an answer");
                }
                other => return other,
            }
        }
        Err(io::Error::other("calls are left without answers"))
    }

    fn try_pause(&mut self, pid: i32) -> io::Result<f64> {
        let before = process::program(pid);
        let daemon = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
        kill_process(daemon, Signal::USR1)?;
        // so that a daemon which stops at once has seen the signal before a call comes
        std::thread::sleep(Duration::from_micros(500));
        let (started, mut longest) = (Instant::now(), Duration::ZERO);
        let mut after = 0;
        while after < 10 {
            let asked = Instant::now();
            self.connections[0].space(&self.space)?;
            longest = longest.max(asked.elapsed());
            // which program has answered is seen only when it has
            if after > 0 || process::program(pid) != before {
                after += 1;
            }
            if started.elapsed() > Duration::from_secs(60) {
                return Err(io::Error::other("it does not replace its program"));
            }
        }
        for connection in &mut self.connections {
            connection.space(&self.space)?;
        }
        Ok(longest.as_secs_f64() * 1e3)
    }
}
