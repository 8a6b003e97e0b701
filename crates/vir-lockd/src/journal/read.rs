//! What a journal says when it is read: which leases were held when its writer stopped.
//!
//! It is read after a crash, so it may end in the middle of a line, and it may have been damaged: a
//! line that cannot be read is left out and told of, and the others count. Reading never fails for
//! what is in it.

use super::line::{self, Entry, VERSION};
use crate::record::{Change, LeaseRecord};
use std::collections::BTreeMap;

/// What is left of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The leases, by their numbers.
    pub leases: BTreeMap<u64, LeaseRecord>,
    /// The directories of lockspaces, in the order in which they were made.
    pub spaces: Vec<String>,
    /// The next lease's number.
    pub next_id: u64,
    /// What could not be read. Where there is anything, leases may be held that are not listed.
    pub faults: Vec<Fault>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its number, from 1.
    pub line: usize,
    /// Where it begins.
    pub offset: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} (at byte {}): {}", self.line, self.offset, self.what)
    }
}

/// Reads a journal. `boot` is this start of the machine: one of another start, or of another
/// version, is as good as empty; of no leases at all it is not said that there is a fault.
pub fn read(bytes: &[u8], boot: &str) -> Contents {
    let mut contents = Contents { next_id: 1, ..Contents::default() };
    let mut offset = 0;
    // behind the last line there is room for more
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let bytes = &bytes[..end];
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let entry = match line.strip_suffix(b"\n") {
            Some(line) => line::decode(line),
            None => Err("it is torn"),
        };
        let fault = match entry {
            Ok(Entry::Head(head)) if head.version != VERSION => {
                let what = "it was written by another version";
                return Contents { faults: vec![Fault { line: index + 1, offset, what }], ..void() };
            }
            Ok(Entry::Head(head)) if head.boot != boot => return void(),
            Ok(Entry::Head(head)) => {
                contents.next_id = contents.next_id.max(head.next_id);
                (index > 0).then_some("a head that is not at the head")
            }
            Ok(Entry::Change(change)) => {
                contents.apply(change);
                (index == 0).then_some("the head is missing")
            }
            Err(what) => Some(what),
        };
        contents.faults.extend(fault.map(|what| Fault { line: index + 1, offset, what }));
        offset += line.len();
    }
    contents
}

fn void() -> Contents {
    Contents { next_id: 1, ..Contents::default() }
}

impl Contents {
    /// What is known where the file is there and cannot be read.
    pub fn unreadable() -> Self {
        // no number that it may hold
        let next_id = u64::from(u32::MAX);
        Self { next_id, faults: vec![Fault { line: 0, offset: 0, what: "it cannot be read" }], ..void() }
    }

    /// Goes on by one change.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Put(lease) => {
                self.next_id = self.next_id.max(lease.id.saturating_add(1));
                self.leases.insert(lease.id, lease);
            }
            Change::Gone(id) => {
                self.next_id = self.next_id.max(id.saturating_add(1));
                self.leases.remove(&id);
            }
            Change::Space(directory) => {
                if !self.spaces.contains(&directory) {
                    self.spaces.push(directory);
                }
            }
        }
    }
}
