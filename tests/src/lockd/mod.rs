//! A private lock daemon, ours or the C one, and those who hold leases from it.

mod client;
mod holder;
mod watch;

pub use client::{Answer, LockClient, SHARED};
pub use holder::{Holder, run as run_holder};
pub use watch::Watched;

use crate::daemon::Kind;
use crate::paths;
use crate::stage::{NoStage, built, tested};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;
use vir_base::sys::{LockKind, LockOwner, first_byte_holder};

/// How long anything may take that should happen, on a host that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the daemon's program is, and how it gets to its directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Where it was built or installed.
    Own,
    /// In the daemon's directory, so that it can be replaced.
    Copied,
    /// The same, and whichever daemon it is has the directory in the place of the host's: so that one
    /// can go on where the other was.
    Mounted,
}

/// A lock daemon in a directory of its own. It is ended when the value is dropped.
#[derive(Debug)]
pub struct Lockd {
    kind: Kind,
    place: Place,
    root: TempDir,
    arguments: Vec<String>,
    process: Option<Child>,
    cold_start: Duration,
}

/// Writes a program's file from another process: what another thread starts while it is open for writing
/// here has it open as well for a moment, and then it cannot be executed.
fn write_elsewhere(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut tee = Command::new("tee").arg(path).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let written = tee.stdin.take().map_or(Ok(()), |mut input| input.write_all(content));
    if tee.wait()?.success() { written } else { Err(std::io::Error::other("tee fails")) }
}

