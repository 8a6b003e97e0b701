//! A lock daemon beside a daemon of [`crate::daemon`], in its directory: ours, or the C one.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::daemon::Kind;

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running lock daemon; dropped, it is killed.
#[derive(Debug)]
pub struct LockDaemon {
    process: Child,
    socket: PathBuf,
}

impl LockDaemon {
    /// The program of that kind, if it is there.
    #[must_use]
    pub fn program(kind: &Kind) -> Option<PathBuf> {
        let program = match kind {
            Kind::Ours(built) => built.join("virtlockd"),
            Kind::Peer => PathBuf::from("/usr/sbin/virtlockd"),
        };
        program.is_file().then_some(program)
    }

    /// Starts one for the daemon in `root` and waits until it accepts connections. The C one knows only
    /// fixed directories: it sees those of `root` there.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start(kind: &Kind, root: &Path) -> Result<Self, String> {
        const SCRIPT: &str = "set -e; mount -t tmpfs tmpfs /run; mkdir /run/libvirt\n\
            mount --bind \"$1/run/libvirt\" /run/libvirt; exec \"$2\"\n";
        let program = Self::program(kind).ok_or("there is no virtlockd")?;
        let mut command = match kind {
            Kind::Ours(_) => {
                let mut command = Command::new(&program);
                command.arg("--root").arg(root);
                command
            }
            Kind::Peer => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]);
                command.arg(root).arg(&program);
                command
            }
        };
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .spawn()
            .map_err(|error| format!("starting {}: {error}", program.display()))?;
        let mut it = Self { process, socket: root.join("run/libvirt/virtlockd-sock") };
        let deadline = Instant::now() + PATIENCE;
        while UnixStream::connect(&it.socket).is_err() {
            if let Ok(Some(status)) = it.process.try_wait() {
                return Err(format!("virtlockd ended at once ({status})"));
            }
            if Instant::now() > deadline {
                return Err("virtlockd does not answer".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(it)
    }

    /// Kills it, so that nobody listens there.
    pub fn kill(&mut self) {
        // it may be gone already
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.socket);
    }
}

impl Drop for LockDaemon {
    fn drop(&mut self) {
        self.kill();
    }
}
