//! Cleans up after a test or a demonstration that was itself killed, and so could not.
//!
//! A small shell waits at the other end of a pipe. If this process ends without a word on it, the
//! shell ends the daemon and its guests and removes their directory.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Where the daemon's process is noted, below its directory.
pub(super) const DAEMON_PID: &str = "daemon.pid";

/// A number in a file may have become another process's: only what is called as expected is ended.
const SCRIPT: &str = "read -r word && exit 0\n\
    end() {\n\
        if tr '\\0' ' ' <\"/proc/$1/cmdline\" 2>/dev/null | grep -q \"$2\"; then kill -s \"$3\" \"$1\"; fi\n\
    }\n\
    all() {\n\
        end \"$(cat \"$root/daemon.pid\" 2>/dev/null)\" libvirtd \"$1\"\n\
        find \"$root/run\" -path '*/qemu/*.pid' 2>/dev/null | while read -r file; do\n\
            end \"$(cat \"$file\")\" qemu \"$1\"\n\
        done\n\
    }\n\
    root=$1; all TERM; sleep 2; all KILL; rm -rf \"$root\"\n";

/// The shell that waits.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Child,
}

impl Guard {
    /// A guard over the daemon in `root`.
    pub(super) fn over(root: &Path) -> io::Result<Guard> {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // What is sent to the terminal's processes must not reach it.
            .process_group(0)
            .spawn()?;
        Ok(Guard { shell })
    }

    /// Everything was cleaned up: the guard is not needed any more.
    pub(super) fn dismiss(&mut self) {
        if let Some(mut pipe) = self.shell.stdin.take() {
            // If it is gone already, so much the better.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.shell.wait();
    }
}
