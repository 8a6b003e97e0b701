//! How the daemon starts and ends.

use ferrovirt_tests::logd;
use ferrovirt_tests::logd::{Logd, guest};
use ferrovirt_tests::stage::NoStage;
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::Write as _;
use std::time::{Duration, Instant};

/// The privileged C daemon ends, and its guests' logs with it.
#[test]
fn a_daemon_with_logs_does_not_end_for_idleness() {
    let mut daemon = logd!("", "-t", "1");
    let path = daemon.guest_log("a.log");
    let (end, _) = daemon.connect().open(&guest("a"), &path, false).unwrap();
    // nothing tells that something did not happen: three times the timeout
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        assert_eq!(daemon.ended(), None);
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(end);
    assert!(daemon.wait().success());
}

/// The C daemon loses what it has not come to read.
#[test]
fn what_was_written_before_the_end_is_in_the_file() {
    let mut daemon = logd!("");
    let path = daemon.guest_log("a.log");
    let (end, _) = daemon.connect().open(&guest("a"), &path, false).unwrap();
    let words = [b'x'; 60_000];
    File::from(end).write_all(&words).unwrap();
    daemon.signal(Signal::TERM);
    assert!(daemon.wait().success());
    assert_eq!(fs::read(&path).unwrap(), words);
}

#[test]
fn a_configuration_that_cannot_be_understood() {
    let Err(NoStage::Failed(said)) = Logd::tested("max_size = 'big'\n", &[]) else {
        panic!("it started");
    };
    assert!(said.contains("exit status: 1"), "{said}");
    assert!(said.contains("expected an unsigned integer for 'max_size' parameter"), "{said}");
}
