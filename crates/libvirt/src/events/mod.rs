//! Event callbacks: drivers post, the program's loop calls back.
//!
//! What is posted waits in a queue of its connection, and a timer of the loop is set to fire at once:
//! callbacks run on the loop's thread, without a lock, so that they may call back into the library. A
//! callback that is taken away while callbacks run is freed when they have run.

mod call;
mod register;

pub use register::forget;

use crate::event_loop::{FreeFunction, virEventAddTimeout, virEventRemoveTimeout, virEventUpdateTimeout};
use crate::handle::{Connect, Held};
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vir_api::event::{Event, Filter, SubscriptionId};
use vir_base::{Result, err};

/// Any callback; called as what its event has.
pub type Function = unsafe extern "C" fn();

/// What a callback gets besides the event, and how that ends.
#[derive(Clone, Copy)]
pub struct Data {
    pub pointer: *mut c_void,
    pub free: Option<FreeFunction>,
}

// SAFETY: the program's pointer, which by the API's contract it may get on the loop's thread.
unsafe impl Send for Data {}

impl Data {
    /// The callback is called no more.
    pub fn end(self) {
        if let Some(free) = self.free {
            // SAFETY: the program's function with the program's argument, once.
            unsafe { free(self.pointer) }
        }
    }
}

struct Callback {
    id: c_int,
    filter: Filter,
    function: Function,
    data: Data,
    /// Known by its function instead of its number.
    by_function: bool,
    subscription: Option<SubscriptionId>,
    /// A callback keeps its connection.
    conn: Held,
    ended: bool,
}

#[derive(Default)]
struct State {
    next: c_int,
    list: Vec<Callback>,
    queue: VecDeque<(c_int, Event)>,
    timer: Option<c_int>,
    running: bool,
}

/// The callbacks of a connection.
#[derive(Default)]
pub struct Callbacks(Mutex<State>);

impl Callbacks {
    fn lock(&self) -> MutexGuard<'_, State> {
        // callbacks run without the lock: what it protects is whole even if one panics
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on `function` hears of what passes `filter`; its number.
    pub fn add(
        self: &Arc<Self>,
        conn: &Connect,
        filter: Filter,
        function: Function,
        data: Data,
        by_function: bool,
    ) -> Result<c_int> {
        let id = {
            let mut state = self.lock();
            let same = |c: &&Callback| {
                !c.ended
                    && c.by_function == by_function
                    && c.filter == filter
                    && std::ptr::fn_addr_eq(c.function, function)
            };
            if !matches!(filter, Filter::QemuMonitor { .. }) && state.list.iter().any(|c| same(&c)) {
                return Err(err!(None, InvalidArg, "event callback already tracked"));
            }
            if state.timer.is_none() {
                state.timer = Some(self.timer()?);
            }
            let id = state.next;
            state.next += 1;
            let (filter, conn) = (filter.clone(), Held::new(conn));
            let callback =
                Callback { id, filter, function, data, by_function, subscription: None, conn, ended: false };
            state.list.push(callback);
            id
        };
        let weak = Arc::downgrade(self);
        let sink = move |event: &Event| {
            if let Some(callbacks) = weak.upgrade() {
                callbacks.queue(id, event);
            }
        };
        // without the lock: events come while a daemon is asked for them
        match conn.parts.events.subscribe(filter, Arc::new(sink)) {
            Ok(subscription) => {
                let mut state = self.lock();
                match state.list.iter_mut().find(|c| c.id == id) {
                    Some(callback) => callback.subscription = Some(subscription),
                    None => {
                        drop(state);
                        conn.parts.events.unsubscribe(subscription);
                    }
                }
                Ok(id)
            }
            Err(error) => {
                // who is refused still owns the argument
                let refused = {
                    let mut state = self.lock();
                    let at = state.list.iter().position(|c| c.id == id);
                    at.map(|at| state.list.remove(at))
                };
                drop(refused);
                self.end_timer();
                Err(error)
            }
        }
    }

