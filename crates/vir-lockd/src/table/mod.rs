//! Which leases are held, and by whom: a plain data structure.
//!
//! No file is touched here and no clock read: what has to be done to files is told to the caller, who
//! gives the outcome back. A lease owns the handle of its file (`F`), which nothing here looks into.
//!
//! A lease is found by its name and by its file: two names of one file are one lease, however it came
//! by them. Acquiring what is held looks at the name first, so that a file that was replaced while its
//! lease is held does not give the name to somebody else.

mod hold;
mod mix;

#[cfg(test)]
mod tests;

pub use hold::{Handle, Holder, Lease, Who};

pub(crate) use mix::Mixing;

use crate::record::{AUTOCREATE, Change, FileId, LeaseRecord, SHARED};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// All leases.
pub struct Table<F> {
    /// The default lockspace first.
    spaces: Vec<Space>,
    leases: HashMap<u64, Lease<F>, Mixing>,
    /// By file; where leases were taken over that share one, one of them.
    files: HashMap<FileId, u64, Mixing>,
    /// More leases than files, by so many.
    twins: usize,
    holdings: HashMap<i32, BTreeSet<u64>, Mixing>,
    next_id: u64,
}

struct Space {
    dir: Arc<str>,
    leases: HashMap<Arc<str>, u64, Mixing>,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such lockspace.
    NoSpace,
    /// Somebody holds the lease.
    Busy,
    /// Nobody does.
    NotHeld,
    /// Others do, but not this process.
    NotOwner,
}

/// How a lease can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// By joining those who share the lease with this number.
    Join(u64),
    /// By locking the file at this path.
    Lock(Arc<str>),
}

/// Who got in by a file that was locked.
pub enum Admitted<F> {
    /// A new lease.
    New(Change),
    /// One more holder of a lease that is there already; the handle is not needed.
    Joined(Change, F),
}

/// What came of a release.
pub struct Released<F> {
    /// What has changed.
    pub change: Change,
    /// The file to let go of, if nobody holds the lease any more.
    pub ended: Option<Ended<F>>,
}

/// A lease that nobody holds any more.
pub struct Ended<F> {
    /// Its number.
    pub id: u64,
    /// Its file's handle.
    pub handle: F,
    /// Its file's path.
    pub path: Arc<str>,
    /// Its file.
    pub file: FileId,
    /// Its flags.
    pub flags: u32,
}

impl<F: Handle> Default for Table<F> {
    fn default() -> Self {
        Self {
            spaces: vec![Space { dir: "".into(), leases: HashMap::default() }],
            leases: HashMap::default(),
            files: HashMap::default(),
            twins: 0,
            holdings: HashMap::default(),
            next_id: 1,
        }
    }
}

impl<F: Handle> Table<F> {
    fn space(&self, dir: &str) -> Result<usize, Refusal> {
        self.spaces.iter().position(|space| &*space.dir == dir).ok_or(Refusal::NoSpace)
    }

    /// Whether there is a lockspace for this directory; the default one, named "", always is.
    pub fn has_space(&self, dir: &str) -> bool {
        self.space(dir).is_ok()
    }

    /// Adds a lockspace. Nothing, if it is there.
    pub fn add_space(&mut self, dir: &str) -> Option<Change> {
        if self.has_space(dir) {
            return None;
        }
        self.spaces.push(Space { dir: dir.into(), leases: HashMap::default() });
        Some(Change::Space(dir.to_owned()))
    }

    /// The directories of all lockspaces but the default one.
    pub fn spaces(&self) -> impl Iterator<Item = &str> {
        self.spaces[1..].iter().map(|space| &*space.dir)
    }

    /// Where the file of a resource is.
    ///
    /// # Errors
    /// There is no such lockspace.
    pub fn path(&self, dir: &str, name: &str) -> Result<Arc<str>, Refusal> {
        Ok(resource_path(&self.spaces[self.space(dir)?].dir, &name.into()))
    }

    /// The lease of that name.
    ///
    /// # Errors
    /// There is no such lockspace.
    pub fn find(&self, dir: &str, name: &str) -> Result<Option<u64>, Refusal> {
        Ok(self.spaces[self.space(dir)?].leases.get(name).copied())
    }

    /// The lease on that file.
    pub fn find_file(&self, file: FileId) -> Option<u64> {
        self.files.get(&file).copied()
    }

    /// How many leases are held.
    pub fn len(&self) -> usize {
        self.leases.len()
    }

    /// Whether no lease is held.
    pub fn is_empty(&self) -> bool {
        self.leases.is_empty()
    }

