//! What the kernel promises about locks, shared descriptor tables, exec and descriptors in flight:
//! the facts on which the lock daemon's keeper stands. Each is a scene of real processes, watched
//! by this one; a kernel that does otherwise fails here first.
//!
//! It runs without the test harness, since a process with threads cannot share its table.

use rustix::io::FdFlags;
use std::fs::File;
use std::io::{BufRead, BufReader, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use vir_base::process::{Process, start_time, wait_readable};
use vir_base::sys::{
    LockKind, LockOwner, Table, first_byte_holder, lock_first_byte, rename_process, share_descriptors,
    unlock_first_byte,
};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("--role=opener") => opener(Path::new(&args[2])),
        Some("--role=sleeper") => {
            println!("sleeping");
            let _ = std::io::stdin().read(&mut [0]);
        }
        // how runners of tests ask
        Some("--list") if args.iter().any(|arg| arg == "--ignored") => {}
        Some("--list") => println!("facts: test"),
        _ => {
            for (name, fact) in FACTS {
                fact();
                println!("fact {name} ... ok");
            }
        }
    }
}

const FACTS: &[(&str, fn())] = &[
    ("locks of both kinds outlive the death of one of two that share", death),
    ("one that has left the table keeps descriptions, not locks of the table", leaving),
    ("exec takes a table of its own along, and not its locks", exec_while_shared),
    ("exec after the other has left keeps everything", exec_alone),
    ("a descriptor in flight holds its lock, and any duplicate unlocks", in_flight),
    ("a process with threads is refused, a panic is a status", refusals),
];

fn death() {
    let scene = Scene::new();
    assert_eq!(scene.held(), [true; 3]);
    scene.opener.signal(rustix::process::Signal::KILL).unwrap();
    assert!(scene.opener.wait_end(PATIENCE).unwrap());
    assert_eq!(scene.held(), [true; 3], "also what was opened after the sharer was made");
    let comm = std::fs::read_to_string(format!("/proc/{}/comm", scene.sharer.pid())).unwrap();
    assert_eq!(comm.trim(), "a-sharer");
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", scene.sharer.pid())).unwrap();
    assert_eq!(line.trim_end_matches('\0'), "a-sharer");
    scene.end_sharer();
    assert_eq!(scene.held(), [false; 3]);
}

fn leaving() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask("leave"), "left");
    // its own copies are closed but for the two descriptions; the opener's are not touched
    assert_eq!(scene.ask("count"), "same");
    scene.opener.signal(rustix::process::Signal::KILL).unwrap();
    assert!(scene.opener.wait_end(PATIENCE).unwrap());
    assert_eq!(scene.held(), [true, false, true]);
    scene.end_sharer();
    assert_eq!(scene.held(), [false; 3]);
}

fn exec_while_shared() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask("exec"), "sleeping");
    assert_eq!(scene.held(), [true; 3]);
    scene.end_sharer();
    // the lock of the table stayed behind with the table
    assert_eq!(scene.held(), [true, false, true]);
}

fn exec_alone() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask("leave"), "left");
    assert_eq!(scene.ask("exec"), "sleeping");
    assert_eq!(scene.held(), [true; 3]);
    scene.end_sharer();
    assert_eq!(scene.held(), [true; 3]);
}

fn in_flight() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("disk");
    let (held, probe) = (open(&path), open(&path));
    assert!(lock_first_byte(&held, LockOwner::Description, LockKind::Write).unwrap());
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = rustix::net::SendAncillaryBuffer::new(&mut space);
    let fds = [held.as_fd()];
    control.push(rustix::net::SendAncillaryMessage::ScmRights(&fds));
    rustix::net::sendmsg(&ours, &[IoSlice::new(b"x")], &mut control, rustix::net::SendFlags::empty())
        .unwrap();
    drop((held, ours));
    assert!(is_held(&probe), "nobody has it open, but it is on its way");
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = rustix::net::RecvAncillaryBuffer::new(&mut space);
    let flags = rustix::net::RecvFlags::CMSG_CLOEXEC;
    rustix::net::recvmsg(&theirs, &mut [IoSliceMut::new(&mut [0])], &mut control, flags).unwrap();
    let mut came: Vec<OwnedFd> = vec![];
    for message in control.drain() {
        if let rustix::net::RecvAncillaryMessage::ScmRights(fds) = message {
            came.extend(fds);
        }
    }
    let duplicate = came[0].try_clone().unwrap();
    drop(came);
    assert!(is_held(&probe));
    let third = duplicate.try_clone().unwrap();
    unlock_first_byte(&duplicate, LockOwner::Description).unwrap();
    assert!(!is_held(&probe), "unlocked through one, though another is open");
    drop(third);
}

