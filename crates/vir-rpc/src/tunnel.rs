//! A connection through another program: `ssh`, or whatever else the user names. Its standard input and
//! output are the connection.
//!
//! The program lives as long as the connection. What it says on its standard error is kept for the
//! error when the connection ends.

use crate::transport::{Transport, TransportKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::{self, AddressFamily, RecvFlags, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::VecDeque;
use std::io::{self, IoSlice, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// More of its last words nobody reads.
const WORDS: usize = 1024;
/// How long its last words are waited for, once it has ended the connection.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it may take to end by itself, and then when asked to.
const END: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(500)];

/// A program that is running, and what leads to it.
pub struct Tunnel {
    /// `None` when it is being ended.
    socket: Option<OwnedFd>,
    child: Child,
    words: Option<ChildStderr>,
}

impl Tunnel {
    /// Starts the program.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let (ours, theirs) = net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        let input = theirs.try_clone()?;
        let mut child = command.stdin(input).stdout(theirs).stderr(Stdio::piped()).spawn()?;
        // the command keeps its copies, by which the end would never be seen
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let words = child.stderr.take();
        Ok(Self { socket: Some(ours), child, words })
    }

    fn socket(&self) -> io::Result<&OwnedFd> {
        self.socket.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn ends_within(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Transport for Tunnel {
    fn recv(&mut self, buffer: &mut [u8], _: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        Ok(net::recv(self.socket()?, buffer, RecvFlags::DONTWAIT)?.0)
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        Ok(net::sendmsg(self.socket()?, parts, &mut SendAncillaryBuffer::default(), flags)?)
    }

    fn send_fd(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match &self.socket {
            Some(socket) => socket.as_fd(),
            // only while it is dropped, when nobody polls
            None => rustix::stdio::stdin(),
        }
    }

    fn kind(&self) -> TransportKind {
        TransportKind::Tcp
    }

    fn last_words(&mut self) -> Option<String> {
        let mut words = self.words.take()?;
        let (until, mut said, mut part) = (Instant::now() + PATIENCE, Vec::new(), [0; WORDS]);
        while said.len() < WORDS {
            let left = until.saturating_duration_since(Instant::now());
            let time = Timespec::try_from(left).ok()?;
            if !matches!(poll(&mut [PollFd::new(&words, PollFlags::IN)], Some(&time)), Ok(1..)) {
                break;
            }
            match words.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => said.extend_from_slice(&part[..count]),
            }
        }
        said.truncate(WORDS);
        let said = String::from_utf8_lossy(&said).trim_end().to_owned();
        (!said.is_empty()).then_some(said)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.socket = None;
        if self.ends_within(END[0]) {
            return;
        }
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        if !self.ends_within(END[1]) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tunnel {
        Tunnel::start(Command::new("/bin/sh").args(["-c", script])).unwrap()
    }

    fn wait(tunnel: &Tunnel) {
        poll(&mut [PollFd::new(&tunnel.fd(), PollFlags::IN)], None).unwrap();
    }

    #[test]
    fn bytes_go_through_the_program() {
        let mut tunnel = shell("exec cat");
        assert_eq!(tunnel.send(&[IoSlice::new(b"one "), IoSlice::new(b"two")]).unwrap(), 7);
        let (mut buffer, mut got) = ([0; 16], vec![]);
        while got.len() < 7 {
            wait(&tunnel);
            let count = tunnel.recv(&mut buffer, &mut VecDeque::new()).unwrap();
            got.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(got, b"one two");
    }

    #[test]
    fn its_last_words_are_heard() {
        let mut tunnel = shell("echo 'no such host' >&2; exit 1");
        wait(&tunnel);
        assert_eq!(tunnel.recv(&mut [0; 16], &mut VecDeque::new()).unwrap(), 0);
        assert_eq!(tunnel.last_words().as_deref(), Some("no such host"));
        assert_eq!(tunnel.last_words(), None);
    }

    #[test]
    fn it_ends_with_the_connection_even_if_it_will_not() {
        let tunnel = shell("trap '' TERM; echo; while :; do sleep 1; done");
        wait(&tunnel);
        let pid = Pid::from_raw(tunnel.child.id() as i32).unwrap();
        drop(tunnel);
        assert!(rustix::process::test_kill_process(pid).is_err());
    }
}
