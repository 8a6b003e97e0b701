//! A private log daemon, ours or the C one, whose program can be replaced while it runs.

use crate::daemon::Kind;
use crate::lockd::{PATIENCE, until};
use crate::paths;
use crate::stage::{NoStage, built, tested};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vir_base::Uuid;

pub use vir_logging::{Guest, Logd as LogClient, Position};

/// A log daemon in a directory of its own. It is ended when the value is dropped.
#[derive(Debug)]
pub struct Logd {
    root: PathBuf,
    /// Removes the directory, where it is its own.
    _owned: Option<TempDir>,
    process: Option<Child>,
}

/// The log daemon that is tested, with a configuration and arguments; where the host lacks something the
/// test is skipped.
#[macro_export]
macro_rules! logd {
    ($conf:expr $(, $argument:expr)*) => {
        match $crate::logd::Logd::tested($conf, &[$($argument),*]) {
            Ok(daemon) => daemon,
            Err($crate::stage::NoStage::Missing(what)) => $crate::skip!("needs {what}"),
            Err($crate::stage::NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

impl Logd {
    /// Starts the one that is tested.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn tested(conf: &str, arguments: &[&str]) -> Result<Self, NoStage> {
        match tested() {
            Kind::Peer => Self::replaceable(&Kind::Peer, conf, arguments),
            ours @ Kind::Ours(_) => {
                let root = prepare(conf).map_err(NoStage::Failed)?;
                let mut command = Command::new(program(&ours)?);
                command.arg("--root").arg(root.path()).args(arguments);
                Self::spawn(root.path().to_owned(), Some(root), command).map_err(NoStage::Failed)
            }
        }
    }

    /// Starts one that sees its own directory where libvirt's are fixed, so that the other can go on in its
    /// place.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn replaceable(kind: &Kind, conf: &str, arguments: &[&str]) -> Result<Self, NoStage> {
        let root = prepare(conf).map_err(NoStage::Failed)?;
        Self::in_private_mounts(kind, root.path().to_owned(), Some(root), arguments)
    }

    /// The same in the directory of a daemon of [`crate::daemon`], which finds it there.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    pub fn beside(kind: &Kind, root: &Path, conf: &str) -> Result<Self, NoStage> {
        let file = root.join("etc/libvirt/virtlogd.conf");
        fs::write(file, conf).map_err(|e| NoStage::Failed(e.to_string()))?;
        Self::in_private_mounts(kind, root.to_owned(), None, &[])
    }

    fn in_private_mounts(
        kind: &Kind,
        root: PathBuf,
        owned: Option<TempDir>,
        arguments: &[&str],
    ) -> Result<Self, NoStage> {
        const SCRIPT: &str = "set -e\nmount --bind \"$1/run\" /run\n\
            mount --bind \"$1/etc/libvirt\" /etc/libvirt\n\
            if [ -d /var/log/libvirt ]; then mount --bind \"$1/var/log/libvirt\" /var/log/libvirt; fi\n\
            program=$2; shift 2; exec \"$program\" \"$@\"\n";
        if !geteuid().is_root() {
            return Err(NoStage::Missing("root".into()));
        }
        let original = program(kind)?;
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]);
        command.arg(&root).arg(root.join("virtlogd")).args(arguments);
        copy(&original, &root.join("virtlogd"))?;
        Self::spawn(root, owned, command).map_err(NoStage::Failed)
    }

    fn spawn(root: PathBuf, owned: Option<TempDir>, mut command: Command) -> Result<Self, String> {
        let log = File::options().create(true).append(true).open(root.join("log"));
        let log = log.map_err(|error| format!("opening the log: {error}"))?;
        let errors = log.try_clone().map_err(|error| format!("opening the log: {error}"))?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors).current_dir("/").process_group(0);
        let process = command.spawn().map_err(|error| format!("starting virtlogd: {error}"))?;
        let mut daemon = Self { root, _owned: owned, process: Some(process) };
        let deadline = Instant::now() + PATIENCE;
        while UnixStream::connect(daemon.socket()).is_err() {
            if let Some(status) = daemon.ended() {
                return Err(format!("virtlogd ended at once ({status}):\n{}", daemon.log()));
            }
            if Instant::now() > deadline {
                return Err(format!("virtlogd does not answer:\n{}", daemon.log()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(daemon)
    }

    /// Lets a program of this kind go on in its place.
    ///
    /// # Errors
    /// What is missing on this host, or what went wrong.
    ///
    /// # Panics
    /// If it does not go on.
    pub fn replace_by(&mut self, kind: &Kind) -> Result<(), NoStage> {
        let next = self.root().join("next");
        copy(&program(kind)?, &next)?;
        let inode = |path: &Path| rustix::fs::stat(path).map(|stat| stat.st_ino).ok();
        let new = inode(&next);
        fs::rename(&next, self.root().join("virtlogd")).map_err(|e| NoStage::Failed(e.to_string()))?;
        self.signal(Signal::USR1);
        let exe = PathBuf::from(format!("/proc/{}/exe", self.pid()));
        until("the program is replaced", || {
            assert!(self.ended().is_none(), "it has ended: {}", self.log());
            (inode(&exe) == new).then_some(())
        });
        Ok(())
    }

    /// Its directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.root().join("run/libvirt/virtlogd-sock")
    }

    /// What it has said.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.root().join("log")).unwrap_or_default()
    }

    /// Where a guest's log is.
    #[must_use]
    pub fn guest_log(&self, name: &str) -> PathBuf {
        self.root().join("var/log/libvirt").join(name)
    }

    /// Its process.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.as_ref().expect("a running daemon").id()
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If there can be none.
    #[must_use]
    pub fn connect(&self) -> LogClient {
        LogClient::connect_to(&self.socket())
            .unwrap_or_else(|error| panic!("{error}\nThe daemon says:\n{}", self.log()))
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// If it does not run.
    pub fn signal(&self, signal: Signal) {
        let child = self.process.as_ref().expect("a running daemon");
        kill_process(Pid::from_child(child), signal)
            .unwrap_or_else(|error| panic!("signalling the daemon: {error}"));
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
}

impl Drop for Logd {
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

fn prepare(conf: &str) -> Result<TempDir, String> {
    // short, since the path of a socket must fit into 107 bytes
    let root = tempfile::Builder::new().prefix("logd-").tempdir().map_err(|e| e.to_string())?;
    for directory in ["etc/libvirt", "run/libvirt", "var/log/libvirt/qemu"] {
        fs::create_dir_all(root.path().join(directory)).map_err(|e| e.to_string())?;
    }
    fs::write(root.path().join("etc/libvirt/virtlogd.conf"), conf).map_err(|e| e.to_string())?;
    Ok(root)
}

/// The program of a kind of daemon.
///
/// # Errors
/// It is not on this host.
pub fn program(kind: &Kind) -> Result<PathBuf, NoStage> {
    match kind {
        Kind::Ours(directory) => Ok(directory.join("virtlogd")),
        Kind::Peer => paths::program("virtlogd").ok_or_else(|| NoStage::Missing("the C virtlogd".into())),
    }
}

/// Our programs.
#[must_use]
pub fn ours() -> Kind {
    Kind::Ours(built())
}

/// Some guest.
#[must_use]
pub fn guest(name: &str) -> Guest {
    Guest { driver: "test".into(), uuid: Uuid([7; 16]), name: name.into() }
}

/// Copies a program's file by another process: what another thread starts while it is open for writing here
/// has it open as well for a moment, and then it cannot be executed.
fn copy(from: &Path, to: &Path) -> Result<(), NoStage> {
    match Command::new("cp").arg(from).arg(to).status() {
        Ok(status) if status.success() => Ok(()),
        other => Err(NoStage::Failed(format!("copying {}: {other:?}", from.display()))),
    }
}
