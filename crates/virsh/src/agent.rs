//! The program that asks the person at the terminal for a password in polkit's name, while virsh connects.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Signal;
use std::path::Path;
use std::time::Duration;
use vir_base::command::{Child, Command, Io, is_executable};

/// The agent for terminals that comes with polkit.
const PROGRAM: &str = "/usr/bin/pkttyagent";
/// The terminal that a process belongs to.
const TERMINAL: &str = "/dev/tty";
/// How long it may take to end.
const FAREWELL: Duration = Duration::from_secs(10);

/// An agent; it ends when this goes.
pub(crate) struct Agent(Child);

impl Agent {
    /// Whether there can be one: the program is there, and somebody sits at a terminal.
    pub(crate) fn is_available() -> bool {
        let terminal = || open(TERMINAL, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty());
        is_executable(Path::new(PROGRAM)) && terminal().is_ok()
    }

    /// Starts one, and waits until it asks; none if that cannot be had.
    pub(crate) fn start() -> Option<Self> {
        Self::is_available().then(|| Self::run(PROGRAM)).flatten()
    }

    fn run(program: &str) -> Option<Self> {
        let (told, tells) = pipe_with(PipeFlags::CLOEXEC).ok()?;
        let mut command = Command::new(program);
        command.args(["--process", &std::process::id().to_string(), "--notify-fd"]);
        let number = command.pass_fd_anywhere(tells);
        command.args([&number.to_string(), "--fallback"]);
        command.stdin(Io::Inherit).stdout(Io::Inherit).stderr(Io::Inherit);
        let child = command.spawn().ok()?;
        // it closes its end as soon as it is ready, and as soon as it is not there
        loop {
            match poll(&mut [PollFd::new(&told, PollFlags::HUP)], None) {
                Err(rustix::io::Errno::INTR) => {}
                _ => return Some(Self(child)),
            }
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.process().signal(Signal::TERM);
        if !matches!(self.0.wait(Some(FAREWELL)), Ok(Some(_))) {
            let _ = self.0.process().signal(Signal::KILL);
            let _ = self.0.wait(Some(FAREWELL));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn it_is_told_whom_to_ask_for_and_ends_with_us() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("agent");
        let said = dir.path().join("said");
        // says what it is told, and then that it is ready
        let script = format!(
            "#!/bin/bash\necho \"$@\" >{said}.new; mv {said}.new {said}\neval \"exec $4>&-\"\nexec sleep 1000\n",
            said = said.display()
        );
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let agent = Agent::run(program.to_str().unwrap()).unwrap();
        let words = std::fs::read_to_string(&said).unwrap();
        let start = format!("--process {} --notify-fd ", std::process::id());
        assert!(words.starts_with(&start) && words.trim_end().ends_with(" --fallback"), "{words}");
        let pid = agent.0.pid();
        drop(agent);
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn one_that_is_not_there_is_no_agent() {
        assert!(Agent::run("/nonexistent/agent").is_none());
    }
}