    /// Whether this process holds any lease.
    pub fn holds(&self, pid: i32) -> bool {
        self.holdings.contains_key(&pid)
    }

    /// The processes that hold leases.
    pub fn holders(&self) -> impl Iterator<Item = i32> {
        self.holdings.keys().copied()
    }

    /// The handle of a lease.
    pub fn handle(&self, id: u64) -> Option<&F> {
        self.leases.get(&id).map(|lease| &lease.handle)
    }

    /// A lease in plain values.
    pub fn record(&self, id: u64) -> Option<LeaseRecord> {
        let lease = self.leases.get(&id)?;
        Some(lease.record(id, &self.spaces[lease.space].dir))
    }

    /// The numbers of all leases, the oldest first.
    pub fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self.leases.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// All leases in plain values, the oldest first.
    pub fn records(&self) -> impl Iterator<Item = LeaseRecord> {
        self.ids().into_iter().filter_map(|id| self.record(id))
    }

    /// How a lease can be had, if it can.
    ///
    /// # Errors
    /// [`Refusal::NoSpace`], [`Refusal::Busy`].
    pub fn ask(&self, dir: &str, name: &str, flags: u32) -> Result<Ask, Refusal> {
        match self.find(dir, name)? {
            Some(id) => self.may_join(id, flags).map(Ask::Join),
            None => self.path(dir, name).map(Ask::Lock),
        }
    }

    /// Only those who share with those who share.
    fn may_join(&self, id: u64, flags: u32) -> Result<u64, Refusal> {
        let both = self.leases.get(&id).map_or(0, |lease| lease.flags) & flags;
        if both & SHARED != 0 { Ok(id) } else { Err(Refusal::Busy) }
    }

    /// One more holder of a lease, or the same once more; [`Table::ask`] has allowed it.
    pub fn join(&mut self, id: u64, who: &Arc<Who>, now: i64) -> Option<Change> {
        let lease = self.leases.get_mut(&id)?;
        match lease.owners.iter_mut().find(|holder| holder.who.pid == who.pid) {
            Some(holder) => holder.count = holder.count.saturating_add(1),
            None => {
                lease.owners.push(Holder { who: Arc::clone(who), count: 1, since: now });
                self.holdings.entry(who.pid).or_default().insert(id);
            }
        }
        self.record(id).map(Change::Put)
    }

    /// Lets in who has locked the file at the path that [`Table::ask`] told. Where another name of the
    /// file has a lease already, they join that, if they may.
    ///
    /// # Errors
    /// [`Refusal::Busy`], with the handle.
    pub fn admit(
        &mut self,
        (dir, name, flags): (&str, &str, u32),
        (file, handle): (FileId, F),
        who: &Arc<Who>,
        now: i64,
    ) -> Result<Admitted<F>, (Refusal, F)> {
        let space = match self.space(dir) {
            Ok(space) => space,
            Err(refusal) => return Err((refusal, handle)),
        };
        if let Some(id) = self.find_file(file) {
            return match self.may_join(id, flags).map(|id| self.join(id, who, now)) {
                Ok(Some(change)) => Ok(Admitted::Joined(change, handle)),
                Ok(None) | Err(_) => Err((Refusal::Busy, handle)),
            };
        }
        let id = self.next_id;
        let flags = flags & (SHARED | AUTOCREATE);
        let owners = vec![Holder { who: Arc::clone(who), count: 1, since: now }];
        let lease = Lease { space, name: name.into(), path: None, file, flags, owners, handle };
        let change = Change::Put(lease.record(id, &self.spaces[space].dir));
        self.insert(id, lease);
        Ok(Admitted::New(change))
    }

    fn insert(&mut self, id: u64, lease: Lease<F>) {
        self.next_id = self.next_id.max(id + 1);
        self.spaces[lease.space].leases.insert(Arc::clone(&lease.name), id);
        match self.files.entry(lease.file) {
            std::collections::hash_map::Entry::Occupied(_) => self.twins += 1,
            std::collections::hash_map::Entry::Vacant(entry) => drop(entry.insert(id)),
        }
        for holder in &lease.owners {
            self.holdings.entry(holder.who.pid).or_default().insert(id);
        }
        self.leases.insert(id, lease);
    }

    /// Takes up a lease that was held before, under its number; its lockspace is made. Two on one file
    /// may both be there: the C daemon lets that happen.
    ///
    /// # Errors
    /// The handle: its number or its name is taken, or nobody holds it.
    pub fn restore(&mut self, record: &LeaseRecord, handle: F) -> Result<(), F> {
        self.add_space(&record.space);
        let Ok(space) = self.space(&record.space) else { return Err(handle) };
        self.put_back(record.id, Lease::restored(record, space, handle))
    }

