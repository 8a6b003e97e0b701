//! Making a process: fork, set it up, tell the parent, wait for its word, exec.
//!
//! Between fork and exec only calls that are safe in a process with threads are made: no
//! allocation, no locks. All that they need is prepared before. The new process has the
//! descriptors that were asked for, at the numbers that were asked for, and no others.

use super::check;
use super::signal::AllBlocked;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitOptions, waitpid};
use std::convert::Infallible;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::ptr;

/// What the new process is to be.
pub(crate) struct Image {
    pub(crate) program: CString,
    pub(crate) argv: Vec<CString>,
    pub(crate) env: Vec<CString>,
    pub(crate) cwd: Option<CString>,
    /// Which descriptor goes to which number. Numbers are all different.
    pub(crate) fds: Vec<(OwnedFd, RawFd)>,
    /// A socket, by its number in the new process, that it connects by itself.
    pub(crate) connect: Option<(RawFd, libc::sockaddr_un)>,
    pub(crate) umask: Option<u32>,
    /// A session of its own.
    pub(crate) session: bool,
    /// No child of this process.
    pub(crate) orphan: bool,
    pub(crate) death_signal: Option<i32>,
    pub(crate) identity: Option<Identity>,
    pub(crate) limits: Vec<Limit>,
}

pub(crate) struct Identity {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) groups: Vec<u32>,
}

pub(crate) struct Limit {
    pub(crate) resource: u32,
    pub(crate) soft: u64,
    pub(crate) hard: u64,
    /// Whether the process may run without it.
    pub(crate) required: bool,
}

/// How far the new process came, as it tells its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Step {
    Ready,
    Fork,
    Session,
    Descriptor,
    Connect,
    Directory,
    Limit,
    Identity,
    DeathSignal,
    Exec,
}

const STEPS: [Step; 10] = [
    Step::Ready,
    Step::Fork,
    Step::Session,
    Step::Descriptor,
    Step::Connect,
    Step::Directory,
    Step::Limit,
    Step::Identity,
    Step::DeathSignal,
    Step::Exec,
];

/// Where it failed, why, and (for descriptors) at which number.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: Step,
    pub(crate) errno: i32,
    pub(crate) value: i32,
}

impl Failure {
    fn here(step: Step, error: io::Error) -> Self {
        Self { step, errno: error.raw_os_error().unwrap_or(libc::EIO), value: 0 }
    }
}

/// The address of no unix socket.
pub(crate) fn no_address() -> libc::sockaddr_un {
    libc::sockaddr_un { sun_family: libc::AF_UNIX as libc::sa_family_t, sun_path: [0; 108] }
}

/// A process that is set up and waits before exec.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) pid: i32,
    reports: OwnedFd,
    go: OwnedFd,
}

pub(crate) fn spawn(image: &Image) -> Result<Waiting, Failure> {
    let fork_failed = |e: io::Error| Failure::here(Step::Fork, e);
    let (reports, tell) = pipe_with(PipeFlags::CLOEXEC).map_err(|e| fork_failed(e.into()))?;
    let (hear, go) = pipe_with(PipeFlags::CLOEXEC).map_err(|e| fork_failed(e.into()))?;
    let pointers = |list: &[CString]| -> Vec<*const libc::c_char> {
        list.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
    };
    let mut child = Child {
        image,
        argv: pointers(&image.argv),
        env: pointers(&image.env),
        moved: vec![-1; image.fds.len()],
        tell: tell.as_raw_fd(),
        hear: hear.as_raw_fd(),
        parents_end: go.as_raw_fd(),
    };
    // no handler of ours may run in the child
    let blocked = AllBlocked::now();
    // SAFETY: the child calls nothing but `Child::run`, which keeps to the rules above and never
    // returns
    let forked = match unsafe { libc::fork() } {
        0 => child.run(),
        pid => check(pid),
    };
    drop(blocked);
    let first = forked.map_err(fork_failed)?;
    drop((tell, hear));
    let report = read_report(&reports);
    let failed = !matches!(report, Some((Step::Ready, _, _)));
    if image.orphan || failed {
        reap(first);
    }
    match report {
        Some((Step::Ready, _, pid)) => Ok(Waiting { pid, reports, go }),
        Some((step, errno, value)) => Err(Failure { step, errno, value }),
        None => Err(Failure { step: Step::Fork, errno: libc::ECHILD, value: 0 }),
    }
}

impl Waiting {
    /// Lets it exec, and says whether that worked.
    pub(crate) fn go(self) -> Result<(), Failure> {
        // if it is dead already the pipe is broken, and the missing report says the same
        let _ = rustix::io::write(&self.go, b"g");
        match read_report(&self.reports) {
            // its end was closed by exec, or by a death that the caller learns from its status
            None => Ok(()),
            Some((step, errno, value)) => Err(Failure { step, errno, value }),
        }
    }
}

/// Collects a child that has ended or is about to.
pub(crate) fn reap(pid: i32) {
    let pid = Pid::from_raw(pid);
    let _ = rustix::io::retry_on_intr(|| waitpid(pid, WaitOptions::empty()));
}

fn read_report(fd: &OwnedFd) -> Option<(Step, i32, i32)> {
    // 12 bytes in a pipe come in one piece
    let mut bytes = [0u8; 12];
    let n = rustix::io::retry_on_intr(|| rustix::io::read(fd, &mut bytes[..])).ok()?;
    let word = |at: usize| i32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let step = STEPS.get(usize::try_from(word(0)).ok()?)?;
    (n == bytes.len()).then_some((*step, word(4), word(8)))
}

