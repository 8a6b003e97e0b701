//! Taking back what an earlier daemon left: its leases, from its keeper, the service manager's store
//! or the files themselves, with their owners, from its journal.
//!
//! All of that is done before anybody is answered. What cannot be had again is told of; nothing is
//! made up.

use crate::journal::{self, read::Contents};
use crate::keeper::descriptors::{file_of, record_of};
use crate::keeper::{Former, release};
use crate::life::{self, Life};
use crate::record::LeaseRecord;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use vir_base::sys::{LockKind, LockOwner, lock_first_byte};

/// What was taken back.
#[derive(Debug, Default)]
pub struct TakenBack {
    /// Leases that are held, each with the descriptor that carries its lock; the record names it.
    pub leases: Vec<(LeaseRecord, OwnedFd)>,
    /// Lockspaces' directories.
    pub spaces: Vec<String>,
    /// The next lease's number.
    pub next_id: u64,
    /// The earlier daemon's keeper; to be let go when this daemon has one of its own.
    pub former: Option<Former>,
    /// What administrators should know.
    pub told: Vec<String>,
}

/// Where a lease's descriptor came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Keeper,
    Store,
    Again,
}

/// Takes everything back that belongs to this run state directory. `stored` is what the service
/// manager kept, by the leases' numbers; `have` says which leases this process holds already, since
/// it is the one that held them before.
///
/// # Errors
/// An earlier keeper is there and does not answer: to go on would be to lose its leases.
pub fn take_back(
    dir: &Path,
    stored: Vec<(u64, OwnedFd)>,
    have: impl Fn(u64) -> bool,
) -> io::Result<TakenBack> {
    let mut former = Former::find(dir)?;
    let kept = former.as_mut().map(Former::take).transpose()?.unwrap_or_default();
    // from here on it changes nothing any more, so that the journal fits
    let mut contents = journal::load(dir).unwrap_or_else(|_| Contents::unreadable());
    contents.leases.retain(|id, _| !have(*id));
    let kept = kept.into_iter().filter(|(id, _)| !have(*id)).collect();
    let mut taken = TakenBack { former, ..TakenBack::default() };
    taken.told.extend(contents.faults.iter().map(|fault| format!("the journal is damaged in {fault}")));
    taken.restore(contents, kept, stored.into_iter().collect());
    Ok(taken)
}

impl TakenBack {
    fn restore(
        &mut self,
        contents: Contents,
        mut kept: BTreeMap<u64, OwnedFd>,
        mut stored: BTreeMap<u64, OwnedFd>,
    ) {
        self.spaces = contents.spaces;
        self.next_id = contents.next_id;
        for (id, mut record) in contents.leases {
            let fits = |fd: &OwnedFd| file_of(fd) == Some(record.file);
            let found = match (kept.remove(&id).filter(fits), stored.remove(&id).filter(fits)) {
                (Some(fd), _) => Ok((fd, Source::Keeper)),
                (None, Some(fd)) => Ok((fd, Source::Store)),
                (None, None) => acquire_again(&record).map(|fd| (fd, Source::Again)),
            };
            let before = record.owners.len();
            record.owners.retain(|owner| !matches!(life::look(owner.pid, owner.start), Life::Over));
            match found {
                Ok((fd, _)) if record.owners.is_empty() => {
                    log::info!("the owners of the lease on {} have ended; it is released", record.path);
                    release(&record, &fd);
                }
                Ok((fd, source)) => {
                    record.fd = fd.as_raw_fd();
                    if source == Source::Again {
                        self.told.push(format!("the lease on {} was free; it is held again", record.path));
                    }
                    self.leases.push((record, fd));
                }
                // whoever has it now, nobody of ours is there to be hurt
                Err(_) if record.owners.is_empty() && before > 0 => {}
                Err(error) => {
                    let owners: Vec<_> = record.owners.iter().map(|owner| owner.pid.to_string()).collect();
                    self.told.push(format!(
                        "the lease on {} of process {} is lost: {error}",
                        record.path,
                        owners.join(", ")
                    ));
                }
            }
        }
        // what the journal does not know, since it was damaged
        for fd in kept.into_values() {
            let Some(record) = record_of(self.next_id, &fd) else { continue };
            self.next_id += 1;
            self.told.push(format!("a lease that the journal does not list is held: {}", record.path));
            self.leases.push((record, fd));
        }
    }
}

/// The lock once more, on the file that it was on.
fn acquire_again(record: &LeaseRecord) -> Result<OwnedFd, String> {
    let file = OpenOptions::new().read(true).write(true).open(&record.path).map_err(|e| e.to_string())?;
    if file_of(&file) != Some(record.file) {
        return Err("the file was replaced".into());
    }
    let kind = if record.is_shared() { LockKind::Read } else { LockKind::Write };
    match lock_first_byte(&file, LockOwner::Description, kind) {
        Ok(true) => Ok(file.into()),
        Ok(false) => Err("somebody else has it now".into()),
        Err(error) => Err(error.to_string()),
    }
}
