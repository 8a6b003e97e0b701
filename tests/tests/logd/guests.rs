//! Real guests whose logs a log daemon keeps: ours under the C libvirtd, or the C one under ours.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::guest::UP;
use ferrovirt_tests::lockd::until;
use ferrovirt_tests::logd::{Logd, ours};
use ferrovirt_tests::stage::{NoStage, Stage, tested};
use ferrovirt_tests::{boot, skip, stage};
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes in a log's file, and how many files are kept besides.
const CONF: &str = "max_size = 2000\nmax_backups = 5\n";

/// A daemon whose guests' logs are kept by a log daemon of this kind.
fn with_logd(stage: &mut Stage, kind: &Kind) -> Result<Logd, NoStage> {
    let root = stage.daemon.directory().to_owned();
    stage.daemon.kill().map_err(NoStage::Failed)?;
    let conf = root.join("etc/libvirt/qemu.conf");
    let text = fs::read_to_string(&conf).expect("the daemon's configuration can be read");
    let text = text.replace("stdio_handler = \"file\"", "stdio_handler = \"logd\"");
    fs::write(&conf, text).expect("the daemon's configuration can be written");
    // the peer's driver makes it only after it has asked for the log of a console
    fs::create_dir_all(root.join("var/log/libvirt/qemu")).expect("a directory can be made");
    let logd = Logd::beside(kind, &root, CONF)?;
    stage.daemon.start_again().map_err(NoStage::Failed)?;
    Ok(logd)
}

macro_rules! with_logd {
    ($stage:expr, $kind:expr) => {
        match with_logd(&mut $stage, &$kind) {
            Ok(logd) => logd,
            Err(NoStage::Missing(what)) => skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

/// All that a log has in its files, the oldest first.
fn content(path: &Path) -> String {
    let aside = (0..5).rev().map(|age| format!("{}.{age}", path.display()));
    let files = aside.chain([path.display().to_string()]);
    files
        .filter_map(|path| fs::read(path).ok())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .collect()
}

fn sizes(path: &Path) -> Vec<u64> {
    let aside = (0..6).map(|age| PathBuf::from(format!("{}.{age}", path.display())));
    aside.chain([path.to_owned()]).filter_map(|path| Some(fs::metadata(path).ok()?.len())).collect()
}

/// What the daemon calls a file of this directory: the C one sees it elsewhere.
fn as_seen(path: &Path, root: &Path) -> PathBuf {
    match tested() {
        Kind::Peer => Path::new("/").join(path.strip_prefix(root).unwrap()),
        Kind::Ours(_) => path.to_owned(),
    }
}

fn a_guests_life(mut stage: Stage, mut logd: Logd, then: &[Kind]) -> Result<(), NoStage> {
    let root = stage.daemon.directory().to_owned();
    let [log, console] = ["g.log", "console.log"].map(|name| root.join("var/log/libvirt/qemu").join(name));
    let said = as_seen(&console, &root);
    let xml = stage.linux("g").replacen(
        "<serial type='pty'/>",
        &format!("<serial type='pty'><log file='{}' append='on'/></serial>", said.display()),
        1,
    );
    let xml = if xml.contains("<log file") { xml } else { panic!("no console in {xml}") };
    let file = stage.file("g.xml", &xml);
    stage.ok(&["define", &file]);
    let terminal = boot(&stage, "g");
    let client = logd.connect();
    let seen = as_seen(&log, &root);
    let position = client.position(&seen).expect("the guest's log is open");
    assert!(position.offset <= 2000);
    assert!(content(&log).contains("qemu-system-x86_64"), "{}", content(&log));
    let shown = || content(&console).contains(UP).then_some(());
    until("the console's words are in its log", shown);
    for kind in then {
        logd.replace_by(kind)?;
        client.position(&seen).expect("the guest's log is still open");
    }
    drop(terminal);
    stage.ok(&["destroy", "g"]);
    until("the log is closed", || client.position(&seen).is_err().then_some(()));
    until("the end is in the log", || content(&log).contains("shutting down").then_some(()));
    let sizes = sizes(&log);
    assert!(sizes.len() > 1 && sizes.len() <= 6, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size <= 2000), "{sizes:?}");
    stage.daemon.stop().map_err(NoStage::Failed)
}

#[test]
fn our_log_daemon_keeps_a_guests_log() {
    let mut stage = stage!(System, Ours, "qemu");
    let logd = with_logd!(stage, ours());
    match a_guests_life(stage, logd, &[ours()]) {
        Ok(()) => {}
        Err(NoStage::Missing(what)) => skip!("needs {what}"),
        Err(NoStage::Failed(error)) => panic!("{error}"),
    }
}

#[test]
fn the_log_daemons_take_turns_under_a_guest() {
    let mut stage = stage!(System, Ours, "qemu");
    let logd = with_logd!(stage, Kind::Peer);
    match a_guests_life(stage, logd, &[ours(), Kind::Peer, ours()]) {
        Ok(()) => {}
        Err(NoStage::Missing(what)) => skip!("needs {what}"),
        Err(NoStage::Failed(error)) => panic!("{error}"),
    }
}

/// QEMU's last words come through the log daemon.
#[test]
fn why_a_guest_did_not_start() {
    let mut stage = stage!(System, Ours, "qemu");
    let _logd = with_logd!(stage, ours());
    let kernel = stage.file("kernel", "this is none\n");
    let xml = format!(
        "<domain type='qemu'><name>bad</name><memory unit='MiB'>16</memory>\
         <os><type arch='x86_64' machine='pc'>hvm</type><kernel>{kernel}</kernel></os>\
         <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>"
    );
    let file = stage.file("bad.xml", &xml);
    stage.ok(&["define", &file]);
    let said = stage.fails(&["start", "bad"]);
    assert!(said.contains("invalid kernel header"), "{said}");
}
