//! Descriptors that this process was started with.

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use std::io;
use std::ops::Range;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Takes ownership of a descriptor that came through `exec`.
///
/// All that this program opens itself is close-on-exec, so only an inherited descriptor lacks the
/// flag; taking it sets the flag. Hence it can be taken once, and one that someone here owns
/// cannot be taken at all.
///
/// # Errors
/// `EBADF`: not open, one of the standard three, or not inherited, or taken before.
pub fn take_inherited(raw: RawFd) -> io::Result<OwnedFd> {
    let bad = || io::Error::from_raw_os_error(libc::EBADF);
    if raw <= 2 {
        return Err(bad());
    }
    // SAFETY: used for fcntl only, which says EBADF if there is nothing; not -1, as checked above
    let fd = unsafe { BorrowedFd::borrow_raw(raw) };
    if fcntl_getfd(fd)?.contains(FdFlags::CLOEXEC) {
        return Err(bad());
    }
    fcntl_setfd(fd, FdFlags::CLOEXEC)?;
    // SAFETY: it is open, and nobody owns it: see the reasoning above
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

/// The same for many, at little more than one system call for each. Those that cannot be taken are left
/// out.
pub fn take_inherited_many(mut numbers: Vec<RawFd>) -> Vec<OwnedFd> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.retain(|raw| {
        // SAFETY: used for fcntl only, which says EBADF if there is nothing; not -1, as is looked at first
        *raw > 2 && fcntl_getfd(unsafe { BorrowedFd::borrow_raw(*raw) }).is_ok_and(|flags| flags.is_empty())
    });
    for run in numbers.chunk_by(|one, next| one + 1 == *next) {
        if let [first, .., last] | [first @ last] = run
            && super::check(close_on_exec(*first, *last)).is_err()
        {
            for raw in run {
                // SAFETY: open, as was just seen, and used for fcntl only
                let _ = fcntl_setfd(unsafe { BorrowedFd::borrow_raw(*raw) }, FdFlags::CLOEXEC);
            }
        }
    }
    // SAFETY: each is open, named once, and nobody owns it: see the reasoning above. Nobody else could take
    // it in between, since nobody else runs: see `take_inherited`
    numbers.into_iter().map(|raw| unsafe { OwnedFd::from_raw_fd(raw) }).collect()
}

/// Sets the flag for all descriptors from one number to another.
fn close_on_exec(first: RawFd, last: RawFd) -> libc::c_int {
    const CLOSE_RANGE_CLOEXEC: libc::c_uint = 1 << 2;
    // SAFETY: takes no pointer; closes nothing, and lets no descriptor be taken that could not be before
    unsafe { libc::syscall(libc::SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) as libc::c_int }
}

/// A socket that the service manager handed over.
#[derive(Debug)]
pub struct ListenFd {
    /// The socket.
    pub fd: OwnedFd,
    /// Its `FileDescriptorName=`; empty if it has none.
    pub name: String,
}

/// The sockets of systemd's socket activation, in its order: `LISTEN_FDS` of them from number 3
/// on, if `LISTEN_PID` says that they are for this process. They can be taken once.
pub fn listen_fds() -> Vec<ListenFd> {
    handed_over(|_| true)
}

/// Of the same, those that the manager keeps for its service under names that begin like this: they
/// are no sockets to listen on, and are to be taken first.
pub fn stored_fds(prefix: &str) -> Vec<ListenFd> {
    handed_over(|name| name.starts_with(prefix))
}

fn handed_over(wanted: impl Fn(&str) -> bool) -> Vec<ListenFd> {
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    listen_fd_numbers()
        .filter_map(|raw| {
            let name = names.next().unwrap_or_default();
            let fd = wanted(name).then(|| take_inherited(raw).ok())??;
            Some(ListenFd { fd, name: name.to_owned() })
        })
        .collect()
}

/// The numbers that those sockets have or had, whether they have been taken or not.
pub fn listen_fd_numbers() -> Range<RawFd> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    if number("LISTEN_PID") != Some(std::process::id()) {
        return 0..0;
    }
    3..3 + number("LISTEN_FDS").unwrap_or(0).min(1 << 20) as RawFd
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsRawFd, IntoRawFd};

    #[test]
    fn only_what_is_inherited_can_be_taken_and_only_once() {
        let own = std::fs::File::open("/dev/null").unwrap();
        assert!(take_inherited(own.as_raw_fd()).is_err());
        assert!(take_inherited(0).is_err());
        assert!(take_inherited(100_000).is_err());
        // as it looks after an exec
        fcntl_setfd(&own, FdFlags::empty()).unwrap();
        let raw = own.into_raw_fd();
        let taken = take_inherited(raw).unwrap();
        assert_eq!(taken.as_raw_fd(), raw);
        assert!(take_inherited(raw).is_err());
    }

    #[test]
    fn many_are_taken_at_once() {
        let files: Vec<_> = (0..20).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
        let mut numbers: Vec<RawFd> = files.iter().map(AsRawFd::as_raw_fd).collect();
        // some are not inherited
        files.iter().skip(3).for_each(|file| fcntl_setfd(file, FdFlags::empty()).unwrap());
        let mut expected = numbers[3..].to_vec();
        expected.sort_unstable();
        numbers.extend([numbers[5], -1, 0, 100_000]);
        let taken = take_inherited_many(numbers.clone());
        assert!(taken.iter().map(AsRawFd::as_raw_fd).eq(expected));
        assert!(taken.iter().all(|fd| fcntl_getfd(fd).unwrap() == FdFlags::CLOEXEC));
        assert!(take_inherited_many(numbers).is_empty());
        // those that were taken have another owner now
        for file in files.into_iter().skip(3) {
            let _ = file.into_raw_fd();
        }
    }
}
