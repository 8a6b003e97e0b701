//! The event callback of a stream: the loop's timer runs it while the stream is ready.

use super::{Body, Stream, give_back, stream};
use crate::boundary::entry;
use crate::event_loop::{FreeFunction, virEventAddTimeout, virEventRemoveTimeout, virEventUpdateTimeout};
use crate::events::Data;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};
use vir_base::error::{Error, ErrorDomain};
use vir_base::{Result, bail, err};

/// `virStreamEventType`
const READABLE: c_int = 1;
const WRITABLE: c_int = 2;

/// How often a stream is looked at that does not tell, in milliseconds.
const LOOK_AGAIN: c_int = 10;

type EventFunction = unsafe extern "C" fn(*mut Stream, c_int, *mut c_void);

/// Who wants to hear of a stream.
#[derive(Default)]
pub struct Notice(Mutex<State>);

#[derive(Default)]
struct State {
    watching: Option<Watching>,
    /// The stream tells when something came in.
    told: bool,
    running: bool,
    /// There has been a callback.
    had_one: bool,
    /// Taken away while it ran.
    ended: Option<Data>,
}

struct Watching {
    timer: c_int,
    events: c_int,
    function: EventFunction,
    data: Data,
}

impl Notice {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_told(&self, told: bool) {
        self.lock().told = told;
    }

    /// Something came in.
    pub fn news(&self) {
        let state = self.lock();
        if let Some(watching) = state.watching.as_ref().filter(|w| w.events & READABLE != 0) {
            // SAFETY: a timer of ours.
            unsafe { virEventUpdateTimeout(watching.timer, 0) };
        }
    }

    fn none() -> Error {
        err!(Rpc, InternalError, "no stream callback registered")
    }

    /// Sets the timer by what the stream is ready for.
    fn set_timer(&self, ready: Option<(bool, bool)>) {
        let state = self.lock();
        let Some(watching) = &state.watching else { return };
        let timeout = match (ready, watched(watching.events, ready)) {
            // a stream that has ended has no more to say
            (None, _) => -1,
            (_, 1..) => 0,
            // who waits to write is not told when there is room
            _ if state.told && watching.events & WRITABLE == 0 => -1,
            _ => LOOK_AGAIN,
        };
        // SAFETY: a timer of ours.
        unsafe { virEventUpdateTimeout(watching.timer, timeout) };
    }
}

/// Those of `events` that the stream is ready for.
fn watched(events: c_int, ready: Option<(bool, bool)>) -> c_int {
    let (readable, writable) = ready.unwrap_or((false, false));
    events & (if readable { READABLE } else { 0 } | if writable { WRITABLE } else { 0 })
}

impl Stream {
    fn ready(&self) -> Option<(bool, bool)> {
        match &mut *self.body() {
            Body::Open { hole: 1.., channel } => Some((true, channel.ready().1)),
            Body::Open { channel, .. } => Some(channel.ready()),
            Body::Fresh | Body::Ended => None,
        }
    }

    /// Some function has opened the stream, though it may have ended since.
    fn opened(&self, function: &'static str) -> Result<()> {
        match &*self.body() {
            Body::Fresh => Err(Error::no_support(ErrorDomain::Streams, function)),
            _ => Ok(()),
        }
    }

    /// The timer has fired.
    fn notify(&self) {
        let ready = self.ready();
        let found = {
            let mut state = self.notice.lock();
            let State { watching, running, .. } = &mut *state;
            watching.as_ref().filter(|w| !*running && watched(w.events, ready) != 0).map(|w| {
                *running = true;
                (w.function, w.data, watched(w.events, ready))
            })
        };
        if let Some((function, data, events)) = found {
            let handle = std::ptr::from_ref(self).cast_mut();
            // SAFETY: the program's function with its argument; the timer keeps the stream.
            unsafe { function(handle, events, data.pointer) };
            let ended = {
                let mut state = self.notice.lock();
                state.running = false;
                state.ended.take()
            };
            if let Some(data) = ended {
                data.end();
            }
        }
        self.notice.set_timer(self.ready());
    }

    fn watch(&self, events: c_int, function: EventFunction, data: Data) -> Result<()> {
        let mut state = self.notice.lock();
        if state.watching.is_some() {
            bail!(Rpc, InternalError, "multiple stream callbacks not supported");
        }
        self.head.acquire();
        let own = std::ptr::from_ref(self).cast_mut().cast();
        // SAFETY: the argument is a reference that `forget` gives back.
        let timer = unsafe { virEventAddTimeout(-1, Some(fire), own, Some(forget)) };
        if timer < 0 {
            drop(state);
            // SAFETY: the loop did not take it.
            unsafe { forget(own) };
            return Err(err!(Rpc, InternalError, "cannot watch a stream without an event loop"));
        }
        state.had_one = true;
        state.watching = Some(Watching { timer, events, function, data });
        Ok(())
    }

    fn stop_watching(&self) -> Result<()> {
        let (timer, ended) = {
            let mut state = self.notice.lock();
            let Some(watching) = state.watching.take() else {
                // bindings do so again when their own object ends, which it does because of this
                return if state.had_one { Ok(()) } else { Err(Notice::none()) };
            };
            let data = if state.running {
                state.ended = Some(watching.data);
                None
            } else {
                Some(watching.data)
            };
            (watching.timer, data)
        };
        // SAFETY: a timer of ours, which nobody knows any more.
        unsafe { virEventRemoveTimeout(timer) };
        if let Some(data) = ended {
            data.end();
        }
        Ok(())
    }
}

unsafe extern "C" fn fire(_: c_int, data: *mut c_void) {
    // SAFETY: the timer keeps the stream, and so do we while callbacks may end the timer.
    let stream = unsafe { &*data.cast::<Stream>() };
    stream.head.acquire();
    stream.notify();
    // SAFETY: the reference just taken.
    unsafe { give_back(stream) };
}

unsafe extern "C" fn forget(data: *mut c_void) {
    // SAFETY: the reference that the timer was made with, once.
    unsafe { give_back(&*data.cast::<Stream>()) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamEventAddCallback(
    handle: *mut Stream,
    events: c_int,
    cb: Option<EventFunction>,
    opaque: *mut c_void,
    ff: Option<FreeFunction>,
) -> c_int {
    let at = super::at("virStreamEventAddCallback");
    // SAFETY: the program's stream.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        stream.body().channel(at.function)?;
        let cb = cb.ok_or_else(|| at.null("cb"))?;
        stream.watch(events, cb, Data { pointer: opaque, free: ff })?;
        stream.notice.set_timer(stream.ready());
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamEventUpdateCallback(handle: *mut Stream, events: c_int) -> c_int {
    let at = super::at("virStreamEventUpdateCallback");
    // SAFETY: the program's stream.
    entry(|| unsafe {
        let stream = stream(handle, at.function)?;
        stream.opened(at.function)?;
        stream.notice.lock().watching.as_mut().ok_or_else(Notice::none)?.events = events;
        stream.notice.set_timer(stream.ready());
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virStreamEventRemoveCallback(handle: *mut Stream) -> c_int {
    // SAFETY: the program's stream.
    entry(|| unsafe {
        let stream = stream(handle, "virStreamEventRemoveCallback")?;
        stream.opened("virStreamEventRemoveCallback")?;
        stream.stop_watching()?;
        Ok(0)
    })
}
