//! Storage pools: a list, look-ups, and being on or off. Volumes are only looked for.

use crate::driver::{Driver, State};
use crate::list::limit;
use crate::network::group;
use vir_api::constants as c;
use vir_api::event::{Event, StoragePoolEvent};
use vir_api::types::StoragePoolGetInfoRet;
use vir_api::{Caller, StorageDriver};
use vir_base::error::check_flags;
use vir_base::refs::{StoragePoolRef, StorageVolRef};
use vir_base::{Error, ErrorDomain, Result, Uuid, bail, err};

/// Size of every pool, in bytes.
const CAPACITY: u64 = 100 << 30;

/// What a search for volume groups finds.
const VOLUME_GROUPS: &str = "\
<sources>
  <source>
    <device path='/dev/sda20'/>
    <name>testvg1</name>
    <format type='lvm2'/>
  </source>
  <source>
    <device path='/dev/sda21'/>
    <name>testvg2</name>
    <format type='lvm2'/>
  </source>
</sources>
";

/// A pool. All are persistent, empty directories.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    /// Name.
    pub name: String,
    /// UUID.
    pub uuid: Uuid,
    /// Its type, "dir".
    pub kind: String,
    /// Its document, where it is known whole.
    pub xml: Option<&'static str>,
    /// It is on.
    pub active: bool,
    /// Marked for start with the host.
    pub autostart: bool,
}

impl Pool {
    fn reference(&self) -> StoragePoolRef {
        StoragePoolRef { name: self.name.clone(), uuid: self.uuid }
    }
}

fn by_name<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    pools
        .iter_mut()
        .find(|pool| pool.name == name)
        .ok_or_else(|| err!(Test, NoStoragePool, "no storage pool with matching name '{name}'"))
}

fn active<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    let pool = by_name(pools, name)?;
    match pool.active {
        true => Ok(pool),
        false => bail!(Test, OperationInvalid, "storage pool '{name}' is not active"),
    }
}

fn inactive<'a>(pools: &'a mut [Pool], name: &str) -> Result<&'a mut Pool> {
    let pool = by_name(pools, name)?;
    match pool.active {
        false => Ok(pool),
        true => bail!(Test, OperationInvalid, "storage pool '{name}' is active"),
    }
}

fn by_uuid<'a>(pools: &'a [Pool], uuid: &Uuid) -> Result<&'a Pool> {
    pools
        .iter()
        .find(|pool| pool.uuid == *uuid)
        .ok_or_else(|| err!(Test, NoStoragePool, "no storage pool with matching uuid '{uuid}'"))
}

fn lifecycle(state: &mut State, pool: StoragePoolRef, event: i32) {
    state.tell(Event::StoragePool(pool, StoragePoolEvent::Lifecycle { event, detail: 0 }));
}

/// The flag of `virConnectListAllStoragePoolsFlags` for a type.
fn kind_flag(kind: &str) -> u32 {
    match kind {
        "dir" => c::VIR_CONNECT_LIST_STORAGE_POOLS_DIR,
        "fs" => c::VIR_CONNECT_LIST_STORAGE_POOLS_FS,
        "netfs" => c::VIR_CONNECT_LIST_STORAGE_POOLS_NETFS,
        "logical" => c::VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL,
        "disk" => c::VIR_CONNECT_LIST_STORAGE_POOLS_DISK,
        "iscsi" => c::VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI,
        "scsi" => c::VIR_CONNECT_LIST_STORAGE_POOLS_SCSI,
        "mpath" => c::VIR_CONNECT_LIST_STORAGE_POOLS_MPATH,
        "rbd" => c::VIR_CONNECT_LIST_STORAGE_POOLS_RBD,
        "sheepdog" => c::VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG,
        "gluster" => c::VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER,
        "zfs" => c::VIR_CONNECT_LIST_STORAGE_POOLS_ZFS,
        "vstorage" => c::VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE,
        "iscsi-direct" => c::VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT,
        _ => 0,
    }
}

/// All flags of [`kind_flag`].
const KINDS: u32 = 0xf_ffc0;

