//! Which of the descriptors in a table that somebody else filled are leases.
//!
//! The journal says it, and is checked against the files. Where the journal is damaged the kernel
//! is asked: whatever has a lock of its description on the first byte of a file is taken for a lease
//! of which no more is known, and held.

use crate::journal::read::Contents;
use crate::record::{FileId, LeaseRecord, OwnerRecord};
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::Uuid;
use vir_base::sys::Table;

/// A lease and the descriptor that carries its lock.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) record: LeaseRecord,
    pub(crate) fd: OwnedFd,
}

/// Takes the leases' descriptors out of the table. Those that the journal did not know come second.
pub(super) fn gather(table: &Table, contents: Contents) -> (BTreeMap<u64, Held>, Vec<u64>) {
    let mut held = BTreeMap::new();
    let mut used: BTreeSet<RawFd> = BTreeSet::new();
    for (id, record) in contents.leases {
        // of two that claim one descriptor the second one is wrong
        if used.contains(&record.fd) {
            continue;
        }
        let Ok(fd) = table.own(record.fd) else { continue };
        if file_of(&fd) == Some(record.file) {
            used.insert(record.fd);
            held.insert(id, Held { record, fd });
        } else {
            // it is something else, and will be closed with everything else
            std::mem::forget(fd);
        }
    }
    let mut found = vec![];
    if !contents.faults.is_empty() {
        let mut id = contents.next_id;
        for raw in open_descriptors() {
            if used.contains(&raw) || !is_locked(raw) {
                continue;
            }
            let Ok(fd) = table.own(raw) else { continue };
            match record_of(id, &fd) {
                Some(record) => {
                    held.insert(id, Held { record, fd });
                    found.push(id);
                    id += 1;
                }
                None => std::mem::forget(fd),
            }
        }
    }
    (held, found)
}

/// The file behind a descriptor, if it is a plain file or a device.
pub(crate) fn file_of(fd: impl AsFd) -> Option<FileId> {
    let stat = rustix::fs::fstat(fd).ok()?;
    use rustix::fs::FileType;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile | FileType::BlockDevice | FileType::CharacterDevice => {}
        _ => return None,
    }
    Some(FileId { dev: stat.st_dev, ino: stat.st_ino })
}

/// What can be said of a lease of which only the descriptor is left.
pub(crate) fn record_of(id: u64, fd: &OwnedFd) -> Option<LeaseRecord> {
    use std::os::fd::AsRawFd;
    let file = file_of(fd)?;
    let raw = fd.as_raw_fd();
    let path = std::fs::read_link(format!("/proc/self/fd/{raw}")).ok()?.to_string_lossy().into_owned();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    let (name, uuid) = ("".into(), Uuid([0; 16]));
    let owner = OwnerRecord { pid: 0, start: None, owner_id: 0, name, uuid, count: 1, since };
    let path: Arc<str> = path.into();
    let (space, name) = ("".into(), Arc::clone(&path));
    Some(LeaseRecord { id, fd: raw, space, name, path, file, flags: 0, owners: vec![owner] })
}

fn open_descriptors() -> Vec<RawFd> {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Whether a description's lock on the first byte is on it.
fn is_locked(raw: RawFd) -> bool {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{raw}")).unwrap_or_default();
    info.lines().any(|line| {
        let mut words = line.split_ascii_whitespace();
        // lock: 1: OFDLCK ADVISORY WRITE -1 00:1a:2345 0 0
        words.next() == Some("lock:") && words.nth(1) == Some("OFDLCK") && words.skip(4).eq(["0", "0"])
    })
}