    /// The timer that runs callbacks.
    fn timer(self: &Arc<Self>) -> Result<c_int> {
        let own = Arc::into_raw(self.clone()).cast_mut().cast();
        // SAFETY: the argument is a reference that `forget_callbacks` gives back.
        let timer = unsafe { virEventAddTimeout(-1, Some(run), own, Some(forget_callbacks)) };
        if timer < 0 {
            // SAFETY: the loop did not take it.
            unsafe { forget_callbacks(own) };
            return Err(err!(None, InternalError, "could not initialize domain event timer"));
        }
        Ok(timer)
    }

    fn queue(&self, id: c_int, event: &Event) {
        let mut state = self.lock();
        if let Some(timer) = state.timer {
            state.queue.push_back((id, event.clone()));
            if state.queue.len() == 1 {
                // SAFETY: a timer of ours, which lives while it is known here.
                unsafe { virEventUpdateTimeout(timer, 0) };
            }
        }
    }

    /// Takes the callback of that number away; false if there is none that `fits`.
    fn remove(&self, fits: impl Fn(c_int, &Filter, bool, Function) -> bool) -> bool {
        let mut state = self.lock();
        let found =
            state.list.iter().position(|c| !c.ended && fits(c.id, &c.filter, c.by_function, c.function));
        let Some(at) = found else { return false };
        let subscription = state.list[at].subscription.take();
        let conn = Held::new(state.list[at].conn.get());
        let removed = if state.running {
            state.list[at].ended = true;
            None
        } else {
            Some(state.list.remove(at))
        };
        drop(state);
        if let Some(subscription) = subscription {
            conn.get().parts.events.unsubscribe(subscription);
        }
        if let Some(callback) = removed {
            callback.data.end();
        }
        self.end_timer();
        true
    }

    /// Without callbacks there is nothing to wait for.
    fn end_timer(&self) {
        let mut state = self.lock();
        if !state.list.is_empty() {
            return;
        }
        state.queue.clear();
        if let Some(timer) = state.timer.take() {
            drop(state);
            // SAFETY: a timer of ours, which nobody knows any more.
            unsafe { virEventRemoveTimeout(timer) };
        }
    }

    /// Calls back for all that has happened.
    fn run(&self) {
        let events = {
            let mut state = self.lock();
            if state.running {
                return;
            }
            state.running = true;
            if let Some(timer) = state.timer {
                // SAFETY: a timer of ours.
                unsafe { virEventUpdateTimeout(timer, -1) };
            }
            std::mem::take(&mut state.queue)
        };
        for (id, event) in events {
            let found = self
                .lock()
                .list
                .iter()
                .find(|c| c.id == id && !c.ended)
                .map(|c| (c.function, c.data, Held::new(c.conn.get())));
            if let Some((function, data, conn)) = found {
                // SAFETY: registered for this kind of event, whose callback it therefore is.
                unsafe { call::call(conn.get(), &event, function, data.pointer) };
            }
        }
        let ended: Vec<Callback> = {
            let mut state = self.lock();
            state.running = false;
            state.list.extract_if(.., |c| c.ended).collect()
        };
        ended.into_iter().for_each(|callback| callback.data.end());
        self.end_timer();
    }
}

unsafe extern "C" fn run(_: c_int, data: *mut c_void) {
    // SAFETY: the reference that the timer was made with; ours lives on while callbacks end the timer.
    let callbacks = unsafe {
        Arc::increment_strong_count(data.cast::<Callbacks>());
        Arc::from_raw(data.cast::<Callbacks>())
    };
    callbacks.run();
}

unsafe extern "C" fn forget_callbacks(data: *mut c_void) {
    // SAFETY: the reference that the timer was made with, once.
    drop(unsafe { Arc::from_raw(data.cast::<Callbacks>()) });
}
