//! A daemon with directories, sockets and configuration of its own.
//!
//! It never sees the host's libvirt: ours keeps everything below its `--root` (in session mode:
//! below the XDG directories that it is given); the C daemon, which tests compare with, runs in
//! private mounts. When the value is dropped the daemon and its guests are ended, and the
//! directory is removed.

mod guard;
mod guests;
mod launch;
mod layout;

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use guard::Guard;
pub use guests::GuestProcess;
use launch::Place;
pub(crate) use launch::copy_program;
pub use launch::{Kind, Mode};
use layout::Layout;

/// How long a daemon may take until it answers, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running daemon, or one that was killed and can be started again in the same directory.
#[derive(Debug)]
pub struct Daemon {
    kind: Kind,
    mode: Mode,
    place: Place,
    layout: Layout,
    process: Option<Child>,
    guard: Option<Guard>,
}

impl Daemon {
    /// Starts a daemon of `kind` and waits until it accepts connections.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start(kind: &Kind, mode: Mode) -> Result<Daemon, String> {
        Daemon::start_with(kind, mode, "")
    }

    /// The same, with `settings` added to its `libvirtd.conf`.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start_with(kind: &Kind, mode: Mode, settings: &str) -> Result<Daemon, String> {
        Daemon::start_in(Place::Usual, kind, mode, settings)
    }

    /// Starts the host's daemon where one of the other kind can take its place: [`Daemon::replace_by`].
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn exchangeable(kind: &Kind) -> Result<Daemon, String> {
        Daemon::start_in(Place::Mounted, kind, Mode::System, "")
    }

    /// Ends the daemon and starts one of this kind on the same directories; guests go on.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn replace_by(&mut self, kind: &Kind) -> Result<(), String> {
        self.stop()?;
        self.kind = kind.clone();
        self.start_again()
    }

    /// Starts the host's daemon, with `settings`, listening on a network of its own, which nothing else is on:
    /// [`Daemon::on_its_network`].
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn listening(kind: &Kind, settings: &str) -> Result<Daemon, String> {
        Daemon::start_in(Place::Network, kind, Mode::System, settings)
    }

    /// A command that runs `program` on the network of a daemon that has one of its own.
    #[must_use]
    pub fn on_its_network(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.pid().unwrap_or_default())).arg(program);
        command
    }

    fn start_in(place: Place, kind: &Kind, mode: Mode, settings: &str) -> Result<Daemon, String> {
        let layout =
            Layout::new(mode, settings).map_err(|error| format!("making private directories: {error}"))?;
        let guard = Guard::over(layout.root()).map_err(|error| format!("starting a guard: {error}"))?;
        let mut daemon =
            Daemon { kind: kind.clone(), mode, place, layout, process: None, guard: Some(guard) };
        daemon.start_again()?;
        Ok(daemon)
    }

    /// Starts the daemon in its directory again, after it was killed or stopped.
    ///
    /// # Errors
    /// A sentence saying what could not be done.
    pub fn start_again(&mut self) -> Result<(), String> {
        let program = self.kind.program(&self.layout)?;
        let mut child = launch::command(&self.kind, self.mode, self.place, &program, &self.layout)?
            .spawn()
            .map_err(|error| format!("starting {}: {error}", program.display()))?;
        let note = self.layout.root().join(guard::DAEMON_PID);
        std::fs::write(&note, child.id().to_string())
            .map_err(|error| format!("writing {}: {error}", note.display()))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if UnixStream::connect(self.socket()).is_ok() {
                self.process = Some(child);
                return Ok(());
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("the daemon ended at once ({status}):\n{}", self.log()));
            }
            if Instant::now() > deadline {
                self.process = Some(child);
                return Err(format!(
                    "the daemon does not answer on {}:\n{}",
                    self.socket().display(),
                    self.log()
                ));
            }
            thread::sleep(Duration::from_micros(500));
        }
    }

    /// Starts a second daemon in the same place, which should refuse and end.
    ///
    /// # Errors
    /// What the second one said as it ended; if it is still there after some time, it is ended and
    /// that is no error.
    pub fn try_second(&self) -> Result<(), String> {
        let program = self.kind.program(&self.layout)?;
        let mut child = launch::command(&self.kind, self.mode, self.place, &program, &self.layout)?
            .spawn()
            .map_err(|error| format!("starting {}: {error}", program.display()))?;
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("{status}: {}", self.log()));
            }
            thread::sleep(Duration::from_millis(10));
        }
        // It may end by itself just now.
        let _ = child.kill();
        let _ = child.wait();
        Ok(())
    }

    /// The directory that holds everything of this daemon.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.layout.root()
    }

    /// The socket for full access.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.layout.run().join("libvirt-sock")
    }

    /// The URI that reaches `driver` (`qemu`, `test`) through this daemon, whoever's client it is given to.
    #[must_use]
    pub fn uri(&self, driver: &str) -> String {
        let path = match (driver, self.mode) {
            ("test", _) => "default",
            (_, Mode::System) => "system",
            (_, Mode::Session) => "session",
        };
        self.uri_of(driver, path)
    }

    /// The same with another path: `uri_of("test", "path/to/FILE")`.
    #[must_use]
    pub fn uri_of(&self, driver: &str, path: &str) -> String {
        format!("{driver}+unix:///{path}?socket={}", self.socket().display())
    }

    /// The daemon's process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// How long it took from the start of the process to that of the daemon's own program: the
    /// C daemon's private mounts take some time.
    #[must_use]
    pub fn time_before_program(&self) -> Duration {
        self.layout.time_before_program()
    }

    /// What the daemon has logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.layout.log()).unwrap_or_default()
    }

    /// The guests that run now, whoever of this directory's daemons started them.
    #[must_use]
    pub fn guests(&self) -> Vec<GuestProcess> {
        guests::find(&self.layout.run())
    }

    /// Kills the daemon as a crash would: no handler of it runs.
    ///
    /// # Errors
    /// If it was not running, or could not be waited for.
    pub fn kill(&mut self) -> Result<(), String> {
        let mut child = self.process.take().ok_or("the daemon does not run")?;
        child
            .kill()
            .and_then(|()| child.wait())
            .map(drop)
            .map_err(|error| format!("killing the daemon: {error}"))
    }

    /// Asks the daemon to end, and waits for it.
    ///
    /// # Errors
    /// If it does not end in time (it is killed then), or not with success.
    pub fn stop(&mut self) -> Result<(), String> {
        let Some(mut child) = self.process.take() else { return Ok(()) };
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)
            .map_err(|error| format!("ending the daemon: {error}"))?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("the daemon ended with {status}:\n{}", self.log())),
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(error) => return Err(format!("waiting for the daemon: {error}")),
            }
        }
        self.process = Some(child);
        self.kill()?;
        Err(format!("the daemon did not end within {} s of SIGTERM", PATIENCE.as_secs()))
    }

    /// Waits for the daemon to end by itself, and gives all that it said.
    ///
    /// # Errors
    /// It does not.
    pub fn ends(&mut self) -> Result<String, String> {
        let Some(mut child) = self.process.take() else { return Ok(self.log()) };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match child.try_wait() {
                Ok(Some(_)) => return Ok(self.log()),
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(error) => return Err(format!("waiting for the daemon: {error}")),
            }
        }
        self.process = Some(child);
        Err(format!("the daemon does not end:\n{}", self.log()))
    }

    /// Ends the guests and the daemon and removes the directory; goes on after a failure.
    /// Gives the failures, and what had to be ended by force.
    pub fn clean_up(&mut self) -> Vec<String> {
        let mut trouble = Vec::new();
        if let Err(error) = self.stop() {
            trouble.push(error);
        }
        for guest in self.guests() {
            if let Err(error) = guest.end() {
                trouble.push(format!("ending guest {}: {error}", guest.name));
            }
        }
        if let Err(error) = self.layout.remove() {
            trouble.push(format!("removing {}: {error}", self.layout.root().display()));
        }
        if let Some(mut guard) = self.guard.take() {
            guard.dismiss();
        }
        trouble
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        for trouble in self.clean_up() {
            eprintln!("cleaning up: {trouble}");
        }
    }
}
