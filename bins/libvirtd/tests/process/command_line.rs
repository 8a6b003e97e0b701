//! What the command line and the configuration are answered with.

use crate::daemon::{Root, libvirtd};
use skip::skip;
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    libvirtd().args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_and_version() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    assert!(stderr(&help).contains("  -t | --timeout <secs>  Exit after timeout period\n"));
    let version = run(&["-V"]);
    assert!(version.status.success());
    assert!(String::from_utf8_lossy(&version.stdout).ends_with(" (libvirt) 11.3.0\n"));
}

#[test]
fn wrong_options() {
    let unknown = run(&["--foo"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains(": unrecognized option '--foo'\n\nUsage:\n"));
    let timeout = run(&["-t", "soon"]);
    assert_eq!(timeout.status.code(), Some(1));
    assert!(stderr(&timeout).ends_with(" : Invalid value for timeout\n"), "{}", stderr(&timeout));
}

#[test]
fn wrong_configurations() {
    for (text, status, complaint) in [
        ("max_clients = 'x'", 1, "expected an unsigned integer for 'max_clients' parameter"),
        ("max_clients = 3", 3, "must not be less than the number of clients waiting for authentication\n"),
        ("unix_sock_rw_perms = '99'", 6, " : Failed to parse mode '99'\n"),
        ("log_outputs = '1:foo'", 1, "libvirt:  error : invalid argument: Invalid log destination 'foo'"),
        ("host_uuid = '1'", 1, " : Can't setup host uuid\n"),
        ("access_drivers = [ 'x' ]", 1, " : internal error: Cannot find security driver 'x'\n"),
        ("unix_sock_dir = '/nonexistent'", 6, "'/nonexistent/libvirt-sock': No such file or directory\n"),
    ] {
        let root = Root::configured(text);
        let output = root.libvirtd().output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(stderr(&output).contains(complaint), "{text}: {}", stderr(&output));
        assert!(!root.path("run/libvirtd.pid").exists(), "{text}");
    }
}

#[test]
fn a_port_without_authentication_must_be_asked_for() {
    let root = Root::configured("listen_tcp = 1\nlisten_tls = 0\nlisten_addr = '127.0.0.1'\n");
    let output = root.libvirtd().arg("-l").output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(stderr(&output).contains("auth_tcp: this daemon has no SASL"), "{}", stderr(&output));
}

/// Only what leaves before anything is opened: the peer would open the host's own files.
#[test]
fn the_same_words_as_the_peer() {
    let peer = Path::new("/usr/sbin/libvirtd");
    if !peer.exists() {
        skip!("needs libvirt's own libvirtd");
    }
    let ours = env!("CARGO_BIN_EXE_libvirtd");
    for arguments in [
        &["--help"][..],
        &["--foo"],
        &["-x"],
        &["-t"],
        &["--timeout"],
        &["--ver"],
        &["-t", "x"],
        &["y"],
        &["-V"],
    ] {
        let said = |program: &Path| {
            let output = Command::new(program).args(arguments).env_remove("LIBVIRT_DEBUG").output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text).replace(&program.display().to_string(), "libvirtd");
            // the time, the process, the place in the source and the package differ
            let lines = text.lines().filter(|line| !line.contains(": info : "));
            let lines = lines.map(|line| match line.split_once(": error : ") {
                Some((_, rest)) => rest.split_once(" : ").map_or(rest, |(_, text)| text),
                None => line,
            });
            (lines.collect::<Vec<_>>().join("\n"), output.status.code())
        };
        assert_eq!(said(Path::new(ours)), said(peer), "{arguments:?}");
    }
}
