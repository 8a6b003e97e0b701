//! Callbacks: when they run, what they may do, when their argument ends.

use super::c::*;
use std::ffi::{CStr, c_int};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// What a callback knows.
struct Known {
    log: Arc<Log>,
    id: AtomicI32,
    /// It takes itself away when it is called.
    once: bool,
}

unsafe extern "C" fn called(conn: Pointer, dom: Pointer, event: c_int, detail: c_int, data: Pointer) {
    // SAFETY: the argument lives until it is freed, and the handles through the call.
    unsafe {
        let known = &*data.cast::<Known>();
        let name = CStr::from_ptr(virDomainGetName(dom)).to_str().unwrap();
        assert_eq!(virDomainGetConnect(dom), conn);
        if event == 5 {
            // the library can be called from here
            let found = domain(conn, name);
            virDomainFree(found);
        }
        known.log.say(format!("{name} {event} {detail}"));
        if known.once {
            assert_eq!(virConnectDomainEventDeregisterAny(conn, known.id.load(Ordering::Acquire)), 0);
            known.log.say("left");
        }
    }
}

unsafe extern "C" fn freed(data: Pointer) {
    // SAFETY: the argument, once.
    let known = unsafe { Box::from_raw(data.cast::<Known>()) };
    known.log.say("freed");
}

/// Registers for the life of domains; the argument, to set its number.
fn register(conn: Pointer, log: &Arc<Log>, once: bool) -> c_int {
    let known = Box::into_raw(Box::new(Known { log: log.clone(), id: AtomicI32::new(-1), once }));
    // SAFETY: a connection, a callback and its argument, which ends with it.
    unsafe {
        let id =
            virConnectDomainEventRegisterAny(conn, null_mut(), 0, Some(called), known.cast(), Some(freed));
        assert!(id >= 0, "{}", last());
        (*known).id.store(id, Ordering::Release);
        id
    }
}

#[test]
fn a_callback_that_leaves_while_it_runs_is_freed_once_after_it() {
    let conn = open();
    let log = Arc::default();
    register(conn, &log, true);
    let dom = domain(conn, "test");
    // SAFETY: a domain of ours.
    unsafe { virDomainDestroy(dom) };
    until("the callback is freed", || log.said().last().is_some_and(|last| last == "freed"));
    assert_eq!(log.said(), ["test 5 1", "left", "freed"]);
    // SAFETY: references of ours.
    unsafe {
        virDomainFree(dom);
        until("the callback's reference to its connection has gone", || {
            virConnectRef(conn);
            virConnectClose(conn) == 1
        });
        assert_eq!(virConnectClose(conn), 0);
    }
}

#[test]
fn what_is_taken_away_is_freed_at_once_and_hears_nothing() {
    let conn = open();
    let log = Arc::default();
    let id = register(conn, &log, false);
    // SAFETY: a connection of ours.
    unsafe {
        assert_eq!(virConnectDomainEventDeregisterAny(conn, id), 0);
        assert_eq!(log.said(), ["freed"]);
        assert_eq!(virConnectDomainEventDeregisterAny(conn, id), -1);
        assert_eq!(last(), format!("invalid argument: could not find event callback {id} for deletion"));
        assert_eq!(virConnectClose(conn), 0);
    }
}

#[test]
fn one_function_is_registered_once_by_itself_and_once_by_number() {
    let conn = open();
    // SAFETY: a connection of ours; the callback is never called, since its argument is NULL and nothing happens.
    unsafe {
        assert_eq!(virConnectDomainEventRegister(conn, Some(called), null_mut(), None), 0);
        assert_eq!(virConnectDomainEventRegister(conn, Some(called), null_mut(), None), -1);
        assert_eq!(last(), "invalid argument: event callback already tracked");
        let id = virConnectDomainEventRegisterAny(conn, null_mut(), 7, Some(called), null_mut(), None);
        assert!(id >= 0);
        assert_eq!(virConnectDomainEventDeregisterAny(conn, id), 0);
        assert_eq!(virConnectDomainEventDeregister(conn, Some(called)), 0);
        assert_eq!(virConnectDomainEventDeregister(conn, Some(called)), -1);
        assert_eq!(
            virConnectDomainEventRegisterAny(conn, null_mut(), 28, Some(called), null_mut(), None),
            -1
        );
        assert_eq!(last(), "eventID must be less than 28");
        assert_eq!(virConnectDomainEventRegisterAny(conn, null_mut(), 0, None, null_mut(), None), -1);
        assert_eq!(last(), "cb in virConnectDomainEventRegisterAny must not be NULL");
        assert_eq!(virConnectClose(conn), 0);
    }
}

unsafe extern "C" fn fired(timer: c_int, data: Pointer) {
    // SAFETY: the argument lives until it is freed; the timer is this one.
    unsafe {
        (*data.cast::<Arc<Log>>()).say("fired");
        virEventRemoveTimeout(timer);
    }
}

unsafe extern "C" fn ended(data: Pointer) {
    // SAFETY: the argument, once.
    unsafe { Box::from_raw(data.cast::<Arc<Log>>()) }.say("ended");
}

#[test]
fn a_timer_that_ends_itself_is_freed_after_it_has_run() {
    start_loop();
    let log: Arc<Log> = Arc::default();
    let data = Box::into_raw(Box::new(log.clone()));
    // SAFETY: a callback with its argument.
    assert!(unsafe { virEventAddTimeout(0, Some(fired), data.cast(), Some(ended)) } > 0);
    until("the timer has ended", || log.said().len() == 2);
    assert_eq!(log.said(), ["fired", "ended"]);
}
