//! Many threads on one connection, with callbacks that call back, while others come and go.

use super::c::*;
use std::ffi::c_int;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many threads, and what each does how often.
const THREADS: usize = 64;
const ROUNDS: usize = 20;

/// A deadlock is an end of the tests, not of patience.
const WATCHDOG: Duration = Duration::from_secs(300);

static EVENTS: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn called(conn: Pointer, _: Pointer, _: c_int, _: c_int, _: Pointer) {
    // SAFETY: the connection lives through the call.
    unsafe {
        let name = virConnectGetHostname(conn);
        assert!(!name.is_null());
        libc::free(name.cast());
    }
    EVENTS.fetch_add(1, Ordering::Relaxed);
}

fn work(conn: Pointer, number: usize) {
    for round in 0..ROUNDS {
        let xml = format!(
            "<domain type='test'><name>many-{number}-{round}</name><memory>1024</memory>\
             <os><type>hvm</type></os></domain>"
        );
        let xml = text(&xml);
        // SAFETY: handles of ours.
        unsafe {
            let dom = virDomainDefineXML(conn, xml.as_ptr());
            assert!(!dom.is_null(), "{}", last());
            let id = virConnectDomainEventRegisterAny(conn, dom, 0, Some(called), null_mut(), None);
            assert!(id >= 0, "{}", last());
            assert_eq!(virDomainUndefine(dom), 0, "{}", last());
            if round % 2 == 0 {
                std::thread::yield_now();
            }
            assert_eq!(virConnectDomainEventDeregisterAny(conn, id), 0, "{}", last());
            assert_eq!(virDomainFree(dom), 0);
        }
    }
}

#[test]
fn sixty_four_threads_and_a_loop_end() {
    let conn = open();
    // SAFETY: a connection, and a callback without an argument.
    let all =
        unsafe { virConnectDomainEventRegisterAny(conn, null_mut(), 0, Some(called), null_mut(), None) };
    assert!(all >= 0);
    let done = Arc::new(AtomicUsize::new(0));
    let watched = done.clone();
    std::thread::spawn(move || {
        std::thread::sleep(WATCHDOG);
        if watched.load(Ordering::Acquire) < THREADS {
            eprintln!("a deadlock: {} of {THREADS} threads ended", watched.load(Ordering::Acquire));
            std::process::abort();
        }
    });
    let shared = Shared(conn);
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let done = &done;
            scope.spawn(move || {
                work(shared.get(), number);
                done.fetch_add(1, Ordering::Release);
            });
        }
    });
    // defined and undefined, each heard of by the one that stays
    until("all events have come", || EVENTS.load(Ordering::Relaxed) >= 2 * THREADS * ROUNDS);
    // SAFETY: references of ours.
    unsafe {
        assert_eq!(virConnectDomainEventDeregisterAny(conn, all), 0);
        until("no callback keeps the connection", || {
            virConnectRef(conn);
            virConnectClose(conn) == 1
        });
        assert_eq!(virConnectClose(conn), 0);
    }
}