impl Driver {
    fn pool_names(&self, active: bool, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let pools = state.pools.iter().filter(|pool| pool.active == active);
            Ok(pools.map(|pool| pool.name.clone()).take(limit(max)).collect())
        })
    }

    fn pool_count(&self, active: bool) -> Result<i32> {
        Ok(i32::try_from(self.pool_names(active, i32::MAX)?.len()).unwrap_or(i32::MAX))
    }
}

impl StorageDriver for Driver {
    fn connect_num_of_storage_pools(&self, _: &Caller) -> Result<i32> {
        self.pool_count(true)
    }

    fn connect_list_storage_pools(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.pool_names(true, max)
    }

    fn connect_num_of_defined_storage_pools(&self, _: &Caller) -> Result<i32> {
        self.pool_count(false)
    }

    fn connect_list_defined_storage_pools(&self, _: &Caller, max: i32) -> Result<Vec<String>> {
        self.pool_names(false, max)
    }

    fn connect_list_all_storage_pools(&self, _: &Caller, flags: u32) -> Result<Vec<StoragePoolRef>> {
        check_flags(ErrorDomain::Test, flags, 0x3f | KINDS, "testConnectListAllStoragePools")?;
        let passes = |pool: &Pool| {
            group(
                flags,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE,
                pool.active,
            ) && group(
                flags,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT,
                true,
            ) && group(
                flags,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART,
                pool.autostart,
            ) && (flags & KINDS == 0 || flags & kind_flag(&pool.kind) != 0)
        };
        self.with(|state| Ok(state.pools.iter().filter(|pool| passes(pool)).map(Pool::reference).collect()))
    }

