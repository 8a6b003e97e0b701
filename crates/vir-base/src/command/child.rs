//! Processes that were started here.

use super::Command;
use crate::process::Process;
use crate::sys::spawn::{self, Failure, Step, Waiting};
use crate::{Error, ErrorDomain, Result};
use rustix::process::{Pid, WaitOptions, waitpid};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this status.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// In a way that only its parent learns, and that is not us.
    Unknown,
}

impl Exit {
    /// By itself, with status 0.
    pub fn success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal(number) => write!(f, "fatal signal {number}"),
            Self::Unknown => f.write_str("unknown status"),
        }
    }
}

/// A process that is set up in every respect and waits for [`Held::go`] before it becomes the
/// program. Dropped without, it ends.
#[derive(Debug)]
pub struct Held {
    pid: i32,
    /// Gone once it was let go.
    waiting: Option<(Waiting, Process)>,
    orphan: bool,
    program: String,
}

impl Held {
    pub(super) fn new(command: Command) -> Result<Self> {
        let program = command.program.clone();
        let cwd = command.cwd.clone().unwrap_or_default();
        let socket = command.connect.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
        let image = command.into_image()?;
        let waiting = spawn::spawn(&image).map_err(|f| match f.step {
            Step::Connect => failed(&f, &program, &socket.to_string_lossy()),
            _ => failed(&f, &program, &cwd.to_string_lossy()),
        })?;
        let pid = waiting.pid;
        // it waits for our word, so the number is still its own
        let process = Process::open(pid).map_err(|e| wait_failed(pid, &e))?;
        Ok(Self { pid, waiting: Some((waiting, process)), orphan: image.orphan, program })
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Lets it become the program.
    ///
    /// # Errors
    /// "cannot execute binary …".
    pub fn go(mut self) -> Result<Child> {
        let Some((waiting, process)) = self.waiting.take() else {
            return Err(wait_failed(self.pid, &io::ErrorKind::NotFound.into()));
        };
        match waiting.go() {
            Ok(()) => Ok(Child { process, orphan: self.orphan, exit: None }),
            Err(f) => {
                if !self.orphan {
                    spawn::reap(self.pid);
                }
                Err(failed(&f, &self.program, ""))
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            // closes the line on which it waits
            drop(waiting);
            if !self.orphan {
                spawn::reap(self.pid);
            }
        }
    }
}

/// A started program. Dropping this does nothing to it: who needs its end waits for it, and who
/// does not makes it an orphan.
#[derive(Debug)]
pub struct Child {
    process: Process,
    orphan: bool,
    exit: Option<Exit>,
}

impl Child {
    /// Its number.
    pub fn pid(&self) -> i32 {
        self.process.pid()
    }

    /// The handle to watch it by and send it signals.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Gives up the right to learn its exit status (somebody has to collect it), for the handle.
    pub fn into_process(self) -> Process {
        self.process
    }

    /// How it ended, if it has within this time (`None`: wait for ever).
    pub fn wait(&mut self, timeout: Option<Duration>) -> Result<Option<Exit>> {
        if self.exit.is_some() {
            return Ok(self.exit);
        }
        let pid = self.pid();
        if !self.process.wait_end(timeout).map_err(|e| wait_failed(pid, &e))? {
            return Ok(None);
        }
        self.exit = Some(if self.orphan { Exit::Unknown } else { collect(pid)? });
        Ok(self.exit)
    }
}

/// Readable when it has ended.
impl AsFd for Child {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }
}

/// The status of a child that has ended.
fn collect(pid: i32) -> Result<Exit> {
    let status = rustix::io::retry_on_intr(|| waitpid(Pid::from_raw(pid), WaitOptions::empty()));
    match status {
        Ok(Some((_, status))) => Ok(match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Exit::Code(code),
            (None, Some(number)) => Exit::Signal(number),
            (None, None) => Exit::Unknown,
        }),
        Ok(None) => Ok(Exit::Unknown),
        Err(e) => Err(wait_failed(pid, &e.into())),
    }
}

fn wait_failed(pid: i32, error: &io::Error) -> Error {
    Error::io(ErrorDomain::None, error, format!("unable to wait for process {pid}"))
}

