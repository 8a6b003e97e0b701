//! SIGUSR1: the steps from the question whether there is a program to go on with, to `exec`.
//!
//! Until `exec` succeeds everything can be undone, and is when anything goes wrong: the daemon then goes
//! on as if nothing had been asked, and the log has the reason.

use super::asking::{Asked, memory_file};
use super::checker::{self, check_values};
use super::document::{Document, Extras};
use super::fields::Faults;
use super::program::{Program, locate};
use super::snapshot::Daemon;
use super::survivor::{Format, Successor, Survivor};
use super::{STATE_VARIABLE, descriptors, write};
use crate::control::Control;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vir_base::atomic::{self, Access};
use vir_base::sys::{NextProgram, replace_program};
use vir_rpc::server::{EventLoop, Freeze};

/// The peer reads no document that is larger.
const PEERS_MAX: usize = 10 * 1024 * 1024;
/// How long calls that are being served may take, between two programs of ours.
const CALLS_PATIENCE: Duration = Duration::from_secs(5);
/// How long clients may take to complete requests and read answers before the peer takes over, which
/// knows nothing of halves.
const BOUNDARY_PATIENCE: Duration = Duration::from_secs(1);
/// How often is looked whether a step is done.
const TICK: Duration = Duration::from_millis(1);

/// What does not change about a daemon's hand-overs.
#[derive(Clone)]
pub struct Setting {
    /// The daemon's name.
    pub daemon: &'static str,
    /// How its own part of the document looks.
    pub format: &'static dyn Format,
    /// Its command line, its name first.
    pub argv: Vec<OsString>,
    /// The program, if it has been taken over from one that knew where it was.
    pub program: Option<PathBuf>,
    /// Where the peer's program looks for its document; `None` if the daemon was started in a way that
    /// the peer's does not know.
    pub peers_file: Option<PathBuf>,
    /// The files of its sockets that go when it does.
    pub paths: Vec<PathBuf>,
    /// The pid file and its descriptor.
    pub pid_file: Option<(PathBuf, RawFd)>,
    /// Signals that the daemon heeds.
    pub signals: &'static [i32],
}

/// Replaces the program when it is asked to.
pub struct Handover {
    setting: Setting,
    extras: Extras,
    control: Arc<Control>,
    survivor: Option<Arc<dyn Survivor>>,
    step: Mutex<Step>,
}

enum Step {
    /// Nothing has been asked.
    Idle,
    /// The program is being asked; clients are served.
    Asking(Program, Asked),
    /// It can. Clients are not served: calls or halves of messages are waited for.
    Frozen(Program, Instant),
}

impl Handover {
    /// For this daemon.
    pub fn new(setting: Setting, control: Arc<Control>, survivor: Option<Arc<dyn Survivor>>) -> Arc<Self> {
        let program = setting.program.clone();
        let program =
            program.unwrap_or_else(|| setting.argv.first().map_or_else(PathBuf::new, |name| locate(name)));
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let pid_file = setting.pid_file.as_ref().map(|(path, fd)| (text(path), *fd));
        let extras = Extras { program: text(&program), pid_file };
        Arc::new(Self { setting, extras, control, survivor, step: Mutex::new(Step::Idle) })
    }

    /// Begins, unless it has begun already.
    pub fn request(self: &Arc<Self>, event_loop: &mut EventLoop) {
        if !matches!(*self.lock(), Step::Idle) {
            return log::warn!("the program is being replaced already, SIGUSR1 is ignored");
        }
        match self.ask(event_loop) {
            Ok(step) => *self.lock() = step,
            Err(why) => return self.stay(event_loop, &why),
        }
        let this = self.clone();
        let ticking = ticks().and_then(|timer| {
            let fd = timer.as_fd().try_clone_to_owned()?;
            event_loop.watch(fd, move |event_loop| {
                let _ = rustix::io::read(&timer, &mut [0; 8]);
                this.advance(event_loop);
                !matches!(*this.lock(), Step::Idle)
            })
        });
        if let Err(error) = ticking {
            self.stay(event_loop, &format!("no timer can be had: {error}"));
        }
    }