    /// The same of one in the table's own shape, whose lockspace is there.
    ///
    /// # Errors
    /// The handle, as before.
    pub fn put_back(&mut self, id: u64, lease: Lease<F>) -> Result<(), F> {
        let Some(space) = self.spaces.get(lease.space) else { return Err(lease.handle) };
        let taken = self.leases.contains_key(&id) || space.leases.contains_key(&*lease.name);
        if taken || lease.owners.is_empty() || id == 0 || id == u64::MAX {
            return Err(lease.handle);
        }
        self.insert(id, lease);
        Ok(())
    }

    /// Makes room for so many leases more.
    pub fn reserve(&mut self, leases: usize) {
        self.leases.reserve(leases);
        self.files.reserve(leases);
    }

    /// The lockspaces' directories, the default one's first: a lease's `space` counts in these.
    pub fn directories(&self) -> impl Iterator<Item = &str> {
        self.spaces.iter().map(|space| &*space.dir)
    }

    /// All leases in the table's own shape, in no order.
    pub fn all(&self) -> impl Iterator<Item = (u64, &Lease<F>)> {
        self.leases.iter().map(|(id, lease)| (*id, lease))
    }

    /// The number of the next lease.
    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// The next lease gets this number or a later one: a journal has used those before.
    pub fn continue_from(&mut self, next_id: u64) {
        self.next_id = self.next_id.max(next_id);
    }

    /// A process lets go of a lease, once.
    ///
    /// # Errors
    /// [`Refusal::NotHeld`], [`Refusal::NotOwner`].
    pub fn release(&mut self, id: u64, pid: i32) -> Result<Released<F>, Refusal> {
        let lease = self.leases.get_mut(&id).ok_or(Refusal::NotHeld)?;
        let at = lease.owners.iter().position(|holder| holder.who.pid == pid).ok_or(Refusal::NotOwner)?;
        if lease.owners[at].count > 1 {
            lease.owners[at].count -= 1;
            let change = self.record(id).map_or(Change::Gone(id), Change::Put);
            return Ok(Released { change, ended: None });
        }
        self.release_wholly(id, pid).ok_or(Refusal::NotOwner)
    }

    /// A process lets go of all its leases: it is dead, or acts as if it were.
    pub fn release_all(&mut self, pid: i32) -> Vec<Released<F>> {
        let ids = self.holdings.get(&pid).cloned().unwrap_or_default();
        ids.into_iter().filter_map(|id| self.release_wholly(id, pid)).collect()
    }

    /// Whatever the count.
    fn release_wholly(&mut self, id: u64, pid: i32) -> Option<Released<F>> {
        let lease = self.leases.get_mut(&id)?;
        let before = lease.owners.len();
        lease.owners.retain(|holder| holder.who.pid != pid);
        if lease.owners.len() == before {
            return None;
        }
        let over = lease.owners.is_empty();
        if let Some(held) = self.holdings.get_mut(&pid) {
            held.remove(&id);
            if held.is_empty() {
                self.holdings.remove(&pid);
            }
        }
        if !over {
            return Some(Released { change: Change::Put(self.record(id)?), ended: None });
        }
        let ended = self.remove(id)?;
        Some(Released { change: Change::Gone(id), ended: Some(ended) })
    }

    fn remove(&mut self, id: u64) -> Option<Ended<F>> {
        let lease = self.leases.remove(&id)?;
        let space = &mut self.spaces[lease.space];
        space.leases.remove(&lease.name);
        let path = lease.path(&space.dir);
        if self.files.get(&lease.file) == Some(&id) {
            self.files.remove(&lease.file);
        }
        if self.twins > 0 {
            self.find_twin(lease.file);
        }
        Some(Ended { id, path, file: lease.file, flags: lease.flags, handle: lease.handle })
    }

    /// A lease on this file has gone; another one may be left.
    fn find_twin(&mut self, file: FileId) {
        let mut left = self.leases.iter().filter(|(_, lease)| lease.file == file).map(|(id, _)| *id);
        if let Some(id) = left.next() {
            self.twins -= 1;
            self.files.entry(file).or_insert(id);
        }
    }
}

/// A resource of the default lockspace is named by its path.
fn resource_path(dir: &str, name: &Arc<str>) -> Arc<str> {
    if dir.is_empty() { Arc::clone(name) } else { format!("{dir}/{name}").into() }
}
