//! The event loop: the program's own, or the default one, which polls descriptors and timeouts.

use crate::boundary::entry;
use std::ffi::{c_int, c_void};
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use vir_base::error::{Error, ErrorDomain};
use vir_base::event_loop::{Callback, EventLoop, Port, Watched};
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
        default()?;
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

/// What is called, its argument, and how that ends.
#[derive(Clone, Copy)]
struct Registered {
    function: Function,
    data: *mut c_void,
    free: Option<FreeFunction>,
}

#[derive(Clone, Copy)]
enum Function {
    Handle(HandleFunction),
    Timeout(TimeoutFunction),
}

// SAFETY: the program's pointer, which it gets on the threads that turn the loop.
unsafe impl Send for Registered {}

impl Callback for Registered {
    fn ready(self, number: c_int, fd: c_int, events: c_int) {
        if let Function::Handle(function) = self.function {
            // SAFETY: the program's function and argument, which has not been removed.
            unsafe { function(number, fd, events, self.data) };
        }
    }

    fn fired(self, number: c_int) {
        if let Function::Timeout(function) = self.function {
            // SAFETY: the program's function and argument, which has not been removed.
            unsafe { function(number, self.data) };
        }
    }

    fn end(self) {
        if let Some(free) = self.free {
            // SAFETY: the program's function and argument; nothing has the argument any more.
            unsafe { free(self.data) };
        }
    }
}

/// Waits in `poll`, with a pipe to be woken by.
struct Polled {
    woken: PipeReader,
    wake: PipeWriter,
}

/// `virEventHandleType` from and to what `poll` has: readable, writable, error, hang-up. A descriptor that is
/// none is an error, too.
const BITS: [(c_int, i16); 5] =
    [(1, libc::POLLIN), (2, libc::POLLOUT), (4, libc::POLLERR), (8, libc::POLLHUP), (4, libc::POLLNVAL)];

fn to_poll(events: c_int) -> i16 {
    BITS.iter().filter(|(event, _)| events & event != 0).fold(0, |all, (_, bit)| all | bit)
}

fn from_poll(bits: i16) -> c_int {
    BITS.iter().filter(|(_, bit)| bits & bit != 0).fold(0, |all, (event, _)| all | event)
}

impl Port for Polled {
    fn wait(&self, list: &mut [Watched], limit: Option<Duration>) -> Result<bool> {
        let mut fds = vec![libc::pollfd { fd: self.woken.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        fds.extend(list.iter().map(|w| libc::pollfd { fd: w.fd, events: to_poll(w.events), revents: 0 }));
        // a part of a millisecond is waited for as a whole
        let limit = limit.map(|limit| limit.as_micros().div_ceil(1000));
        let limit = limit.map_or(-1, |limit| c_int::try_from(limit).unwrap_or(c_int::MAX));
        // SAFETY: a list of ours and its length.
        if unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, limit) } < 0 {
            let error = std::io::Error::last_os_error();
            return match error.kind() {
                std::io::ErrorKind::Interrupted => Ok(false),
                _ => Err(Error::io(ErrorDomain::Event, &error, "Unable to poll on file handles")),
            };
        }
        if fds[0].revents != 0 {
            let _ = (&self.woken).read(&mut [0; 64]);
        }
        for (watched, polled) in list.iter_mut().zip(&fds[1..]) {
            watched.ready = from_poll(polled.revents);
        }
        Ok(true)
    }

    fn wake(&self) {
        // a full pipe wakes as well
        let _ = (&self.wake).write(&[0]);
    }
}

type Loop = EventLoop<Registered, Polled>;

static DEFAULT: OnceLock<Loop> = OnceLock::new();

fn default() -> Result<&'static Loop> {
    if DEFAULT.get().is_none() {
        let (woken, wake) =
            std::io::pipe().map_err(|e| Error::io(ErrorDomain::Event, &e, "Unable to setup wakeup pipe"))?;
        for fd in [woken.as_raw_fd(), wake.as_raw_fd()] {
            // SAFETY: a descriptor of ours; neither side may wait.
            unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) };
        }
        let _ = DEFAULT.set(EventLoop::new(Polled { woken, wake }));
    }
    match DEFAULT.get() {
        Some(events) => Ok(events),
        None => bail!(Event, InternalError, "no event loop"),
    }
}

unsafe extern "C" fn add_handle(
    fd: c_int,
    events: c_int,
    callback: HandleFunction,
    data: *mut c_void,
    free: Option<FreeFunction>,
) -> c_int {
    let callback = Registered { function: Function::Handle(callback), data, free };
    DEFAULT.get().map_or(-1, |all| all.add_handle(fd, events, callback))
}

unsafe extern "C" fn update_handle(watch: c_int, events: c_int) {
    if let Some(all) = DEFAULT.get() {
        all.update_handle(watch, events);
    }
}

unsafe extern "C" fn remove_handle(watch: c_int) -> c_int {
    DEFAULT.get().filter(|all| all.remove_handle(watch)).map_or(-1, |_| 0)
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
    let callback = Registered { function: Function::Timeout(callback), data, free };
    DEFAULT.get().map_or(-1, |all| all.add_timeout(every(timeout), callback))
}

unsafe extern "C" fn update_timeout(timer: c_int, timeout: c_int) {
    if let Some(all) = DEFAULT.get() {
        all.update_timeout(timer, every(timeout));
    }
}

unsafe extern "C" fn remove_timeout(timer: c_int) -> c_int {
    DEFAULT.get().filter(|all| all.remove_timeout(timer)).map_or(-1, |_| 0)
}

#[unsafe(no_mangle)]
pub extern "C" fn virEventRunDefaultImpl() -> c_int {
    entry(|| {
        default()?.turn()?;
        Ok(0)
    })
}
