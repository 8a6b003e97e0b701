//! Asking a program whether it can take over, while the daemon goes on serving.
//!
//! One of ours gets documents to check (`--check-state`, see [`super::checker`]): that of the moment at
//! once, the final one when the daemon stands still. The peer's says which release it is.

use super::program::{Program, check_version};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Signal;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use vir_base::command::{Child, Command, Exit, Io};

/// How long the peer's program may take to say its release.
const VERSION_PATIENCE: Duration = Duration::from_secs(2);
/// How long one of ours may take over the document of the moment; nobody waits for it.
const CHECK_PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take over the final one; everybody waits for it.
const FINAL_PATIENCE: Duration = Duration::from_secs(10);
/// No answer is longer.
const ANSWER_MAX: usize = 64 * 1024;
/// Where the program finds the two documents.
const FIRST: i32 = 3;
const FINAL: i32 = 4;

/// A document in memory that can be given to another program.
pub fn memory_file() -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    Ok(memfd_create(c"state", flags)?.into())
}

/// Writes the document; nobody can change it afterwards.
fn fill(mut file: &File, text: &[u8]) -> io::Result<()> {
    file.write_all(text)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    Ok(fcntl_add_seals(file, seals)?)
}

/// A program that has been asked.
#[derive(Debug)]
pub struct Asked {
    child: Child,
    answers: OwnedFd,
    heard: Vec<u8>,
    deadline: Instant,
    /// One of ours: where to ask for the final document to be checked, and that document.
    ours: Option<(OwnedFd, File)>,
}

impl Asked {
    /// Gives one of ours the document of this moment.
    ///
    /// # Errors
    /// It could not be started.
    pub fn check(program: &Program, text: &[u8]) -> Result<Self, String> {
        let start = || -> io::Result<(File, File)> {
            let (first, last) = (memory_file()?, memory_file()?);
            fill(&first, text)?;
            Ok((first, last))
        };
        let (first, last) = start().map_err(|error| format!("the state cannot be written: {error}"))?;
        let given = last.try_clone().map_err(|error| error.to_string())?;
        let mut asked = Self::start(program, super::CHECK_OPTION, CHECK_PATIENCE, |command| {
            command.pass_fd(first.into(), FIRST).pass_fd(given.into(), FINAL);
            let (hear, tell) = pipe_with(PipeFlags::CLOEXEC)?;
            command.stdin(Io::Fd(hear));
            Ok(Some((tell, last)))
        })?;
        asked.ask(FIRST)?;
        Ok(asked)
    }

    /// Asks a program that is not ours who it is.
    ///
    /// # Errors
    /// It could not be started.
    pub fn version(program: &Program) -> Result<Self, String> {
        Self::start(program, "--version", VERSION_PATIENCE, |_| Ok(None))
    }

    fn start(
        program: &Program,
        option: &str,
        patience: Duration,
        prepare: impl FnOnce(&mut Command) -> io::Result<Option<(OwnedFd, File)>>,
    ) -> Result<Self, String> {
        let failed =
            |error: &dyn std::fmt::Display| format!("{} cannot be run: {error}", program.path.display());
        let mut command = Command::new(program.path.to_string_lossy());
        command.arg(option).death_signal(libc::SIGKILL);
        let (answers, tell) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| failed(&error))?;
        rustix::io::ioctl_fionbio(&answers, true).map_err(|error| failed(&error))?;
        let ours = prepare(&mut command).map_err(|error| failed(&error))?;
        command.stdout(Io::Fd(tell));
        let child = command.spawn().map_err(|error| failed(&error))?;
        Ok(Self { child, answers, heard: Vec::new(), deadline: Instant::now() + patience, ours })
    }

    /// Looks for the answer: `None` if it is still awaited, else whether it was yes, or what was said.
    pub fn look(&mut self, daemon: &str) -> Option<Result<(), String>> {
        let ended = self.hear();
        let answer = match self.ours.is_some() {
            true => self.line().map(|line| line_says(&line)),
            false => ended.then(|| self.release(daemon)).flatten(),
        };
        let answer = answer.or_else(|| (ended && self.ours.is_some()).then(|| Err(self.last_words())));
        match answer {
            None if Instant::now() >= self.deadline => {
                Some(Err("the program does not answer in time".into()))
            }
            answer => answer,
        }
    }

    /// Lets one of ours check the final document, and waits for its word. The document is then in the
    /// file that is returned, for the program to take over.
    ///
    /// # Errors
    /// It finds the document wanting, or says nothing in time.
    pub fn check_final(&mut self, text: &[u8], daemon: &str) -> Result<File, String> {
        let Some((_, last)) = &self.ours else { return Err("the program checks no documents".into()) };
        let document = last.try_clone().map_err(|error| error.to_string())?;
        fill(&document, text).map_err(|error| format!("the state cannot be written: {error}"))?;
        self.deadline = Instant::now() + FINAL_PATIENCE;
        self.ask(FINAL)?;
        loop {
            if let Some(answer) = self.look(daemon) {
                return answer.map(|()| document);
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).unwrap_or_default();
            let mut fds = [PollFd::new(&self.answers, PollFlags::IN)];
            // whether there is an answer is seen above
            let _ = poll(&mut fds, Some(&timeout));
        }
    }

    fn ask(&mut self, number: i32) -> Result<(), String> {
        let Some((tell, _)) = &self.ours else { return Ok(()) };
        match rustix::io::write(tell.as_fd(), format!("{number}\n").as_bytes()) {
            // it has ended: its status says why
            Ok(_) | Err(Errno::PIPE) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Reads what has come; true at the end.
    fn hear(&mut self) -> bool {
        let mut buffer = [0; 4096];
        loop {
            match rustix::io::read(&self.answers, &mut buffer[..]) {
                Ok(0) => return true,
                Ok(n) if self.heard.len() < ANSWER_MAX => self.heard.extend_from_slice(&buffer[..n]),
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return false,
                Err(_) => return true,
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.heard.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line[..end]).into_owned())
    }

    /// What a program of the peer has said, when it has ended.
    fn release(&mut self, daemon: &str) -> Option<Result<(), String>> {
        match self.child.wait(Some(Duration::ZERO)) {
            Ok(None) => None,
            Ok(Some(Exit::Code(0))) => Some(check_version(&String::from_utf8_lossy(&self.heard), daemon)),
            Ok(Some(exit)) => Some(Err(format!("asked for its --version it ended with {}", ending(exit)))),
            Err(error) => Some(Err(error.message().to_owned())),
        }
    }

    /// How a program of ours ended that has not answered.
    fn last_words(&mut self) -> String {
        match self.child.wait(Some(VERSION_PATIENCE)) {
            Ok(Some(exit)) => {
                format!("the program ended with {} before it had checked the state", ending(exit))
            }
            _ => "the program does not answer".to_owned(),
        }
    }
}

impl Drop for Asked {
    /// It must be gone before another program takes this process over, which knows nothing of it.
    fn drop(&mut self) {
        let _ = self.child.process().signal(Signal::KILL);
        let _ = self.child.wait(Some(VERSION_PATIENCE));
    }
}

fn line_says(line: &str) -> Result<(), String> {
    match line {
        "ok" => Ok(()),
        other => Err(format!("the program does not take the state: {other}")),
    }
}

fn ending(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("status {code}"),
        Exit::Signal(number) => format!("signal {number}"),
        Exit::Unknown => "an unknown status".to_owned(),
    }
}
