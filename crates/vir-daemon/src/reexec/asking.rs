//! Asking a program whether it can take over, while the daemon goes on serving.
//!
//! One of ours gets the document of the moment to check (`--check-state`, see [`super::checker`]). The
//! peer's says which release it is. Either has ended by the time that its answer counts: nothing of it
//! is left for the moment in which nobody is served.

use super::program::{Program, check_version};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::Signal;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use vir_base::command::{Child, Command, Exit, Io};

/// How long the peer's program may take to say its release.
const VERSION_PATIENCE: Duration = Duration::from_secs(2);
/// How long one of ours may take over the document; nobody waits for it.
const CHECK_PATIENCE: Duration = Duration::from_secs(30);
/// No answer is longer.
const ANSWER_MAX: usize = 64 * 1024;
/// Where the program finds the document.
const DOCUMENT: i32 = 3;

/// Puts a document, in its parts, into memory that can be given to another program; nobody can change
/// it afterwards.
pub fn memory_file(parts: &[&[u8]]) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file: File = memfd_create(c"state", flags)?.into();
    for part in parts {
        file.write_all(part)?;
    }
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    Ok(file)
}

/// A program that has been asked.
#[derive(Debug)]
pub struct Asked {
    child: Child,
    answers: OwnedFd,
    heard: Vec<u8>,
    /// All that it says has been heard.
    silent: bool,
    deadline: Instant,
    /// It is one of ours.
    ours: bool,
}

impl Asked {
    /// Gives one of ours the document of this moment.
    ///
    /// # Errors
    /// It could not be started.
    pub fn check(program: &Program, document: File) -> Result<Self, String> {
        Self::start(program, super::CHECK_OPTION, CHECK_PATIENCE, true, |command| {
            let (hear, tell) = pipe_with(PipeFlags::CLOEXEC)?;
            rustix::io::write(&tell, format!("{DOCUMENT}\n").as_bytes())?;
            command.pass_fd(document.into(), DOCUMENT).stdin(Io::Fd(hear));
            Ok(())
        })
    }

    /// Asks a program that is not ours who it is.
    ///
    /// # Errors
    /// It could not be started.
    pub fn version(program: &Program) -> Result<Self, String> {
        Self::start(program, "--version", VERSION_PATIENCE, false, |_| Ok(()))
    }

    fn start(
        program: &Program,
        option: &str,
        patience: Duration,
        ours: bool,
        prepare: impl FnOnce(&mut Command) -> io::Result<()>,
    ) -> Result<Self, String> {
        let failed =
            |error: &dyn std::fmt::Display| format!("{} cannot be run: {error}", program.path.display());
        let mut command = Command::new(program.path.to_string_lossy());
        command.arg(option).death_signal(libc::SIGKILL);
        let (answers, tell) = pipe_with(PipeFlags::CLOEXEC).map_err(|error| failed(&error))?;
        rustix::io::ioctl_fionbio(&answers, true).map_err(|error| failed(&error))?;
        prepare(&mut command).map_err(|error| failed(&error))?;
        command.stdout(Io::Fd(tell));
        let child = command.spawn().map_err(|error| failed(&error))?;
        let deadline = Instant::now() + patience;
        Ok(Self { child, answers, heard: Vec::new(), silent: false, deadline, ours })
    }

    /// Looks for the answer: `None` if it is still awaited, else whether it was yes, or what was said.
    /// The program has ended by then.
    pub fn look(&mut self, daemon: &str) -> Option<Result<(), String>> {
        self.silent = self.silent || self.hear();
        let ended = match self.silent {
            true => self.child.wait(Some(Duration::ZERO)),
            false => Ok(None),
        };
        match ended {
            Ok(None) if Instant::now() < self.deadline => None,
            Ok(None) => Some(Err("the program does not answer in time".into())),
            Ok(Some(exit)) => Some(self.judge(exit, daemon)),
            Err(error) => Some(Err(error.message().to_owned())),
        }
    }

    /// What its answer, and how it ended, come to.
    fn judge(&self, exit: Exit, daemon: &str) -> Result<(), String> {
        let said = String::from_utf8_lossy(&self.heard);
        match (self.ours, said.lines().next(), exit) {
            (true, Some("ok"), Exit::Code(0)) => Ok(()),
            (true, Some(answer), Exit::Code(0)) => {
                Err(format!("the program does not take the state: {answer}"))
            }
            (true, ..) => {
                Err(format!("the program ended with {} before it had checked the state", ending(exit)))
            }
            (false, _, Exit::Code(0)) => check_version(&said, daemon),
            (false, ..) => Err(format!("asked for its --version it ended with {}", ending(exit))),
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
}

impl Drop for Asked {
    /// One that has not ended must not be a child that the next program knows nothing of.
    fn drop(&mut self) {
        let _ = self.child.process().signal(Signal::KILL);
        let _ = self.child.wait(Some(VERSION_PATIENCE));
    }
}

fn ending(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("status {code}"),
        Exit::Signal(number) => format!("signal {number}"),
        Exit::Unknown => "an unknown status".to_owned(),
    }
}
