//! Clients of a daemon, as processes: run with a deadline, and what they said.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A virsh that talks to one daemon.
#[derive(Debug, Clone)]
pub struct Virsh {
    /// The program: ours or the C one.
    pub program: PathBuf,
    /// What it connects to.
    pub uri: String,
    /// When this becomes true, whatever runs is ended.
    pub interrupted: Arc<AtomicBool>,
}

/// What a program said and how it ended.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Said {
    /// The standard output of a program that succeeded.
    ///
    /// # Errors
    /// What it said, if it failed.
    pub fn succeeded(self) -> Result<String, String> {
        if self.status.success() {
            return Ok(self.stdout);
        }
        Err(format!("{} {} ({})", self.stdout.trim(), self.stderr.trim(), self.status))
    }
}

impl Virsh {
    /// A virsh that talks to `uri`.
    #[must_use]
    pub fn new(program: &Path, uri: &str) -> Virsh {
        Virsh { program: program.to_owned(), uri: uri.to_owned(), interrupted: Arc::default() }
    }

    /// A command line that starts with the connection, to be completed and run.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-c", &self.uri]).args(arguments).env("LC_ALL", "C");
        command
    }

    /// Runs one command, whatever comes of it.
    ///
    /// # Errors
    /// If it cannot be started or does not end in time.
    pub fn try_run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Said, String> {
        run(&mut self.command(arguments), &self.interrupted)
    }

    /// Runs one command that must succeed, and gives its output.
    ///
    /// # Errors
    /// What it said, if it failed.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<String, String> {
        let words: Vec<_> =
            arguments.iter().map(|word| word.as_ref().to_string_lossy().into_owned()).collect();
        let said = self.try_run(arguments).and_then(Said::succeeded);
        said.map_err(|error| format!("virsh {}: {error}", words.join(" ")))
    }

    /// Waits until `arguments` print what `wanted` accepts.
    ///
    /// # Errors
    /// If that does not happen in time; says what was printed last.
    pub fn wait_for(&self, arguments: &[&str], wanted: fn(&str) -> bool) -> Result<String, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let printed = self.run(arguments)?;
            if wanted(&printed) {
                return Ok(printed);
            }
            if Instant::now() > deadline {
                return Err(format!("virsh {} still prints: {}", arguments.join(" "), printed.trim()));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Runs a program to its end, in a process group of its own: a Ctrl-C on the terminal is for
/// whoever started it, who may still need it.
///
/// # Errors
/// If it cannot be started, does not end in time, or `interrupted` becomes true; it is killed then.
pub fn run(command: &mut Command, interrupted: &AtomicBool) -> Result<Said, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("starting {name}: {error}"))?;
    let stdout = child.stdout.take().map(collect);
    let stderr = child.stderr.take().map(collect);
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().map_err(|error| format!("waiting for {name}: {error}"))? {
            Some(status) => break status,
            None if interrupted.load(Ordering::Relaxed) || Instant::now() > deadline => {
                // It may end by itself just now.
                let _ = child.kill();
                let _ = child.wait();
                let interrupted = interrupted.load(Ordering::Relaxed);
                return Err(if interrupted { "interrupted".into() } else { format!("{name} does not end") });
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let text =
        |reader: Option<JoinHandle<String>>| reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
    Ok(Said { stdout: text(stdout), stderr: text(stderr), status })
}

fn collect(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is all there is.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
