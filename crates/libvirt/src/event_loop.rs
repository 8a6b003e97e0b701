//! The event loop: the program's own, or the default one, which polls descriptors and timeouts.

use crate::boundary::entry;
use std::ffi::{c_int, c_void};
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, bail};

type HandleFunction = unsafe extern "C" fn(c_int, c_int, c_int, *mut c_void);
type TimeoutFunction = unsafe extern "C" fn(c_int, *mut c_void);
pub type FreeFunction = unsafe extern "C" fn(*mut c_void);

type AddHandle =
    unsafe extern "C" fn(c_int, c_int, HandleFunction, *mut c_void, Option<FreeFunction>) -> c_int;
type AddTimeout = unsafe extern "C" fn(c_int, TimeoutFunction, *mut c_void, Option<FreeFunction>) -> c_int;
type Update = unsafe extern "C" fn(c_int, c_int);
type Remove = unsafe extern "C" fn(c_int) -> c_int;

#[derive(Clone, Copy)]
struct Functions {
    add_handle: AddHandle,
    update_handle: Update,
    remove_handle: Remove,
    add_timeout: AddTimeout,
    update_timeout: Update,
    remove_timeout: Remove,
}

static LOOP: Mutex<Option<Functions>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // callbacks run without a lock: what these protect is whole even if one panics
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn functions() -> Option<Functions> {
    *lock(&LOOP)
}

