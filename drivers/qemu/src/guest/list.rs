//! All guests of the driver, by UUID, name and number.

use super::{Guest, View};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use vir_base::{Result, Uuid, bail, err};

/// All guests. One that is neither defined nor running is a placeholder that holds a name and a
/// UUID while it is being made: no look-up finds it.
#[derive(Default)]
pub struct Guests {
    map: RwLock<Maps>,
    last_id: AtomicI32,
}

#[derive(Default)]
struct Maps {
    by_uuid: HashMap<Uuid, Arc<Guest>>,
    by_name: HashMap<String, Uuid>,
}

fn exists(view: &View) -> bool {
    view.config.is_some() || view.live.is_some()
}

impl Guests {
    /// A number for a new instance.
    pub fn next_id(&self) -> i32 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Numbers up to this one are taken by guests that run already.
    pub fn ids_taken(&self, id: i32) {
        self.last_id.fetch_max(id, Ordering::Relaxed);
    }

    /// The guest of that UUID.
    pub fn by_uuid(&self, uuid: &Uuid) -> Option<Arc<Guest>> {
        self.read().by_uuid.get(uuid).filter(|g| exists(&g.view())).cloned()
    }

    /// The guest of that name.
    pub fn by_name(&self, name: &str) -> Option<Arc<Guest>> {
        let maps = self.read();
        let uuid = maps.by_name.get(name)?;
        maps.by_uuid.get(uuid).filter(|g| exists(&g.view())).cloned()
    }

    /// The running guest of that number.
    pub fn by_id(&self, id: i32) -> Option<Arc<Guest>> {
        let is = |g: &&Arc<Guest>| g.view().live.as_ref().is_some_and(|l| l.id == id);
        self.read().by_uuid.values().find(is).cloned()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<Guest>> {
        self.read().by_uuid.values().filter(|g| exists(&g.view())).cloned().collect()
    }

    /// The guest that a definition of that name and UUID is about, or a new placeholder.
    ///
    /// # Errors
    /// Another guest has the name, or this one has another.
    pub fn claim(&self, name: &str, uuid: Uuid) -> Result<Arc<Guest>> {
        let mut maps = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(guest) = maps.by_uuid.get(&uuid) {
            let view = guest.view();
            if view.name != name {
                bail!(Domain, OperationFailed, "domain '{}' is already defined with uuid {uuid}", view.name);
            }
            return Ok(Arc::clone(guest));
        }
        if let Some(other) = maps.by_name.get(name) {
            bail!(Domain, OperationFailed, "domain '{name}' already exists with uuid {other}");
        }
        let guest = Arc::new(Guest::new(name, uuid));
        maps.by_uuid.insert(uuid, Arc::clone(&guest));
        maps.by_name.insert(name.to_owned(), uuid);
        Ok(guest)
    }

    /// Whether this very guest is still among them.
    pub fn holds(&self, guest: &Arc<Guest>) -> bool {
        self.read().by_uuid.get(&guest.view().uuid).is_some_and(|g| Arc::ptr_eq(g, guest))
    }

    /// Forgets a guest that is neither defined nor running.
    pub fn drop_if_gone(&self, guest: &Arc<Guest>) {
        let mut maps = self.map.write().unwrap_or_else(PoisonError::into_inner);
        let view = guest.view();
        if !exists(&view) && maps.by_uuid.get(&view.uuid).is_some_and(|g| Arc::ptr_eq(g, guest)) {
            maps.by_uuid.remove(&view.uuid);
            maps.by_name.remove(&view.name);
        }
    }

    /// Takes a new name for a guest beside its old one.
    pub fn reserve_name(&self, name: &str, uuid: Uuid) -> Result<()> {
        let mut maps = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if maps.by_name.contains_key(name) {
            return Err(err!(Domain, OperationInvalid, "domain with name '{name}' already exists"));
        }
        maps.by_name.insert(name.to_owned(), uuid);
        Ok(())
    }

    /// Gives back a name that is not a guest's any more.
    pub fn release_name(&self, name: &str) {
        self.map.write().unwrap_or_else(PoisonError::into_inner).by_name.remove(name);
    }

    fn read(&self) -> RwLockReadGuard<'_, Maps> {
        self.map.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_uuids_are_held_from_the_claim_on() {
        let guests = Guests::default();
        let (one, two) = (Uuid([1; 16]), Uuid([2; 16]));
        let guest = guests.claim("a", one).unwrap();
        assert!(guests.by_uuid(&one).is_none(), "a placeholder is not found");
        assert!(Arc::ptr_eq(&guest, &guests.claim("a", one).unwrap()));
        let says = |r: Result<Arc<Guest>>| r.err().unwrap().data().str2.clone().unwrap();
        assert_eq!(says(guests.claim("a", two)), format!("domain 'a' already exists with uuid {one}"));
        assert_eq!(says(guests.claim("b", one)), format!("domain 'a' is already defined with uuid {one}"));
        guests.drop_if_gone(&guest);
        assert!(!guests.holds(&guest));
        guests.claim("b", one).unwrap();
    }
}
