//! `-t`: an idle daemon ends, one that holds leases does not.

use ferrovirt_tests::lockd;
use ferrovirt_tests::lockd::{lock_on, until};
use std::time::{Duration, Instant};

/// The C daemon ends, and its leases with it.
#[test]
fn a_daemon_with_leases_does_not_end() {
    let mut daemon = lockd!("-t", "1");
    let disk = daemon.disk("disk");
    let client = daemon.connect();
    // for somebody else, so that the lease stays when the connection ends
    client.register(1, std::process::id(), "vm").unwrap();
    let proxy = daemon.connect();
    proxy.register(2, 1, "another").unwrap();
    proxy.acquire("", &disk, 0).unwrap();
    drop(proxy);
    drop(client);
    if daemon.is_peer() {
        assert!(until("the daemon ends", || daemon.ended()).success());
        assert_eq!(lock_on(&disk), None);
        return;
    }
    // nothing tells that something did not happen: three times the timeout
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        assert_eq!(daemon.ended(), None);
        assert!(lock_on(&disk).is_some());
        std::thread::sleep(Duration::from_millis(50));
    }
    let proxy = daemon.connect();
    proxy.register(2, 1, "another").unwrap();
    proxy.release("", &disk).unwrap();
    drop(proxy);
    assert!(until("the daemon ends", || daemon.ended()).success());
}
