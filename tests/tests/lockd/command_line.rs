//! What the two small daemons are started with, and how they end: by the statuses that scripts and service
//! managers know.

use ferrovirt_tests::attempt::{CASES, Expected, Small};
use ferrovirt_tests::stage::tested;
use ferrovirt_tests::{lockd, skip};
use std::process::Command;

fn ends_as_expected(name: &'static str) {
    let daemon = Small { name, kind: tested() };
    if let Some(what) = daemon.missing() {
        skip!("needs {what}");
    }
    for (case, expected) in CASES {
        let outcome = daemon.attempt(case);
        match expected {
            Expected::Serves => assert!(outcome.served && outcome.status == Some(0), "{case:?}: {outcome:?}"),
            Expected::Ends(status, text) => {
                assert!(!outcome.served && outcome.status == Some(*status), "{case:?}: {outcome:?}");
                assert!(outcome.said.contains(text), "{case:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn virtlockd_ends_as_expected() {
    ends_as_expected("virtlockd");
}

#[test]
fn virtlogd_ends_as_expected() {
    ends_as_expected("virtlogd");
}

/// Whatever pid file it is told to have.
#[test]
fn a_second_one_does_not_get_in_the_way_of_the_first() {
    let daemon = lockd!();
    if daemon.is_peer() {
        skip!("the C daemon takes the first one's sockets away");
    }
    let disk = daemon.disk("disk");
    let mut guest = daemon.holder();
    assert_eq!(guest.ask(&format!("acquire - {disk} 0")), "ok");
    let other = daemon.root().join("other.pid").display().to_string();
    for (arguments, status, text) in [
        (vec![], 1, "Failed to acquire pid file"),
        (vec!["-p", &other], 3, &*format!("it runs (process {})", daemon.pid())),
    ] {
        let second = Command::new(daemon.program()).arg("--root").arg(daemon.root()).args(arguments).output();
        let second = second.unwrap();
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(second.status.code() == Some(status) && said.contains(text), "{second:?}");
    }
    assert_eq!(guest.ask(&format!("release - {disk}")), "ok");
}
