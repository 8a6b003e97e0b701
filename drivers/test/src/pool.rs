//! A storage pool and its volumes: what they are, and what a change to them needs. Nothing is stored anywhere.

use vir_base::ErrorDomain;
use vir_base::refs::{StoragePoolRef, StorageVolRef};
use vir_base::{Result, Uuid, bail, err};
use vir_model::storage::{self as model, Capacity, Volume};

/// Size of every pool, in bytes.
const CAPACITY: u64 = 100 << 30;

/// A pool.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    /// What it is.
    pub def: model::Pool,
    /// It is on.
    pub active: bool,
    /// It stays when it goes off.
    pub persistent: bool,
    /// Marked for start with the host.
    pub autostart: bool,
    /// What was made in it.
    pub volumes: Vec<Volume>,
}

impl Pool {
    /// An empty pool of this definition, which gets a UUID if it has none.
    pub fn new(mut def: model::Pool, active: bool, persistent: bool) -> Self {
        def.uuid.get_or_insert_with(|| Uuid::random().into());
        def.tell_sizes(CAPACITY, 0);
        Self { def, active, persistent, autostart: false, volumes: vec![] }
    }

    /// Name.
    pub fn name(&self) -> &str {
        self.def.name()
    }

    /// UUID.
    pub fn uuid(&self) -> Uuid {
        self.def.uuid().unwrap_or(Uuid([0; 16]))
    }

    /// As clients know it.
    pub fn reference(&self) -> StoragePoolRef {
        StoragePoolRef { name: self.name().to_owned(), uuid: self.uuid() }
    }

    /// One of its volumes, as clients know it.
    pub fn volume_reference(&self, volume: &Volume) -> StorageVolRef {
        StorageVolRef {
            pool: self.name().to_owned(),
            name: volume.name().to_owned(),
            key: volume.key().to_owned(),
        }
    }

    /// Checks that it is made of nothing that another pool is made of.
    ///
    /// # Errors
    /// It is.
    pub fn check_against(&self, others: &[Self]) -> Result<()> {
        match others.iter().find(|other| other.def.clashes_with(&self.def)) {
            None => Ok(()),
            Some(other) => {
                bail!(Storage, OperationFailed, "Storage source conflict with pool: '{}'", other.name())
            }
        }
    }

    /// Takes over another definition of the same pool. A pool that is on keeps its own, but its volumes are counted
    /// from nothing, as the peer does it.
    pub fn redefine(&mut self, new: Self) {
        match self.active {
            true => self.def.tell_sizes(CAPACITY, 0),
            false => self.def = new.def,
        }
        (self.active, self.persistent) = (self.active || new.active, new.persistent);
    }

    /// The volume of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn volume(&self, name: &str) -> Result<&Volume> {
        self.volumes
            .iter()
            .find(|volume| volume.name() == name)
            .ok_or_else(|| err!(Test, NoStorageVol, "no storage vol with matching name '{name}'"))
    }

    /// Makes a volume, after another one or empty.
    ///
    /// # Errors
    /// What is wrong in its document; there is one of its name, or no other to make it after; the pool is full.
    pub fn create(&mut self, xml: &str, validate: bool, after: Option<&str>) -> Result<StorageVolRef> {
        if validate {
            vir_schema::require("storagevol", ErrorDomain::Storage, xml)?;
        }
        let mut volume = Volume::parse(xml, self.def.kind, Capacity::Needed)?;
        if self.volume(volume.name()).is_ok() {
            bail!(Test, OperationFailed, "storage vol already exists");
        }
        if let Some(after) = after {
            self.volume(after)?;
        }
        let (capacity, allocation, _) = self.def.sizes();
        if allocation.saturating_add(volume.sizes().1) > capacity {
            bail!(Test, InternalError, "Not enough free space in pool for volume '{}'", volume.name());
        }
        volume.place(&self.path_of(&volume));
        let reference = self.volume_reference(&volume);
        self.add(volume)?;
        Ok(reference)
    }

    fn path_of(&self, volume: &Volume) -> String {
        // so it reads with the peer where volumes are not in the file system
        format!("{}/{}", self.def.target_path().unwrap_or("(null)"), volume.name())
    }

    /// Takes a volume in that a description of a machine has.
    ///
    /// # Errors
    /// There is one of its name, key or path.
    pub fn add(&mut self, mut volume: Volume) -> Result<()> {
        let path = volume.path().map_or_else(|| self.path_of(&volume), str::to_owned);
        let key = volume.key.take().unwrap_or_else(|| path.clone());
        volume.place(&path);
        volume.key = Some(key);
        let same = |known: &Volume| {
            known.name() == volume.name() || known.key() == volume.key() || known.path() == volume.path()
        };
        if self.volumes.iter().any(same) {
            bail!(Test, OperationFailed, "storage vol already exists");
        }
        let (capacity, allocation, _) = self.def.sizes();
        self.def.tell_sizes(capacity, allocation.saturating_add(volume.sizes().1));
        self.volumes.push(volume);
        Ok(())
    }

    /// Takes a volume away.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn delete(&mut self, name: &str) -> Result<()> {
        let size = self.volume(name)?.sizes().1;
        let (capacity, allocation, _) = self.def.sizes();
        self.def.tell_sizes(capacity, allocation.saturating_sub(size));
        self.volumes.retain(|volume| volume.name() != name);
        Ok(())
    }
}

/// Takes a definition in, to be started or kept.
///
/// # Errors
/// It is made of what another pool is made of, or has another's name or UUID; it is to be started and is on.
pub(crate) fn assign(pools: &mut Vec<Pool>, new: Pool) -> Result<()> {
    new.check_against(pools)?;
    let (name, uuid) = (new.name(), new.uuid());
    if let Some(old) = pools.iter_mut().find(|pool| pool.uuid() == uuid) {
        if old.name() != name {
            bail!(Storage, OperationFailed, "pool '{}' is already defined with uuid {uuid}", old.name());
        }
        if new.active && old.active {
            bail!(Storage, OperationInvalid, "pool is already active as '{name}'");
        }
        old.redefine(new);
        return Ok(());
    }
    if let Some(old) = pools.iter().find(|pool| pool.name() == name) {
        bail!(Storage, OperationFailed, "pool '{name}' already exists with uuid {}", old.uuid());
    }
    pools.push(new);
    Ok(())
}

/// The pool of that name.
///
/// # Errors
/// There is none.
pub(crate) fn by_name<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    pools
        .iter_mut()
        .find(|pool| pool.name() == name)
        .ok_or_else(|| err!(Test, NoStoragePool, "no storage pool with matching name '{name}'"))
}

/// As [`by_name`], of a pool that is on.
///
/// # Errors
/// There is none, or it is off.
pub(crate) fn active<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    let pool = by_name(pools, name)?;
    match pool.active {
        true => Ok(pool),
        false => bail!(Test, OperationInvalid, "storage pool '{name}' is not active"),
    }
}

/// As [`by_name`], of a pool that is off.
///
/// # Errors
/// There is none, or it is on.
pub(crate) fn inactive<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    let pool = by_name(pools, name)?;
    match pool.active {
        false => Ok(pool),
        true => bail!(Test, OperationInvalid, "storage pool '{name}' is active"),
    }
}

/// The pool of that UUID.
///
/// # Errors
/// There is none.
pub(crate) fn by_uuid<'a>(pools: &'a [Pool], uuid: &Uuid) -> Result<&'a Pool> {
    pools
        .iter()
        .find(|pool| pool.uuid() == *uuid)
        .ok_or_else(|| err!(Test, NoStoragePool, "no storage pool with matching uuid '{uuid}'"))
}
