//! Daemons that misbehave, close while callbacks run, or are gone: calls end, the close callback runs once,
//! and the library goes on.

use super::c::*;
use ferrovirt_tests::misbehaving::{HOSTNAME, Misbehaving, Said, lies, name, reply};
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

/// What is told of a connection's end.
#[derive(Default)]
struct Told {
    closed: AtomicUsize,
    reason: AtomicI32,
    freed: AtomicUsize,
}

unsafe extern "C" fn closed(conn: Pointer, reason: c_int, data: Pointer) {
    // SAFETY: the argument lives until it is freed, and the connection through the call.
    unsafe {
        let told = &*data.cast::<Told>();
        told.reason.store(reason, Ordering::Release);
        told.closed.fetch_add(1, Ordering::Release);
        // the library can be called from here
        assert_eq!(virConnectIsAlive(conn), 0);
        assert!(virConnectGetHostname(conn).is_null());
    }
}

unsafe extern "C" fn freed(data: Pointer) {
    // SAFETY: the argument, once.
    let told = unsafe { Arc::from_raw(data.cast::<Told>()) };
    told.freed.fetch_add(1, Ordering::Release);
}

/// A connection to that server, whose end is told of.
fn connect(server: &Misbehaving) -> (Shared, Arc<Told>) {
    start_loop();
    let told = Arc::<Told>::default();
    let uri = text(&server.uri());
    // SAFETY: a text; a callback with an argument that its end gives back.
    unsafe {
        let conn = virConnectOpen(uri.as_ptr());
        assert!(!conn.is_null(), "{}", last());
        let data = Arc::into_raw(told.clone()).cast_mut().cast();
        assert_eq!(virConnectRegisterCloseCallback(conn, Some(closed), data, Some(freed)), 0, "{}", last());
        (Shared(conn), told)
    }
}

/// Many ask; how many got an answer.
fn ask_from_many(conn: Shared) -> usize {
    let ask = move || {
        // SAFETY: a connection, which is closed after this; a text of the library's.
        unsafe {
            let name = virConnectGetHostname(conn.get());
            let answered = !name.is_null();
            libc::free(name.cast());
            answered
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
    })
}

/// It has ended, that was told once, for that reason, and nothing is left; others still work.
fn has_ended(conn: Shared, told: &Told, reason: Option<c_int>) {
    until("the end is told", || told.freed.load(Ordering::Acquire) == 1);
    assert_eq!(told.closed.load(Ordering::Acquire), 1);
    if let Some(reason) = reason {
        assert_eq!(told.reason.load(Ordering::Acquire), reason);
    }
    // SAFETY: a connection of ours.
    unsafe {
        assert_eq!(virConnectIsAlive(conn.get()), 0);
        until("nothing keeps the connection", || {
            virConnectRef(conn.get());
            virConnectClose(conn.get()) == 1
        });
        assert_eq!(virConnectClose(conn.get()), 0);
        let other = open();
        virDomainFree(domain(other, "test"));
        assert_eq!(virConnectClose(other), 0);
    }
}

#[test]
fn an_answer_that_ends_at_any_byte_releases_all() {
    let whole = name(0).len();
    for length in 0..whole {
        let answer = move |serial| Said::Last(name(serial)[..length].to_vec());
        let (conn, told) = connect(&Misbehaving::start(false, answer).unwrap());
        assert_eq!(ask_from_many(conn), 0);
        has_ended(conn, &told, None);
    }
}

#[test]
fn a_server_that_closes_is_noticed_while_nobody_calls() {
    let mut server = Misbehaving::start(false, |serial| Said::Last(name(serial))).unwrap();
    let (conn, told) = connect(&server);
    assert_eq!(ask_from_many(conn), 1);
    server.join();
    // VIR_CONNECT_CLOSE_REASON_EOF; an unread question makes it an error of the socket
    has_ended(conn, &told, None);
}

#[test]
fn lies_are_not_believed_and_kept_alive_connections_end() {
    for (what, lie) in lies() {
        let (conn, told) =
            connect(&Misbehaving::start(true, move |serial| Said::Bytes(lie(serial))).unwrap());
        // SAFETY: a connection of ours.
        assert_eq!(unsafe { virConnectSetKeepAlive(conn.get(), 1, 1) }, 0, "{}", last());
        assert_eq!(ask_from_many(conn), 0, "{what} was believed");
        has_ended(conn, &told, None);
    }
}

#[test]
fn a_server_that_says_nothing_or_never_ends_is_given_up() {
    for silent in [true, false] {
        let answer = move |serial| match silent {
            true => Said::Bytes(vec![]),
            // more than an hour
            false => Said::Slowly(reply(HOSTNAME, serial, &[0; 0xffff]), Duration::from_millis(100)),
        };
        let (conn, told) = connect(&Misbehaving::start(silent, answer).unwrap());
        // SAFETY: a connection of ours.
        assert_eq!(unsafe { virConnectSetKeepAlive(conn.get(), 1, 1) }, 0, "{}", last());
        assert_eq!(ask_from_many(conn), 0);
        // VIR_CONNECT_CLOSE_REASON_KEEPALIVE
        has_ended(conn, &told, Some(2));
    }
}

#[test]
fn an_idle_connection_to_a_server_that_is_gone_is_given_up_by_the_loop() {
    let (conn, told) = connect(&Misbehaving::start(true, |_| Said::Bytes(vec![])).unwrap());
    // SAFETY: a connection of ours.
    assert_eq!(unsafe { virConnectSetKeepAlive(conn.get(), 1, 1) }, 0, "{}", last());
    has_ended(conn, &told, Some(2));
}
