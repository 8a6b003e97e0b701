//! A person at a terminal, for programs that insist on one: `virsh console` and `virsh start --console`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// What a person types to leave a console: Ctrl and ].
const LEAVE: &[u8] = b"\x1d";

/// A program with a terminal of its own, which is read and typed on here.
#[derive(Debug)]
pub struct Terminal {
    screen: File,
    child: Child,
}

impl Terminal {
    /// Starts `command` on a new terminal.
    ///
    /// # Errors
    /// If there is no terminal to be had, or the program cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Terminal> {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&screen)?;
        unlockpt(&screen)?;
        let name = ptsname(&screen, Vec::new())?;
        let path = PathBuf::from(name.to_str().map_err(io::Error::other)?);
        let other_side: OwnedFd = OpenOptions::new().read(true).write(true).open(path)?.into();
        command.stdin(other_side.try_clone()?).stdout(other_side.try_clone()?).stderr(other_side);
        let child = command.process_group(0).spawn()?;
        // The command keeps its ends of the terminal open until it is told of others.
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        Ok(Terminal { screen: File::from(screen), child })
    }

    /// Types `text`.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn type_text(&mut self, text: &str) -> io::Result<()> {
        self.screen.write_all(text.as_bytes())
    }

    /// Types `text` until `wanted` appears: a program that sets its terminal up throws away what was typed before.
    ///
    /// # Errors
    /// As [`Terminal::read_until`].
    pub fn type_until(
        &mut self,
        text: &str,
        wanted: &str,
        patience: Duration,
        interrupted: &AtomicBool,
    ) -> Result<String, String> {
        let deadline = Instant::now() + patience;
        loop {
            self.type_text(text).map_err(|error| format!("typing: {error}"))?;
            let left = deadline.saturating_duration_since(Instant::now());
            let seen = self.read_until(wanted, left.min(Duration::from_secs(1)), interrupted, |_| {});
            if seen.is_ok() || Instant::now() >= deadline || interrupted.load(Ordering::Relaxed) {
                return seen;
            }
        }
    }

    /// Reads until `wanted` was on the screen, showing each finished line to `show`; gives all that
    /// was read.
    ///
    /// # Errors
    /// If the program ends, `patience` runs out or `interrupted` becomes true before that; with
    /// what was read.
    pub fn read_until(
        &mut self,
        wanted: &str,
        patience: Duration,
        interrupted: &AtomicBool,
        mut show: impl FnMut(&str),
    ) -> Result<String, String> {
        let deadline = Instant::now() + patience;
        let mut seen = Vec::new();
        let mut shown = 0;
        let failure = |why: &str, seen: &[u8]| {
            Err(format!("{why} before \"{wanted}\" was seen, after:\n{}", String::from_utf8_lossy(seen)))
        };
        loop {
            if interrupted.load(Ordering::Relaxed) {
                return Err("interrupted".into());
            }
            let mut buffer = [0; 4096];
            let ended = match self.read_some(&mut buffer) {
                Ok(None) if Instant::now() > deadline => Some("the time ran out"),
                Ok(None) => continue,
                Ok(Some(0)) | Err(_) => Some("the program ended"),
                Ok(Some(n)) => {
                    seen.extend_from_slice(&buffer[..n]);
                    // one that never falls silent must not keep us for ever
                    (Instant::now() > deadline).then_some("the time ran out")
                }
            };
            if let Some(why) = ended {
                // the last line may have no end
                let rest = String::from_utf8_lossy(&seen[shown..]);
                if !rest.trim_end().is_empty() {
                    show(rest.trim_end());
                }
                return failure(why, &seen);
            }
            while let Some(length) = seen[shown..].iter().position(|byte| *byte == b'\n') {
                show(String::from_utf8_lossy(&seen[shown..shown + length]).trim_end());
                shown += length + 1;
            }
            if seen.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
                return Ok(String::from_utf8_lossy(&seen).into_owned());
            }
        }
    }

    /// What is there within a tenth of a second, if anything.
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let tenth = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        let ready = poll(&mut [PollFd::new(&self.screen, PollFlags::IN)], Some(&tenth))?;
        if ready == 0 { Ok(None) } else { self.screen.read(buffer).map(Some) }
    }

    /// Leaves the console, as a person does, and waits until the program has ended.
    ///
    /// # Errors
    /// If the program does not end (it is killed then), or not with success.
    pub fn leave(mut self) -> Result<(), String> {
        self.screen.write_all(LEAVE).map_err(|error| format!("leaving the console: {error}"))?;
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            // Its last words must be read, or it may wait for room on its terminal.
            let _ = self.read_some(&mut [0; 4096]);
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("the console ended with {status}")),
                Ok(None) => {}
                Err(error) => return Err(format!("waiting for the console: {error}")),
            }
        }
        Err("the console cannot be left".into())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            // It may end by itself just now.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