    /// Step 1: the program is found, and asked.
    fn ask(&self, event_loop: &EventLoop) -> Result<Step, String> {
        let path = PathBuf::from(&self.extras.program);
        let program = Program::examine(&path, self.setting.daemon, self.setting.format.version())?;
        log::info!("asking {} whether it can take over", path.display());
        let asked = match program.successor {
            Successor::Ours => Asked::check(&program, self.state(event_loop)?.0)?,
            Successor::Peer => {
                if self.setting.peers_file.is_none() {
                    return Err(format!(
                        "{} is not of this project, and would not know --root",
                        path.display()
                    ));
                }
                Asked::version(&program)?
            }
        };
        Ok(Step::Asking(program, asked))
    }

    /// The document for one of ours, and the descriptors that it names.
    fn state(&self, event_loop: &EventLoop) -> Result<(File, Vec<RawFd>), String> {
        let (mut document, mut keep) = self.document(event_loop, Successor::Ours)?;
        keep.extend(match document.attached.is_empty() {
            true => self.check(&document)?,
            // there may be thousands: it is the daemon's word that these are what they are said to be
            false => descriptors::named(&document).into_iter().map(|named| named.fd).collect(),
        });
        let attached = std::mem::take(&mut document.attached);
        let state = memory_file(&[&write::document(&document), &[checker::END], &attached]);
        Ok((state.map_err(|error| format!("the state cannot be written: {error}"))?, keep))
    }

    /// Goes on with the step that is under way, as far as that goes by now.
    fn advance(&self, event_loop: &mut EventLoop) {
        let step = std::mem::replace(&mut *self.lock(), Step::Idle);
        if self.control.is_quitting() {
            return;
        }
        let (program, until) = match step {
            Step::Idle => return,
            Step::Asking(program, mut asked) => match asked.look(self.setting.daemon) {
                None => return *self.lock() = Step::Asking(program, asked),
                Some(Err(why)) => return self.stay(event_loop, &why),
                Some(Ok(())) => {
                    let (how, patience) = match program.successor {
                        Successor::Ours => (Freeze::Hold, CALLS_PATIENCE),
                        Successor::Peer => (Freeze::Complete, BOUNDARY_PATIENCE),
                    };
                    event_loop.freeze(how);
                    (program, Instant::now() + patience)
                }
            },
            Step::Frozen(program, until) => (program, until),
        };
        if let Some(why) = self.in_the_way(event_loop, program.successor) {
            if Instant::now() < until {
                return *self.lock() = Step::Frozen(program, until);
            }
            return self.thaw(event_loop, &why);
        }
        let why = self.replace(event_loop, &program);
        self.thaw(event_loop, &why);
    }

    /// Who must be waited for.
    fn in_the_way(&self, event_loop: &EventLoop, successor: Successor) -> Option<String> {
        self.control.servers().iter().find_map(|server| {
            let (client, why) = match successor {
                Successor::Ours => (event_loop.in_flight(server)?, "a call of it is being served"),
                Successor::Peer => event_loop.unsettled(server)?,
            };
            Some(format!("client {} of server {} stands in the way: {why}", client.id(), server.name()))
        })
    }

    /// The last steps; why they failed is returned.
    fn replace(&self, event_loop: &EventLoop, program: &Program) -> String {
        let result = match program.successor {
            Successor::Ours => self.replace_by_ours(event_loop, program),
            Successor::Peer => self.replace_by_peer(event_loop, program),
        };
        match result {
            Err(why) => why,
            // exec does not return with success
            Ok(never) => match never {},
        }
    }

    fn replace_by_ours(&self, event_loop: &EventLoop, program: &Program) -> Result<Infallible, String> {
        if let Some(survivor) = &self.survivor {
            survivor.prepare();
        }
        let result = self.state(event_loop).and_then(|(state, mut keep)| {
            keep.push(state.as_raw_fd());
            let variable = format!("{STATE_VARIABLE}={}", state.as_raw_fd());
            self.exec(program, keep, Some(variable))
        });
        self.take_back(program.successor);
        result
    }

