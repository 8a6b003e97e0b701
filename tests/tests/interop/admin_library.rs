//! `libvirt-admin.so.0`, called from C's side, at the lock and the log daemon: every function gives what libvirt's
//! own library gives at a daemon that is alike.

use super::c_clients::{PYTHON, library};
use ferrovirt_tests::lockd::{Lockd, ours};
use ferrovirt_tests::logd::Logd;
use ferrovirt_tests::stage::NoStage;
use ferrovirt_tests::{client, skip};
use std::path::Path;
use std::process::Command;

/// Where libvirt's own library lies.
const PEER: &str = "/usr/lib/x86_64-linux-gnu";

/// What the calls give, a line each, at a daemon with this socket.
fn calls(library: &Path, name: &str, socket: &Path) -> String {
    let uri =
        format!("{name}:///system?socket={}", socket.with_file_name(format!("{name}-admin-sock")).display());
    let mut command = Command::new(PYTHON);
    command.args(["-c", include_str!("admin_library.py"), &uri, name]).arg(socket);
    let said = client::run(command.env("LD_LIBRARY_PATH", library), &std::sync::Arc::default()).unwrap();
    let printed = said.stdout.clone();
    said.succeeded().unwrap_or_else(|error| panic!("{error}\n{printed}"))
}

/// What ours gives, and that nothing of it is missing.
fn complete(library: &Path, name: &str, socket: &Path) -> String {
    let printed = calls(library, name, socket);
    let listed = include_str!("../../../api/c-symbols-admin.list").lines();
    let functions = listed.filter_map(|line| line.split(' ').nth(1)?.strip_prefix("virAdm"));
    for function in functions {
        assert!(
            printed.lines().any(|line| line.split(' ').next() == Some(function)),
            "{function}:\n{printed}"
        );
    }
    printed
}

/// Skips the test if something is missing.
macro_rules! there {
    ($what:expr) => {
        match $what {
            Ok(what) => what,
            Err(NoStage::Missing(what)) => skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

#[test]
fn the_lock_daemon() {
    let library = there!(library().map_err(|what| NoStage::Missing(what.into())));
    let daemon = there!(Lockd::start(ours(), &[]).map_err(NoStage::Failed));
    let have = complete(&library, "virtlockd", &daemon.socket());
    if Path::new(PEER).join("libvirt-admin.so.0").exists() {
        let daemon = there!(Lockd::start(ours(), &[]).map_err(NoStage::Failed));
        assert_eq!(have, calls(Path::new(PEER), "virtlockd", &daemon.socket()));
    }
}

#[test]
fn the_log_daemon() {
    let library = there!(library().map_err(|what| NoStage::Missing(what.into())));
    let daemon = there!(Logd::tested("", &[]));
    let have = complete(&library, "virtlogd", &daemon.socket());
    if Path::new(PEER).join("libvirt-admin.so.0").exists() {
        let daemon = there!(Logd::tested("", &[]));
        assert_eq!(have, calls(Path::new(PEER), "virtlogd", &daemon.socket()));
    }
}
