//! Where the status comes from: the daemon that runs, or the journal that one left.

use super::wire::{LIST, ListArgs, ListRet, PROGRAM, Told, VERSION};
use crate::journal;
use crate::record::OwnerRecord;
use rustix::io::Errno;
use std::path::Path;
use vir_base::paths::{Paths, Socket};
use vir_base::process::start_time;
use vir_base::sys::{LockKind, LockOwner, first_byte_holder};
use vir_base::{Error, ErrorDomain, Result};
use vir_rpc::client::{Client, Target};

/// What is held.
#[derive(Debug)]
pub(super) struct Status {
    /// Who says so.
    pub(super) source: Source,
    pub(super) leases: Vec<Told>,
    /// What could not be read: more may be held than is told.
    pub(super) faults: Vec<String>,
}

/// Who told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The daemon that runs.
    Daemon,
    /// The journal, since none runs.
    Journal,
}

impl Status {
    /// Asks for this instance.
    pub(super) fn ask(paths: &Paths) -> Result<Self> {
        let mut tries = 0..TRIES;
        loop {
            let told = Client::connect_unix(&paths.socket("virtlockd", Socket::Admin))
                .and_then(|daemon| Self::of_daemon(&daemon));
            match told {
                Err(error) if is_absent(&error) => return Self::of_journal(&paths.state),
                // one that has just died may seem to listen until its keeper has closed its sockets
                Err(error) if is_broken(&error) && tries.next().is_some() => {}
                told => return told,
            }
        }
    }

    fn of_daemon(daemon: &Client) -> Result<Self> {
        let target = Target { program: PROGRAM, version: VERSION, procedure: LIST };
        let mut leases: Vec<Told> = vec![];
        loop {
            let after = leases.last().map_or(0, |told| told.lease.id);
            let page: ListRet = daemon.call_value(target, &ListArgs { after }).map_err(|error| {
                error.with_hint("does the lock daemon that runs come from another package?")
            })?;
            let more = page.more && !page.leases.is_empty();
            leases.extend(page.leases);
            if !more {
                return Ok(Self { source: Source::Daemon, leases, faults: vec![] });
            }
        }
    }

    fn of_journal(dir: &Path) -> Result<Self> {
        let contents = journal::load(dir).map_err(|error| {
            let path = dir.join(journal::NAME);
            Error::io(ErrorDomain::Locking, &error, format!("cannot read journal '{}'", path.display()))
        })?;
        let told = contents.leases.into_values().map(|lease| {
            let held = is_locked(&lease.path, lease.is_shared());
            let word = |owner: &OwnerRecord| match (held, lives(owner)) {
                (true, life) => life.to_owned(),
                (false, life) => format!("{life}, not locked"),
            };
            Told { lives: lease.owners.iter().map(word).collect(), lease }
        });
        let faults = contents.faults.iter().map(|fault| format!("the journal's {fault}")).collect();
        Ok(Self { source: Source::Journal, leases: told.collect(), faults })
    }
}

/// How often is asked again where the connection breaks.
const TRIES: u32 = 10;

/// Whether the other end has gone in between.
fn is_broken(error: &Error) -> bool {
    let errnos = [Errno::CONNRESET, Errno::PIPE].map(Errno::raw_os_error);
    errnos.contains(&error.data().int1) || error.message().contains("End of file")
}

/// Whether nobody listens.
fn is_absent(error: &Error) -> bool {
    [Errno::NOENT, Errno::CONNREFUSED].iter().any(|errno| error.data().int1 == errno.raw_os_error())
}

fn lives(owner: &OwnerRecord) -> &'static str {
    match (start_time(owner.pid).ok(), owner.start) {
        (None, _) => "dead",
        (Some(_), None) => "unwatched",
        (Some(now), Some(then)) if now == then => "alive",
        (Some(_), Some(_)) => "dead",
    }
}

/// Whether the kernel still keeps others out.
fn is_locked(path: &str, shared: bool) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    // as a reader one sees writers only
    let asked = if shared { LockKind::Write } else { LockKind::Read };
    matches!(first_byte_holder(&file, LockOwner::Description, asked), Ok(Some(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_daemon_the_journal_tells() {
        use crate::record::{Change, FileId, LeaseRecord};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("disk").to_str().unwrap().to_owned();
        std::fs::write(&path, "").unwrap();
        let pid = std::process::id() as i32;
        let owner = |start| OwnerRecord {
            pid,
            start,
            owner_id: 1,
            name: "vm".into(),
            uuid: Default::default(),
            count: 1,
            since: 0,
        };
        let owners = vec![owner(start_time(pid).ok()), owner(Some(1))];
        let file = FileId { dev: 1, ino: 1 };
        let lease = LeaseRecord {
            id: 1,
            fd: 9,
            space: "".into(),
            name: path.as_str().into(),
            path: path.as_str().into(),
            file,
            flags: 0,
            owners,
        };
        let mut journal = journal::Journal::create(dir.path(), [""; 0], [] as [LeaseRecord; 0], 1).unwrap();
        journal.append(&Change::Put(lease)).unwrap();
        let status = Status::of_journal(dir.path()).unwrap();
        assert_eq!(status.source, Source::Journal);
        assert_eq!(status.leases[0].lives, ["alive, not locked", "dead, not locked"]);

        let holder = std::fs::File::options().write(true).open(&path).unwrap();
        assert!(vir_base::sys::lock_first_byte(&holder, LockOwner::Description, LockKind::Write).unwrap());
        let status = Status::of_journal(dir.path()).unwrap();
        assert_eq!(status.leases[0].lives, ["alive", "dead"]);
        assert!(Status::of_journal(&dir.path().join("none")).unwrap().leases.is_empty());
    }
}
