//! A domain's moments of one kind, by their names: who came before whom, and which one is current.

use std::collections::HashMap;
use vir_api::constants as c;
use vir_base::{Result, bail};
use vir_model::moment::Moment;
use vir_model::moment::checkpoint::Checkpoint;
use vir_model::moment::snapshot::Snapshot;

/// Those with nothing before them, or those right after one. The flags of checkpoints are the same.
const ROOTS_OR_DESCENDANTS: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_ROOTS;
const _: () = assert!(ROOTS_OR_DESCENDANTS == c::VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS);
const _: () = assert!(ROOTS_OR_DESCENDANTS == c::VIR_DOMAIN_CHECKPOINT_LIST_ROOTS);
const LEAVES: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_LEAVES;
const _: () = assert!(LEAVES == c::VIR_DOMAIN_CHECKPOINT_LIST_LEAVES);
const NO_LEAVES: u32 = c::VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES;
const _: () = assert!(NO_LEAVES == c::VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES);

/// What is kept as a moment.
pub(crate) trait Kept {
    /// What all kinds have in common.
    fn moment(&self) -> &Moment;
    /// As [`Kept::moment`], to change it.
    fn moment_mut(&mut self) -> &mut Moment;
}

impl Kept for Snapshot {
    fn moment(&self) -> &Moment {
        &self.moment
    }

    fn moment_mut(&mut self) -> &mut Moment {
        &mut self.moment
    }
}

impl Kept for Checkpoint {
    fn moment(&self) -> &Moment {
        &self.moment
    }

    fn moment_mut(&mut self) -> &mut Moment {
        &mut self.moment
    }
}

/// The moments, in the order in which they came.
#[derive(Clone, Debug)]
pub(crate) struct Moments<T> {
    all: Vec<T>,
    current: Option<String>,
}

impl<T> Default for Moments<T> {
    fn default() -> Self {
        Self { all: vec![], current: None }
    }
}

/// Places of the moments after each one, the newest last; `None` stands before those that have nothing before them.
type Children<'a> = HashMap<Option<&'a str>, Vec<usize>>;