    fn connect_find_storage_pool_sources(
        &self,
        _: &Caller,
        kind: &str,
        _: Option<&str>,
        flags: u32,
    ) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testConnectFindStoragePoolSources")?;
        match kind {
            "logical" => Ok(VOLUME_GROUPS.to_owned()),
            // needs the reader of <source> documents
            "netfs" => Err(Error::no_support(ErrorDomain::Storage, "virConnectFindStoragePoolSources")),
            // the peer takes the first of its types for an unknown one, and unknown ones for types
            "dir" => bail!(Test, InternalError, "unknown storage pool type dir"),
            kind => bail!(Test, NoSupport, "pool type '{kind}' does not support source discovery"),
        }
    }

    fn storage_pool_lookup_by_name(&self, _: &Caller, name: &str) -> Result<StoragePoolRef> {
        self.with(|state| Ok(by_name(&mut state.pools, name)?.reference()))
    }

    fn storage_pool_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<StoragePoolRef> {
        self.with(|state| Ok(by_uuid(&state.pools, uuid)?.reference()))
    }

    fn storage_pool_lookup_by_volume(&self, _: &Caller, vol: &StorageVolRef) -> Result<StoragePoolRef> {
        self.with(|state| Ok(by_name(&mut state.pools, &vol.pool)?.reference()))
    }

    fn storage_pool_is_active(&self, _: &Caller, pool: &StoragePoolRef) -> Result<i32> {
        self.with(|state| Ok(by_uuid(&state.pools, &pool.uuid)?.active.into()))
    }

    fn storage_pool_is_persistent(&self, _: &Caller, pool: &StoragePoolRef) -> Result<i32> {
        self.with(|state| by_uuid(&state.pools, &pool.uuid).map(|_| 1))
    }

    fn storage_pool_get_info(&self, _: &Caller, pool: &StoragePoolRef) -> Result<StoragePoolGetInfoRet> {
        self.with(|state| {
            let state = match by_name(&mut state.pools, &pool.name)?.active {
                true => c::VIR_STORAGE_POOL_RUNNING,
                false => c::VIR_STORAGE_POOL_INACTIVE,
            };
            Ok(StoragePoolGetInfoRet {
                state: u8::try_from(state).unwrap_or(0),
                capacity: CAPACITY,
                allocation: 0,
                available: CAPACITY,
            })
        })
    }

    fn storage_pool_get_xml_desc(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolGetXMLDesc")?;
        let xml = self.with(|state| Ok(by_name(&mut state.pools, &pool.name)?.xml))?;
        xml.map(str::to_owned)
            .ok_or_else(|| Error::no_support(ErrorDomain::Storage, "virStoragePoolGetXMLDesc"))
    }

    fn storage_pool_get_autostart(&self, _: &Caller, pool: &StoragePoolRef) -> Result<i32> {
        self.with(|state| Ok(by_name(&mut state.pools, &pool.name)?.autostart.into()))
    }

    fn storage_pool_set_autostart(&self, _: &Caller, pool: &StoragePoolRef, autostart: i32) -> Result<()> {
        self.with(|state| {
            by_name(&mut state.pools, &pool.name)?.autostart = autostart != 0;
            Ok(())
        })
    }

    fn storage_pool_create(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolCreate")?;
        self.with(|state| {
            inactive(&mut state.pools, &pool.name)?.active = true;
            lifecycle(state, pool.clone(), c::VIR_STORAGE_POOL_EVENT_STARTED);
            Ok(())
        })
    }

    fn storage_pool_destroy(&self, _: &Caller, pool: &StoragePoolRef) -> Result<()> {
        self.with(|state| {
            active(&mut state.pools, &pool.name)?.active = false;
            lifecycle(state, pool.clone(), c::VIR_STORAGE_POOL_EVENT_STOPPED);
            Ok(())
        })
    }

    fn storage_pool_build(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolBuild")?;
        self.with(|state| {
            inactive(&mut state.pools, &pool.name)?;
            lifecycle(state, pool.clone(), c::VIR_STORAGE_POOL_EVENT_CREATED);
            Ok(())
        })
    }

    fn storage_pool_delete(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolDelete")?;
        self.with(|state| {
            inactive(&mut state.pools, &pool.name)?;
            lifecycle(state, pool.clone(), c::VIR_STORAGE_POOL_EVENT_DELETED);
            Ok(())
        })
    }

    fn storage_pool_undefine(&self, _: &Caller, pool: &StoragePoolRef) -> Result<()> {
        self.with(|state| {
            inactive(&mut state.pools, &pool.name)?;
            state.pools.retain(|known| known.name != pool.name);
            lifecycle(state, pool.clone(), c::VIR_STORAGE_POOL_EVENT_UNDEFINED);
            Ok(())
        })
    }

    fn storage_pool_refresh(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolRefresh")?;
        self.with(|state| {
            active(&mut state.pools, &pool.name)?;
            state.tell(Event::StoragePool(pool.clone(), StoragePoolEvent::Refresh));
            Ok(())
        })
    }

    fn storage_pool_num_of_volumes(&self, _: &Caller, pool: &StoragePoolRef) -> Result<i32> {
        self.with(|state| active(&mut state.pools, &pool.name).map(|_| 0))
    }

    fn storage_pool_list_volumes(&self, _: &Caller, pool: &StoragePoolRef, _: i32) -> Result<Vec<String>> {
        self.with(|state| active(&mut state.pools, &pool.name).map(|_| vec![]))
    }

    fn storage_pool_list_all_volumes(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        flags: u32,
    ) -> Result<Vec<StorageVolRef>> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolListAllVolumes")?;
        self.with(|state| {
            if by_uuid(&state.pools, &pool.uuid)?.active {
                return Ok(vec![]);
            }
            bail!(Test, OperationInvalid, "storage pool is not active")
        })
    }

    fn storage_vol_lookup_by_name(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        name: &str,
    ) -> Result<StorageVolRef> {
        self.with(|state| {
            active(&mut state.pools, &pool.name)?;
            bail!(Test, NoStorageVol, "no storage vol with matching name '{name}'")
        })
    }

    fn storage_vol_lookup_by_key(&self, _: &Caller, key: &str) -> Result<StorageVolRef> {
        bail!(Test, NoStorageVol, "no storage vol with matching key '{key}'")
    }

    fn storage_vol_lookup_by_path(&self, _: &Caller, path: &str) -> Result<StorageVolRef> {
        bail!(Test, NoStorageVol, "no storage vol with matching path '{path}'")
    }
}
