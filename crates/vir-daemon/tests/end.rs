//! How a daemon ends while it is busy.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};
use vir_proto::frame::{self, Header, MessageType, Status};

struct Daemon {
    child: Child,
    root: tempfile::TempDir,
}

impl Daemon {
    fn start() -> Self {
        let here = std::env::current_exe().unwrap();
        let program: PathBuf = here.ancestors().nth(2).unwrap().join("examples/sleeper");
        let root = tempfile::tempdir().unwrap();
        let child = Command::new(program).arg("--root").arg(root.path()).spawn().unwrap();
        let daemon = Self { child, root };
        let end = Instant::now() + Duration::from_secs(20);
        while UnixStream::connect(daemon.socket()).is_err() {
            assert!(Instant::now() < end, "it does not listen");
            sleep(Duration::from_millis(2));
        }
        daemon
    }

    fn socket(&self) -> PathBuf {
        self.root.path().join("run/libvirt/sleeperd-sock")
    }

    /// Makes a call that takes that long.
    fn call(&self, milliseconds: u32) -> UnixStream {
        let mut stream = UnixStream::connect(self.socket()).unwrap();
        let header = Header {
            program: 0x1234_5678,
            version: 1,
            procedure: 1,
            kind: MessageType::CALL,
            serial: 1,
            status: Status::OK,
        };
        let mut bytes = Vec::new();
        frame::append(&mut bytes, &header, &milliseconds.to_be_bytes()).unwrap();
        stream.write_all(&bytes).unwrap();
        // long enough for the call to be taken
        sleep(Duration::from_millis(100));
        stream
    }

    fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("/bin/kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    }

    /// How it ended, if it has within this time.
    fn ended(&mut self, within: Duration) -> Option<i32> {
        let end = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            if Instant::now() >= end {
                return None;
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_call_being_served_is_answered_first() {
    let mut daemon = Daemon::start();
    let mut client = daemon.call(600);
    daemon.terminate();
    let mut answer = [0; 32];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(answer[28..], 600u32.to_be_bytes());
    assert_eq!(daemon.ended(Duration::from_secs(20)), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut daemon = Daemon::start();
    let _client = daemon.call(600_000);
    daemon.terminate();
    assert_eq!(daemon.ended(Duration::from_millis(300)), None);
    daemon.terminate();
    assert_eq!(daemon.ended(Duration::from_secs(20)), Some(1));
}
