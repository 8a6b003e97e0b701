//! A private lock daemon, ours or the C one (`FERROVIRT_TESTED=peer`), its clients, and processes that
//! hold leases.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vir_base::Result;
use vir_base::process::Process;
use vir_base::sys::{LockKind, LockOwner, first_byte_holder};
use vir_proto::procedures::lock::*;
use vir_proto::wire::{
    LockAcquireResourceArgs, LockOwner as Owner, LockRegisterArgs, LockReleaseResourceArgs,
};
use vir_rpc::client::{Client, Target};

pub const SHARED: u32 = 1;
pub const AUTOCREATE: u32 = 2;

/// How long anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the C daemon is.
const PEER: &str = "/usr/sbin/virtlockd";

/// Waits for something that must become true.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether the C daemon is in the place of ours.
pub fn is_peer() -> bool {
    std::env::var("FERROVIRT_TESTED").is_ok_and(|tested| tested == "peer")
}

/// Why no test can run here, if none can.
pub fn missing() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("root");
    }
    (is_peer() && !Path::new(PEER).exists()).then_some("the C virtlockd")
}

/// Directories, and the daemon in them, if one runs.
pub struct Scene {
    root: TempDir,
    daemon: Option<Child>,
    settings: Vec<(String, String)>,
}

impl Scene {
    /// Starts a daemon.
    pub fn new() -> Self {
        let mut scene = Self::empty();
        scene.start();
        scene
    }

    /// Nothing runs yet.
    pub fn empty() -> Self {
        let root = tempfile::Builder::new().prefix("lockd-").tempdir().unwrap();
        for dir in ["run/libvirt", "etc/libvirt", "var/lib/libvirt", "var/log/libvirt", "var/cache/libvirt"] {
            fs::create_dir_all(root.path().join(dir)).unwrap();
        }
        Self { root, daemon: None, settings: vec![] }
    }

    /// The daemon's environment has this besides.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.into(), value.into()));
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// A disk.
    pub fn disk(&self, name: &str) -> String {
        let path = self.path(name);
        fs::write(&path, "").unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn socket(&self) -> PathBuf {
        self.path("run/libvirt/virtlockd-sock")
    }

    pub fn journal(&self) -> PathBuf {
        self.path("run/libvirt/virtlockd.journal")
    }

    /// Starts the daemon and waits until it answers.
    pub fn start(&mut self) {
        self.start_by(Command::new(env!("CARGO_BIN_EXE_virtlockd")));
    }

    /// The same, by a program that executes what its arguments say; its own come first.
    pub fn start_by(&mut self, command: Command) {
        self.start_fed(command, Stdio::null());
    }

    /// The same, with this standard input.
    pub fn start_fed(&mut self, mut command: Command, input: Stdio) {
        if is_peer() {
            command = in_private_mounts(self.root.path());
        } else {
            command.arg("--root").arg(self.root.path());
        }
        for name in ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LIBVIRT_DEBUG", "LIBVIRT_LOG_OUTPUTS"] {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        command.stdin(input).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().unwrap();
        self.daemon = Some(child);
        let socket = self.socket();
        eventually("the daemon answers", || {
            let child = self.daemon.as_mut().unwrap();
            if let Some(status) = child.try_wait().unwrap() {
                panic!(
                    "the daemon ended, {status}: {}",
                    fs::read_to_string(self.root.path().join("log")).unwrap()
                );
            }
            // the socket of one that was just killed takes connections, but answers none
            LockClient::try_new(&socket, 1).is_ok()
        });
    }

    pub fn pid(&self) -> i32 {
        self.daemon.as_ref().unwrap().id() as i32
    }

    /// What it has said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        Process::open(self.pid()).unwrap().signal(signal).unwrap();
    }

    /// Kills it at once, nobody else.
    pub fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub fn terminate(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        let process = Process::open(daemon.id() as i32).unwrap();
        process.signal(rustix::process::Signal::TERM).unwrap();
        assert!(process.wait_end(Some(PATIENCE)).unwrap(), "it does not end: {}", self.log());
        daemon.wait().unwrap();
    }

    /// The keeper's process, if there is one: a child of the daemon, or left by it.
    pub fn keeper(&self) -> Option<i32> {
        self.keepers().first().copied()
    }

    /// All of them: while one takes the other's place there are two.
    pub fn keepers(&self) -> Vec<i32> {
        let prefix = self.root.path().to_str().unwrap().to_owned();
        let of_ours = |pid: &i32| {
            let comm = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            let fds = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
            comm.trim() == "lockd-keeper"
                && (fds.filter_map(|fd| fs::read_link(fd.path()).ok()).any(|file| file.starts_with(&prefix))
                    || parent(*pid) == self.daemon.as_ref().map(|daemon| daemon.id() as i32))
        };
        let processes = fs::read_dir("/proc").unwrap();
        let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        numbers.filter(of_ours).collect()
    }

    /// Runs our program with these arguments.
    pub fn ask(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_virtlockd"))
            .args(words)
            .arg("--root")
            .arg(self.root.path())
            .output()
            .unwrap()
    }

