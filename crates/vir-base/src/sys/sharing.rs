//! A process that shares the descriptor table of the one that made it.
//!
//! Whatever either opens or closes, both have opened or closed, at no cost. When one dies the other
//! still has everything. Memory is not shared: the child has a copy, and goes on in a function of
//! its own that never returns, so that nothing which the parent owns is ever dropped there.

use super::check;
use super::signal::AllBlocked;
use rustix::process::{Pid, WaitOptions, waitpid};
use std::io;
use std::marker::PhantomData;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Exit status of a child whose function panicked.
const PANICKED: u8 = 70;

/// A child that was made by [`share_descriptors`].
#[derive(Debug)]
pub struct Sharer {
    pid: i32,
}

impl Sharer {
    /// Its number, which stays its own until it is collected.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Collects it; waits for its end if it still runs.
    pub fn wait(self) {
        super::spawn::reap(self.pid);
    }

    /// Collects it if it has ended; else gives it back.
    ///
    /// # Errors
    /// Itself: it still runs.
    pub fn try_wait(self) -> Result<(), Self> {
        match waitpid(Pid::from_raw(self.pid), WaitOptions::NOHANG) {
            Ok(None) => Err(self),
            _ => Ok(()),
        }
    }
}

/// Given to the function of the child only: the right to deal with descriptors by number, since in
/// that process nobody owns any but what this gives out.
#[derive(Debug)]
pub struct Table {
    /// It cannot be made elsewhere, nor leave the thread.
    _private: PhantomData<*const ()>,
}

impl Table {
    /// Leaves the shared table for a copy of one's own; what either closes afterwards stays open for
    /// the other.
    ///
    /// # Errors
    /// No memory.
    pub fn leave(&self) -> io::Result<()> {
        // SAFETY: takes no pointer; changes nothing but which table this process has
        check(unsafe { libc::unshare(libc::CLONE_FILES) }).map(drop)
    }

    /// Owns the descriptor of this number. To be asked for once each.
    ///
    /// # Errors
    /// `EBADF`: it is not open.
    pub fn own(&self, raw: RawFd) -> io::Result<OwnedFd> {
        // SAFETY: takes no pointer
        check(unsafe { libc::fcntl(raw, libc::F_GETFD) })?;
        // SAFETY: it is open, and this process has no owner for it: see the type
        Ok(unsafe { OwnedFd::from_raw_fd(raw) })
    }

    /// Closes every descriptor but those of these rows, from a first to a last number each. For a table of
    /// one's own: see [`Table::leave`].
    ///
    /// # Errors
    /// Neither `close_range` nor `/proc` is there.
    pub fn close_all_but(&self, mut keep: Vec<(RawFd, RawFd)>) -> io::Result<()> {
        keep.retain(|(first, last)| 0 <= *first && first <= last);
        keep.sort_unstable();
        let mut next = 0;
        for (first, last) in keep {
            if next < first {
                close_range(next, first - 1)?;
            }
            next = next.max(last.saturating_add(1));
        }
        close_range(next, RawFd::MAX)
    }
}

/// Starts a process that shares this one's descriptor table and runs `child` on a copy of its
/// memory; what `child` returns is the exit status. All signals that can be blocked are blocked in
/// it, and it leads a session of its own.
///
/// `child` owns what it captures, as a copy: capture numbers, not owners of descriptors that the
/// parent goes on using.
///
/// # Errors
/// `EBUSY` if the process has more than one thread, since the others would not come along, but what
/// they hold would; system errors.
pub fn share_descriptors(child: impl FnOnce(&Table) -> u8) -> io::Result<Sharer> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    let flags = libc::c_long::from(libc::CLONE_FILES | libc::SIGCHLD);
    let blocked = AllBlocked::now();
    // SAFETY: the only thread goes on, in both processes, on its own copy of the stack, as after
    // fork. Unlike fork, the C library is not told; what it would do concerns other threads' locks
    // and the number that pthread_kill uses, and the child uses neither.
    let result = check(unsafe { raw_clone(flags) })?;
    if result != 0 {
        drop(blocked);
        return Ok(Sharer { pid: result });
    }
    let _ = rustix::process::setsid();
    let status = catch_unwind(AssertUnwindSafe(|| child(&Table { _private: PhantomData })));
    // SAFETY: ends the process; nothing of the parent's is dropped, flushed or run
    unsafe { libc::_exit(status.unwrap_or(PANICKED).into()) }
}

/// # Safety
/// As for fork.
unsafe fn raw_clone(flags: libc::c_long) -> libc::c_int {
    let none: libc::c_long = 0;
    // SAFETY: no stack, no thread area, no number to store: the same call as fork's, with one flag
    unsafe {
        if cfg!(target_arch = "s390x") {
            libc::syscall(libc::SYS_clone, none, flags, none, none, none) as libc::c_int
        } else {
            libc::syscall(libc::SYS_clone, flags, none, none, none, none) as libc::c_int
        }
    }
}

fn close_range(first: RawFd, last: RawFd) -> io::Result<()> {
    // SAFETY: only through `Table`, whose process has no owner for them
    if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0 {
        return Ok(());
    }
    // kernels before 5.9
    let mut open = vec![];
    for entry in std::fs::read_dir("/proc/self/fd")? {
        open.extend(entry?.file_name().to_str().and_then(|name| name.parse::<RawFd>().ok()));
    }
    for fd in open.into_iter().filter(|fd| (first..=last).contains(fd)) {
        // SAFETY: as above; the one that listed the directory is closed already
        unsafe { libc::close(fd) };
    }
    Ok(())
}

/// What the process is called in lists of processes: `name` (at most 15 bytes count) alone, and in
/// place of its command line, as far as that has room.
pub fn rename_process(name: &str) {
    let short: Vec<u8> = name.bytes().take(15).filter(|byte| *byte != 0).collect();
    if let Ok(short) = std::ffi::CString::new(short) {
        let _ = rustix::thread::set_name(&short);
    }
    let _ = overwrite_command_line(name);
}

/// The kernel shows the command line from the process's own memory, so it is written there. The
/// standard library reads the same place when asked for the arguments: it finds this name.
fn overwrite_command_line(name: &str) -> Option<()> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // the program's name may contain anything, but what follows it does not contain `)`
    let mut fields = stat.get(stat.rfind(')')? + 2..)?.split(' ').skip(45);
    let mut next = || fields.next()?.trim().parse::<u64>().ok();
    let (start, end) = (next()?, next()?);
    let room = usize::try_from(end.checked_sub(start)?).ok().filter(|room| (1..1 << 20).contains(room))?;
    let mut line = vec![0; room];
    let length = name.len().min(room - 1);
    line[..length].copy_from_slice(&name.as_bytes()[..length]);
    let memory = std::fs::OpenOptions::new().write(true).open("/proc/self/mem").ok()?;
    std::os::unix::fs::FileExt::write_all_at(&memory, &line, start).ok()
}
