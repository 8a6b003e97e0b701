//! The reference: what leases are, in the fewest words.

use std::collections::{BTreeMap, BTreeSet};

const SHARED: u32 = 1;
const AUTOCREATE: u32 = 2;

/// All that can be known about leases. Files are numbers, so that two paths can be one.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) files: BTreeMap<String, u32>,
    leases: Vec<Lease>,
    spaces: BTreeSet<String>,
    next_file: u32,
}

#[derive(Debug)]
struct Lease {
    name: (String, String),
    path: String,
    file: u32,
    flags: u32,
    owners: BTreeMap<u32, u32>,
}

/// How a call ends, as its error's code and domain.
pub(super) type Verdict = Result<(), &'static str>;

const NO_SPACE: &str = "1 7";
const BUSY: &str = "87 51";

impl Model {
    pub(super) fn add_file(&mut self, path: &str) -> u32 {
        if let Some(file) = self.files.get(path) {
            return *file;
        }
        self.next_file += 1;
        self.files.insert(path.to_owned(), self.next_file);
        self.next_file
    }

    pub(super) fn path(space: &str, name: &str) -> String {
        if space.is_empty() { name.to_owned() } else { format!("{space}/{name}") }
    }

    fn has_space(&self, space: &str) -> bool {
        space.is_empty() || self.spaces.contains(space)
    }

    /// By its name, else by its file.
    fn find(&self, space: &str, name: &str) -> Option<usize> {
        let of_name = |lease: &Lease| lease.name == (space.to_owned(), name.to_owned());
        self.leases.iter().position(of_name).or_else(|| {
            let file = self.files.get(&Self::path(space, name))?;
            self.leases.iter().position(|lease| lease.file == *file)
        })
    }

    pub(super) fn space(&mut self, space: &str, new: bool) -> Verdict {
        match (new, space.is_empty(), self.has_space(space)) {
            (true, true, _) => return Err("55 7"),
            (true, false, true) => return Err("1 7"),
            (_, false, _) => drop(self.spaces.insert(space.to_owned())),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn create(&mut self, space: &str, name: &str) -> Verdict {
        self.unheld(space, name)?;
        self.add_file(&Self::path(space, name));
        Ok(())
    }

    pub(super) fn delete(&mut self, space: &str, name: &str) -> Verdict {
        self.unheld(space, name)?;
        self.files.remove(&Self::path(space, name));
        Ok(())
    }

    fn unheld(&self, space: &str, name: &str) -> Verdict {
        match (self.has_space(space), self.find(space, name)) {
            (false, _) => Err(NO_SPACE),
            (true, Some(_)) => Err(BUSY),
            (true, None) => Ok(()),
        }
    }

    pub(super) fn acquire(&mut self, space: &str, name: &str, flags: u32, owner: u32) -> Verdict {
        if !self.has_space(space) {
            return Err(NO_SPACE);
        }
        if let Some(at) = self.find(space, name) {
            let lease = &mut self.leases[at];
            if lease.flags & flags & SHARED == 0 {
                return Err(BUSY);
            }
            *lease.owners.entry(owner).or_default() += 1;
            return Ok(());
        }
        let path = Self::path(space, name);
        if flags & AUTOCREATE == 0 && !self.files.contains_key(&path) {
            return Err("38 51");
        }
        let file = self.add_file(&path);
        let (name, owners) = ((space.to_owned(), name.to_owned()), [(owner, 1)].into());
        self.leases.push(Lease { name, path, file, flags, owners });
        Ok(())
    }

    pub(super) fn release(&mut self, space: &str, name: &str, owner: u32) -> Verdict {
        if !self.has_space(space) {
            return Err(NO_SPACE);
        }
        let Some(at) = self.find(space, name) else { return Err(BUSY) };
        let Some(count) = self.leases[at].owners.get_mut(&owner) else { return Err("1 51") };
        *count -= 1;
        if *count == 0 {
            self.leases[at].owners.remove(&owner);
        }
        self.sweep();
        Ok(())
    }

    pub(super) fn owner_died(&mut self, owner: u32) {
        self.leases.iter_mut().for_each(|lease| _ = lease.owners.remove(&owner));
        self.sweep();
    }

    /// Leases that nobody holds go, and the files that were made for them.
    fn sweep(&mut self) {
        let files = &mut self.files;
        self.leases.retain(|lease| {
            let made = lease.flags & AUTOCREATE != 0 && files.get(&lease.path) == Some(&lease.file);
            if lease.owners.is_empty() && made {
                files.remove(&lease.path);
            }
            !lease.owners.is_empty()
        });
    }

    /// What locks a file: nothing, sharers, or one.
    pub(super) fn lock(&self, path: &str) -> Option<bool> {
        let file = self.files.get(path)?;
        self.leases.iter().find(|lease| lease.file == *file).map(|lease| lease.flags & SHARED == 0)
    }

    pub(super) fn held(&self) -> usize {
        self.leases.len()
    }
}