/// Everything that the child touches, allocated by the parent.
struct Child<'a> {
    image: &'a Image,
    argv: Vec<*const libc::c_char>,
    env: Vec<*const libc::c_char>,
    /// Where the descriptors wait until all are out of each other's way.
    moved: Vec<RawFd>,
    tell: RawFd,
    hear: RawFd,
    parents_end: RawFd,
}

impl Child<'_> {
    fn run(&mut self) -> ! {
        let Err(failure) = self.set_up();
        self.report(failure.step, failure.errno, failure.value);
        // SAFETY: ends the process without running anything of the parent's
        unsafe { libc::_exit(127) }
    }

    fn set_up(&mut self) -> Result<Infallible, Failure> {
        let image = self.image;
        // SAFETY: plain system calls on values that outlive them; no memory is touched but the
        // prepared vectors, which are not grown
        unsafe {
            for signal in 1..libc::SIGRTMAX() {
                // what is ignored here must not be there; refused for some, which is fine
                libc::signal(signal, libc::SIG_DFL);
            }
            if image.session {
                attempt(Step::Session, libc::setsid())?;
            }
            if image.orphan && attempt(Step::Fork, libc::fork())? != 0 {
                libc::_exit(0);
            }
            self.place_descriptors()?;
            if let Some((number, address)) = &image.connect {
                let size = size_of_val(address) as libc::socklen_t;
                let address: *const libc::sockaddr_un = address;
                attempt(Step::Connect, libc::connect(*number, address.cast(), size))?;
            }
            if let Some(mask) = image.umask {
                libc::umask(mask);
            }
            if let Some(cwd) = &image.cwd {
                attempt(Step::Directory, libc::chdir(cwd.as_ptr()))?;
            }
            for limit in &image.limits {
                let value = libc::rlimit { rlim_cur: limit.soft, rlim_max: limit.hard };
                let result = attempt(Step::Limit, libc::setrlimit(limit.resource, &value));
                if limit.required {
                    result?;
                }
            }
            if let Some(identity) = &image.identity {
                let groups = &identity.groups;
                attempt(Step::Identity, libc::setgroups(groups.len(), groups.as_ptr()))?;
                attempt(Step::Identity, libc::setgid(identity.gid))?;
                attempt(Step::Identity, libc::setuid(identity.uid))?;
            }
            if let Some(signal) = image.death_signal {
                let set = libc::prctl(libc::PR_SET_PDEATHSIG, signal as libc::c_ulong, 0, 0, 0);
                attempt(Step::DeathSignal, set)?;
            }
            self.report(Step::Ready, 0, libc::getpid());
            let mut word = 0u8;
            if libc::read(self.hear, (&raw mut word).cast(), 1) != 1 {
                // the parent is gone or thought better of it
                libc::_exit(127);
            }
            let mut none = std::mem::MaybeUninit::uninit();
            libc::sigemptyset(none.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
            libc::execve(image.program.as_ptr(), self.argv.as_ptr(), self.env.as_ptr());
        }
        Err(Failure::here(Step::Exec, io::Error::last_os_error()))
    }

    /// Moves every descriptor out of the way, then to its place; the rest closes on exec.
    ///
    /// # Safety
    /// Only in the child.
    unsafe fn place_descriptors(&mut self) -> Result<(), Failure> {
        let fds = &self.image.fds;
        let free = fds.iter().map(|(_, target)| target + 1).max().unwrap_or(0).max(3);
        let at = |number: RawFd| move |f: Failure| Failure { value: number, ..f };
        // SAFETY: these numbers are this process's own business
        unsafe {
            libc::close(self.parents_end);
            let aside = |fd: RawFd| {
                attempt(Step::Descriptor, libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, free)).map_err(at(fd))
            };
            self.tell = aside(self.tell)?;
            self.hear = aside(self.hear)?;
            for (slot, (fd, _)) in self.moved.iter_mut().zip(fds) {
                *slot = aside(fd.as_raw_fd())?;
            }
            close_on_exec_from(0);
            for (slot, (_, target)) in self.moved.iter().zip(fds) {
                attempt(Step::Descriptor, libc::dup2(*slot, *target)).map_err(at(*target))?;
            }
        }
        Ok(())
    }

    fn report(&self, step: Step, errno: i32, value: i32) {
        let words = [step as i32, errno, value];
        // SAFETY: 12 bytes that live here; a parent that is gone is found out by the read after
        unsafe { libc::write(self.tell, words.as_ptr().cast(), size_of_val(&words)) };
    }
}

fn attempt(step: Step, result: libc::c_int) -> Result<libc::c_int, Failure> {
    check(result).map_err(|e| Failure::here(step, e))
}

/// Marks all descriptors from `first` on close-on-exec.
///
/// # Safety
/// Only in the child.
unsafe fn close_on_exec_from(first: libc::c_uint) {
    // SAFETY: changes flags of descriptors of a process that is about to exec
    unsafe {
        let flag = libc::CLOSE_RANGE_CLOEXEC;
        if libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, flag) == 0 {
            return;
        }
        // kernels before 5.11
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        for fd in first as RawFd..limit.rlim_cur.min(1 << 20) as RawFd {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
}
