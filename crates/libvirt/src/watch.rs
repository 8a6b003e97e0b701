//! A remote connection in the program's event loop: it is read there while nobody calls.
//!
//! A program without an event loop has none: its connections are read by the calls that wait for
//! answers, and events never come.

use crate::event_loop::{
    virEventAddHandle, virEventAddTimeout, virEventRemoveHandle, virEventRemoveTimeout, virEventUpdateHandle,
    virEventUpdateTimeout,
};
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use vir_base::Result;
use vir_remote::{Admin, RemoteDriver};

/// `virEventHandleType`
const READABLE: c_int = 1;
const WRITABLE: c_int = 2;

/// A connection that a loop can watch.
pub trait Watched: Send + Sync + 'static {
    fn descriptor(&self) -> c_int;
    /// Something waits to be written.
    fn writes(&self) -> bool;
    /// `told` is called when that has become so and no thread sees to it.
    fn when_it_writes(&self, told: Box<dyn Fn() + Send + Sync>);
    /// When it wants to be read although nothing has come.
    fn timeout(&self) -> Option<Duration>;
    fn read(&self) -> Result<()>;
}

macro_rules! watched {
    ($($ty:ty)*) => {
        $(impl Watched for $ty {
            fn descriptor(&self) -> c_int {
                self.fd().as_raw_fd()
            }

            fn writes(&self) -> bool {
                self.wants_write()
            }

            fn when_it_writes(&self, told: Box<dyn Fn() + Send + Sync>) {
                self.when_unsent(told);
            }

            fn timeout(&self) -> Option<Duration> {
                self.next_timeout()
            }

            fn read(&self) -> Result<()> {
                self.dispatch()
            }
        })*
    };
}

watched! { RemoteDriver Admin }

/// What the loop watches of a connection; ends when it is dropped.
pub struct Watch(Arc<Shared>);

struct Shared {
    remote: Weak<dyn Watched>,
    /// Never held while the program's loop is called: that may wait for a thread which waits for this.
    state: Mutex<State>,
}

#[derive(Clone, Copy, Default)]
struct State {
    handle: Option<c_int>,
    timer: Option<c_int>,
    events: c_int,
    wait: Option<Duration>,
    /// A thread tells the loop what it has to know.
    telling: bool,
    /// That thread has to look again.
    again: bool,
    ended: bool,
}

impl Watch {
    /// Watches `remote`; none without an event loop.
    pub fn start<W: Watched>(remote: &Arc<W>) -> Option<Self> {
        let weak: Weak<W> = Arc::downgrade(remote);
        let shared = Arc::new(Shared { remote: weak, state: Mutex::default() });
        let own = || Arc::into_raw(shared.clone()).cast_mut().cast();
        let fd = remote.descriptor();
        // SAFETY: each argument is a reference that `forget` gives back, by the loop or here.
        let (timer, handle) = unsafe {
            let argument = own();
            let timer = virEventAddTimeout(-1, Some(timed), argument, Some(forget));
            if timer < 0 {
                forget(argument);
                return None;
            }
            let argument = own();
            let handle = virEventAddHandle(fd, READABLE, Some(ready), argument, Some(forget));
            if handle < 0 {
                forget(argument);
                virEventRemoveTimeout(timer);
                return None;
            }
            (timer, handle)
        };
        let ended = {
            let mut state = shared.lock();
            // the loop may have found the end already
            if !state.ended {
                (state.handle, state.timer, state.events) = (Some(handle), Some(timer), READABLE);
            }
            state.ended
        };
        if ended {
            // SAFETY: ours, and nobody knows them.
            unsafe { remove(Some(handle), Some(timer)) };
        }
        let own = Arc::downgrade(&shared);
        remote.when_it_writes(Box::new(move || {
            if let Some(shared) = own.upgrade() {
                shared.update();
            }
        }));
        shared.update();
        Some(Self(shared))
    }

    /// Keepalive has begun: the loop has to know.
    pub fn update(&self) {
        self.0.update();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// # Safety
/// They are ours, and nobody else removes them.
unsafe fn remove(handle: Option<c_int>, timer: Option<c_int>) {
    // SAFETY: the caller's contract.
    unsafe {
        if let Some(handle) = handle {
            virEventRemoveHandle(handle);
        }
        if let Some(timer) = timer {
            virEventRemoveTimeout(timer);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dispatch(&self) {
        let Some(remote) = self.remote.upgrade() else { return };
        match remote.read() {
            Ok(()) => self.update(),
            // a socket that has ended is always readable
            Err(_) => self.end(),
        }
    }

    /// Tells the loop what the connection waits for: one thread at a time, with what is true at last.
    fn update(&self) {
        let Some(remote) = self.remote.upgrade() else { return };
        {
            let mut state = self.lock();
            state.again = true;
            if std::mem::replace(&mut state.telling, true) {
                return;
            }
        }
        loop {
            let before = {
                let mut state = self.lock();
                if !std::mem::take(&mut state.again) || state.ended {
                    state.telling = false;
                    break;
                }
                *state
            };
            let events = if remote.writes() { READABLE | WRITABLE } else { READABLE };
            let wait = remote.timeout();
            {
                let mut state = self.lock();
                (state.events, state.wait) = (events, wait);
            }
            // SAFETY: ours, and not removed before this thread has told.
            unsafe {
                if let Some(handle) = before.handle
                    && before.events != events
                {
                    virEventUpdateHandle(handle, events);
                }
                // a timer repeats: it has to be set anew only if its time changes
                if let Some(timer) = before.timer
                    && (wait.is_some() || before.wait.is_some())
                {
                    let wait = wait.map_or(-1, |w| c_int::try_from(w.as_millis() + 1).unwrap_or(c_int::MAX));
                    virEventUpdateTimeout(timer, wait);
                }
            }
        }
        self.forget_if_ended();
    }

    fn end(&self) {
        self.lock().ended = true;
        self.forget_if_ended();
    }

    /// Takes an ended connection out of the loop, unless a thread still tells that of it.
    fn forget_if_ended(&self) {
        let (handle, timer) = {
            let mut state = self.lock();
            if !state.ended || state.telling {
                return;
            }
            (state.handle.take(), state.timer.take())
        };
        // SAFETY: ours, and nobody knows them any more.
        unsafe { remove(handle, timer) };
    }
}

unsafe extern "C" fn ready(_: c_int, _: c_int, _: c_int, data: *mut c_void) {
    // SAFETY: the reference that the handle was made with.
    unsafe { dispatch(data) };
}

unsafe extern "C" fn timed(_: c_int, data: *mut c_void) {
    // SAFETY: the reference that the timer was made with.
    unsafe { dispatch(data) };
}

/// # Safety
/// A reference that the loop has.
unsafe fn dispatch(data: *mut c_void) {
    // SAFETY: the caller's contract; a reference of our own lives through the call.
    let shared = unsafe {
        Arc::increment_strong_count(data.cast::<Shared>());
        Arc::from_raw(data.cast::<Shared>())
    };
    shared.dispatch();
}

unsafe extern "C" fn forget(data: *mut c_void) {
    // SAFETY: a reference that the loop had, once.
    drop(unsafe { Arc::from_raw(data.cast::<Shared>()) });
}