impl<T: Kept> Moments<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The one of this name.
    pub fn find(&self, name: &str) -> Option<&T> {
        self.all.iter().find(|kept| kept.moment().name() == name)
    }

    /// The name of the one that the domain's state comes from.
    pub fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// Sets which one that is.
    pub fn set_current(&mut self, name: Option<&str>) {
        self.current = name.map(str::to_owned);
    }

    /// Takes a new one in.
    ///
    /// # Errors
    /// There is one of that name.
    pub fn add(&mut self, kept: T) -> Result<()> {
        let name = kept.moment().name();
        if self.find(name).is_some() {
            bail!(Domain, OperationFailed, "domain moment {name} already exists");
        }
        self.all.push(kept);
        Ok(())
    }

    /// Takes one in, in the place of the one of that name, which it gives back.
    pub fn replace(&mut self, kept: T) -> Option<T> {
        let old = self.remove(kept.moment().name());
        self.all.push(kept);
        old
    }

    fn remove(&mut self, name: &str) -> Option<T> {
        let place = self.all.iter().position(|kept| kept.moment().name() == name)?;
        Some(self.all.remove(place))
    }

    /// Refuses a moment that would come before itself, or after none that there is.
    ///
    /// # Errors
    /// As above.
    pub fn check_parent(&self, moment: &Moment) -> Result<()> {
        let (name, Some(parent)) = (moment.name(), moment.parent.as_deref()) else { return Ok(()) };
        if parent == name {
            bail!(Domain, InvalidArg, "cannot set moment {name} as its own parent");
        }
        let Some(mut other) = self.find(parent) else {
            bail!(Domain, InvalidArg, "parent {parent} for moment {name} not found");
        };
        // what is here has no cycle, so that this ends
        while let Some(before) = other.moment().parent.as_deref() {
            if before == name {
                bail!(Domain, InvalidArg, "parent {} would create cycle to {name}", other.moment().name());
            }
            let Some(next) = self.find(before) else { break };
            other = next;
        }
        Ok(())
    }

    /// True if each one has what it says came before it, and none comes before itself.
    pub fn is_consistent(&self) -> bool {
        let known =
            |kept: &T| kept.moment().parent.as_deref().is_none_or(|parent| self.find(parent).is_some());
        let children = self.children();
        self.all.iter().all(known) && self.after(None, true, &children).len() == self.all.len()
    }

    fn children(&self) -> Children<'_> {
        let names: HashMap<&str, ()> = self.all.iter().map(|kept| (kept.moment().name(), ())).collect();
        let mut children = Children::new();
        for (place, kept) in self.all.iter().enumerate() {
            let parent = kept.moment().parent.as_deref().filter(|parent| names.contains_key(parent));
            children.entry(parent).or_default().push(place);
        }
        children
    }

    /// Those after `from`, each before those after it, the newest first; with `deep`, those after these too.
    fn after<'a>(&'a self, from: Option<&'a str>, deep: bool, children: &Children<'a>) -> Vec<&'a T> {
        let mut found = vec![];
        let mut waiting: Vec<usize> = children.get(&from).cloned().unwrap_or_default();
        while let Some(kept) = waiting.pop().and_then(|place| self.all.get(place)) {
            found.push(kept);
            if deep && let Some(next) = children.get(&Some(kept.moment().name())) {
                waiting.extend(next);
            }
        }
        found
    }

    /// Those that the flags and `passes` let pass, of all or after `from`; parents before children.
    pub fn list(&self, from: Option<&str>, flags: u32, passes: impl Fn(&T) -> bool) -> Vec<&T> {
        let children = self.children();
        let deep = (flags & ROOTS_OR_DESCENDANTS != 0) == from.is_some();
        // the caller's name, as long as the tree lives
        let from = match from {
            None => None,
            Some(name) => match self.find(name) {
                None => return vec![],
                Some(kept) => Some(kept.moment().name()),
            },
        };
        let is_leaf = |kept: &T| !children.contains_key(&Some(kept.moment().name()));
        let mut found = self.after(from, deep, &children);
        // as with libvirt, none passes both
        found.retain(|kept| {
            (flags & LEAVES == 0 || is_leaf(kept))
                && (flags & NO_LEAVES == 0 || !is_leaf(kept))
                && passes(kept)
        });
        found
    }

    /// Removes the one of this name, which must be there; its children take its place.
    pub fn delete(&mut self, name: &str) {
        let parent = self.find(name).and_then(|kept| kept.moment().parent.clone());
        let parent = parent.filter(|parent| self.find(parent).is_some());
        for kept in &mut self.all {
            let moment = kept.moment_mut();
            if moment.parent.as_deref() == Some(name) {
                moment.parent.clone_from(&parent);
            }
        }
        if self.current.as_deref() == Some(name) {
            self.current = parent;
        }
        self.remove(name);
    }

    /// Removes all after the one of this name, which becomes current if one of them was.
    pub fn delete_descendants(&mut self, name: &str) {
        let children = self.children();
        let gone: Vec<String> = self
            .after(Some(name), true, &children)
            .iter()
            .map(|kept| kept.moment().name().to_owned())
            .collect();
        if self.current.as_ref().is_some_and(|current| gone.contains(current)) {
            self.current = Some(name.to_owned());
        }
        self.all.retain(|kept| !gone.iter().any(|gone| gone == kept.moment().name()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a - b - d, a - c, e.
    fn tree() -> Moments<Snapshot> {
        let mut moments = Moments::default();
        for (name, parent) in [("a", None), ("b", Some("a")), ("c", Some("a")), ("d", Some("b")), ("e", None)]
        {
            let mut snapshot = Snapshot::default();
            snapshot.moment.name = Some(name.to_owned());
            snapshot.moment.parent = parent.map(str::to_owned);
            moments.add(snapshot).expect("a new name");
        }
        moments.set_current(Some("d"));
        moments
    }

    fn names(moments: &Moments<Snapshot>, from: Option<&str>, flags: u32) -> String {
        moments.list(from, flags, |_| true).iter().map(|kept| kept.moment().name()).collect()
    }

    #[test]
    fn lists() {
        let tree = tree();
        assert_eq!(names(&tree, None, 0), "eacbd");
        assert_eq!(names(&tree, None, ROOTS_OR_DESCENDANTS), "ea");
        assert_eq!(names(&tree, Some("a"), 0), "cb");
        assert_eq!(names(&tree, Some("a"), ROOTS_OR_DESCENDANTS), "cbd");
        assert_eq!(names(&tree, None, LEAVES), "ecd");
        assert_eq!(names(&tree, None, NO_LEAVES), "ab");
        assert_eq!(names(&tree, None, LEAVES | NO_LEAVES), "");
        assert_eq!(names(&tree, Some("x"), 0), "");
        assert!(tree.is_consistent());
    }

    #[test]
    fn deletion() {
        let mut tree = tree();
        tree.delete("b");
        assert_eq!((names(&tree, Some("a"), 0).as_str(), tree.current()), ("dc", Some("d")));
        tree.delete("d");
        assert_eq!((names(&tree, Some("a"), 0).as_str(), tree.current()), ("c", Some("a")));
        tree.set_current(Some("c"));
        tree.delete_descendants("a");
        assert_eq!((names(&tree, None, 0).as_str(), tree.current()), ("ea", Some("a")));
        tree.delete("a");
        assert_eq!((names(&tree, None, 0).as_str(), tree.current()), ("e", None));
    }

    #[test]
    fn parents() {
        let tree = tree();
        let check = |name: &str, parent: &str| {
            let moment = Moment { name: Some(name.into()), parent: Some(parent.into()), ..Moment::default() };
            tree.check_parent(&moment).map_err(|error| error.message().to_owned())
        };
        assert_eq!(check("x", "d"), Ok(()));
        assert_eq!(check("c", "d"), Ok(()));
        assert_eq!(check("a", "a").unwrap_err(), "invalid argument: cannot set moment a as its own parent");
        assert_eq!(check("a", "x").unwrap_err(), "invalid argument: parent x for moment a not found");
        assert_eq!(check("a", "d").unwrap_err(), "invalid argument: parent b would create cycle to a");
    }
}