    /// The leases as `--status --json` tells them.
    pub fn status(&self) -> serde_json::Value {
        let output = self.ask(&["--status", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A client that acts for process `pid`. Not this one: who holds leases by a connection of its own
    /// is ended with it.
    pub fn client(&self, pid: i32) -> LockClient {
        LockClient::new(&self.socket(), pid)
    }

    /// A process that holds these leases by a connection of its own, as a guest does.
    pub fn guest(&self, leases: &[(&str, u32)]) -> Guest {
        Guest::start(&self.socket(), leases)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let keeper = self.keeper().and_then(|pid| Process::open(pid).ok());
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        if let Some(keeper) = keeper {
            let _ = keeper.signal(rustix::process::Signal::KILL);
        }
        if std::thread::panicking() {
            eprintln!("The daemon said:\n{}", self.log());
        }
    }
}

fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.get(stat.rfind(')')? + 2..)?.split(' ').nth(1)?.parse().ok()
}

/// The C daemon knows only fixed directories: it sees ours there.
fn in_private_mounts(root: &Path) -> Command {
    const SCRIPT: &str = "set -e\nmount -t tmpfs tmpfs /run; mkdir /run/libvirt\n\
        mount --bind \"$1/run/libvirt\" /run/libvirt\n\
        for directory in etc var/lib var/log var/cache; do\n\
            mount --bind \"$1/$directory/libvirt\" \"/$directory/libvirt\"\n\
        done\n\
        exec \"$2\"\n";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]).arg(root).arg(PEER);
    command
}

/// A connection.
pub struct LockClient(Client);

impl LockClient {
    pub fn new(socket: &Path, pid: i32) -> Self {
        Self::try_new(socket, pid).unwrap()
    }

    fn try_new(socket: &Path, pid: i32) -> Result<Self> {
        let client = Self(Client::connect_unix(socket)?);
        let uuid = vir_base::Uuid([pid as u8 | 1; 16]);
        let owner = Owner { uuid, name: format!("guest-{pid}"), id: 1, pid: pid as u32 };
        client.call(LOCK_REGISTER, &LockRegisterArgs { owner, flags: 0 })?;
        Ok(client)
    }

    fn call(&self, procedure: i32, args: &impl vir_proto::xdr::Xdr) -> Result<()> {
        self.0.call_value(Target { program: PROGRAM, version: VERSION, procedure }, args)
    }

    pub fn acquire(&self, name: &str, flags: u32) -> Result<()> {
        let (path, name) = (String::new(), name.to_owned());
        self.call(LOCK_ACQUIRE_RESOURCE, &LockAcquireResourceArgs { path, name, flags })
    }

    pub fn release(&self, name: &str) -> Result<()> {
        let (path, name) = (String::new(), name.to_owned());
        self.call(LOCK_RELEASE_RESOURCE, &LockReleaseResourceArgs { path, name, flags: 0 })
    }
}

/// A process that has registered itself and holds leases; it ends with this.
pub struct Guest {
    child: Child,
}

const ROLE: &str = "LOCKD_TEST_GUEST";

impl Guest {
    fn start(socket: &Path, leases: &[(&str, u32)]) -> Self {
        let mut wanted = socket.to_str().unwrap().to_owned();
        for (name, flags) in leases {
            wanted += &format!("\n{flags} {name}");
        }
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "scene::guest"])
            .env(ROLE, wanted)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut guest = Self { child };
        let mut says = BufReader::new(guest.child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("guest has all") {
            line.clear();
            assert_ne!(says.read_line(&mut line).unwrap(), 0, "the guest has not got its leases");
        }
        guest
    }

    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until somebody has ended it, at most this long.
    pub fn ends_within(&self, time: Duration) -> bool {
        Process::open(self.pid()).is_ok_and(|process| process.wait_end(Some(time)).unwrap())
    }

    /// Ends it.
    pub fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other process of [`Guest`].
#[test]
#[ignore = "what other tests start as a process of its own"]
fn guest() {
    let Ok(wanted) = std::env::var(ROLE) else { return };
    let mut lines = wanted.lines();
    let client = LockClient::new(Path::new(lines.next().unwrap()), std::process::id() as i32);
    for line in lines {
        let (flags, name) = line.split_once(' ').unwrap();
        client.acquire(name, flags.parse().unwrap()).unwrap();
    }
    println!("guest has all");
    // until the test ends, however it does
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Looks, without a pause, whether others would get an exclusive lock on a file.
pub struct Watcher {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<bool>,
}

/// Whether nobody else would get an exclusive lock now.
pub fn is_held(path: &str) -> bool {
    let Ok(file) = File::options().read(true).write(true).open(path) else { return false };
    first_byte_holder(&file, LockOwner::Table, LockKind::Write).unwrap().is_some()
}

impl Watcher {
    pub fn over(path: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let file = File::options().read(true).write(true).open(path).unwrap();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let held = || first_byte_holder(&file, LockOwner::Table, LockKind::Write).unwrap().is_some();
            let mut always = held();
            while !stopped.load(Ordering::Relaxed) {
                always &= held();
            }
            always & held()
        });
        Self { stop, thread }
    }

    /// Whether it was held all the time.
    pub fn always_held(self) -> bool {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
