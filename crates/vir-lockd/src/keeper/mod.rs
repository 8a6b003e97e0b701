//! The keeper: a process that holds every lease when the daemon cannot.
//!
//! It is made without an exec, with the daemon's descriptor table as its own: whatever lease the
//! daemon takes, the keeper has, at no cost for each. It does nothing while the daemon lives. When the
//! daemon dies, however, it closes all but the leases, releases each as its last owner dies, hands
//! all to the next daemon that asks, and ends when nothing is left.
//!
//! The daemon's side is here: [`Keeper`], and [`Former`] for the one that an earlier daemon left.
//! Nothing here knows of clients, and nothing decides who gets a lease.

mod confine;
pub(crate) mod descriptors;
mod former;
mod holding;
mod process;
mod wire;

pub(crate) use confine::confine_checker;
pub use former::Former;
pub(crate) use holding::release;

use process::Plan;
use rustix::event::epoll;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use vir_base::process::Process;
use vir_base::sys::{Sharer, share_descriptors};

/// The name of its socket in the run state directory.
pub const SOCKET: &str = "virtlockd-keeper-sock";

/// Descriptors that it can close when it needs some.
const SPARE: usize = 4;

/// The keeper of this process.
///
/// Dropping it leaves it as it is: it sees the daemon's end by itself.
#[derive(Debug)]
pub struct Keeper {
    dir: PathBuf,
    sharer: Option<Sharer>,
    process: Process,
    command: OwnedFd,
    /// What it uses. As long as the table is shared, closing them would close them for it too.
    shared: Vec<OwnedFd>,
}

impl Keeper {
    /// Makes one, which from then on shares the table. `dir` is the run state directory, where its journal
    /// is. [`Keeper::take_place`] and [`Keeper::confirm`] must follow.
    ///
    /// # Errors
    /// System errors; `EBUSY` if this process has more than one thread.
    pub fn begin(dir: &Path) -> io::Result<Self> {
        let daemon = Process::open(std::process::id() as i32)?;
        let daemon = fcntl_dupfd_cloexec(&daemon, 3)?;
        let (command, theirs) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        let (listener, listener_file) = listen(dir)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let null = OwnedFd::from(OpenOptions::new().read(true).write(true).open("/dev/null")?);
        let log = system_log().map(OwnedFd::from);
        let spare: Vec<OwnedFd> = (0..SPARE).map(|_| null.try_clone()).collect::<io::Result<_>>()?;
        let plan = Plan {
            dir: dir.to_owned(),
            daemon: daemon.as_raw_fd(),
            command: theirs.as_raw_fd(),
            listener: listener.as_raw_fd(),
            listener_file,
            epoll: epoll.as_raw_fd(),
            null: null.as_raw_fd(),
            log: log.as_ref().map(AsRawFd::as_raw_fd),
            spare: spare.iter().map(AsRawFd::as_raw_fd).collect(),
        };
        let sharer = share_descriptors(|table| process::run(table, &plan))?;
        let process = Process::open(sharer.pid())?;
        let shared = [daemon, theirs, listener, epoll, null].into_iter().chain(log).chain(spare).collect();
        let keeper = Self { dir: dir.to_owned(), sharer: Some(sharer), process, command, shared };
        wire::limit_to(&keeper.command, wire::SOON)?;
        Ok(keeper)
    }

    /// Has it found by the next daemon, in the place of any other: that one ends if the daemon dies. Before a
    /// lease is given that the other one does not have, and not before the other one can be spared.
    ///
    /// # Errors
    /// System errors.
    pub fn take_place(&self) -> io::Result<()> {
        std::fs::rename(new_socket(&self.dir), self.dir.join(SOCKET))
    }

    /// Waits until it says that it is ready. To be asked once.
    ///
    /// # Errors
    /// It is dead, or says nothing.
    pub fn confirm(&self) -> io::Result<()> {
        wire::expect(&self.command, wire::YES).map(drop)
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.process.pid()
    }