    fn replace_by_peer(&self, event_loop: &EventLoop, program: &Program) -> Result<Infallible, String> {
        let text = write::document(&self.document(event_loop, Successor::Peer)?.0);
        if text.len() > PEERS_MAX {
            return Err(format!(
                "the state has {} bytes, and the peer's program reads no more than {PEERS_MAX}",
                text.len()
            ));
        }
        // what it would stumble over is found here, where nothing is lost by it
        let document = checker::check(&text, self.setting.daemon, self.setting.format)
            .map_err(|error| error.message().to_owned())?;
        let keep = self.check(&document)?;
        let Some(file) = &self.setting.peers_file else { return Err("no file for the peer".into()) };
        atomic::replace(file, &text, Access::mode(0o700)).map_err(|error| error.message().to_owned())?;
        let result = self.exec(program, keep, None);
        let _ = std::fs::remove_file(file);
        self.take_back(program.successor);
        result
    }

    fn take_back(&self, successor: Successor) {
        if let Some(survivor) = &self.survivor {
            survivor.take_back(successor);
        }
    }

    fn document(
        &self,
        event_loop: &EventLoop,
        successor: Successor,
    ) -> Result<(Document, Vec<RawFd>), String> {
        let daemon = Daemon {
            event_loop,
            servers: &self.control.servers(),
            survivor: self.survivor.as_deref(),
            paths: &self.setting.paths,
            extras: &self.extras,
        };
        daemon.document(successor)
    }

    /// Whether every descriptor that is named is here and what it is said to be; their numbers.
    fn check(&self, document: &Document) -> Result<Vec<RawFd>, String> {
        let (mut named, mut faults) = (descriptors::named(document), Faults::default());
        check_values(document, self.setting.daemon, self.setting.format, &mut named, &mut faults);
        descriptors::check(&named, &mut faults);
        faults.into_result().map_err(|error| error.message().to_owned())?;
        Ok(named.into_iter().map(|named| named.fd).collect())
    }

    /// Step 5: there is no way back from here, unless it fails.
    fn exec(
        &self,
        program: &Program,
        keep: Vec<RawFd>,
        variable: Option<String>,
    ) -> Result<Infallible, String> {
        if !program.is_same() {
            return Err(format!("{} has changed since it was asked", program.path.display()));
        }
        let prefix = format!("{STATE_VARIABLE}=");
        let mut env: Vec<Vec<u8>> = std::env::vars_os()
            .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat())
            .filter(|variable| !variable.starts_with(prefix.as_bytes()))
            .collect();
        env.extend(variable.map(String::into_bytes));
        let string = |bytes: &[u8]| CString::new(bytes).map_err(|error| error.to_string());
        let next = NextProgram {
            program: string(program.path.as_os_str().as_bytes())?,
            argv: self.setting.argv.iter().map(|word| string(word.as_bytes())).collect::<Result<_, _>>()?,
            env: env.iter().map(|variable| string(variable)).collect::<Result<_, _>>()?,
            keep,
            knows_signals: program.successor == Successor::Ours,
            ignored: self.setting.signals.to_vec(),
        };
        if let Some(survivor) = &self.survivor {
            survivor.let_go(program.successor).map_err(|error| error.message().to_owned())?;
        }
        log::info!("{} takes over", program.path.display());
        let error = replace_program(&next);
        Err(format!("{} cannot be executed: {error}", program.path.display()))
    }

    fn thaw(&self, event_loop: &mut EventLoop, why: &str) {
        event_loop.thaw();
        self.stay(event_loop, why);
    }

    fn stay(&self, _event_loop: &mut EventLoop, why: &str) {
        *self.lock() = Step::Idle;
        vir_base::sys::give_back_memory();
        log::error!("the program is not replaced, this one goes on: {why}");
    }

    fn lock(&self) -> MutexGuard<'_, Step> {
        self.step.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ticks() -> io::Result<OwnedFd> {
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    let time = Timespec { tv_sec: 0, tv_nsec: i64::from(TICK.subsec_nanos()) };
    let spec = Itimerspec { it_interval: time, it_value: time };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &spec)?;
    Ok(timer)
}
