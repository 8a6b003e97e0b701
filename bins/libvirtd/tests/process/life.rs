//! A daemon's start, its sockets and its end.

use crate::daemon::{PATIENCE, Root, eventually, signal};
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;
use vir_base::command::Command;

#[test]
fn it_listens_everywhere_and_leaves_nothing_behind() {
    let root = Root::new();
    let daemon = root.start(&[]);
    let mode = |name: &str| fs::metadata(root.socket(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("libvirt-sock"), 0o700);
    assert_eq!(mode("virtqemud-sock"), 0o700);
    assert_eq!(mode("virtqemud-admin-sock"), 0o700);
    let pid = fs::read_to_string(root.path("run/libvirtd.pid")).unwrap();
    assert_eq!(pid, daemon.pid().to_string());

    let second = root.libvirtd().output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("Failed to acquire pid file"));
    UnixStream::connect(root.socket("libvirt-sock")).unwrap();

    daemon.signal("TERM");
    assert!(daemon.end().success());
    let left = fs::read_dir(root.path("run/libvirt")).unwrap().map(|entry| entry.unwrap().file_name());
    let sockets: Vec<_> = left.filter(|name| name.to_string_lossy().contains("-sock")).collect();
    assert!(sockets.is_empty(), "{sockets:?}");
    assert!(!root.path("run/libvirtd.pid").exists());
}

#[test]
fn what_a_killed_daemon_left_is_no_hindrance() {
    let root = Root::new();
    let daemon = root.start(&[]);
    daemon.signal("KILL");
    daemon.end();
    assert!(root.socket("libvirt-sock").exists());
    let daemon = root.start(&[]);
    daemon.signal("INT");
    assert!(daemon.end().success());
}

#[test]
fn in_the_background_it_listens_when_its_parent_returns() {
    let root = Root::new();
    assert!(root.libvirtd().arg("-d").status().unwrap().success());
    UnixStream::connect(root.socket("libvirt-sock")).unwrap();
    let second = root.libvirtd().arg("-d").output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(": error: Unable to obtain pidfile. Check /var/log/messages"), "{said}");

    let pid = fs::read_to_string(root.path("run/libvirtd.pid")).unwrap().parse().unwrap();
    signal(pid, "QUIT");
    eventually("the end", || !root.path("run/libvirtd.pid").exists());
}

#[test]
fn it_ends_when_idle_but_not_before() {
    let root = Root::new();
    let daemon = root.start(&["-t", "1"]);
    let client = UnixStream::connect(root.socket("libvirt-sock")).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(UnixStream::connect(root.socket("libvirt-sock")).is_ok());
    drop(client);
    assert!(daemon.end().success());
}

#[test]
fn systemd_hands_over_sockets_and_hears_of_it() {
    let root = Root::new();
    let (listens, notify) = (root.path("l"), root.path("n"));
    let manager = UnixDatagram::bind(&notify).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let hear = || {
        let mut buffer = [0; 200];
        let n = manager.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    };
    let socket: OwnedFd = UnixListener::bind(&listens).unwrap().into();

    // the number of the process is known to itself only
    let script = "LISTEN_PID=$$ exec \"$0\" --root \"$1\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_libvirtd")]);
    command.arg(root.path("").to_string_lossy());
    command.env("LISTEN_FDS", "1").env("LISTEN_FDNAMES", "libvirtd.socket");
    command.env("NOTIFY_SOCKET", notify.to_string_lossy());
    command.pass_fd(socket, 3);
    let mut child = command.spawn().unwrap();

    assert_eq!(hear(), "READY=1");
    UnixStream::connect(&listens).unwrap();
    assert!(!root.socket("libvirt-sock").exists(), "only what was handed over");
    let pid = child.pid().try_into().unwrap();
    signal(pid, "HUP");
    assert!(hear().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    assert_eq!(hear(), "READY=1");
    signal(pid, "TERM");
    assert_eq!(hear(), "STOPPING=1");
    assert_eq!(hear(), "EXTEND_TIMEOUT_USEC=30000000");
    assert!(child.wait(Some(PATIENCE)).unwrap().is_some());
    assert!(listens.exists(), "the socket is systemd's");
}

#[test]
fn the_administrators_scripts_are_told() {
    let root = Root::new();
    let (script, said) = (root.path("etc/libvirt/hooks/daemon"), root.path("said"));
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, format!("#!/bin/sh\necho \"$@\" >> {}\n", said.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let daemon = root.start(&[]);
    let told = || fs::read_to_string(&said).unwrap_or_default();
    assert_eq!(told(), "- start - start\n");
    daemon.signal("HUP");
    eventually("the reload", || told().ends_with("- reload begin SIGHUP\n"));
    daemon.signal("TERM");
    assert!(daemon.end().success());
    assert_eq!(told(), "- start - start\n- reload begin SIGHUP\n- shutdown - shutdown\n");
}
