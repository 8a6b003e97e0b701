//! A lease as the table keeps it: small, since there can be many.

use crate::record::{FileId, LeaseRecord, OwnerRecord};
use rustix::fd::BorrowedFd;
use std::sync::Arc;
use vir_base::Uuid;

/// The open file of a lease.
pub trait Handle {
    /// The number of its descriptor.
    fn number(&self) -> i32;

    /// Its descriptor, if it really has one.
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;
}

/// A process that holds leases, or may: who it says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The process.
    pub pid: i32,
    /// When it started, in clock ticks since the host did.
    pub start: Option<u64>,
    /// The guest's number.
    pub id: u32,
    /// The guest's name.
    pub name: Arc<str>,
    /// The guest's UUID.
    pub uuid: Uuid,
}

/// A lease that is held.
pub struct Lease<F> {
    /// Index of its lockspace.
    pub space: usize,
    /// The resource's name.
    pub name: Arc<str>,
    /// Its file's path, where that does not follow from lockspace and name.
    pub path: Option<Arc<str>>,
    /// Its file.
    pub file: FileId,
    /// As in a record.
    pub flags: u32,
    /// Who holds it.
    pub owners: Vec<Holder>,
    /// The open file.
    pub handle: F,
}

/// One who holds a lease.
pub struct Holder {
    /// Who that is.
    pub who: Arc<Who>,
    /// How many times.
    pub count: u32,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

impl<F: Handle> Lease<F> {
    pub(super) fn restored(record: &LeaseRecord, space: usize, handle: F) -> Self {
        let usual = super::resource_path(&record.space, &record.name) == record.path;
        let mut owners: Vec<Holder> = vec![];
        for owner in &record.owners {
            match owners.iter_mut().find(|known| known.who.pid == owner.pid) {
                Some(known) => known.count = known.count.saturating_add(owner.count.max(1)),
                None => owners.push(Holder::restored(owner)),
            }
        }
        Self {
            space,
            name: Arc::clone(&record.name),
            path: (!usual).then(|| Arc::clone(&record.path)),
            file: record.file,
            flags: record.flags,
            owners,
            handle,
        }
    }

    pub(super) fn path(&self, dir: &str) -> Arc<str> {
        match &self.path {
            Some(path) => Arc::clone(path),
            None => super::resource_path(dir, &self.name),
        }
    }

    pub(super) fn record(&self, id: u64, dir: &Arc<str>) -> LeaseRecord {
        LeaseRecord {
            id,
            fd: self.handle.number(),
            space: Arc::clone(dir),
            name: Arc::clone(&self.name),
            path: self.path(dir),
            file: self.file,
            flags: self.flags,
            owners: self.owners.iter().map(Holder::record).collect(),
        }
    }
}

impl Holder {
    fn restored(record: &OwnerRecord) -> Self {
        let OwnerRecord { pid, start, owner_id, ref name, uuid, count, since } = *record;
        let who = Who { pid, start, id: owner_id, name: name.clone(), uuid };
        Self { who: Arc::new(who), count: count.max(1), since }
    }

    fn record(&self) -> OwnerRecord {
        let who = &*self.who;
        OwnerRecord {
            pid: who.pid,
            start: who.start,
            owner_id: who.id,
            name: who.name.clone(),
            uuid: who.uuid,
            count: self.count,
            since: self.since,
        }
    }
}