#[unsafe(no_mangle)]
pub extern "C" fn virEventRegisterImpl(
    add_handle: Option<AddHandle>,
    update_handle: Option<Update>,
    remove_handle: Option<Remove>,
    add_timeout: Option<AddTimeout>,
    update_timeout: Option<Update>,
    remove_timeout: Option<Remove>,
) {
    let mut current = lock(&LOOP);
    // the first stays: what it watches could not be handed over
    if current.is_none()
        && let (Some(add_handle), Some(update_handle), Some(remove_handle)) =
            (add_handle, update_handle, remove_handle)
        && let (Some(add_timeout), Some(update_timeout), Some(remove_timeout)) =
            (add_timeout, update_timeout, remove_timeout)
    {
        *current = Some(Functions {
            add_handle,
            update_handle,
            remove_handle,
            add_timeout,
            update_timeout,
            remove_timeout,
        });
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn virEventRegisterDefaultImpl() -> c_int {
    entry(|| {
        poll()?;
        virEventRegisterImpl(
            Some(add_handle),
            Some(update_handle),
            Some(remove_handle),
            Some(add_timeout),
            Some(update_timeout),
            Some(remove_timeout),
        );
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventAddHandle(
    fd: c_int,
    events: c_int,
    callback: Option<HandleFunction>,
    data: *mut c_void,
    free: Option<FreeFunction>,
) -> c_int {
    match (functions(), callback) {
        // SAFETY: the program's functions and argument.
        (Some(f), Some(callback)) => unsafe { (f.add_handle)(fd, events, callback, data, free) },
        _ => -1,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventUpdateHandle(watch: c_int, events: c_int) {
    if let Some(f) = functions() {
        // SAFETY: the program's function.
        unsafe { (f.update_handle)(watch, events) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventRemoveHandle(watch: c_int) -> c_int {
    // SAFETY: the program's function.
    functions().map_or(-1, |f| unsafe { (f.remove_handle)(watch) })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventAddTimeout(
    timeout: c_int,
    callback: Option<TimeoutFunction>,
    data: *mut c_void,
    free: Option<FreeFunction>,
) -> c_int {
    match (functions(), callback) {
        // SAFETY: the program's functions and argument.
        (Some(f), Some(callback)) => unsafe { (f.add_timeout)(timeout, callback, data, free) },
        _ => -1,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventUpdateTimeout(timer: c_int, timeout: c_int) {
    if let Some(f) = functions() {
        // SAFETY: the program's function.
        unsafe { (f.update_timeout)(timer, timeout) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virEventRemoveTimeout(timer: c_int) -> c_int {
    // SAFETY: the program's function.
    functions().map_or(-1, |f| unsafe { (f.remove_timeout)(timer) })
}

/// What a callback gets, and how it ends.
#[derive(Clone, Copy)]
struct Argument {
    data: *mut c_void,
    free: Option<FreeFunction>,
}

// SAFETY: the program's pointer, which it gets on the loop's thread.
unsafe impl Send for Argument {}

struct Handle {
    watch: c_int,
    fd: c_int,
    events: c_int,
    callback: HandleFunction,
    argument: Argument,
    removed: bool,
}

struct Timeout {
    timer: c_int,
    every: Option<Duration>,
    due: Option<Instant>,
    callback: TimeoutFunction,
    argument: Argument,
    removed: bool,
}

#[derive(Default)]
struct Watched {
    next: c_int,
    handles: Vec<Handle>,
    timeouts: Vec<Timeout>,
}

struct Poll {
    watched: Mutex<Watched>,
    woken: PipeReader,
    wake: PipeWriter,
}

static POLL: OnceLock<Poll> = OnceLock::new();

fn poll() -> Result<&'static Poll> {
    if POLL.get().is_none() {
        let (woken, wake) =
            std::io::pipe().map_err(|e| Error::io(ErrorDomain::Event, &e, "Unable to setup wakeup pipe"))?;
        for fd in [woken.as_raw_fd(), wake.as_raw_fd()] {
            // SAFETY: a descriptor of ours; neither side may wait.
            unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) };
        }
        let _ = POLL.set(Poll { watched: Mutex::default(), woken, wake });
    }
    match POLL.get() {
        Some(poll) => Ok(poll),
        None => bail!(Event, InternalError, "no event loop"),
    }
}

/// Changes what is watched, and lets the loop look again.
fn change<T>(none: T, body: impl FnOnce(&mut Watched) -> T) -> T {
    let Some(poll) = POLL.get() else { return none };
    let ret = body(&mut lock(&poll.watched));
    // a full pipe wakes as well
    let _ = (&poll.wake).write(&[0]);
    ret
}

unsafe extern "C" fn add_handle(
    fd: c_int,
    events: c_int,
    callback: HandleFunction,
    data: *mut c_void,
    free: Option<FreeFunction>,
) -> c_int {
    change(-1, |w| {
        w.next += 1;
        let watch = w.next;
        w.handles.push(Handle {
            watch,
            fd,
            events,
            callback,
            argument: Argument { data, free },
            removed: false,
        });
        watch
    })
}

unsafe extern "C" fn update_handle(watch: c_int, events: c_int) {
    change((), |w| {
        for handle in w.handles.iter_mut().filter(|h| h.watch == watch) {
            handle.events = events;
        }
    });
}

unsafe extern "C" fn remove_handle(watch: c_int) -> c_int {
    change(-1, |w| match w.handles.iter_mut().find(|h| h.watch == watch && !h.removed) {
        Some(handle) => {
            handle.removed = true;
            0
        }
        None => -1,
    })
}

/// `timeout` in milliseconds; below zero it never comes.
fn every(timeout: c_int) -> Option<Duration> {
    u64::try_from(timeout).ok().map(Duration::from_millis)
}

unsafe extern "C" fn add_timeout(
    timeout: c_int,
    callback: TimeoutFunction,
    data: *mut c_void,
    free: Option<FreeFunction>,
) -> c_int {
    change(-1, |w| {
        w.next += 1;
        let (timer, every) = (w.next, every(timeout));
        let due = every.map(|every| Instant::now() + every);
        let argument = Argument { data, free };
        w.timeouts.push(Timeout { timer, every, due, callback, argument, removed: false });
        timer
    })
}

unsafe extern "C" fn update_timeout(timer: c_int, timeout: c_int) {
    change((), |w| {
        for t in w.timeouts.iter_mut().filter(|t| t.timer == timer) {
            t.every = every(timeout);
            t.due = t.every.map(|every| Instant::now() + every);
        }
    });
}

unsafe extern "C" fn remove_timeout(timer: c_int) -> c_int {
    change(-1, |w| match w.timeouts.iter_mut().find(|t| t.timer == timer && !t.removed) {
        Some(timeout) => {
            timeout.removed = true;
            0
        }
        None => -1,
    })
}

/// `virEventHandleType` from and to what `poll` has: readable, writable, error, hang-up.
const BITS: [(c_int, i16); 4] =
    [(1, libc::POLLIN), (2, libc::POLLOUT), (4, libc::POLLERR), (8, libc::POLLHUP)];

#[unsafe(no_mangle)]
pub extern "C" fn virEventRunDefaultImpl() -> c_int {
    entry(|| {
        run_once()?;
        Ok(0)
    })
}

/// Waits for something to happen, and tells those who wait for it.
fn run_once() -> Result<()> {
    let poll = poll()?;
    end_removed(poll);
    let (mut fds, watches, wait) = {
        let watched = lock(&poll.watched);
        let live: Vec<&Handle> = watched.handles.iter().filter(|h| !h.removed && h.events != 0).collect();
        let mut fds = vec![libc::pollfd { fd: poll.woken.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        fds.extend(live.iter().map(|h| {
            let bits = BITS.iter().filter(|(event, _)| h.events & event != 0);
            libc::pollfd { fd: h.fd, events: bits.fold(0, |all, (_, bit)| all | bit), revents: 0 }
        }));
        let next = watched.timeouts.iter().filter(|t| !t.removed).filter_map(|t| t.due).min();
        (fds, live.iter().map(|h| h.watch).collect::<Vec<_>>(), next)
    };
    let wait = wait.map_or(-1, |due| {
        // a part of a millisecond is waited for as a whole
        let left = due.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000);
        c_int::try_from(left).unwrap_or(c_int::MAX)
    });
    // SAFETY: a list of ours and its length.
    let ready = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, wait) };
    if ready < 0 {
        let error = std::io::Error::last_os_error();
        return match error.kind() {
            std::io::ErrorKind::Interrupted => Ok(()),
            _ => Err(Error::io(ErrorDomain::Event, &error, "Unable to poll on file handles")),
        };
    }
    if fds[0].revents != 0 {
        let _ = (&poll.woken).read(&mut [0; 64]);
    }
    run_timeouts(poll);
    for (fd, watch) in fds[1..].iter().zip(watches).filter(|(fd, _)| fd.revents != 0) {
        let found = lock(&poll.watched)
            .handles
            .iter()
            .find(|h| h.watch == watch && !h.removed)
            .map(|h| (h.callback, h.argument));
        let events =
            BITS.iter().filter(|(_, bit)| fd.revents & bit != 0).fold(0, |all, (event, _)| all | event);
        if let Some((callback, argument)) = found {
            // SAFETY: the program's function and argument, which has not been removed.
            unsafe { callback(watch, fd.fd, events, argument.data) };
        }
    }
    end_removed(poll);
    Ok(())
}

fn run_timeouts(poll: &Poll) {
    let now = Instant::now();
    let due: Vec<c_int> = lock(&poll.watched)
        .timeouts
        .iter()
        .filter(|t| t.due.is_some_and(|due| due <= now))
        .map(|t| t.timer)
        .collect();
    for timer in due {
        let found =
            lock(&poll.watched).timeouts.iter_mut().find(|t| t.timer == timer && !t.removed).map(|t| {
                t.due = t.every.map(|every| Instant::now() + every);
                (t.callback, t.argument)
            });
        if let Some((callback, argument)) = found {
            // SAFETY: the program's function and argument, which has not been removed.
            unsafe { callback(timer, argument.data) };
        }
    }
}

/// Frees the arguments of what was removed, where no callback runs.
fn end_removed(poll: &Poll) {
    let ended: Vec<Argument> = {
        let mut watched = lock(&poll.watched);
        let handles = watched.handles.extract_if(.., |h| h.removed).map(|h| h.argument).collect::<Vec<_>>();
        let timeouts = watched.timeouts.extract_if(.., |t| t.removed).map(|t| t.argument);
        handles.into_iter().chain(timeouts).collect()
    };
    for argument in ended {
        if let Some(free) = argument.free {
            // SAFETY: the program's function and argument; nothing has the argument any more.
            unsafe { free(argument.data) };
        }
    }
}
