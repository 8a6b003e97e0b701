//! The storage driver. So far it has no pools: it lists none and finds none, so that programs that
//! look first work, and says which kinds there are and that none is served; whatever would make one is not supported.

use vir_api::{Caller, StorageDriver};
use vir_base::error::check_flags;
use vir_base::refs::{StoragePoolRef, StorageVolRef};
use vir_base::{ErrorDomain, Result, Uuid, bail};
use vir_model::storage::PoolCapabilities;

/// All filters of `virConnectListAllStoragePools`.
const LIST_FLAGS: u32 = 0x7f_ffff;

/// The storage pools of this host.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoragePools;

impl StorageDriver for StoragePools {
    fn connect_num_of_storage_pools(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_num_of_defined_storage_pools(&self, _: &Caller) -> Result<i32> {
        Ok(0)
    }

    fn connect_list_storage_pools(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_defined_storage_pools(&self, _: &Caller, _: i32) -> Result<Vec<String>> {
        Ok(vec![])
    }

    fn connect_list_all_storage_pools(&self, _: &Caller, flags: u32) -> Result<Vec<StoragePoolRef>> {
        check_flags(ErrorDomain::Storage, flags, LIST_FLAGS, "storageConnectListAllStoragePools")?;
        Ok(vec![])
    }

    fn storage_pool_lookup_by_name(&self, _: &Caller, name: &str) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching name '{name}'")
    }

    fn storage_pool_lookup_by_uuid(&self, _: &Caller, uuid: &Uuid) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching uuid '{uuid}'")
    }

    fn storage_pool_lookup_by_target_path(&self, _: &Caller, path: &str) -> Result<StoragePoolRef> {
        bail!(Storage, NoStoragePool, "no storage pool with matching target path '{path}'")
    }

    fn connect_get_storage_pool_capabilities(&self, _: &Caller, flags: u32) -> Result<String> {
        check_flags(ErrorDomain::Storage, flags, 0, "storageConnectGetCapabilities")?;
        // no kind of pool is served yet
        Ok(PoolCapabilities::new(|_| false).to_document())
    }

    fn storage_vol_lookup_by_path(&self, _: &Caller, path: &str) -> Result<StorageVolRef> {
        bail!(Storage, NoStorageVol, "no storage vol with matching path '{path}'")
    }

    fn storage_vol_lookup_by_key(&self, _: &Caller, key: &str) -> Result<StorageVolRef> {
        bail!(Storage, NoStorageVol, "no storage vol with matching key {key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_none_and_none_can_be_made() {
        let caller = Caller::default();
        assert_eq!(StoragePools.connect_list_all_storage_pools(&caller, 2).unwrap(), []);
        let error = StoragePools.storage_pool_lookup_by_name(&caller, "default").unwrap_err();
        assert_eq!(error.message(), "Storage pool not found: no storage pool with matching name 'default'");
        let kinds = StoragePools.connect_get_storage_pool_capabilities(&caller, 0).unwrap();
        assert!(kinds.contains("<pool type='dir' supported='no'>") && !kinds.contains("'yes'"));
        let error = StoragePools.storage_pool_create_xml(&caller, "<pool/>", 0).unwrap_err();
        assert_eq!(error.code(), vir_base::ErrorCode::NoSupport);
    }
}