/// `place` is the directory or the socket that it could not get to.
fn failed(failure: &Failure, program: &str, place: &str) -> Error {
    let mut domain = ErrorDomain::None;
    let what = match failure.step {
        Step::Ready | Step::Fork => "cannot fork child process".to_owned(),
        Step::Session => "cannot become session leader".to_owned(),
        Step::Descriptor => format!("failed to preserve fd {}", failure.value),
        Step::Connect => {
            domain = ErrorDomain::Rpc;
            format!("Failed to connect socket to '{place}'")
        }
        Step::Directory => format!("Unable to change to {place}"),
        Step::Limit => format!("cannot limit resources of {program}"),
        Step::Identity => format!("cannot change user or groups for {program}"),
        Step::DeathSignal => format!("cannot tie {program} to its parent"),
        Step::Exec => format!("cannot execute binary {program}"),
    };
    Error::system(domain, failure.errno, what)
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Io};
    use super::*;
    use crate::process::wait_readable;
    use rustix::process::Signal;
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::OwnedFd;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn end(command: Command) -> Exit {
        command.spawn().unwrap().wait(Some(Duration::from_secs(20))).unwrap().unwrap()
    }

    #[test]
    fn ends_are_told_apart() {
        assert_eq!(end(sh("exit 0")), Exit::Code(0));
        assert_eq!(end(sh("exit 7")).to_string(), "exit status 7");
        assert_eq!(end(sh("kill -9 $$")).to_string(), "fatal signal 9");
        let mut child = sh("sleep 60").spawn().unwrap();
        assert_eq!(child.wait(Some(Duration::from_millis(10))).unwrap(), None);
        child.process().signal(Signal::TERM).unwrap();
        assert_eq!(child.wait(None).unwrap(), Some(Exit::Signal(15)));
        assert_eq!(child.wait(None).unwrap(), Some(Exit::Signal(15)));
    }

    #[test]
    fn a_connection_of_its_own_lasts_as_long_as_it_does() {
        use rustix::net::{self, AddressFamily, SocketType};
        use std::io::Write;
        use std::os::unix::net::UnixListener;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sock");
        let socket = || net::socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
        let mut nobody = sh("exit 0");
        nobody.connect_itself(socket(), &path);
        let error = nobody.hold().unwrap_err();
        let words = format!("Failed to connect socket to '{}': No such file or directory", path.display());
        assert_eq!(error.message(), words);
        let listener = UnixListener::bind(&path).unwrap();
        let mut command = sh("read x");
        let (read, write) = rustix::pipe::pipe().unwrap();
        command.stdin(Io::Fd(read));
        let ours = socket();
        command.connect_itself(ours.try_clone().unwrap(), &path);
        let held = command.hold().unwrap();
        let (mut theirs, _) = listener.accept().unwrap();
        let peer = net::sockopt::socket_peercred(&theirs).unwrap();
        assert_eq!(peer.pid.as_raw_pid(), held.pid());
        // a word over our duplicate comes from the same connection
        File::from(ours).write_all(b"x").unwrap();
        let mut byte = [0];
        theirs.read_exact(&mut byte).unwrap();
        let mut child = held.go().unwrap();
        theirs.set_nonblocking(true).unwrap();
        assert_eq!(theirs.read(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock, "it is open");
        drop(write);
        child.wait(None).unwrap();
        theirs.set_nonblocking(false).unwrap();
        assert_eq!(theirs.read(&mut byte).unwrap(), 0, "and closed with the process");
    }

    #[test]
    fn it_has_exactly_the_descriptors_asked_for() {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let a = File::open("/dev/null").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let named = File::create(dir.path().join("named")).unwrap();
        // without close-on-exec, to be left behind all the same
        rustix::io::fcntl_setfd(&a, rustix::io::FdFlags::empty()).unwrap();
        let mut command = sh("ls -l /proc/self/fd | sed -n 's/.* \\([0-9]*\\) -> /\\1 /p'");
        command.stdout(Io::Fd(write));
        // numbers that are in use here, and crosswise
        command.pass_fd(OwnedFd::from(named.try_clone().unwrap()), 7);
        command.pass_fd(OwnedFd::from(named), 30);
        assert_eq!(end(command), Exit::Code(0));
        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let number = |n: &str| lines.iter().find(|l| l.split(' ').next() == Some(n));
        assert!(number("0").unwrap().ends_with("/dev/null"), "{text}");
        assert!(number("7").unwrap().ends_with("/named"), "{text}");
        assert!(number("30").unwrap().ends_with("/named"), "{text}");
        // besides: 1 and 2, and what ls opened to look
        assert_eq!(lines.len(), 6, "{text}");
        drop(a);
    }

    #[test]
    fn set_up_is_as_asked() {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let mut command = sh("pwd; umask; echo $A $HOME; ps -o sid= $$ | tr -d ' '; echo $$; ulimit -c");
        command.stdout(Io::Fd(write)).cwd("/usr").umask(0o27).session().env("A", "b").env_pass("PATH");
        command.limit(super::super::Resource::CoreSize, 0, true);
        assert_eq!(end(command), Exit::Code(0));
        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..3], ["/usr", "0027", "b"]);
        assert_eq!(lines[3], lines[4], "it leads its session");
        assert_eq!(lines[5], "0");
    }

    #[test]
    fn what_cannot_run_says_why() {
        let text = |command: Command| command.spawn().unwrap_err().message().to_owned();
        assert!(
            text(Command::new("no-such-program"))
                .ends_with("Cannot find 'no-such-program' in path: No such file or directory")
        );
        assert!(
            text(Command::new("/etc/passwd"))
                .ends_with("cannot execute binary /etc/passwd: Permission denied")
        );
        let mut command = Command::new("true");
        command.cwd("/no/such");
        assert!(text(command).ends_with("Unable to change to /no/such: No such file or directory"));
        let mut command = Command::new("true");
        command.arg("a\0b");
        assert!(text(command).ends_with("invalid use of command API"));
    }

    #[test]
    fn a_held_process_waits_and_is_gone_when_dropped() {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let mut command = sh("echo up");
        command.stdout(Io::Fd(write));
        let held = command.hold().unwrap();
        let process = Process::open(held.pid()).unwrap();
        assert!(!wait_readable(read.as_fd(), Some(Duration::from_millis(50))).unwrap());
        drop(held);
        assert!(process.wait_end(Some(Duration::from_secs(10))).unwrap());
        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        assert_eq!(text, "");
    }

    #[test]
    fn an_orphan_is_nobodys_child() {
        let mut command = sh("sleep 60");
        command.orphan();
        let mut child = command.spawn().unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.pid())).unwrap();
        let parent: u32 = stat.rsplit(')').next().unwrap().split(' ').nth(2).unwrap().parse().unwrap();
        assert_ne!(parent, std::process::id());
        assert!(child.process().end(Duration::from_secs(10)).unwrap());
        assert_eq!(child.wait(None).unwrap(), Some(Exit::Unknown));
    }
}