fn refusals() {
    let sharer = share_descriptors(|_| panic!("a panic that is meant to be")).unwrap();
    let pidfd = Process::open(sharer.pid()).unwrap();
    assert!(pidfd.wait_end(PATIENCE).unwrap());
    assert!(sharer.try_wait().is_ok());
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || wait.recv());
    assert_eq!(share_descriptors(|_| 0).unwrap_err().kind(), std::io::ErrorKind::ResourceBusy);
    drop(go);
    let _ = thread.join();
}

/// A process that has opened and locked three files (two descriptions, the second of them after it
/// had made the sharer; between them one lock of the table), the sharer, and us.
struct Scene {
    dir: tempfile::TempDir,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    opener: Process,
    sharer: Process,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--role=opener")
            .arg(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let mut from = BufReader::new(child.stdout.take().unwrap());
        let sharer = Process::open(line(&mut from).parse().unwrap()).unwrap();
        let opener = Process::open(child.id() as i32).unwrap();
        Self { dir, child, to, from, opener, sharer }
    }

    fn ask(&mut self, what: &str) -> String {
        writeln!(self.to, "{what}").unwrap();
        line(&mut self.from)
    }

    fn held(&self) -> [bool; 3] {
        paths(self.dir.path()).map(|path| is_held(&open(&path)))
    }

    fn end_sharer(&self) {
        self.sharer.signal(rustix::process::Signal::KILL).unwrap();
        assert!(self.sharer.wait_end(PATIENCE).unwrap());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.sharer.signal(rustix::process::Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

fn paths(dir: &Path) -> [PathBuf; 3] {
    ["first", "of-table", "later"].map(|name| dir.join(name))
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap()
}

fn is_held(probe: &File) -> bool {
    first_byte_holder(probe, LockOwner::Table, LockKind::Write).unwrap().is_some()
}

/// The process in the middle.
fn opener(dir: &Path) {
    assert!(start_time(std::process::id() as i32).unwrap() > 0);
    let [first, of_table, later] = paths(dir);
    let (first, of_table) = (open(&first), open(&of_table));
    assert!(lock_first_byte(&first, LockOwner::Description, LockKind::Write).unwrap());
    assert!(lock_first_byte(&of_table, LockOwner::Table, LockKind::Write).unwrap());
    let (hear, tell) = rustix::pipe::pipe().unwrap();
    let (answer, say) = rustix::pipe::pipe().unwrap();
    let numbers = (hear.as_raw_fd(), say.as_raw_fd());
    let keep = first.as_raw_fd();
    let sharer = share_descriptors(|table| sharer(table, numbers, keep)).unwrap();
    // what it opens for a moment, this process has open for a moment
    rustix::io::read(&answer, &mut [0]).unwrap();
    let later = open(&later);
    assert!(lock_first_byte(&later, LockOwner::Description, LockKind::Write).unwrap());
    println!("{}", sharer.pid());
    let before = count();
    for order in std::io::stdin().lines() {
        match order.unwrap().as_str() {
            "leave" => {
                rustix::io::write(&tell, &later.as_raw_fd().to_ne_bytes()).unwrap();
                assert!(wait_readable(answer.as_fd(), PATIENCE).unwrap());
                println!("left");
            }
            "count" => println!("{}", if count() == before { "same" } else { "changed" }),
            _ => {
                for fd in [first.as_fd(), of_table.as_fd(), later.as_fd()] {
                    rustix::io::fcntl_setfd(fd, FdFlags::empty()).unwrap();
                }
                let error = Command::new(std::env::current_exe().unwrap()).arg("--role=sleeper").exec();
                panic!("{error}");
            }
        }
    }
}

fn count() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn sharer(table: &Table, (hear, say): (RawFd, RawFd), keep: RawFd) -> u8 {
    rename_process("a-sharer");
    let (hear, say) = (table.own(hear).unwrap(), table.own(say).unwrap());
    rustix::io::write(&say, b"x").unwrap();
    let mut number = [0; 4];
    rustix::io::read(&hear, &mut number).unwrap();
    let later = RawFd::from_ne_bytes(number);
    table.leave().unwrap();
    let rows = [later, keep, say.as_raw_fd(), hear.as_raw_fd()].map(|raw| (raw, raw));
    table.close_all_but(rows.into()).unwrap();
    assert_eq!(count(), 5, "these four, and the list itself");
    rustix::io::write(&say, b"x").unwrap();
    // until it is killed: pipes would say when the opener is gone
    std::thread::sleep(Duration::from_secs(600));
    0
}