/// The lock daemon that is tested; where the host lacks something the test is skipped.
#[macro_export]
macro_rules! lockd {
    ($($argument:expr),*) => {
        match $crate::lockd::Lockd::tested(&[$($argument),*]) {
            Ok(daemon) => daemon,
            Err($crate::stage::NoStage::Missing(what)) => $crate::skip!("needs {what}"),
            Err($crate::stage::NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

impl Lockd {
    /// Starts the one that is tested, with these arguments.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn tested(arguments: &[&str]) -> Result<Self, NoStage> {
        let kind = tested();
        if kind == Kind::Peer {
            if !rustix::process::geteuid().is_root() {
                return Err(NoStage::Missing("root".into()));
            }
            if paths::program("virtlockd").is_none() {
                return Err(NoStage::Missing("the C virtlockd".into()));
            }
        }
        Self::start(kind, arguments).map_err(NoStage::Failed)
    }

    /// Starts one with these arguments, and waits until it accepts connections.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start(kind: Kind, arguments: &[&str]) -> Result<Self, String> {
        Self::start_at(Place::Own, kind, arguments)
    }

    /// Starts one of ours with a program file of its own.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn replaceable() -> Result<Self, String> {
        Self::start_at(Place::Copied, ours(), &[])
    }

    /// Starts ours or the C daemon so that the other one can take over.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn exchangeable(kind: Kind) -> Result<Self, NoStage> {
        if !rustix::process::geteuid().is_root() {
            return Err(NoStage::Missing("root".into()));
        }
        if paths::program("virtlockd").is_none() {
            return Err(NoStage::Missing("the C virtlockd".into()));
        }
        Self::start_at(Place::Mounted, kind, &[]).map_err(NoStage::Failed)
    }

    fn start_at(place: Place, kind: Kind, arguments: &[&str]) -> Result<Self, String> {
        // short, since the path of a socket must fit into 107 bytes
        let root = tempfile::Builder::new().prefix("lockd-").tempdir().map_err(|e| e.to_string())?;
        for directory in ["etc/libvirt", "run/libvirt", "disks"] {
            fs::create_dir_all(root.path().join(directory)).map_err(|e| e.to_string())?;
        }
        let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        let mut daemon =
            Self { kind: kind.clone(), place, root, arguments, process: None, cold_start: Duration::ZERO };
        if place != Place::Own {
            daemon.install(&kind)?;
        }
        daemon.start_again()?;
        Ok(daemon)
    }

    /// Starts it in its directory again.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start_again(&mut self) -> Result<(), String> {
        let started = SystemTime::now();
        self.process = Some(self.command()?.spawn().map_err(|e| format!("starting virtlockd: {e}"))?);
        let deadline = Instant::now() + PATIENCE;
        // one that answers: the socket of one that died may take connections for a moment
        while !LockClient::connect(&self.socket()).is_ok_and(|client| client.space("").is_ok()) {
            let ended = self.process.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                self.process = None;
                return Err(format!("virtlockd ended at once ({status}):\n{}", self.log()));
            }
            if Instant::now() > deadline {
                return Err(format!("virtlockd does not answer:\n{}", self.log()));
            }
            thread::sleep(Duration::from_micros(100));
        }
        // of the C daemon, the way to its program does not count
        let way = fs::metadata(self.root().join("way")).and_then(|file| file.modified());
        self.cold_start = way.unwrap_or(started).elapsed().unwrap_or_default();
        Ok(())
    }

    /// How long it took to start, until it answered.
    #[must_use]
    pub fn cold_start(&self) -> Duration {
        self.cold_start
    }

    /// The program that is run: replacing it and SIGUSR1 is what an update does.
    #[must_use]
    pub fn program(&self) -> PathBuf {
        match self.place {
            Place::Own => original(&self.kind),
            Place::Copied | Place::Mounted => self.root().join("virtlockd"),
        }
    }

    /// Puts a program in the daemon's place, as a package does.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn install(&self, kind: &Kind) -> Result<(), String> {
        let content = fs::read(original(kind)).map_err(|error| format!("reading a virtlockd: {error}"))?;
        self.install_bytes(&content)
    }

    /// Puts anything in the daemon's place.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn install_bytes(&self, content: &[u8]) -> Result<(), String> {
        let new = self.root().join("virtlockd.new");
        let executable = fs::Permissions::from_mode(0o755);
        write_elsewhere(&new, content)
            .and_then(|()| fs::set_permissions(&new, executable))
            .and_then(|()| fs::rename(&new, self.program()))
            .map_err(|error| format!("installing a virtlockd: {error}"))
    }

    /// Whether the daemon runs the program that is installed now.
    #[must_use]
    pub fn runs_installed(&self) -> bool {
        let file = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
        let runs = file(Path::new(&format!("/proc/{}/exe", self.pid())));
        runs.is_some() && runs == file(&self.program())
    }

    /// Has the daemon replace its program by another one, and waits until that serves.
    ///
    /// # Panics
    /// If it does not, or ends.
    pub fn replace_by(&mut self, kind: &Kind) {
        self.install(kind).unwrap_or_else(|error| panic!("{error}"));
        self.signal(Signal::USR1);
        until("another program takes over", || {
            assert!(self.ended().is_none(), "it has ended:\n{}", self.log());
            self.runs_installed().then_some(())
        });
        // it answers
        assert_eq!(self.connect().register(9, 1, "nobody"), Ok(()));
    }

    /// Has a daemon of ours try to replace its program, which must not succeed; the reason is returned.
    ///
    /// # Panics
    /// If it does, or ends.
    pub fn refuses(&mut self) -> String {
        const STAYS: &str = "this one goes on: ";
        let before = self.log().matches(STAYS).count();
        self.signal(Signal::USR1);
        until("a refusal", || {
            assert!(self.ended().is_none(), "it has ended:\n{}", self.log());
            let log = self.log();
            let said = log.rsplit(STAYS).next().and_then(|rest| rest.split_once('\n'));
            said.filter(|_| log.matches(STAYS).count() > before).map(|(why, _)| why.to_owned())
        })
    }

    fn command(&self) -> Result<Command, String> {
        // the C daemon knows only fixed directories: it sees ours there
        const SCRIPT: &str = "set -e\nmount --bind \"$1/run\" /run\n\
            mount --bind \"$1/etc/libvirt\" /etc/libvirt\nprogram=$2; : >\"$1/way\"; shift 2; exec \"$program\" \"$@\"\n";
        let mut command = match &self.kind {
            Kind::Ours(_) if self.place != Place::Mounted => {
                let mut command = Command::new(self.program());
                command.arg("--root").arg(self.root());
                command
            }
            Kind::Ours(_) | Kind::Peer => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]);
                command.arg(self.root()).arg(self.program());
                command
            }
        };
        let log = File::options().create(true).append(true).open(self.root().join("log"));
        let log = log.map_err(|error| format!("opening the log: {error}"))?;
        let errors = log.try_clone().map_err(|error| format!("opening the log: {error}"))?;
        command.args(&self.arguments).stdin(Stdio::null()).stdout(log).stderr(errors);
        command.current_dir("/").process_group(0);
        Ok(command)
    }

    /// Whether it is the C daemon.
    #[must_use]
    pub fn is_peer(&self) -> bool {
        self.kind == Kind::Peer
    }

    /// Its directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.root().join("run/libvirt/virtlockd-sock")
    }

    /// What it has said.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.root().join("log")).unwrap_or_default()
    }

    /// Its process.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn pid(&self) -> i32 {
        let child = self.process.as_ref().expect("a running daemon");
        i32::try_from(child.id()).expect("a number of a process")
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If there can be none.
    #[must_use]
    pub fn connect(&self) -> LockClient {
        LockClient::connect(&self.socket())
            .unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", self.log()))
    }

    /// A connection of a process of its own, registered for that process.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn holder(&self) -> Holder {
        let mut holder = Holder::start(&self.socket());
        assert_eq!(holder.ask("register 1 self vm"), "ok");
        holder
    }

    /// An empty disk.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn disk(&self, name: &str) -> String {
        let path = self.root().join("disks").join(name);
        fs::write(&path, "").unwrap_or_else(|error| panic!("writing {}: {error}", path.display()));
        path.display().to_string()
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// If it does not run.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid()).expect("a number of a process");
        kill_process(pid, signal).unwrap_or_else(|error| panic!("signalling the daemon: {error}"));
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.as_mut()?.try_wait().ok().flatten()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end.
    pub fn wait(&mut self) -> ExitStatus {
        let status = until("the daemon ends", || self.ended());
        self.process = None;
        status
    }

    /// Kills it as a crash would.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        assert_eq!(self.wait().signal(), Some(9));
    }
}

