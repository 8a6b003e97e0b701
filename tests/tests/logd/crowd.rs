//! Clients that send halves, read nothing, send too much or come in crowds, and guests that never stop: nobody
//! else waits for them.

use ferrovirt_tests::crowd::Besieged;
use ferrovirt_tests::logd;
use ferrovirt_tests::logd::{Logd, guest};
use std::fs::File;
use std::io::Write as _;
use vir_proto::procedures::log::PROGRAM;

fn besieged(daemon: &Logd) -> Besieged {
    Besieged { pid: daemon.pid(), socket: daemon.socket(), program: PROGRAM }
}

#[test]
fn halves_hold_up_nobody() {
    let daemon = logd!("");
    besieged(&daemon).halves_hold_up_nobody();
}

#[test]
fn who_does_not_read_waits() {
    let daemon = logd!("");
    besieged(&daemon).who_does_not_read_waits();
}

#[test]
fn impossible_messages_end_their_connection() {
    let daemon = logd!("");
    besieged(&daemon).impossible_messages_end_their_connection();
}

#[test]
fn no_more_clients_than_allowed() {
    let daemon = logd!("max_clients = 4\n");
    besieged(&daemon).no_more_than_allowed(4);
}

/// Logs come and go with them.
#[test]
fn nothing_is_left_of_a_crowd() {
    let daemon = logd!("max_size = 100000\nmax_backups = 1\n");
    let client = daemon.connect();
    let path = daemon.guest_log("a.log");
    besieged(&daemon).nothing_is_left(|| {
        for number in 0..20 {
            let one = daemon.guest_log(&format!("{number}.log"));
            let (end, _) = client.open(&guest("a"), &one, false).unwrap();
            File::from(end).write_all(&[b'x'; 10_000]).unwrap();
        }
        client.append(&guest("a"), &path, &[b'y'; 10_000]).unwrap();
    });
}

/// Guests that write as fast as they can: everybody is answered while they do.
#[test]
fn guests_that_never_stop_hold_up_nobody() {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    let daemon = logd!("max_size = 1000000\nmax_backups = 1\n");
    let client = daemon.connect();
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let ends = ["a", "b", "c"].map(|name| {
        let path = daemon.guest_log(&format!("{name}.log"));
        client.open(&guest(name), &path, false).unwrap().0
    });
    std::thread::scope(|scope| {
        for end in ends {
            let mut end = File::from(end);
            let (stop, written) = (&stop, &written);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    end.write_all(&[b'x'; 4096]).unwrap();
                    written.fetch_add(4096, Ordering::Relaxed);
                }
            });
        }
        // and all are read meanwhile
        for round in 0..50 {
            let before = written.load(Ordering::Relaxed);
            client.position(&daemon.guest_log("a.log")).unwrap();
            besieged(&daemon).serves();
            ferrovirt_tests::lockd::until(&format!("words are taken in round {round}"), || {
                (written.load(Ordering::Relaxed) > before).then_some(())
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
}
