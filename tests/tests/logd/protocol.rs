//! What clients ask, and what they are told.

use ferrovirt_tests::lockd::until;
use ferrovirt_tests::logd;
use ferrovirt_tests::logd::{Position, guest};
use std::fs::{self, File};
use std::io::Write as _;
use vir_base::{Error, Result};

fn refusal<T>(result: Result<T>) -> String {
    let said =
        |error: Error| format!("{} {} {}", error.code() as i32, error.domain() as i32, error.message());
    result.map(drop).map_err(said).unwrap_err()
}

#[test]
fn a_guests_words_are_in_its_file() {
    let daemon = logd!("");
    let client = daemon.connect();
    let path = daemon.guest_log("a.log");
    fs::write(&path, "before\n").unwrap();
    let (end, start) = client.open(&guest("a"), &path, false).unwrap();
    assert_eq!(start.offset, 7);
    let mut end = File::from(end);
    end.write_all(b"one\xff\n").unwrap();
    let now = client.position(&path).unwrap();
    assert_eq!((now.inode, now.offset), (start.inode, 12));
    client.append(&guest("a"), &path, b"two\n").unwrap();
    assert_eq!(client.read(&path, start, 1000).unwrap(), b"one\xff\ntwo\n");
    assert_eq!(client.read(&path, now, 3).unwrap(), b"two");
    assert_eq!(client.read(&path, client.position(&path).unwrap(), 9).unwrap(), b"");

    let busy = format!("38 63 Cannot open log file: '{}': Device or resource busy", path.display());
    assert_eq!(refusal(client.open(&guest("b"), &path, false)), busy);
    // the connection may go, the log stays as long as the guest has its end
    drop(client);
    end.write_all(b"three\n").unwrap();
    let client = daemon.connect();
    client.position(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"before\none\xff\ntwo\nthree\n");
    drop(end);
    let gone = format!("1 63 internal error: No open log file {}", path.display());
    let closed = || client.position(&path).is_err().then_some(());
    until("the log is closed", closed);
    assert_eq!(refusal(client.position(&path)), gone);
    client.append(&guest("a"), &path, b"four\n").unwrap();
    assert!(fs::read(&path).unwrap().ends_with(b"three\nfour\n"));
    let (_end, start) = client.open(&guest("a"), &path, true).unwrap();
    assert_eq!((start.offset, fs::read(&path).unwrap().len()), (0, 0));
}

#[test]
fn refusals() {
    let daemon = logd!("max_backups = 1");
    let client = daemon.connect();
    let path = daemon.guest_log("none/a.log");
    let wanted = format!("38 0 Unable to open file: {}: No such file or directory", path.display());
    assert_eq!(refusal(client.open(&guest("a"), &path, false)), wanted);
    assert_eq!(refusal(client.append(&guest("a"), &path, b"x")), wanted);
    let at = Position { inode: 7, offset: 9 };
    let wanted = "38 0 Unable to seek to inode 7 offset 9: Bad file descriptor";
    assert_eq!(refusal(client.read(&path, at, 1)), wanted);
    let wanted = "1 7 internal error: Requested data len 4194305 is larger than maximum 4194304";
    assert_eq!(refusal(client.read(&path, at, 4_194_305)), wanted);
}

#[test]
fn too_many_backups_are_refused_when_a_log_is_opened() {
    let daemon = logd!("max_backups = 33");
    let path = daemon.guest_log("a.log");
    let wanted = "67 0 unsupported configuration: Max backup 33 must be less than or equal to 32";
    assert_eq!(refusal(daemon.connect().open(&guest("a"), &path, false)), wanted);
}

#[test]
fn full_files_are_set_aside() {
    let daemon = logd!("max_size = 100\nmax_backups = 2\n");
    let client = daemon.connect();
    let path = daemon.guest_log("a.log");
    let (end, start) = client.open(&guest("a"), &path, false).unwrap();
    let mut end = File::from(end);
    for number in 0..30 {
        writeln!(end, "line number {number:04}").unwrap();
    }
    let now = client.position(&path).unwrap();
    assert_ne!(now.inode, start.inode);
    let content = |suffix: &str| fs::read_to_string(format!("{}{suffix}", path.display())).unwrap();
    // five lines of 17 bytes in each
    let [oldest, older, newest] = [".1", ".0", ""].map(content);
    assert!(newest.len() <= 100 && older.len() <= 100 && oldest.len() <= 100);
    let all = format!("{oldest}{older}{newest}");
    assert!(all.ends_with("line number 0029\n") && all.starts_with("line number 00"), "{all}");
    assert!(!fs::exists(format!("{}.2", path.display())).unwrap());
    // who was left behind goes on with the oldest that there is
    assert_eq!(
        client.read(&path, Position { inode: start.inode, offset: 0 }, 50).unwrap(),
        &all.as_bytes()[..50]
    );
}
