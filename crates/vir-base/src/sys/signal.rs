//! Signal masks, and signals as something to read.

use super::check;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A signal mask that goes back to what it was when dropped.
pub(crate) struct AllBlocked(libc::sigset_t);

impl AllBlocked {
    /// Blocks every signal for this thread.
    pub(crate) fn now() -> Self {
        let mut old = MaybeUninit::uninit();
        // SAFETY: both sets are ours; the calls cannot fail with these arguments
        unsafe {
            let mut all = MaybeUninit::uninit();
            libc::sigfillset(all.as_mut_ptr());
            libc::sigemptyset(old.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), old.as_mut_ptr());
            Self(old.assume_init())
        }
    }
}

impl Drop for AllBlocked {
    fn drop(&mut self) {
        // SAFETY: restores a set that the kernel filled
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

/// Nothing blocked, and some signals ignored rather than deadly; the reverse when dropped.
pub(crate) struct Released {
    mask: libc::sigset_t,
    ignored: Vec<(i32, libc::sighandler_t)>,
}

impl Released {
    /// Ignores `signals`, those that wait included, and blocks none at all.
    pub(crate) fn now(signals: &[i32]) -> Self {
        // SAFETY: no handler is installed, only the disposition changes; the sets are ours and the calls
        // cannot fail with these arguments
        unsafe {
            let ignore = |signal: &i32| (*signal, libc::signal(*signal, libc::SIG_IGN));
            let ignored = signals.iter().map(ignore).filter(|(_, old)| *old != libc::SIG_ERR).collect();
            let (mut none, mut mask) = (MaybeUninit::uninit(), MaybeUninit::uninit());
            libc::sigemptyset(none.as_mut_ptr());
            libc::sigemptyset(mask.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), mask.as_mut_ptr());
            Self { mask: mask.assume_init(), ignored }
        }
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        // SAFETY: restores what the kernel said was there before
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.mask, std::ptr::null_mut());
            for (signal, old) in &self.ignored {
                libc::signal(*signal, *old);
            }
        }
    }
}

/// Blocks these signals for this thread and those that it starts, and gives a descriptor from
/// which they can be read.
pub(crate) fn block_and_open(signals: &[i32]) -> io::Result<OwnedFd> {
    // SAFETY: the set is ours; a signal number out of range is refused by sigaddset; signalfd
    // gives a new descriptor that nobody else owns
    unsafe {
        let mut set = MaybeUninit::uninit();
        libc::sigemptyset(set.as_mut_ptr());
        let mut set = set.assume_init();
        for signal in signals {
            check(libc::sigaddset(&mut set, *signal))?;
        }
        match libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()) {
            0 => {}
            errno => return Err(io::Error::from_raw_os_error(errno)),
        }
        let fd = check(libc::signalfd(-1, &set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?;
        Ok(OwnedFd::from_raw_fd(fd))
    }
}

/// The next signal that came: its number and who sent it.
pub(crate) fn read(fd: &OwnedFd) -> io::Result<Option<(i32, i32)>> {
    let mut info = MaybeUninit::<libc::signalfd_siginfo>::zeroed();
    let size = size_of::<libc::signalfd_siginfo>();
    // SAFETY: the buffer has the size given; all bit patterns are valid in this structure
    let n = unsafe { libc::read(fd.as_raw_fd(), info.as_mut_ptr().cast(), size) };
    if n == size as isize {
        // SAFETY: zeroed, then filled
        let info = unsafe { info.assume_init() };
        return Ok(Some((info.ssi_signo as i32, info.ssi_pid as i32)));
    }
    match io::Error::last_os_error() {
        e if n < 0 && e.kind() == io::ErrorKind::WouldBlock => Ok(None),
        e if n < 0 => Err(e),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::signals::Signals;

    #[test]
    fn a_signal_is_read_once() {
        // a thread of its own, so that the mask does not stay
        let read = std::thread::spawn(|| {
            let signals = Signals::open(&[libc::SIGUSR2]).unwrap();
            assert_eq!(signals.next().unwrap(), None);
            // SAFETY: goes to this thread, which has blocked it
            unsafe { libc::raise(libc::SIGUSR2) };
            let first = signals.next().unwrap();
            assert_eq!(signals.next().unwrap(), None);
            first
        });
        let received = read.join().unwrap().unwrap();
        assert_eq!(received.number, libc::SIGUSR2);
        assert_eq!(received.sender, std::process::id() as i32);
    }
}
