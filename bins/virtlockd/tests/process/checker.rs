//! The program that is asked whether it can take a state over.

use crate::needs_host;
use crate::scene::eventually;
use std::fs;
use std::process::{Command, Stdio};

/// It reads what somebody else has written, and can do nothing but read it.
#[test]
fn it_is_confined() {
    needs_host!(ours);
    let mut child = Command::new(env!("CARGO_BIN_EXE_virtlockd"))
        .arg("--check-state")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let status = || fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    eventually("it is confined", || status().contains("Seccomp:\t2"));
    assert!(status().contains("NoNewPrivs:\t1"));
    use std::io::Write as _;
    child.stdin.take().unwrap().write_all(b"9\nrubbish\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.lines().all(|line| line != "ok"), "{said}");
}
