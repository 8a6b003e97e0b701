//! Replacing a daemon's program while it serves.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use vir_proto::frame::{self, Header, MessageType, Status};

const SET: i32 = 1;
const GET: i32 = 2;
const ECHO: i32 = 3;
const SLEEP: i32 = 4;
const MUCH: i32 = 5;
/// How long anything may take on a busy host.
const PATIENCE: Duration = Duration::from_secs(30);

/// A daemon with a program file of its own, so that it can be changed.
struct Daemon {
    child: Child,
    root: tempfile::TempDir,
}

fn built() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    here.ancestors().nth(2).unwrap().join("examples/counter")
}

/// Waits until it is so.
fn eventually(what: impl Fn() -> String, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{}", what());
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Daemon {
    fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("counter");
        // by another process: what another thread starts has open what is open here, for a moment, and a file
        // that is open for writing cannot be executed
        assert!(Command::new("cp").arg(built()).arg(&program).status().unwrap().success());
        let log = fs::File::create(root.path().join("log")).unwrap();
        let mut command = Command::new(&program);
        command.arg("--root").arg(root.path()).stderr(log).env("LIBVIRT_DEBUG", "2");
        let daemon = Self { child: command.spawn().unwrap(), root };
        eventually(|| "it listens".into(), || UnixStream::connect(daemon.socket()).is_ok());
        daemon
    }

    fn program(&self) -> PathBuf {
        self.root.path().join("counter")
    }

    fn socket(&self) -> PathBuf {
        self.root.path().join("run/libvirt/counter-sock")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.root.path().join("log")).unwrap()
    }

    fn connect(&self) -> Client {
        let stream = UnixStream::connect(self.socket()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Client { stream, serial: 0 }
    }

    fn signal(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("/bin/kill").args(["-s", "USR1", &pid]).status().unwrap().success());
    }

    /// How often another program has begun here.
    fn lives(&self) -> usize {
        self.log().matches(" takes over").count()
    }

    /// Has the program replaced, and waits for that.
    fn replace(&self) {
        let before = self.lives();
        self.signal();
        eventually(|| format!("another life: {}", self.log()), || self.lives() > before);
        self.connect().echo(b"here");
    }

    /// Asks for a replacement that must not happen; why it did not is returned.
    fn refuses(&self) -> String {
        let refusals = |log: &str| log.matches("this one goes on: ").count();
        let before = refusals(&self.log());
        self.signal();
        eventually(|| format!("a refusal: {}", self.log()), || refusals(&self.log()) > before);
        let log = self.log();
        log.rsplit("this one goes on: ").next().unwrap().lines().next().unwrap().to_owned()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Client {
    stream: UnixStream,
    serial: u32,
}

impl Client {
    fn request(&mut self, procedure: i32, args: &[u8]) -> Vec<u8> {
        self.serial += 1;
        let (kind, status) = (MessageType::CALL, Status::OK);
        let header =
            Header { program: 0x1234_5679, version: 1, procedure, kind, serial: self.serial, status };
        let mut bytes = vec![];
        frame::append(&mut bytes, &header, args).unwrap();
        bytes
    }

    fn send(&mut self, procedure: i32, args: &[u8]) {
        let bytes = self.request(procedure, args);
        self.stream.write_all(&bytes).unwrap();
    }

    /// The next answer: its serial and its payload.
    fn answer(&mut self) -> (u32, Vec<u8>) {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        self.stream.read_exact(&mut rest).unwrap();
        let header = Header::from_bytes(&rest).unwrap();
        assert_eq!(header.status, Status::OK);
        (header.serial, rest[24..].to_vec())
    }

    fn call(&mut self, procedure: i32, args: &[u8]) -> Vec<u8> {
        self.send(procedure, args);
        let (serial, payload) = self.answer();
        assert_eq!(serial, self.serial);
        payload
    }

    fn echo(&mut self, text: &[u8]) {
        assert_eq!(self.call(ECHO, text), text);
    }

    fn set(&mut self, number: u64) {
        self.call(SET, &number.to_be_bytes());
    }

    fn number(&mut self) -> u64 {
        u64::from_be_bytes(*self.call(GET, &[]).first_chunk().unwrap())
    }

    /// Whether nothing more comes.
    fn is_quiet(&mut self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let read = self.stream.read(&mut [0; 1]);
        self.stream.set_nonblocking(false).unwrap();
        read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

fn open_descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[test]
fn everything_goes_on() {
    let daemon = Daemon::start();
    let pid = daemon.child.id();
    let (mut one, mut other, mut idle) = (daemon.connect(), daemon.connect(), daemon.connect());
    one.set(1729);
    other.set(1 << 60);
    let pid_file = daemon.root.path().join("run/counter.pid");
    let inode = fs::metadata(&pid_file).unwrap().ino();
    let command_line = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    let mut descriptors = None;
    for _ in 0..3 {
        daemon.replace();
        assert_eq!((one.number(), other.number()), (1729, 1 << 60));
        assert_eq!(fs::read(format!("/proc/{pid}/cmdline")).unwrap(), command_line);
        assert_eq!(fs::metadata(&pid_file).unwrap().ino(), inode);
        eventually(
            || "no descriptor is left over".into(),
            || {
                let now = open_descriptors(pid);
                now <= *descriptors.get_or_insert(now)
            },
        );
    }
    idle.echo(b"never heard of");
    // a second daemon is kept out, by the pid file that stayed locked
    let mut second = Command::new(daemon.program());
    let second = second.arg("--root").arg(daemon.root.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1), "{second:?}");
    // and the sockets go when this one does
    assert!(Command::new("/bin/kill").arg(pid.to_string()).status().unwrap().success());
    eventually(|| "it ends".into(), || !daemon.socket().exists());
}

#[test]
fn every_call_is_answered_once() {
    let daemon = Daemon::start();
    let mut clients: Vec<Client> = (0..8).map(|_| daemon.connect()).collect();
    // a half, a whole one behind it on a worker, one that does not read its answers
    let half = clients[0].request(ECHO, b"in two parts");
    clients[0].stream.write_all(&half[..17]).unwrap();
    clients[1].send(SLEEP, &300u32.to_be_bytes());
    clients[1].send(ECHO, b"behind");
    for _ in 0..64 {
        clients[2].send(MUCH, &[]);
    }
    // the others keep asking
    let asking: Vec<_> = clients
        .drain(3..)
        .map(|mut client| {
            std::thread::spawn(move || {
                for round in 0u32..3000 {
                    client.echo(&round.to_be_bytes());
                }
                assert!(client.is_quiet());
            })
        })
        .collect();
    for _ in 0..3 {
        daemon.replace();
    }
    clients[0].stream.write_all(&half[17..]).unwrap();
    assert_eq!(clients[0].answer(), (1, b"in two parts".to_vec()));
    assert!(clients[0].is_quiet());
    let mut answers = [clients[1].answer(), clients[1].answer()];
    answers.sort();
    assert_eq!(answers, [(1, 300u32.to_be_bytes().to_vec()), (2, b"behind".to_vec())]);
    assert!(clients[1].is_quiet());
    for serial in 1..=64 {
        let (got, payload) = clients[2].answer();
        assert_eq!((got, payload.len()), (serial, 64 * 1024));
    }
    assert!(clients[2].is_quiet());
    for thread in asking {
        thread.join().unwrap();
    }
}

fn executable(path: &Path, content: &[u8]) {
    let new = path.with_extension("new");
    let mut tee = Command::new("tee").arg(&new).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    tee.stdin.take().unwrap().write_all(content).unwrap();
    assert!(tee.wait().unwrap().success());
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(new, path).unwrap();
}

#[test]
fn a_program_that_cannot_take_over_changes_nothing() {
    let daemon = Daemon::start();
    let mut client = daemon.connect();
    client.set(7);
    let program = daemon.program();
    fs::remove_file(&program).unwrap();
    assert!(daemon.refuses().contains("No such file or directory"));
    fs::create_dir(&program).unwrap();
    assert!(daemon.refuses().ends_with("is a directory"));
    fs::remove_dir(&program).unwrap();
    fs::copy(built(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(daemon.refuses().ends_with("is not executable"));
    let mut foreign = fs::read(built()).unwrap();
    foreign[18] ^= 0xff;
    executable(&program, &foreign);
    assert!(daemon.refuses().contains("it is for another machine"));
    executable(
        &program,
        b"#!/bin/sh\necho 'counter (libvirt) 11.3.0'\nexit 0\n# so long that it could be a program\n",
    );
    assert!(daemon.refuses().contains("it is no ELF program"));
    let mut cut = fs::read(built()).unwrap();
    cut.truncate(20_000);
    executable(&program, &cut);
    let why = daemon.refuses();
    assert!(why.contains("ended with") || why.contains("cannot be"), "{why}");
    // a program of another daemon, and one of nobody's
    let other = built().with_file_name("sleeper");
    executable(&program, &fs::read(other).unwrap());
    let why = daemon.refuses();
    assert!(why.contains("would not know --root"), "{why}");
    assert_eq!(client.number(), 7);
    executable(&program, &fs::read(built()).unwrap());
    daemon.replace();
    assert_eq!(client.number(), 7);
}

#[test]
fn a_call_that_does_not_end_puts_it_off() {
    let daemon = Daemon::start();
    let mut client = daemon.connect();
    client.send(SLEEP, &600_000u32.to_be_bytes());
    // it is being served
    let mut other = daemon.connect();
    other.echo(b"before");
    let why = daemon.refuses();
    assert!(why.contains("stands in the way: a call of it is being served"), "{why}");
    other.echo(b"after");
}
