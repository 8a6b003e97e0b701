//! A private daemon, and words with it.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take here.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The program, with a clean environment.
pub fn libvirtd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_libvirtd"));
    for name in ["NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LIBVIRT_DEBUG", "LIBVIRT_LOG_OUTPUTS"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Waits for something that must become true.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Directories for a daemon.
pub struct Root(TempDir);

impl Root {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes the configuration file.
    pub fn configured(text: &str) -> Self {
        let root = Self::new();
        fs::create_dir_all(root.path("etc/libvirt")).unwrap();
        fs::write(root.path("etc/libvirt/libvirtd.conf"), text).unwrap();
        root
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub fn socket(&self, name: &str) -> PathBuf {
        self.path("run/libvirt").join(name)
    }

    /// The daemon's command line for these directories.
    pub fn libvirtd(&self) -> Command {
        let mut command = libvirtd();
        command.arg("--root").arg(self.0.path());
        command
    }

    /// Starts the daemon in the foreground and waits until it listens.
    pub fn start(&self, arguments: &[&str]) -> Daemon {
        let child = self.libvirtd().args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let daemon = Daemon { child };
        // the last one to be made
        eventually("the sockets", || UnixStream::connect(self.socket("virtproxyd-admin-sock")).is_ok());
        daemon
    }
}

/// A daemon in the foreground; ended with the test.
pub struct Daemon {
    child: Child,
}

impl Daemon {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for its end.
    pub fn end(mut self) -> ExitStatus {
        let mut status = None;
        eventually("the daemon's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(pid: u32, name: &str) {
    let status = Command::new("/bin/kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(status.success());
}