impl Drop for Lockd {
    fn drop(&mut self) {
        if let Some(child) = &mut self.process {
            // it may have ended by itself
            let _ = kill_process(Pid::from_child(child), Signal::TERM);
            let deadline = Instant::now() + PATIENCE;
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(2));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        if thread::panicking() {
            eprintln!("The daemon says:\n{}", self.log());
        }
    }
}

/// Where a virtlockd was built or installed.
fn original(kind: &Kind) -> PathBuf {
    match kind {
        Kind::Ours(directory) => directory.join("virtlockd"),
        Kind::Peer => paths::program("virtlockd").unwrap_or_default(),
    }
}

/// Waits until `condition` gives something.
///
/// # Panics
/// If it does not in time; `what` should have happened.
pub fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// What the kernel tells a stranger about the lock on a disk.
///
/// # Panics
/// If the disk is not there.
#[must_use]
pub fn lock_on(disk: &str) -> Option<LockKind> {
    let file = File::options().read(true).write(true).open(disk);
    let file = file.unwrap_or_else(|error| panic!("opening {disk}: {error}"));
    let found = first_byte_holder(&file, LockOwner::Table, LockKind::Write);
    found.unwrap_or_else(|error| panic!("asking about {disk}: {error}")).map(|holder| holder.kind)
}

/// Where our programs are, for tests that compare with the C daemon.
#[must_use]
pub fn ours() -> Kind {
    Kind::Ours(built())
}