    /// Has it leave the shared table, with duplicates of the leases, which are on these rows of
    /// descriptors, and nothing else, to hold them until the next daemon says that it has one of its own, or this
    /// one dies. Before an exec: else the table, and everything in it, would stay open in the keeper.
    /// [`Keeper::step_aside`] must follow; until then no lease is given or taken.
    ///
    /// # Errors
    /// It does not hear.
    pub fn begin_to_step_aside(&self, leases: &[(RawFd, RawFd)]) -> io::Result<()> {
        for rows in leases.chunks(wire::BATCH / 2) {
            let numbers: Vec<u64> =
                rows.iter().flat_map(|(first, last)| [*first, *last]).map(|raw| raw as u64).collect();
            wire::send(&self.command, wire::KEEP, &numbers, &[])?;
        }
        wire::send(&self.command, wire::LEAVE, &[], &[])
    }

    /// Waits until it has done so.
    ///
    /// # Errors
    /// It does not do so: it is dead then, or has been ended, and no longer in the way either.
    pub fn step_aside(&mut self) -> io::Result<()> {
        match wire::expect(&self.command, wire::YES) {
            Ok(_) => {
                self.shared.clear();
                Ok(())
            }
            Err(error) => {
                self.kill()?;
                Err(error)
            }
        }
    }

    /// Ends it, with all that it holds: another one has everything.
    ///
    /// # Errors
    /// It does not end.
    pub fn retire(mut self) -> io::Result<()> {
        let _ = wire::send(&self.command, wire::END, &[], &[]);
        if !self.process.wait_end(Some(wire::SOON))? {
            self.kill()?;
        }
        self.collect();
        Ok(())
    }

    /// Ends it, with all that it holds; the journal and the socket go too. Nothing but this process
    /// has any descriptor of a lease then (and the service manager, which is somebody else's matter).
    ///
    /// # Errors
    /// It does not end.
    pub fn end(self) -> io::Result<()> {
        let files = [SOCKET, crate::journal::NAME].map(|name| self.dir.join(name));
        self.retire()?;
        for file in files {
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Collects it, if it is dead.
    pub fn collect(&mut self) -> bool {
        if let Some(Err(alive)) = self.sharer.take().map(Sharer::try_wait) {
            self.sharer = Some(alive);
            return false;
        }
        self.shared.clear();
        true
    }

    fn kill(&mut self) -> io::Result<()> {
        // one that has ended meanwhile is what is wanted
        let _ = self.process.signal(rustix::process::Signal::KILL);
        if !self.process.wait_end(Some(wire::PATIENCE))? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.collect();
        Ok(())
    }
}

/// Readable when it is dead.
impl AsFd for Keeper {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // it may be using them at this moment; the end of the process closes them
        self.shared.drain(..).for_each(std::mem::forget);
    }
}

/// Its socket, not yet at its place, and which file that is.
fn listen(dir: &Path) -> io::Result<(OwnedFd, (u64, u64))> {
    let socket =
        rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let new = new_socket(dir);
    // what a crash left there is nobody's
    let _ = std::fs::remove_file(&new);
    rustix::net::bind(&socket, &SocketAddrUnix::new(&new)?)?;
    rustix::fs::chmod(&new, rustix::fs::Mode::from_raw_mode(0o600))?;
    rustix::net::listen(&socket, 8)?;
    rustix::io::ioctl_fionbio(&socket, true)?;
    let file = std::fs::symlink_metadata(&new)?;
    Ok((socket, (file.dev(), file.ino())))
}

fn new_socket(dir: &Path) -> PathBuf {
    dir.join(format!("{SOCKET}.new"))
}

/// A line to the system's log, if somebody listens there.
fn system_log() -> Option<UnixDatagram> {
    let socket = UnixDatagram::unbound().ok()?;
    socket.connect("/dev/log").ok()?;
    Some(socket)
}
