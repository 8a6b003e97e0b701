//! A process of its own that holds leases: what is asked of it goes in as lines, answers come out so.
//!
//! The words: `register ID PID|self NAME`, `restrict`, `space DIR`, `acquire SPACE|- NAME FLAGS`,
//! `release SPACE|- NAME`, `stubborn` (SIGTERM is ignored, and said: `term`), `leave` (the connection
//! ends, the process does not), `lend` (another process goes on with the connection: its number).

use super::client::LockClient;
use std::io::{BufRead, BufReader, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use vir_base::process::{Process, wait_readable};
use vir_base::signals::Signals;

/// Such a process. It is killed when the value is dropped.
#[derive(Debug)]
pub struct Holder {
    child: Child,
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Holder {
    /// Starts one that is connected to this socket.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start(socket: &Path) -> Self {
        let program = crate::stage::built().join("lease-holder");
        let mut command = Command::new(program);
        command.arg(socket);
        Self::start_by(command)
    }

    /// Starts one by this command, which connects it.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start_by(mut command: Command) -> Self {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("starting {command:?}: {error}"));
        let words = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut holder = Self { child, words, answers };
        assert_eq!(holder.hear(), "connected");
        holder
    }

    /// Asks for something, and waits for the answer.
    ///
    /// # Panics
    /// If it is gone.
    pub fn ask(&mut self, words: &str) -> String {
        let input = self.words.as_mut().expect("its input");
        writeln!(input, "{words}").unwrap_or_else(|error| panic!("asking a holder: {error}"));
        self.hear()
    }

    /// Waits for something that it says by itself; empty when it has ended.
    ///
    /// # Panics
    /// If what it says is no text.
    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        let heard = self.answers.read_line(&mut line);
        heard.unwrap_or_else(|error| panic!("hearing a holder: {error}"));
        line.trim_end().to_owned()
    }

    /// Gives a copy of its connection to another process, which does nothing with it.
    ///
    /// # Panics
    /// If there is no other process.
    pub fn lend(&mut self) -> Process {
        let pid = self.ask("lend");
        let pid = pid.parse().unwrap_or_else(|_| panic!("lending: {pid}"));
        Process::open(pid).unwrap_or_else(|error| panic!("lending: {error}"))
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end.
    pub fn wait(&mut self) -> ExitStatus {
        super::until("a holder ends", || self.ended())
    }

    /// Kills it as a crash would, and waits.
    pub fn kill(&mut self) -> ExitStatus {
        // it may have ended
        let _ = self.child.kill();
        self.wait()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of that process.
///
/// # Errors
/// A sentence saying what went wrong.
pub fn run(socket: &Path) -> Result<(), String> {
    let socket = UnixStream::connect(socket).map_err(|error| error.to_string())?;
    let copy = socket.try_clone().map_err(|error| error.to_string())?;
    let client = LockClient::from_fd(copy.into()).map_err(|error| error.to_string())?;
    let mut connection = Some((client, socket));
    say("connected")?;
    for line in std::io::stdin().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words: Vec<&str> = line.split(' ').collect();
        if words == ["leave"] {
            connection = None;
            say("ok")?;
            continue;
        }
        if words == ["stubborn"] {
            let signals = Signals::open(&[libc::SIGTERM]).map_err(|error| error.to_string())?;
            std::thread::spawn(move || {
                while wait_readable(signals.as_fd(), None).is_ok() {
                    while let Ok(Some(_)) = signals.next() {
                        let _ = say("term");
                    }
                }
            });
            say("ok")?;
            continue;
        }
        let Some((daemon, socket)) = &connection else { return Err("the connection has ended".into()) };
        if words == ["lend"] {
            let copy: OwnedFd = socket.try_clone().map_err(|error| error.to_string())?.into();
            let heir = Command::new("sleep").arg("1000").stdin(copy).stdout(Stdio::null()).spawn();
            say(&heir.map_err(|error| error.to_string())?.id().to_string())?;
            continue;
        }
        match obey(daemon, &words) {
            Ok(()) => say("ok")?,
            Err(error) => say(&error)?,
        }
    }
    Ok(())
}

fn obey(daemon: &LockClient, words: &[&str]) -> Result<(), String> {
    let number = |word: &str| word.parse::<u32>().map_err(|_| format!("no number: {word}"));
    let space = |word: &str| if word == "-" { String::new() } else { word.to_owned() };
    match words {
        ["register", id, "self", name] => daemon.register(number(id)?, std::process::id(), name),
        ["register", id, pid, name] => daemon.register(number(id)?, number(pid)?, name),
        ["restrict"] => daemon.restrict(),
        ["space", dir] => daemon.space(dir),
        ["acquire", dir, name, flags] => daemon.acquire(&space(dir), name, number(flags)?),
        ["release", dir, name] => daemon.release(&space(dir), name),
        other => Err(format!("not understood: {other:?}")),
    }
}

fn say(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| error.to_string())
}
