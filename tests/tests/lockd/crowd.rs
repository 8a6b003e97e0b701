//! Clients that send halves, read nothing, send too much or come in crowds: nobody else waits for them.

use ferrovirt_tests::crowd::Besieged;
use ferrovirt_tests::lockd;
use ferrovirt_tests::lockd::{Lockd, SHARED};
use std::fs;
use vir_proto::procedures::lock::PROGRAM;

fn besieged(daemon: &Lockd) -> Besieged {
    Besieged { pid: daemon.pid().unsigned_abs(), socket: daemon.socket(), program: PROGRAM }
}

#[test]
fn halves_hold_up_nobody() {
    let daemon = lockd!();
    besieged(&daemon).halves_hold_up_nobody();
}

#[test]
fn who_does_not_read_waits() {
    let daemon = lockd!();
    besieged(&daemon).who_does_not_read_waits();
}

#[test]
fn impossible_messages_end_their_connection() {
    let daemon = lockd!();
    besieged(&daemon).impossible_messages_end_their_connection();
}

#[test]
fn no_more_clients_than_allowed() {
    let mut daemon = lockd!();
    daemon.kill();
    fs::write(daemon.root().join("etc/libvirt/virtlockd.conf"), "max_clients = 4\n").unwrap();
    daemon.start_again().unwrap();
    besieged(&daemon).no_more_than_allowed(4);
}

/// Leases come and go with them.
#[test]
fn nothing_is_left_of_a_crowd() {
    let daemon = lockd!();
    let client = daemon.connect();
    // for another process, so that nobody is ended with this connection
    client.register(1, 1, "vm").unwrap();
    let disks: Vec<String> = (0..200).map(|number| daemon.disk(&format!("disk{number}"))).collect();
    besieged(&daemon).nothing_is_left(|| {
        for disk in &disks {
            client.acquire("", disk, SHARED).unwrap();
        }
        for disk in &disks {
            client.release("", disk).unwrap();
        }
    });
}
