//! A lease in plain values: what the journal, the state document and the status are written from,
//! and what the lease table is made of again.
//!
//! Values only: how they are written is for each of those to say, and no descriptor is owned here. Texts
//! are shared with the table, since one is made for every lease that is given.

use std::sync::Arc;
use vir_base::Uuid;

/// Many may hold the lease at once.
pub const SHARED: u32 = 1;
/// The file is made when it is missing, and goes with the last lease on it.
pub const AUTOCREATE: u32 = 2;

/// The file that a lease is on, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// Its file system's number (`st_dev`).
    pub dev: u64,
    /// Its number there (`st_ino`).
    pub ino: u64,
}

/// A lease that is held. There is one for each file, however many hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRecord {
    /// Names the lease for as long as it is held; counts up, never used again under one journal.
    pub id: u64,
    /// The number of the descriptor that carries the kernel's lock.
    pub fd: i32,
    /// The lockspace's directory; empty for the default lockspace.
    pub space: Arc<str>,
    /// The resource's name in its lockspace.
    pub name: Arc<str>,
    /// The file's path.
    pub path: Arc<str>,
    /// The file.
    pub file: FileId,
    /// [`SHARED`] and [`AUTOCREATE`], as the first to acquire it asked.
    pub flags: u32,
    /// Who holds it; never empty. One entry for each process.
    pub owners: Vec<OwnerRecord>,
}

/// One holder of a lease. Holders are told apart by `pid`, as the protocol does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRecord {
    /// The process, as it was registered.
    pub pid: i32,
    /// When that process started, in clock ticks since the machine did (field 22 of `/proc/PID/stat`):
    /// tells it from a later one with the same number. `None` if nobody could say any more.
    pub start: Option<u64>,
    /// The guest's number; 0 if not known (a document of the C daemon names processes only).
    pub owner_id: u32,
    /// The guest's name; empty if not known.
    pub name: Arc<str>,
    /// The guest's UUID; zero if not known.
    pub uuid: Uuid,
    /// How many times it holds the lease: it has to release it as often.
    pub count: u32,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

/// What has changed, in the order in which it did. The journal is a list of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This lease is held, by these owners: in place of what was known of its `id`.
    Put(LeaseRecord),
    /// The lease with this number is held no more; its descriptor is about to be closed.
    Gone(u64),
    /// There is a lockspace for this directory. Lockspaces stay.
    Space(String),
}

impl LeaseRecord {
    /// Whether others may hold it too.
    pub fn is_shared(&self) -> bool {
        self.flags & SHARED != 0
    }

    /// Whether its file goes when it does.
    pub fn is_autocreated(&self) -> bool {
        self.flags & AUTOCREATE != 0
    }

    /// Whether it belongs to the default lockspace, whose resources are named by their path.
    pub fn is_direct(&self) -> bool {
        self.space.is_empty()
    }

    /// What a process holds of it.
    pub fn owner(&self, pid: i32) -> Option<&OwnerRecord> {
        self.owners.iter().find(|owner| owner.pid == pid)
    }
}
