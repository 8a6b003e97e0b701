//! Storage pools and volumes: definitions, lists, look-ups, being on or off, volumes that are made and deleted.

use crate::driver::{Driver, State};
use crate::list::limit;
use crate::network::group;
use crate::node_device::{create_vport, destroy_vport};
use crate::pool::{Pool, active, assign, by_name, by_uuid, inactive};
use vir_api::constants as c;
use vir_api::event::{Event, StoragePoolEvent};
use vir_api::types::{StoragePoolGetInfoRet, StorageVolGetInfoRet};
use vir_api::{Caller, StorageDriver};
use vir_base::error::check_flags;
use vir_base::refs::{StoragePoolRef, StorageVolRef};
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_model::storage::{
    self, AdapterType, Dir, FormatName, Host, PoolType, Source, SourceList, Volume, VolumeType,
};
use vir_xml::Value;

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

/// What a search of a server for shares finds.
fn share_of(host: Host) -> String {
    let source = Source {
        hosts: vec![Host { port: None, ..host }],
        dir: Some(Dir { path: Some("/testshare".into()) }),
        format: Some(FormatName { kind: Some("nfs".into()) }),
        ..Source::default()
    };
    SourceList { sources: vec![source] }.to_document()
}

fn lifecycle(state: &mut State, pool: StoragePoolRef, event: i32) {
    state.tell(Event::StoragePool(pool, StoragePoolEvent::Lifecycle { event, detail: 0 }));
}

/// The names of the adapter that a pool is to be on, if one is made for it.
fn adapter_names(pool: &Pool) -> Option<(String, String)> {
    let adapter = pool.def.source.as_ref()?.adapter.as_ref()?;
    let made = adapter.kind == Some(AdapterType::FcHost);
    made.then(|| (adapter.wwnn.clone().unwrap_or_default(), adapter.wwpn.clone().unwrap_or_default()))
}

/// The flag of `virConnectListAllStoragePoolsFlags` for a type.
fn kind_flag(kind: PoolType) -> u32 {
    match kind {
        PoolType::Dir => c::VIR_CONNECT_LIST_STORAGE_POOLS_DIR,
        PoolType::Fs => c::VIR_CONNECT_LIST_STORAGE_POOLS_FS,
        PoolType::Netfs => c::VIR_CONNECT_LIST_STORAGE_POOLS_NETFS,
        PoolType::Logical => c::VIR_CONNECT_LIST_STORAGE_POOLS_LOGICAL,
        PoolType::Disk => c::VIR_CONNECT_LIST_STORAGE_POOLS_DISK,
        PoolType::Iscsi => c::VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI,
        PoolType::Scsi => c::VIR_CONNECT_LIST_STORAGE_POOLS_SCSI,
        PoolType::Mpath => c::VIR_CONNECT_LIST_STORAGE_POOLS_MPATH,
        PoolType::Rbd => c::VIR_CONNECT_LIST_STORAGE_POOLS_RBD,
        PoolType::Sheepdog => c::VIR_CONNECT_LIST_STORAGE_POOLS_SHEEPDOG,
        PoolType::Gluster => c::VIR_CONNECT_LIST_STORAGE_POOLS_GLUSTER,
        PoolType::Zfs => c::VIR_CONNECT_LIST_STORAGE_POOLS_ZFS,
        PoolType::Vstorage => c::VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE,
        PoolType::IscsiDirect => c::VIR_CONNECT_LIST_STORAGE_POOLS_ISCSI_DIRECT,
    }
}

/// All flags of [`kind_flag`].
const KINDS: u32 = 0xf_ffc0;

