//! SIGUSR1: another program goes on with the logs, ours or the peer's.

use ferrovirt_tests::daemon::Kind;
use ferrovirt_tests::lockd::until;
use ferrovirt_tests::logd::{Logd, guest, ours};
use ferrovirt_tests::skip;
use ferrovirt_tests::stage::NoStage;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What the files have room for, so that nothing is missing because it was too old.
const LINES: u64 = 900_000;

/// A guest that counts, a line each, until it is told to stop.
struct Counting {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<u64>,
}

impl Counting {
    fn start(end: File) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut end, stopped) = (end, Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                if number >= LINES {
                    thread::sleep(Duration::from_millis(1));
                    continue;
                }
                writeln!(end, "{number:07}").expect("the log is there");
                number += 1;
                if number % 64 == 0 {
                    thread::sleep(Duration::from_micros(200));
                }
            }
            number
        });
        Self { stop, thread }
    }

    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("a guest that could write")
    }
}

/// All that a log has in its files, the oldest first.
fn content(path: &Path) -> String {
    let aside = (0..32).rev().map(|age| format!("{}.{age}", path.display()));
    aside.chain([path.display().to_string()]).filter_map(|path| fs::read_to_string(path).ok()).collect()
}

fn goes_on(programs: &[Kind]) -> Result<(), NoStage> {
    let mut daemon = Logd::replaceable(&programs[0], "max_size = 262144\nmax_backups = 32\n", &[])?;
    let path = daemon.guest_log("qemu/a.log");
    let client = daemon.connect();
    let (end, _) = client.open(&guest("a"), &path, false).unwrap();
    let quiet = daemon.guest_log("qemu/quiet.log");
    let (mut still, _) =
        client.open(&guest("quiet"), &quiet, false).map(|(fd, at)| (File::from(fd), at)).unwrap();
    let counting = Counting::start(end.into());
    for (turn, kind) in programs[1..].iter().enumerate() {
        daemon.replace_by(kind)?;
        // the connection from before, and a new one
        client.position(&path).unwrap();
        writeln!(still, "turn {turn}").unwrap();
        daemon.connect().position(&quiet).unwrap();
        client.append(&guest("a"), &quiet, b"ours\n").unwrap();
    }
    let written = counting.stop();
    until("the log is closed", || client.position(&path).is_err().then_some(()));
    let all = content(&path);
    let mut lines = 0;
    for (number, line) in all.lines().enumerate() {
        assert_eq!(line, format!("{number:07}"));
        lines += 1;
    }
    assert_eq!(lines, written);
    let turns: String = (0..programs.len() - 1).map(|turn| format!("turn {turn}\nours\n")).collect();
    assert_eq!(fs::read_to_string(&quiet).unwrap(), turns);
    assert!(!daemon.root().join("run/virtlogd-restart-exec.json").exists());
    Ok(())
}

macro_rules! goes_on {
    ($($program:expr),*) => {
        match goes_on(&[$($program),*]) {
            Ok(()) => {}
            Err(NoStage::Missing(what)) => skip!("needs {what}"),
            Err(NoStage::Failed(error)) => panic!("{error}"),
        }
    };
}

#[test]
fn ours_goes_on_with_what_ours_has_begun() {
    goes_on!(ours(), ours(), ours(), ours());
}

#[test]
fn from_the_peer_to_ours_and_back() {
    goes_on!(Kind::Peer, ours(), Kind::Peer, ours(), ours(), Kind::Peer);
}
