//! Leases without a daemon: what is held, and what goes as owners die.

use super::descriptors::{self, Held};
use crate::journal::{self, read::Contents};
use crate::record::{Change, LeaseRecord};
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use vir_base::sys::{LockKind, LockOwner, Table, lock_first_byte, unlock_first_byte};

/// An owner: its number and when it started.
pub(super) type Owner = (i32, Option<u64>);

/// All that is held.
#[derive(Debug)]
pub(super) struct Holding {
    dir: PathBuf,
    held: BTreeMap<u64, Held>,
}

impl Holding {
    /// Takes the leases' descriptors out of the table, as the journal says; what is to be told of
    /// that comes second.
    pub(super) fn gather(table: &Table, dir: &Path) -> (Self, Vec<String>) {
        let contents = journal::load(dir).unwrap_or_else(|_| Contents::unreadable());
        let mut told: Vec<String> =
            contents.faults.iter().map(|fault| format!("the journal is damaged in {fault}")).collect();
        let expected = contents.leases.len();
        let (held, found) = descriptors::gather(table, contents);
        if held.len() < expected + found.len() {
            let missing = expected + found.len() - held.len();
            told.push(format!("{missing} leases of the journal have no descriptor"));
        }
        for id in &found {
            told.push(format!("a lease that the journal does not list is held: {}", held[id].record.path));
            let _ = journal::append_to(dir, &Change::Put(held[id].record.clone()));
        }
        (Self { dir: dir.to_owned(), held }, told)
    }

    /// The journal may have gone on since: what it says now counts, for descriptors that are here.
    pub(super) fn reread(&mut self) {
        let Ok(mut contents) = journal::load(&self.dir) else { return };
        let whole = contents.faults.is_empty();
        self.held.retain(|id, held| match contents.leases.remove(id) {
            // numbers of descriptors are this process's own
            Some(record) => {
                held.record.owners = record.owners;
                true
            }
            // released meanwhile, and only a duplicate is left here
            None => !whole,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn numbers(&self) -> Vec<RawFd> {
        self.held.values().map(|held| held.fd.as_raw_fd()).collect()
    }

    /// Leases' numbers and descriptors.
    pub(super) fn leases(&self) -> Vec<(u64, BorrowedFd<'_>)> {
        self.held.iter().map(|(id, held)| (*id, held.fd.as_fd())).collect()
    }

    pub(super) fn owners(&self) -> BTreeSet<Owner> {
        let owners = self.held.values().flat_map(|held| &held.record.owners);
        owners.map(|owner| (owner.pid, owner.start)).collect()
    }

    /// Releases what nobody holds without this owner.
    pub(super) fn owner_died(&mut self, dead: Owner) {
        let dir = &self.dir;
        self.held.retain(|id, held| {
            let before = held.record.owners.len();
            held.record.owners.retain(|owner| (owner.pid, owner.start) != dead);
            if held.record.owners.is_empty() {
                // first the word, then the deed, as the daemon does it
                let _ = journal::append_to(dir, &Change::Gone(*id));
                release(&held.record, &held.fd);
                return false;
            }
            if held.record.owners.len() != before {
                let _ = journal::append_to(dir, &Change::Put(held.record.clone()));
            }
            true
        });
    }

    /// Releases everything, whoever lives.
    pub(super) fn release_all(&mut self) -> u64 {
        let all = std::mem::take(&mut self.held);
        let count = all.len() as u64;
        for (id, held) in all {
            let _ = journal::append_to(&self.dir, &Change::Gone(id));
            release(&held.record, &held.fd);
        }
        count
    }
}

/// Gives a lease's lock up, whoever else has a duplicate of the descriptor; a file that was made for
/// the lease goes first, unless others hold it.
pub(crate) fn release(record: &LeaseRecord, fd: &OwnedFd) {
    if record.is_autocreated() && is_alone(record, fd) && is_at_its_path(record) {
        // one that cannot be removed does no harm
        let _ = std::fs::remove_file(&*record.path);
    }
    let _ = unlock_first_byte(fd, LockOwner::Description);
}

fn is_alone(record: &LeaseRecord, fd: &OwnedFd) -> bool {
    !record.is_shared() || lock_first_byte(fd, LockOwner::Description, LockKind::Write).unwrap_or(false)
}

fn is_at_its_path(record: &LeaseRecord) -> bool {
    std::fs::symlink_metadata(&*record.path)
        .is_ok_and(|now| now.dev() == record.file.dev && now.ino() == record.file.ino)
}
