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
/// An earlier keeper is there and does not answer: to go on would be to lose its leases. The same goes for
/// an earlier daemon.
pub fn take_back(
    dir: &Path,
    stored: Vec<(u64, OwnedFd)>,
    have: impl Fn(u64) -> bool,
) -> io::Result<TakenBack> {
    let mut former = Former::find(dir)?;
    if let Some(pid) = former.as_ref().and_then(Former::living_daemon) {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, format!("it runs (process {pid})")));
    }
    let kept = match &mut former {
        // after an exec this process has them all: twice as many descriptors may be more than it can have
        Some(_) if has_all(dir, &have) => vec![],
        Some(asked) => match asked.take() {
            // one that has nothing to keep ends, even while somebody asks it
            Err(error) if has_ended(&error) => {
                former = None;
                vec![]
            }
            other => other?,
        },
        None => vec![],
    };
    // from here on it changes nothing any more, so that the journal fits; if nothing was taken, what it still
    // releases is of owners that have ended, which are looked at here too
    let mut contents = journal::load(dir).unwrap_or_else(|_| Contents::unreadable());
    contents.leases.retain(|id, _| !have(*id));
    let kept = kept.into_iter().filter(|(id, _)| !have(*id)).collect();
    let mut taken = TakenBack { former, ..TakenBack::default() };
    taken.told.extend(contents.faults.iter().map(|fault| format!("the journal is damaged in {fault}")));
    taken.restore(contents, kept, stored.into_iter().collect());
    Ok(taken)
}

/// Whether nobody is at the other end any more.
fn has_ended(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    [BrokenPipe, ConnectionReset, UnexpectedEof].contains(&error.kind())
}

/// Whether this process holds every lease that is written down.
fn has_all(dir: &Path, have: impl Fn(u64) -> bool) -> bool {
    journal::load(dir).is_ok_and(|contents| {
        contents.faults.is_empty()
            && !contents.leases.is_empty()
            && contents.leases.keys().all(|id| have(*id))
    })
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
    let file = OpenOptions::new().read(true).write(true).open(&*record.path).map_err(|e| e.to_string())?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::record::{AUTOCREATE, OwnerRecord};
    use std::sync::Arc;
    use vir_base::process::start_time;
    use vir_base::sys::first_byte_holder;

    fn lease(dir: &Path, id: u64, flags: u32, owner: (i32, Option<u64>)) -> LeaseRecord {
        let path = dir.join(format!("disk{id}"));
        std::fs::write(&path, "").unwrap();
        let file = file_of(std::fs::File::open(&path).unwrap()).unwrap();
        let path: Arc<str> = path.to_str().unwrap().into();
        let (pid, start) = owner;
        let (name, uuid) = ("guest".into(), vir_base::Uuid([1; 16]));
        let owner = OwnerRecord { pid, start, owner_id: 1, name, uuid, count: 1, since: 1 };
        LeaseRecord {
            id,
            fd: 99,
            space: "".into(),
            name: Arc::clone(&path),
            path,
            file,
            flags,
            owners: vec![owner],
        }
    }

    fn is_held(path: &str) -> bool {
        let probe = OpenOptions::new().read(true).write(true).open(path).unwrap();
        first_byte_holder(&probe, LockOwner::Description, LockKind::Write).unwrap().is_some()
    }

    #[test]
    fn a_number_that_another_process_has_by_now_holds_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let pid = std::process::id() as i32;
        let start = start_time(pid).unwrap();
        let leases = [
            lease(dir.path(), 1, 0, (pid, Some(start))),
            lease(dir.path(), 2, AUTOCREATE, (pid, Some(start - 1))),
            lease(dir.path(), 3, 0, (i32::MAX, None)),
            // in doubt it lives
            lease(dir.path(), 4, 0, (pid, None)),
            lease(dir.path(), 5, 0, (pid, Some(start))),
        ];
        Journal::create(dir.path(), ["/space"], &leases, 8).unwrap();
        let another = dir.path().join("another");
        std::fs::write(&another, "").unwrap();
        std::fs::rename(&another, &*leases[4].path).unwrap();
        let taken = take_back(dir.path(), vec![], |_| false).unwrap();
        let ids: Vec<u64> = taken.leases.iter().map(|(record, _)| record.id).collect();
        assert_eq!(ids, [1, 4]);
        assert!(taken.leases.iter().all(|(record, fd)| record.fd == fd.as_raw_fd() && is_held(&record.path)));
        assert!(!Path::new(&*leases[1].path).exists(), "made for its lease, and gone with it");
        assert!(!is_held(&leases[2].path));
        assert_eq!((taken.spaces.as_slice(), taken.next_id), (&["/space".to_owned()][..], 8));
        assert!(
            taken.told.iter().any(|line| line.ends_with("is lost: the file was replaced")),
            "{:?}",
            taken.told
        );
    }

    #[test]
    fn what_is_stored_counts_if_it_is_the_file_and_what_is_here_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let owner = (std::process::id() as i32, None);
        let leases = [1, 2, 3].map(|id| lease(dir.path(), id, 0, owner));
        Journal::create(dir.path(), [""; 0], &leases, 4).unwrap();
        let open = |index: usize| -> OwnedFd {
            let file = OpenOptions::new().read(true).write(true).open(&*leases[index].path).unwrap();
            assert!(lock_first_byte(&file, LockOwner::Description, LockKind::Write).unwrap());
            file.into()
        };
        let (first, third) = (open(0), open(2));
        let duplicate = first.try_clone().unwrap();
        let elsewhere: OwnedFd = std::fs::File::open("/dev/null").unwrap().into();
        let taken = take_back(
            dir.path(),
            vec![(1, duplicate), (2, elsewhere), (77, third.try_clone().unwrap())],
            |id| id == 3,
        );
        let taken = taken.unwrap();
        drop(first);
        let ids: Vec<u64> = taken.leases.iter().map(|(record, _)| record.id).collect();
        assert_eq!(ids, [1, 2]);
        assert!(is_held(&leases[0].path), "by the duplicate that was stored");
        assert!(is_held(&leases[1].path), "by a lock that was taken again");
        assert_eq!(taken.told.len(), 1, "{:?}", taken.told);
        assert!(taken.told[0].contains("was free; it is held again"));
    }
}