impl Driver {
    fn pool_names(&self, active: bool, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let pools = state.pools.iter().filter(|pool| pool.active == active);
            Ok(pools.map(|pool| pool.name().to_owned()).take(limit(max)).collect())
        })
    }

    fn pool_count(&self, active: bool) -> Result<i32> {
        Ok(i32::try_from(self.pool_names(active, i32::MAX)?.len()).unwrap_or(i32::MAX))
    }

    fn assign_pool(&self, new: Pool, event: i32) -> Result<StoragePoolRef> {
        self.with(|state| {
            let reference = new.reference();
            assign(&mut state.pools, new)?;
            lifecycle(state, reference.clone(), event);
            Ok(reference)
        })
    }

    /// A volume of any pool that is on.
    fn find_volume(&self, is: impl Fn(&Volume) -> bool) -> Result<Option<StorageVolRef>> {
        self.with(|state| {
            let mut pools = state.pools.iter().filter(|pool| pool.active);
            Ok(pools.find_map(|pool| {
                pool.volumes.iter().find(|volume| is(volume)).map(|volume| pool.volume_reference(volume))
            }))
        })
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
                pool.persistent,
            ) && group(
                flags,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART,
                c::VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART,
                pool.autostart,
            ) && (flags & KINDS == 0 || flags & kind_flag(pool.def.kind) != 0)
        };
        self.with(|state| Ok(state.pools.iter().filter(|pool| passes(pool)).map(Pool::reference).collect()))
    }

    fn connect_find_storage_pool_sources(
        &self,
        _: &Caller,
        kind: &str,
        spec: Option<&str>,
        flags: u32,
    ) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testConnectFindStoragePoolSources")?;
        let known = PoolType::parse(kind);
        // the peer takes the first of its types for an unknown one, and unknown ones for types
        if known == Some(PoolType::Dir) {
            bail!(Test, InternalError, "unknown storage pool type {kind}");
        }
        let source = match (spec, known) {
            (None, _) => None,
            (Some(spec), Some(kind)) => Some(Source::parse(spec, kind)?),
            (Some(_), None) => bail!(Storage, InternalError, "missing backend for pool type -1"),
        };
        match known {
            Some(PoolType::Logical) => Ok(VOLUME_GROUPS.to_owned()),
            Some(PoolType::Netfs) => match source.and_then(|source| source.hosts.into_iter().next()) {
                Some(host) => Ok(share_of(host)),
                None => bail!(Test, InvalidArg, "hostname must be specified for netfs sources"),
            },
            _ => bail!(Test, NoSupport, "pool type '{kind}' does not support source discovery"),
        }
    }

    fn storage_pool_define_xml(&self, _: &Caller, xml: &str, flags: u32) -> Result<StoragePoolRef> {
        let known = c::VIR_STORAGE_POOL_DEFINE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testStoragePoolDefineXML")?;
        if flags & known != 0 {
            vir_schema::require("storagepool", ErrorDomain::Storage, xml)?;
        }
        let new = Pool::new(storage::Pool::parse(xml)?, false, true);
        self.assign_pool(new, c::VIR_STORAGE_POOL_EVENT_DEFINED)
    }

    fn storage_pool_create_xml(&self, _: &Caller, xml: &str, flags: u32) -> Result<StoragePoolRef> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolCreateXML")?;
        let new = Pool::new(storage::Pool::parse(xml)?, true, false);
        let names = adapter_names(&new);
        self.with(|state| {
            let reference = new.reference();
            assign(&mut state.pools, new)?;
            if let Some((wwnn, wwpn)) = names
                && let Err(error) = create_vport(state, &wwnn, &wwpn)
            {
                state.pools.retain(|pool| pool.name() != reference.name);
                return Err(error);
            }
            lifecycle(state, reference.clone(), c::VIR_STORAGE_POOL_EVENT_STARTED);
            Ok(reference)
        })
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
        self.with(|state| Ok(by_uuid(&state.pools, &pool.uuid)?.persistent.into()))
    }

    fn storage_pool_get_info(&self, _: &Caller, pool: &StoragePoolRef) -> Result<StoragePoolGetInfoRet> {
        self.with(|state| {
            let pool = by_name(&mut state.pools, &pool.name)?;
            let state = match pool.active {
                true => c::VIR_STORAGE_POOL_RUNNING,
                false => c::VIR_STORAGE_POOL_INACTIVE,
            };
            let (capacity, allocation, available) = pool.def.sizes();
            Ok(StoragePoolGetInfoRet {
                state: u8::try_from(state).unwrap_or(0),
                capacity,
                allocation,
                available,
            })
        })
    }

    fn storage_pool_get_xml_desc(&self, _: &Caller, pool: &StoragePoolRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolGetXMLDesc")?;
        self.with(|state| Ok(by_name(&mut state.pools, &pool.name)?.def.to_document()))
    }

    fn storage_pool_get_autostart(&self, _: &Caller, pool: &StoragePoolRef) -> Result<i32> {
        self.with(|state| {
            let pool = by_name(&mut state.pools, &pool.name)?;
            Ok((pool.persistent && pool.autostart).into())
        })
    }

    fn storage_pool_set_autostart(&self, _: &Caller, pool: &StoragePoolRef, autostart: i32) -> Result<()> {
        self.with(|state| {
            let pool = by_name(&mut state.pools, &pool.name)?;
            if !pool.persistent {
                bail!(Test, InvalidArg, "pool has no config file");
            }
            pool.autostart = autostart != 0;
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
            let found = active(&mut state.pools, &pool.name)?;
            found.active = false;
            let (reference, persistent) = (found.reference(), found.persistent);
            if adapter_names(found).is_some() {
                destroy_vport(state)?;
            }
            if !persistent {
                state.pools.retain(|known| known.name() != pool.name);
            }
            lifecycle(state, reference, c::VIR_STORAGE_POOL_EVENT_STOPPED);
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
            state.pools.retain(|known| known.name() != pool.name);
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
        let count = self.with(|state| Ok(active(&mut state.pools, &pool.name)?.volumes.len()))?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    fn storage_pool_list_volumes(&self, _: &Caller, pool: &StoragePoolRef, max: i32) -> Result<Vec<String>> {
        self.with(|state| {
            let volumes = active(&mut state.pools, &pool.name)?.volumes.iter();
            Ok(volumes.map(|volume| volume.name().to_owned()).take(limit(max)).collect())
        })
    }

    fn storage_pool_list_all_volumes(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        flags: u32,
    ) -> Result<Vec<StorageVolRef>> {
        check_flags(ErrorDomain::Test, flags, 0, "testStoragePoolListAllVolumes")?;
        self.with(|state| {
            let pool = by_uuid(&state.pools, &pool.uuid)?;
            if !pool.active {
                bail!(Test, OperationInvalid, "storage pool is not active");
            }
            Ok(pool.volumes.iter().map(|volume| pool.volume_reference(volume)).collect())
        })
    }

    fn storage_vol_lookup_by_name(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        name: &str,
    ) -> Result<StorageVolRef> {
        self.with(|state| {
            let pool = active(&mut state.pools, &pool.name)?;
            Ok(pool.volume_reference(pool.volume(name)?))
        })
    }

    fn storage_vol_lookup_by_key(&self, _: &Caller, key: &str) -> Result<StorageVolRef> {
        self.find_volume(|volume| volume.key() == key)?
            .ok_or_else(|| err!(Test, NoStorageVol, "no storage vol with matching key '{key}'"))
    }

    fn storage_vol_lookup_by_path(&self, _: &Caller, path: &str) -> Result<StorageVolRef> {
        self.find_volume(|volume| volume.path() == Some(path))?
            .ok_or_else(|| err!(Test, NoStorageVol, "no storage vol with matching path '{path}'"))
    }

    fn storage_vol_create_xml(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        xml: &str,
        flags: u32,
    ) -> Result<StorageVolRef> {
        let known = c::VIR_STORAGE_VOL_CREATE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testStorageVolCreateXML")?;
        self.with(|state| active(&mut state.pools, &pool.name)?.create(xml, flags & known != 0, None))
    }

    fn storage_vol_create_xml_from(
        &self,
        _: &Caller,
        pool: &StoragePoolRef,
        xml: &str,
        clonevol: &StorageVolRef,
        flags: u32,
    ) -> Result<StorageVolRef> {
        let known = c::VIR_STORAGE_VOL_CREATE_VALIDATE;
        check_flags(ErrorDomain::Test, flags, known, "testStorageVolCreateXMLFrom")?;
        self.with(|state| {
            // the other is looked for in this pool, whichever pool it is from
            active(&mut state.pools, &pool.name)?.create(xml, flags & known != 0, Some(&clonevol.name))
        })
    }

    fn storage_vol_delete(&self, _: &Caller, vol: &StorageVolRef, flags: u32) -> Result<()> {
        check_flags(ErrorDomain::Test, flags, 0, "testStorageVolDelete")?;
        self.with(|state| active(&mut state.pools, &vol.pool)?.delete(&vol.name))
    }

    fn storage_vol_get_info(&self, _: &Caller, vol: &StorageVolRef) -> Result<StorageVolGetInfoRet> {
        self.with(|state| {
            let pool = active(&mut state.pools, &vol.pool)?;
            let (capacity, allocation) = pool.volume(&vol.name)?.sizes();
            let kind = pool.def.kind.volume_type();
            let number = VolumeType::ALL.iter().position(|known| *known == kind);
            let kind = number.and_then(|number| i8::try_from(number).ok()).unwrap_or(0);
            Ok(StorageVolGetInfoRet { kind, capacity, allocation })
        })
    }

    fn storage_vol_get_xml_desc(&self, _: &Caller, vol: &StorageVolRef, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Test, flags, 0, "testStorageVolGetXMLDesc")?;
        self.with(|state| Ok(active(&mut state.pools, &vol.pool)?.volume(&vol.name)?.to_document()))
    }

    fn storage_vol_get_path(&self, _: &Caller, vol: &StorageVolRef) -> Result<String> {
        self.with(|state| {
            let pool = active(&mut state.pools, &vol.pool)?;
            Ok(pool.volume(&vol.name)?.path().unwrap_or_default().to_owned())
        })
    }
}
