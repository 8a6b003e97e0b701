//! Running a program to its end, with what it says, within a time.

use super::child::{Child, Exit};
use super::{Command, Io};
use crate::process::time_left;
use crate::{Error, ErrorDomain, Result, bail, err};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Signal;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// Programs that say more than this are stopped (64 MiB).
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// What a program said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub exit: Exit,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Standard output as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl Command {
    /// Runs it and returns what it said, however it ended. After `timeout` it is killed.
    ///
    /// # Errors
    /// Those of [`Command::spawn`]; `OperationTimeout`; that it said more than can be kept.
    pub fn output(mut self, timeout: Duration) -> Result<Output> {
        let name = self.to_string();
        let input = self.input.take();
        let (out, out_end) = line()?;
        let (err, err_end) = line()?;
        self.stdout(Io::Fd(out_end)).stderr(Io::Fd(err_end));
        let feed = match input {
            Some(data) => {
                let (end, feed) = line()?;
                self.stdin(Io::Fd(end));
                Some((feed, data))
            }
            None => None,
        };
        let mut child = self.spawn()?;
        let mut talk = Talk { feed, fed: 0, out: Some(out), err: Some(err), said: Default::default() };
        let result = talk.run(&mut child, &name, Instant::now() + timeout);
        let [stdout, stderr] = talk.said;
        match result {
            Ok(exit) => Ok(Output { exit, stdout, stderr }),
            Err(error) => {
                let _ = child.process().signal(Signal::KILL);
                // one that is stuck in the kernel is left behind
                let _ = child.wait(Some(Duration::from_secs(2)));
                Err(error)
            }
        }
    }

    /// Runs it and insists that it ends with status 0.
    ///
    /// # Errors
    /// Those of [`Command::output`], and "Child process (…) unexpected exit status …" with what it
    /// said on standard error.
    pub fn run(self, timeout: Duration) -> Result<Output> {
        let name = self.to_string();
        let output = self.output(timeout)?;
        if output.exit.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let separator = if said.is_empty() { "" } else { ": " };
        bail!(None, InternalError, "Child process ({name}) unexpected {}{separator}{said}", output.exit)
    }
}

/// A pipe: where to read, where to write.
fn line() -> Result<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC).map_err(|e| system(e, "cannot create pipe"))
}

/// Both directions of the conversation with a program.
struct Talk {
    feed: Option<(OwnedFd, Vec<u8>)>,
    fed: usize,
    out: Option<OwnedFd>,
    err: Option<OwnedFd>,
    said: [Vec<u8>; 2],
}

impl Talk {
    fn run(&mut self, child: &mut Child, name: &str, deadline: Instant) -> Result<Exit> {
        let feed = self.feed.as_ref().map(|(fd, _)| fd);
        for fd in self.out.iter().chain(&self.err).chain(feed) {
            let flags = fcntl_getfl(fd).and_then(|f| fcntl_setfl(fd, f | OFlags::NONBLOCK));
            flags.map_err(|e| system(e, "fcntl failed to set O_NONBLOCK"))?;
        }
        loop {
            // the end is asked for before what was said is read, so that nothing said is missed
            let exit = child.wait(Some(Duration::ZERO))?;
            self.step()?;
            if let Some(exit) = exit {
                // pipes may be open still, in programs that it left behind
                return Ok(exit);
            }
            let now = Instant::now();
            if now >= deadline {
                return Err(err!(None, OperationTimeout, "command '{name}' took too long"));
            }
            let mut fds = Vec::with_capacity(4);
            fds.push(PollFd::new(child, PollFlags::IN));
            fds.extend(self.out.iter().chain(&self.err).map(|fd| PollFd::new(fd, PollFlags::IN)));
            fds.extend(self.feed.iter().map(|(fd, _)| PollFd::new(fd, PollFlags::OUT)));
            match poll(&mut fds, time_left(Some(deadline)).as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(e) => return Err(system(e, "unable to poll on child")),
            }
        }
    }

    /// Reads and writes what can be without waiting.
    fn step(&mut self) -> Result<()> {
        let texts = ["unable to read child stdout", "unable to read child stderr"];
        let ends = [&mut self.out, &mut self.err];
        for ((end, said), text) in ends.into_iter().zip(&mut self.said).zip(texts) {
            if let Some(fd) = end
                && !drain(fd, said).map_err(|e| system(e, text))?
            {
                *end = None;
            }
            if said.len() > MAX_OUTPUT {
                bail!(None, InternalError, "{text}: more than {MAX_OUTPUT} bytes");
            }
        }
        if let Some((fd, data)) = &self.feed {
            match rustix::io::write(fd, &data[self.fed..]) {
                Ok(n) => self.fed += n,
                // it does not want to read: its own business
                Err(Errno::PIPE) => self.fed = data.len(),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(e) => return Err(system(e, "unable to write to child input")),
            }
            if self.fed == data.len() {
                self.feed = None;
            }
        }
        Ok(())
    }
}

/// Reads all that is there; false at the end.
fn drain(fd: &OwnedFd, into: &mut Vec<u8>) -> Result<bool, Errno> {
    let mut buffer = [0u8; 16 * 1024];
    while into.len() <= MAX_OUTPUT {
        match rustix::io::read(fd.as_fd(), &mut buffer[..]) {
            Ok(0) => return Ok(false),
            Ok(n) => into.extend_from_slice(&buffer[..n]),
            Err(Errno::AGAIN) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(true)
}

fn system(error: Errno, what: &str) -> Error {
    Error::system(ErrorDomain::None, error.raw_os_error(), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_is_fed_comes_back() {
        let data = vec![b'x'; 1_000_000];
        let mut command = Command::new("cat");
        command.input(data.clone());
        let output = command.run(LONG).unwrap();
        assert_eq!(output.stdout, data);
        // one that does not read at all is no failure
        let mut command = Command::new("true");
        command.input(data);
        assert!(command.output(LONG).unwrap().exit.success());
    }

    #[test]
    fn a_failure_tells_what_was_said() {
        let error = sh("echo no >&2; exit 3").run(LONG).unwrap_err();
        assert_eq!(
            error.message(),
            "internal error: Child process (sh -c 'echo no >&2; exit 3') unexpected exit status 3: no\n"
        );
        let error = sh("kill -9 $$").run(LONG).unwrap_err();
        assert!(error.message().ends_with("unexpected fatal signal 9"));
        assert_eq!(sh("echo a; exit 3").output(LONG).unwrap().text(), "a\n");
    }

    #[test]
    fn time_runs_out() {
        let start = Instant::now();
        let error = sh("exec sleep 60").output(Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.code(), crate::ErrorCode::OperationTimeout);
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn one_left_behind_does_not_hold_us_up() {
        let start = Instant::now();
        let output = sh("sleep 3 & echo done").output(LONG).unwrap();
        assert_eq!(output.text(), "done\n");
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}
